#include "platform.h"

#include <stdbool.h>
#include <stdio.h>

#include "runner/base/number.h"
#include "runner/base/stamp.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

/* Days since 1970-01-01 of a proleptic Gregorian date, and back (Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms"): years begin in March, eras have 400 years. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_era = y - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static void
date_of(int64_t days, struct stamp_parts *parts)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t day_of_era = z - era * 146097;
	int64_t year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t march_month = (5 * day_of_year + 2) / 153;

	parts->day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
	parts->month = (int)(march_month < 10 ? march_month + 3 : march_month - 9);
	parts->year = (int)(year_of_era + era * 400 + (parts->month <= 2));
}

struct stamp_parts
stamp_split(int64_t at_ms)
{
	struct stamp_parts parts = { 0 };
	int64_t days = at_ms / DAY_MS;
	int64_t rest = at_ms % DAY_MS;

	if (rest < 0) {
		rest += DAY_MS;
		days--;
	}
	date_of(days, &parts);
	parts.weekday = (int)(((days % 7) + 11) % 7); /* 1970-01-01 was a Thursday */
	parts.ms = (int)(rest % 1000);
	parts.second = (int)(rest / 1000 % 60);
	parts.minute = (int)(rest / 60000 % 60);
	parts.hour = (int)(rest / 3600000);
	return parts;
}

int64_t
stamp_join(const struct stamp_parts *parts)
{
	return days_of(parts->year, parts->month, parts->day) * DAY_MS +
	       (int64_t)parts->hour * 3600000 + (int64_t)parts->minute * 60000 +
	       (int64_t)parts->second * 1000 + parts->ms;
}

/* Years outside 0 to 9999 are clamped, so that the text has its fixed width. */
static struct stamp_parts
split_writable(int64_t at_ms)
{
	const int64_t first = INT64_C(-62167219200000), last = INT64_C(253402300799999);

	return stamp_split(at_ms < first ? first : at_ms > last ? last : at_ms);
}

static void
put_digits(char *to, int value, int width)
{
	while (width--) {
		to[width] = (char)('0' + value % 10);
		value /= 10;
	}
}

static void
put_seconds(char *to, const struct stamp_parts *parts)
{
	put_digits(to, parts->year, 4);
	to[4] = '-';
	put_digits(to + 5, parts->month, 2);
	to[7] = '-';
	put_digits(to + 8, parts->day, 2);
	to[10] = 'T';
	put_digits(to + 11, parts->hour, 2);
	to[13] = ':';
	put_digits(to + 14, parts->minute, 2);
	to[16] = ':';
	put_digits(to + 17, parts->second, 2);
}

char *
stamp_iso(int64_t at_ms, char to[static STAMP_BYTES])
{
	struct stamp_parts parts = split_writable(at_ms);

	put_seconds(to, &parts);
	to[19] = 'Z';
	to[20] = '\0';
	return to;
}

char *
stamp_iso_ms(int64_t at_ms, char to[static STAMP_MS_BYTES])
{
	struct stamp_parts parts = split_writable(at_ms);

	put_seconds(to, &parts);
	to[19] = '.';
	put_digits(to + 20, parts.ms, 3);
	to[23] = 'Z';
	to[24] = '\0';
	return to;
}

/* Takes `width` digits off *rest. */
static bool
take(struct span *rest, size_t width, int *value)
{
	uint64_t number;

	if (rest->len < width || number_u64((struct span){ rest->ptr, width }, &number))
		return false;
	*value = (int)number;
	rest->ptr += width;
	rest->len -= width;
	return true;
}

static bool
skip(struct span *rest, const char *text)
{
	size_t len = span_of(text).len;

	if (!span_starts(*rest, text))
		return false;
	rest->ptr += len;
	rest->len -= len;
	return true;
}

static bool
is_possible(const struct stamp_parts *parts)
{
	static const int longest[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap =
	    (parts->year % 4 == 0 && parts->year % 100 != 0) || parts->year % 400 == 0;

	if (parts->month < 1 || parts->month > 12 || parts->day < 1)
		return false;
	if (parts->day > longest[parts->month - 1] - (parts->month == 2 && !is_leap))
		return false;
	return parts->hour <= 23 && parts->minute <= 59 && parts->second <= 60;
}

static void
take_fraction(struct span *rest, int *ms)
{
	int scale = 100;

	for (int digit; take(rest, 1, &digit); scale /= 10)
		*ms += digit * scale;
}

static bool
take_zone(struct span *rest, int64_t *offset_ms)
{
	int sign = rest->len && rest->ptr[0] == '-' ? -1 : 1;
	int hours, minutes;

	*offset_ms = 0;
	if (skip(rest, "Z"))
		return true;
	if (!skip(rest, "+") && !skip(rest, "-"))
		return false;
	if (!take(rest, 2, &hours))
		return false;
	skip(rest, ":");
	if (!take(rest, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*offset_ms = sign * ((int64_t)hours * 3600000 + (int64_t)minutes * 60000);
	return true;
}

int
stamp_read_iso(struct span text, int64_t *at_ms)
{
	struct stamp_parts parts = { 0 };
	int64_t offset_ms;
	bool fits = take(&text, 4, &parts.year) && skip(&text, "-") &&
		    take(&text, 2, &parts.month) && skip(&text, "-") && take(&text, 2, &parts.day) &&
		    (skip(&text, "T") || skip(&text, " ")) && take(&text, 2, &parts.hour) &&
		    skip(&text, ":") && take(&text, 2, &parts.minute) && skip(&text, ":") &&
		    take(&text, 2, &parts.second);

	if (!fits)
		return -1;
	if (skip(&text, "."))
		take_fraction(&text, &parts.ms);
	if (!take_zone(&text, &offset_ms) || text.len || !is_possible(&parts))
		return -1;
	*at_ms = stamp_join(&parts) - offset_ms;
	return 0;
}

static bool
take_month(struct span *rest, int *month)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

	for (int i = 0; i < 12; i++) {
		if (skip(rest, names[i])) {
			*month = i + 1;
			return true;
		}
	}
	return false;
}

int
stamp_read_http(struct span text, int64_t *at_ms)
{
	struct stamp_parts parts = { 0 };
	bool fits;

	if (text.len < 5 || text.ptr[3] != ',' || text.ptr[4] != ' ')
		return -1;
	text.ptr += 5;
	text.len -= 5;
	fits = take(&text, 2, &parts.day) && skip(&text, " ") && take_month(&text, &parts.month) &&
	       skip(&text, " ") && take(&text, 4, &parts.year) && skip(&text, " ") &&
	       take(&text, 2, &parts.hour) && skip(&text, ":") && take(&text, 2, &parts.minute) &&
	       skip(&text, ":") && take(&text, 2, &parts.second) && skip(&text, " GMT");
	if (!fits || text.len || !is_possible(&parts))
		return -1;
	*at_ms = stamp_join(&parts);
	return 0;
}
