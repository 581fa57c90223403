/* recipe.h - what a job says is done with rows and values, as plain data: read by config/transform.c,
 * followed by runner/source. Texts end with NUL; everything belongs to the job's settings. */
#ifndef RUNNER_BASE_RECIPE_H
#define RUNNER_BASE_RECIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/dates.h"

/* ---- maps */

enum recipe_action {
	RECIPE_SEND,   /* `to` */
	RECIPE_BLANK,  /* an empty value */
	RECIPE_KEEP,   /* the value as it stands */
	RECIPE_REJECT, /* leave the row out */
};

struct recipe_entry {
	const char *from;
	enum recipe_action action;
	const char *to; /* RECIPE_SEND */
};

struct recipe_map {
	const char *name;
	const struct recipe_entry *entries; /* without the one for "*" */
	size_t entry_count;
	bool has_other; /* there is one for "*" */
	struct recipe_entry other;
};

/* ---- the third part of a column */

enum recipe_kind {
	RECIPE_NAME_CASE,
	RECIPE_UPPER,
	RECIPE_LOWER,
	RECIPE_TRIM,
	RECIPE_SQUEEZE,
	RECIPE_DIGITS,
	RECIPE_ZERO_FILL, /* count */
	RECIPE_DATE,      /* form, rejects */
	RECIPE_MAP,       /* map */
	RECIPE_FIRST,     /* count */
	RECIPE_DEFAULT,   /* text */
	RECIPE_BEHIND,    /* text: what stands behind the first one of it; all if there is none */
	RECIPE_AHEAD,     /* text: what stands before it; all if there is none */
};

struct recipe_step {
	enum recipe_kind kind;
	const char *words; /* as the job file writes it, for counts and messages */
	enum dates_form form;
	bool rejects; /* a date that is none leaves the row out */
	uint32_t count;
	const char *text;
	const struct recipe_map *map;
};

struct recipe_how {
	const struct recipe_step *steps;
	size_t step_count; /* 0: the value goes as it stands */
};

/* ---- history: a row for each vote of a record */

struct recipe_history {
	const char *words;     /* "GENERAL-*", for counts and messages */
	const char *columns;   /* a pattern of names: each cell that is not blank is a vote; else NULL */
	const char *column;    /* a list of votes in one cell */
	const char *separator; /* between them */
	/* From the name of the column, or from an entry of the list, to a date. */
	struct recipe_how election;
	/* From the cell, or from the entry; without it a column or a constant has the method. */
	struct recipe_how method;
	bool has_method;
};

/* ---- only */

enum recipe_test {
	RECIPE_IN, /* also "=" */
	RECIPE_NOT_IN,
	RECIPE_IS_BLANK,
	RECIPE_NOT_BLANK,
	RECIPE_MATCHES,
	RECIPE_BEFORE,
	RECIPE_LATER, /* "after" a date */
};

struct recipe_rule {
	const char *words; /* "voter_status_desc in ACTIVE, INACTIVE" */
	const char *column;
	enum recipe_test test;
	const char *const *values; /* IN, NOT_IN; MATCHES has one */
	size_t value_count;
	enum dates_form form; /* BEFORE, LATER: of the dates in the file */
	int day;              /* and what they are compared with, as dates_number() */
};

#endif
