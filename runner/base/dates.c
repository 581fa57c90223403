#include "platform.h"

#include <string.h>

#include "runner/base/dates.h"
#include "runner/base/suggest.h"

/* Letters of a pattern: Y M D digits that must be there, m d one digit or two, N an English month;
 * everything else stands for itself. */
static const struct form {
	const char *name, *pattern;
} forms[DATES_FORM_COUNT] = {
	[DATES_MM_DD_YYYY] = { "MM/DD/YYYY", "MM/DD/YYYY" },
	[DATES_M_D_YYYY] = { "M/D/YYYY", "m/d/YYYY" },
	[DATES_MMDDYYYY] = { "MMDDYYYY", "MMDDYYYY" },
	[DATES_ISO] = { "YYYY-MM-DD", "YYYY-MM-DD" },
	[DATES_YYYYMMDD] = { "YYYYMMDD", "YYYYMMDD" },
	[DATES_DD_MON_YYYY] = { "DD-MON-YYYY", "DD-N-YYYY" },
	[DATES_YYYY] = { "YYYY", "YYYY" },
};

const char *
dates_name(enum dates_form form)
{
	return forms[form].name;
}

int
dates_find(struct span name, enum dates_form *form)
{
	for (unsigned i = 0; i < DATES_FORM_COUNT; i++) {
		if (!span_equal_nocase(name, span_of(forms[i].name)))
			continue;
		*form = (enum dates_form)i;
		return 0;
	}
	return -1;
}

struct span
dates_suggest(struct span name)
{
	struct suggest suggest = suggest_for(name);

	for (unsigned i = 0; i < DATES_FORM_COUNT; i++)
		suggest_offer(&suggest, span_of(forms[i].name));
	return suggest_nearest(&suggest);
}

static bool
is_digit(const char *at, const char *end)
{
	return at < end && *at >= '0' && *at <= '9';
}

static bool
take_digit(const char **at, const char *end, int *to)
{
	if (!is_digit(*at, end))
		return false;
	*to = *to * 10 + (**at - '0');
	++*at;
	return true;
}

static bool
take_month(const char **at, const char *end, int *to)
{
	static const char names[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";

	if (end - *at < 3)
		return false;
	for (int month = 0; month < 12; month++) {
		struct span name = { names + 3 * month, 3 };

		if (!span_equal_nocase((struct span){ *at, 3 }, name))
			continue;
		*to = month + 1;
		*at += 3;
		return true;
	}
	return false;
}

static bool
take(char pattern, const char **at, const char *end, struct dates_day *day)
{
	switch (pattern) {
	case 'Y':
		return take_digit(at, end, &day->year);
	case 'M':
		return take_digit(at, end, &day->month);
	case 'D':
		return take_digit(at, end, &day->day);
	case 'm':
		return take_digit(at, end, &day->month) &&
		    (!is_digit(*at, end) || take_digit(at, end, &day->month));
	case 'd':
		return take_digit(at, end, &day->day) &&
		    (!is_digit(*at, end) || take_digit(at, end, &day->day));
	case 'N':
		return take_month(at, end, &day->month);
	default:
		return *at < end && *(*at)++ == pattern;
	}
}

static bool
take_number(const char **at, const char *end, int most)
{
	int number = 0, digits = 0;

	while (digits < 2 && take_digit(at, end, &number))
		digits++;
	return digits && number <= most;
}

static void
skip_fraction(const char **at, const char *end)
{
	if (*at == end || **at != '.' || !is_digit(*at + 1, end))
		return;
	++*at;
	while (is_digit(*at, end))
		++*at;
}

/* HH:MM[:SS[.FRACTION]] and then nothing, AM, PM, Z, or a distance to UTC. */
static bool
is_time(const char *at, const char *end)
{
	struct span rest;

	if (!take_number(&at, end, 24) || at == end || *at++ != ':' || !take_number(&at, end, 59))
		return false;
	if (at < end && *at == ':') {
		at++;
		if (!take_number(&at, end, 60)) /* a leap second */
			return false;
		skip_fraction(&at, end);
	}
	rest = span_trim((struct span){ at, (size_t)(end - at) });
	if (rest.len == 0 || span_is(rest, "Z") || span_equal_nocase(rest, span_of("AM")) ||
	    span_equal_nocase(rest, span_of("PM")))
		return true;
	if (rest.ptr[0] != '+' && rest.ptr[0] != '-')
		return false;
	at = rest.ptr + 1;
	end = rest.ptr + rest.len;
	if (!take_number(&at, end, 24))
		return false;
	if (at == end)
		return true;
	if (*at == ':')
		at++;
	return take_number(&at, end, 59) && at == end;
}

static bool
is_day(struct dates_day day)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = day.year % 4 == 0 && (day.year % 100 != 0 || day.year % 400 == 0);

	if (day.year < 1 || day.month < 1 || day.month > 12 || day.day < 1)
		return false;
	return day.day <= days[day.month - 1] + (day.month == 2 && is_leap);
}

bool
dates_read(enum dates_form form, struct span text, struct dates_day *day)
{
	struct dates_day read = { 0, 0, 0 };
	const char *at, *end;

	text = span_trim(text);
	at = text.ptr;
	end = text.ptr + text.len;
	for (const char *pattern = forms[form].pattern; *pattern; pattern++) {
		if (!take(*pattern, &at, end, &read))
			return false;
	}
	if (form == DATES_YYYY)
		read.month = read.day = 1;
	if (at < end && ((*at != ' ' && *at != 'T') || !is_time(at + 1, end)))
		return false;
	if (!is_day(read))
		return false;
	*day = read;
	return true;
}

int
dates_number(struct dates_day day)
{
	return day.year * 10000 + day.month * 100 + day.day;
}

static char *
write_digits(char *to, int number, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		to[i] = (char)('0' + number % 10);
		number /= 10;
	}
	return to + digits;
}

void
dates_write(struct dates_day day, char to[static DATES_SENT_BYTES])
{
	to = write_digits(to, day.month, 2);
	*to++ = '/';
	to = write_digits(to, day.day, 2);
	*to++ = '/';
	write_digits(to, day.year, 4);
}
