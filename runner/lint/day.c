#include "platform.h"

#include <stdbool.h>

#include "runner/lint/day.h"

static bool
read_digits(struct span text, size_t at, size_t count, unsigned *number)
{
	*number = 0;
	for (size_t i = at; i < at + count; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
		*number = 10 * *number + (unsigned)(text.ptr[i] - '0');
	}
	return true;
}

static unsigned
days_of(unsigned year, unsigned month)
{
	static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && is_leap);
}

uint32_t
day_of(struct span text)
{
	unsigned year, month, day;
	bool is_read = false;

	if (text.len != 10)
		return 0;
	if (text.ptr[2] == '/' && text.ptr[5] == '/')
		is_read = read_digits(text, 0, 2, &month) && read_digits(text, 3, 2, &day) &&
			  read_digits(text, 6, 4, &year);
	else if (text.ptr[4] == '-' && text.ptr[7] == '-')
		is_read = read_digits(text, 0, 4, &year) && read_digits(text, 5, 2, &month) &&
			  read_digits(text, 8, 2, &day);
	if (!is_read || year == 0 || month < 1 || month > 12 || day < 1 ||
	    day > days_of(year, month))
		return 0;
	return year * 10000 + month * 100 + day;
}
