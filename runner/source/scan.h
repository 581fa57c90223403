/* scan.h - finds records and fields in delimited text, exactly.
 *
 * Resumable at any byte: it is fed windows of any size and gives the same answers however the bytes
 * are cut. It keeps no byte, only where things began. An exact state machine decides about every
 * byte; in front of it a block of 64 bytes is taken at once if all of it keeps the rules (block.h).
 *
 * The rules. A record ends at LF or CR LF outside quotation marks; the last one may end with the
 * file. A CR that no LF follows is a problem outside quotation marks, and data inside them. With
 * quotes (RFC 4180, strictly): a quotation mark may stand first in a field, then the next one that
 * is not doubled ends it, and a delimiter or line end must follow. A line without a byte is a
 * problem: write "" for a record of one empty field. With strays, too, a quotation mark inside an
 * unquoted field is data; what follows a closing one stays a problem, because nobody knows whether the
 * record ends there. With returns, a CR that no LF follows is data, but for one behind a closing quotation
 * mark. Bytes from 0x80 up and NUL are ordinary
 * here (utf8.h judges them). */
#ifndef RUNNER_SOURCE_SCAN_H
#define RUNNER_SOURCE_SCAN_H

#include <stddef.h>
#include <stdint.h>

#include "runner/source/dialect.h"
#include "runner/source/problem.h"

enum scan_verdict {
	SCAN_MORE,    /* all bytes were used; feed the next ones, or scan_finish() */
	SCAN_RECORD,  /* scan->record is complete; call again with the rest */
	SCAN_PROBLEM, /* scan->problem; every later call says the same */
	SCAN_END,     /* of scan_finish(): nothing was left */
};

/* Where the machine stands before the next byte. */
enum scan_state {
	SCAN_AT_RECORD,   /* a record begins */
	SCAN_AT_FIELD,    /* a delimiter was before it */
	SCAN_IN_PLAIN,    /* in a field without quotation marks */
	SCAN_IN_QUOTES,   /* inside quotation marks */
	SCAN_AFTER_QUOTE, /* after one that closes the field, or is the first of two */
	SCAN_AFTER_CR,    /* a line feed must follow, but with returns */
	SCAN_AFTER_QUOTED_CR, /* one must follow: the field is closed */
};

struct scan_record {
	uint64_t row;
	uint64_t line;          /* of its first byte */
	uint64_t byte, end;     /* half open, its line end included */
	uint32_t content_bytes; /* without its line end */
	uint32_t fields;
};

struct scan {
	struct dialect dialect;
	enum scan_state state;

	/* The caller sets these between records. */
	uint32_t columns; /* fields that a record must have; 0: any number */
	uint32_t *ends; /* lent, may be NULL: gets where each field ends, from the record's start */
	uint32_t ends_room; /* later fields are counted, not stored */

	uint64_t at;   /* offset of the next byte */
	uint64_t line; /* of the next byte */

	/* The record and the field under way. */
	uint64_t row;
	uint64_t record_at, record_line;
	uint32_t fields; /* complete ones */
	uint64_t field_at, field_line;

	struct scan_record record;
	struct problem problem;
};

/* The first byte fed has these coordinates. A file with a header line begins with row 0. A record
 * must not be longer than 2^32-1 bytes; the caller bounds it. */
void scan_init(
    struct scan *scan, struct dialect dialect, uint64_t byte, uint64_t line, uint64_t row);

/* *used says how many of the bytes were taken. */
enum scan_verdict scan_run(struct scan *scan, const char *bytes, size_t len, size_t *used);

/* The file ended: SCAN_RECORD for a last line without a line end (once), SCAN_END or
 * SCAN_PROBLEM. */
enum scan_verdict scan_finish(struct scan *scan);

/* Notes a problem found by others at offset `byte`, with the scanner's own idea of row, line and
 * column. Returns SCAN_PROBLEM. */
enum scan_verdict scan_fail(struct scan *scan, enum problem_kind kind, uint64_t byte);

#endif
