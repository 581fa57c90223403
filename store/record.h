/* record.h - one value of the store: a version byte, fields, a check sum (FORMAT.md, "Values").
 *
 *     01 | tag, length, bytes | tag, length, bytes | ... | CRC-32C
 *
 * A shape lists the fields of a struct that are kept; it is made from the X-macro lists of core, so
 * that a member is named once. Fields stand in ascending order of their tags and a zero member is not
 * written, so that equal structs give equal bytes. Fields with tags that a shape does not know
 * (written by a later rollcall) survive a rewrite. The check sum covers the database's letter and the
 * key too: a record under a wrong key is noticed. */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"

enum record_kind {
	RECORD_NUMBER, /* unsigned, 4 or 8 bytes in memory; big-endian, shortest form */
	RECORD_TIME,   /* int64_t; 8 bytes, two's complement, big-endian */
	RECORD_TEXT,   /* char[], NUL terminated; without the NUL */
	RECORD_DIGEST, /* struct digest; its 32 bytes */
	RECORD_BYTES,  /* unsigned char[], all of it */
	RECORD_SPAN,   /* struct span; lent by the value when read */
};

struct record_field {
	enum record_kind kind;
	unsigned char tag; /* ascending within a shape, from 1; those of the store itself from 128 */
	size_t offset;
	size_t bytes; /* of the member */
	const char *name;
};

struct record_shape {
	const char *name; /* "plan record", for messages */
	char letter;      /* of its database */
	const struct record_field *fields;
	size_t field_count;
	size_t bytes; /* of the struct */
};

#define RECORD_FIELD(type, kind, member, tag)                                                      \
	{ RECORD_##kind, tag, offsetof(type, member), sizeof(((type *)NULL)->member), #member },

/* Appends the value of `from` under `key` to `to` (check it for memory). `old` is the value that it
 * replaces, SPAN_NONE if none: its unknown fields are kept. */
void record_write(const struct record_shape *shape, struct span key, const void *from,
    struct span old, struct buf *to);

/* Fills the whole struct, members without a field with zero. -1: ERR_IO with what is wrong with the
 * value, in words that follow the record's name ("its check sum differs"). */
int record_read(const struct record_shape *shape, struct span key, struct span value, void *to,
    struct err *err);

/* The first field, in the order of tags, in which two structs of the shape differ; NULL if none. */
const struct record_field *record_difference(const struct record_shape *shape, const void *a,
    const void *b);

#endif
