/* limits.h - the bounds that several layers share, each with its reason. */
#ifndef RUNNER_BASE_LIMITS_H
#define RUNNER_BASE_LIMITS_H

enum {
	/* Sources of a job. A pair per county and kind is 134 in Florida; more is a mistake. */
	LIMIT_SOURCES = 256,
	/* Input files of one source, globs included. */
	LIMIT_INPUTS = 10000,
	/* Columns of a record. Ohio has 46 and one per election, NationBuilder's list about 150. */
	LIMIT_COLUMNS = 2048,
	/* A source's name, with its NUL: it becomes part of a file name (answers/NAME-N.failed.csv). */
	LIMIT_NAME_BYTES = 64,
	/* Text from the nation or a person kept in an event, with its NUL. */
	LIMIT_NOTE_BYTES = 256,
	/* "[" the longest IPv6 address "]:" a port, with its NUL. */
	LIMIT_ADDRESS_BYTES = 56,
	/* Longest status answer read (replies.md: "What comes back is not to be trusted"). */
	LIMIT_ANSWER_BYTES = 64 << 10,
};

/* limits.chunk: the default and the most, CSV bytes before base64 (product.md section 3). */
#define LIMIT_CHUNK_DEFAULT_BYTES 37500000u
#define LIMIT_CHUNK_MOST_BYTES    50000000u

/* Import ids are exact in every JSON reader up to here (replies.md). */
#define LIMIT_IMPORT_ID ((UINT64_C(1) << 53) - 1)

#endif
