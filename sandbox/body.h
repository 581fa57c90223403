/* body.h - the body of a POST to /api/v1/imports, taken apart as it arrives.
 *
 * The string import.file, up to 50 MB of base64, is decoded on the way and never held as text;
 * all other bytes are collected, with "" in the file's place, as a small document for a JSON
 * reader to judge. Cut the body anywhere. */
#ifndef SANDBOX_BODY_H
#define SANDBOX_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"
#include "sandbox/base64.h"

/* More than this beside the file is no import. */
#define BODY_REST_BYTES 65536
/* Deeper than this is no import. */
#define BODY_DEPTH 16

struct body {
	struct buf csv;  /* owned; the decoded file */
	struct buf rest; /* owned; the document without it */
	struct base64 base64;
	uint64_t most_csv_bytes;
	bool has_file;       /* import.file is a string */
	bool is_not_base64;
	bool is_too_large;   /* the file, more than most_csv_bytes */
	bool is_too_odd;     /* the rest: too long, too deep */
	/* where in the document */
	unsigned depth;
	uint32_t objects;    /* bit 1 << depth: an object, not a list */
	bool in_string, in_file, is_escaped;
	bool is_key;         /* the string at hand, or the next one, is a member's name */
	bool in_import;      /* inside the value of the outermost member "import" */
	struct buf key;      /* the last name read, at most a few bytes of it */
};

void body_init(struct body *body, uint64_t most_csv_bytes);
void body_done(struct body *body);

void body_take(struct body *body, struct span bytes);

/* After the last byte. The flags and buffers tell the rest. */
void body_end(struct body *body);

#endif
