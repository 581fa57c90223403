#include "platform.h"

#include <string.h>
#include <strings.h>

#include "runner/base/scoped.h"
#include "runner/sniff/column.h"

const char *
column_date_form(enum column_date date)
{
	static const char *const forms[] = {
#define X(name, form) form,
		COLUMN_DATES(X)
#undef X
	};

	return forms[date];
}

static bool
is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

static bool
is_letter(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
}

static size_t
count_digits(struct span value)
{
	size_t count = 0;

	for (size_t i = 0; i < value.len; i++)
		count += is_digit(value.ptr[i]);
	return count;
}

/* ---- dates ---- */

/* The number in front of *value, at most four digits, which are taken off; -1 if there is none. */
static int
take_number(struct span *value, size_t most, size_t *digits)
{
	int number = 0;

	for (*digits = 0; *digits < most && value->len && is_digit(value->ptr[0]); ++*digits) {
		number = 10 * number + (value->ptr[0] - '0');
		value->ptr++;
		value->len--;
	}
	return *digits ? number : -1;
}

static bool
take_sign(struct span *value, char sign)
{
	if (value->len == 0 || value->ptr[0] != sign)
		return false;
	value->ptr++;
	value->len--;
	return true;
}

/* Of a voter: born, registered or at the polls. */
static bool
is_year(int year)
{
	return year >= 1850 && year <= 2100;
}

static bool
is_month(int month)
{
	return month >= 1 && month <= 12;
}

static bool
is_day(int day)
{
	return day >= 1 && day <= 31;
}

/* " 00:00:00" behind a date: the end of the value, or a blank and a time. */
static bool
is_rest(struct span rest)
{
	return rest.len == 0 || ((rest.ptr[0] == ' ' || rest.ptr[0] == 'T') && rest.len > 4 &&
				    memchr(rest.ptr, ':', rest.len));
}

static int
read_slashes(struct span value)
{
	size_t first_digits, second_digits, digits;
	int first = take_number(&value, 2, &first_digits);
	int second, year;

	if (first < 0 || !take_sign(&value, '/'))
		return -1;
	second = take_number(&value, 2, &second_digits);
	if (second < 0 || !take_sign(&value, '/'))
		return -1;
	year = take_number(&value, 4, &digits);
	if (digits != 4 || !is_year(year) || !is_rest(value))
		return -1;
	if (!is_month(first))
		return is_day(first) && is_month(second) ? COLUMN_DAY_FIRST : -1;
	if (!is_day(second))
		return -1;
	return first_digits == 2 && second_digits == 2 ? COLUMN_SLASHES : COLUMN_SHORT_SLASHES;
}

static bool
is_dashes(struct span value)
{
	size_t digits;
	int year = take_number(&value, 4, &digits);
	int month, day;

	if (digits != 4 || !is_year(year) || !take_sign(&value, '-'))
		return false;
	month = take_number(&value, 2, &digits);
	if (digits != 2 || !is_month(month) || !take_sign(&value, '-'))
		return false;
	day = take_number(&value, 2, &digits);
	return digits == 2 && is_day(day) && is_rest(value);
}

static bool
is_month_name(struct span value)
{
	static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
	size_t digits;
	int day = take_number(&value, 2, &digits);

	if (!is_day(day) || !take_sign(&value, '-') || value.len < 8)
		return false;
	for (const char *month = months; *month; month += 3) {
		if (strncasecmp(month, value.ptr, 3) != 0)
			continue;
		value = (struct span){ value.ptr + 3, value.len - 3 };
		return take_sign(&value, '-') && is_year(take_number(&value, 4, &digits)) &&
		       digits == 4 && is_rest(value);
	}
	return false;
}

static int
two_digits(const char *at)
{
	return 10 * (at[0] - '0') + (at[1] - '0');
}

static void
count_digit_dates(struct column *column, const char *at)
{
	int front = 100 * two_digits(at) + two_digits(at + 2);
	int back = 100 * two_digits(at + 4) + two_digits(at + 6);

	column->dates[COLUMN_YEAR_DIGITS] +=
	    is_year(front) && is_month(two_digits(at + 4)) && is_day(two_digits(at + 6));
	column->dates[COLUMN_MONTH_DIGITS] +=
	    is_month(two_digits(at)) && is_day(two_digits(at + 2)) && is_year(back);
}

static void
count_dates(struct column *column, struct span value, bool is_number)
{
	int slashes;

	if (is_number) {
		if (value.len == 8)
			count_digit_dates(column, value.ptr);
		else if (value.len == 4)
			column->dates[COLUMN_YEAR] +=
			    is_year(100 * two_digits(value.ptr) + two_digits(value.ptr + 2));
		return;
	}
	if (value.len < 8 || !is_digit(value.ptr[0]))
		return;
	slashes = read_slashes(value);
	if (slashes >= 0)
		column->dates[slashes]++;
	else if (is_dashes(value))
		column->dates[COLUMN_DASHES]++;
	else if (is_month_name(value))
		column->dates[COLUMN_MONTH_NAME]++;
}

/* ---- other kinds ---- */

static bool
is_state(struct span value)
{
	static const char states[] =
	    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ "
	    "NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR GU VI AS MP AA AE AP";

	for (const char *at = states; value.len == 2; at += 3) {
		if (memcmp(at, value.ptr, 2) == 0)
			return true;
		if (at[2] == '\0')
			break;
	}
	return false;
}

static bool
is_email(struct span value)
{
	const char *at = memchr(value.ptr, '@', value.len);
	const char *end = value.ptr + value.len;

	return at && at > value.ptr && memchr(at, '.', (size_t)(end - at)) && end - at > 3 &&
	       !memchr(value.ptr, ' ', value.len);
}

/* Ten digits, or eleven with the 1 of North America, and what people write between them. */
static bool
is_phone(struct span value, size_t digits)
{
	if (digits != 10 && !(digits == 11 && memchr("1(+", value.ptr[0], 3)))
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (!is_digit(value.ptr[i]) && !memchr(" ()-.+", value.ptr[i], 6))
			return false;
	}
	return true;
}

static bool
is_voter_id(struct span value, size_t digits)
{
	return value.len >= 14 && digits == value.len - 2 && is_letter(value.ptr[0]) &&
	       is_letter(value.ptr[1]);
}

static bool
is_capitals(struct span value)
{
	bool has_letter = false;

	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] >= 'a' && value.ptr[i] <= 'z')
			return false;
		has_letter |= value.ptr[i] >= 'A' && value.ptr[i] <= 'Z';
	}
	return has_letter;
}

static void
keep_example(struct column *column, struct span value)
{
	char masked[MASK_BYTES];

	if (column->examples[COLUMN_EXAMPLES - 1][0])
		return;
	mask_value(value, masked);
	for (size_t i = 0; i < COLUMN_EXAMPLES; i++) {
		if (strcmp(column->examples[i], masked) == 0)
			return;
		if (!column->examples[i][0]) {
			memcpy(column->examples[i], masked, sizeof(masked));
			return;
		}
	}
}

void
column_add(struct column *column, struct span value)
{
	size_t digits;
	bool is_number;

	value = span_trim(value);
	/* A star stands for what a state keeps back. */
	if (value.len == 0 || span_is(value, "*")) {
		column->blank++;
		return;
	}
	digits = count_digits(value);
	is_number = digits == value.len;
	column->filled++;
	if (value.len > column->longest)
		column->longest = value.len;
	column->numbers += is_number;
	column->zips += (is_number && digits == 5) ||
			(digits == 9 && value.len == 10 && value.ptr[5] == '-');
	column->capitals += digits == 0 && is_capitals(value);
	column->states += is_state(value);
	column->emails += is_email(value);
	column->phones += is_phone(value, digits);
	column->voter_ids += is_voter_id(value, digits);
	count_dates(column, value, is_number);
	keep_example(column, value);
}

/* Files have odd values: 98 of 100 are enough. */
static bool
is_most(const struct column *column, uint64_t count)
{
	return column->filled && count * 100 >= column->filled * 98;
}

enum column_date
column_date(const struct column *column)
{
	uint64_t slashes = column->dates[COLUMN_SLASHES] + column->dates[COLUMN_SHORT_SLASHES];

	if (column->dates[COLUMN_DAY_FIRST] * 50 > column->filled &&
	    is_most(column, slashes + column->dates[COLUMN_DAY_FIRST]))
		return COLUMN_DAY_FIRST;
	if (is_most(column, column->dates[COLUMN_SLASHES]))
		return COLUMN_SLASHES;
	if (is_most(column, slashes))
		return COLUMN_SHORT_SLASHES;
	for (int date = COLUMN_DASHES; date < COLUMN_DATE_COUNT; date++) {
		if (is_most(column, column->dates[date]))
			return (enum column_date)date;
	}
	return COLUMN_DATE_COUNT;
}

enum column_kind
column_kind(const struct column *column)
{
	if (column->filled == 0)
		return COLUMN_EMPTY;
	if (column_date(column) != COLUMN_DATE_COUNT)
		return COLUMN_DATE;
	if (is_most(column, column->states))
		return COLUMN_STATE;
	if (is_most(column, column->emails))
		return COLUMN_EMAIL;
	if (is_most(column, column->phones))
		return COLUMN_PHONE;
	if (is_most(column, column->zips))
		return COLUMN_ZIP;
	if (is_most(column, column->numbers))
		return COLUMN_NUMBER;
	return is_most(column, column->capitals) ? COLUMN_CAPITALS : COLUMN_TEXT;
}

const char *
column_word(const struct column *column)
{
	static const char *const dates[] = {
#define X(name, form) "date " form,
		COLUMN_DATES(X)
#undef X
	};

	switch (column_kind(column)) {
	case COLUMN_EMPTY:
		return "empty";
	case COLUMN_NUMBER:
		return "number";
	case COLUMN_DATE:
		if (column_date(column) == COLUMN_DAY_FIRST)
			return "date DD/MM/YYYY";
		return dates[column_date(column)];
	case COLUMN_STATE:
		return "state";
	case COLUMN_ZIP:
		return "zip";
	case COLUMN_EMAIL:
		return "e-mail";
	case COLUMN_PHONE:
		return "phone";
	case COLUMN_CAPITALS:
		return "TEXT";
	case COLUMN_TEXT:
		break;
	}
	return "text";
}
