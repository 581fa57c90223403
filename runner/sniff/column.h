/* column.h - what the values of one column have in common: dates and in which form, numbers, states,
 * e-mail, phones; how many are blank; how two of them look, masked. Pure. */
#ifndef RUNNER_SNIFF_COLUMN_H
#define RUNNER_SNIFF_COLUMN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/span.h"
#include "runner/sniff/mask.h"

/* X(name, how a date is written; "" if no `date` step reads it) */
#define COLUMN_DATES(X)                        \
	X(SLASHES, "MM/DD/YYYY")               \
	X(SHORT_SLASHES, "M/D/YYYY")           \
	X(DAY_FIRST, "")                       \
	X(DASHES, "YYYY-MM-DD")                \
	X(MONTH_DIGITS, "MMDDYYYY")            \
	X(YEAR_DIGITS, "YYYYMMDD")             \
	X(MONTH_NAME, "DD-MON-YYYY")           \
	X(YEAR, "YYYY")

enum column_date {
#define X(name, form) COLUMN_##name,
	COLUMN_DATES(X)
#undef X
	    COLUMN_DATE_COUNT,
};

const char *column_date_form(enum column_date date);

enum column_kind {
	COLUMN_EMPTY,
	COLUMN_TEXT,
	COLUMN_CAPITALS, /* text without a small letter */
	COLUMN_NUMBER,
	COLUMN_DATE,
	COLUMN_STATE, /* two letters of a state */
	COLUMN_ZIP,
	COLUMN_EMAIL,
	COLUMN_PHONE,
};

enum { COLUMN_EXAMPLES = 2 };

struct column {
	uint64_t filled, blank;
	uint64_t longest; /* bytes */
	uint64_t dates[COLUMN_DATE_COUNT];
	uint64_t numbers, states, zips, emails, phones, capitals;
	uint64_t voter_ids; /* two letters and twelve digits or more: New York's */
	char examples[COLUMN_EXAMPLES][MASK_BYTES]; /* different ones; "" if there is none */
};

/* A value as it stands between delimiters, without its quotation marks; blanks at its ends do not
 * count, and "*" is a blank. A column begins all zero. */
void column_add(struct column *column, struct span value);

/* What 98 of 100 values that are not blank are. */
enum column_kind column_kind(const struct column *column);

/* For COLUMN_DATE: the form that all of them but 2 of 100 fit. A form that is read either way
 * (03/04/2005) is month first, as the states write it, unless a day above 12 stands first. */
enum column_date column_date(const struct column *column);

/* "date MM/DD/YYYY", "text": for a person. */
const char *column_word(const struct column *column);

#endif
