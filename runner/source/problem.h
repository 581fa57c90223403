/* problem.h - what can be wrong with the bytes of an input, and exactly where.
 *
 * The position is that of the byte that broke the rule, but for
 *     UNCLOSED_QUOTE     the quotation mark that was never closed
 *     FIELD_COUNT, EMPTY_LINE, TOO_LARGE     the record's first byte
 *     UTF8               the first byte of the broken character */
#ifndef RUNNER_SOURCE_PROBLEM_H
#define RUNNER_SOURCE_PROBLEM_H

#include <stdint.h>

enum problem_kind {
	PROBLEM_NONE,
	PROBLEM_NUL,
	PROBLEM_UTF8,
	PROBLEM_STRAY_QUOTE,    /* a quotation mark inside an unquoted field */
	PROBLEM_AFTER_QUOTE,    /* text after a closing quotation mark */
	PROBLEM_UNCLOSED_QUOTE, /* still inside quotation marks at the end of the file */
	PROBLEM_BARE_CR,        /* a carriage return without a line feed, outside quotation marks */
	PROBLEM_FIELD_COUNT,
	PROBLEM_EMPTY_LINE,
	PROBLEM_TOO_LARGE, /* the record does not fit into a chunk */
	PROBLEM_MEANING,   /* a byte that means nothing in the input's encoding */
	PROBLEM_MARK,      /* UTF-8's byte order mark, and the input's encoding is another */
};

struct problem {
	enum problem_kind kind;
	uint64_t row;    /* data records from 1; 0 is the header line */
	uint64_t line;   /* physical lines from 1 */
	uint64_t byte;   /* offset in the file, from 0 */
	uint32_t column; /* from 0; as many as there are before the position, or before the byte that
	                  * made a record TOO_LARGE */
	uint32_t fields; /* FIELD_COUNT: how many the record has */
};

#endif
