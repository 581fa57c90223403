/* layout.h - which columns an input has, and what is sent of them.
 *
 * Verbatim: no columns, constants, rules or cleaning, comma and rfc4180, UTF-8 or ASCII. The rows are
 * sent byte for byte, behind the file's own header line (byte for byte, too) or behind one made from
 * `header`, whose line ends as the first record's does, because readers settle on the first line end
 * that they see.
 *
 * Rendered, everything else (render.h): the mapped columns, or all of them under their own names, then
 * election and method of a history, then the constants, as RFC 4180 with commas and LF, behind a header line of the same kind. */
#ifndef RUNNER_SOURCE_LAYOUT_H
#define RUNNER_SOURCE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/recipe.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/source/dialect.h"
#include "runner/source/encoding.h"
#include "runner/source/how.h"
#include "runner/source/only.h"
#include "runner/source/reasons.h"
#include "runner/source/rows.h"

/* From the job file; texts end with NUL and are borrowed while a layout made from them lives. */
struct layout_column {
	const char *from; /* column in the file; with { several, joined: "{house} {street}" */
	const char *to;   /* field of the nation */
	struct recipe_how how;
};

struct layout_constant {
	const char *field;
	const char *value; /* as it is sent */
};

struct layout_options {
	struct dialect dialect;
	const char *const *header; /* for files without a header line */
	size_t header_count;       /* 0: the file has one */
	const struct layout_column *columns;
	size_t column_count; /* 0: all under their own names */
	const struct layout_constant *constants;
	size_t constant_count;
	const struct encoding *encoding; /* NULL: UTF-8 */
	const struct recipe_rule *rules; /* `only` */
	size_t rule_count;
	bool cleans_returns; /* line ends inside a value become a blank */
	bool cleans_quotes;  /* quotation marks inside a value become apostrophes */
	const struct recipe_history *histories;
	size_t history_count;
};

/* A piece of a joined column. */
struct layout_part {
	bool is_column;
	uint32_t column;
	struct span text; /* else */
};

enum layout_vote { LAYOUT_NO_VOTE, LAYOUT_ELECTION, LAYOUT_METHOD };

struct layout_output {
	struct span name;
	enum layout_vote vote; /* it is what a history says */
	bool is_constant;
	uint32_t column;      /* in the file */
	struct span constant; /* its value */
	struct layout_part *parts;
	uint32_t part_count; /* 0: not joined */
	struct how how;
};

struct layout_history {
	const struct recipe_history *recipe;
	struct how election, method;
	int no_date; /* reason: an election that is none */
};

/* A column with votes. */
struct layout_ballot {
	uint32_t column, history;
};

struct layout {
	bool is_verbatim;
	bool has_header_line;
	struct dialect dialect;

	struct span *names; /* of the file's columns */
	uint32_t column_count;
	struct layout_output *outputs;
	uint32_t output_count;

	const struct encoding *encoding;
	bool cleans_returns, cleans_quotes;
	struct only_rule *rules;
	uint32_t rule_count;
	struct layout_history *histories;
	uint32_t history_count;
	struct layout_ballot *ballots; /* in the order of the file's columns */
	uint32_t ballot_count;
	int no_vote;            /* reason: a record without one */
	struct reasons reasons; /* of the rules, the outputs and the histories */

	struct buf header; /* as sent, its line end included */
	char *text;        /* what `names` of a header line point into */
	struct buf tail;   /* the constants and the line end, as sent */
};

/* `first` is the input's header line, or, with options->header, its first record; NULL if the input
 * has no byte. `path` names the input in errors: ERR_DATA for a missing, nameless or repeated
 * column. An input without a byte has the columns that the job names, or none. */
int layout_init(struct layout *layout, const struct layout_options *options,
    const struct row *first, const char *path, struct err *err);
void layout_done(struct layout *layout);
SCOPED_BY(layout, layout_done)

/* Reads the header line of `rows`, which are at the input's start, and makes the layout; the next
 * row is the first data record. 1: bad input, rows->scan.problem says what. */
int layout_read(struct layout *layout, const struct layout_options *options, struct rows *rows,
    const char *path, struct err *err);

/* The output called `name`, or -1. */
int layout_find(const struct layout *layout, const char *name);

/* The value of an output in this row as it stands in the file, less enclosing quotation marks. */
struct span layout_inner(const struct layout *layout, const struct row *row, uint32_t output);

#endif
