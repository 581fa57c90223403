/* dates.h - days as voter files write them. Pure; no clock, no locale.
 *
 * A time of day behind the day is dropped if it is one ("2016-11-08 00:00:00", "11/8/2016 12:00 AM",
 * "2016-11-08T00:00:00Z"): it tells nothing about a day of registration or an election. */
#ifndef RUNNER_BASE_DATES_H
#define RUNNER_BASE_DATES_H

#include <stdbool.h>

#include "runner/base/span.h"

enum dates_form {
	DATES_MM_DD_YYYY,  /* MM/DD/YYYY */
	DATES_M_D_YYYY,    /* M/D/YYYY: one digit or two */
	DATES_MMDDYYYY,
	DATES_ISO,         /* YYYY-MM-DD */
	DATES_YYYYMMDD,
	DATES_DD_MON_YYYY, /* DD-MON-YYYY: 03-NOV-2026, English, in capitals or not */
	DATES_YYYY,        /* the first of January */
	DATES_FORM_COUNT
};

struct dates_day {
	int year, month, day;
};

/* As a job file writes the form: "MM/DD/YYYY". */
const char *dates_name(enum dates_form form);

/* 0, or -1 if no form has this name. */
int dates_find(struct span name, enum dates_form *form);

/* The name nearest to an unknown one, or an empty span. */
struct span dates_suggest(struct span name);

/* Whether the text, without blanks at its ends, is a day of the calendar in this form. */
bool dates_read(enum dates_form form, struct span text, struct dates_day *day);

/* Earlier days have smaller numbers. */
int dates_number(struct dates_day day);

/* MM/DD/YYYY, as the nation wants it; no NUL. */
enum { DATES_SENT_BYTES = 10 };
void dates_write(struct dates_day day, char to[static DATES_SENT_BYTES]);

#endif
