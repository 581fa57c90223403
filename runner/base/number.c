#include "platform.h"

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/number.h"
#include "runner/base/scoped.h"

/* A decimal with up to six digits behind the point, as millionths. */
enum { MILLION = 1000000 };

int
number_u64(struct span text, uint64_t *value)
{
	uint64_t sum = 0;

	if (text.len == 0)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return -1;
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(text.ptr[i] - '0'), &sum))
			return -1;
	}
	*value = sum;
	return 0;
}

static int
fraction_millionths(struct span digits, uint64_t *millionths)
{
	uint64_t value;

	if (digits.len > 6 || number_u64(digits, &value))
		return -1;
	for (size_t i = digits.len; i < 6; i++)
		value *= 10;
	*millionths = value;
	return 0;
}

/* Splits "37.5MB" into 37,500,000 millionths and "MB". */
static int
take_decimal(struct span text, uint64_t *millionths, struct span *unit)
{
	uint64_t whole;
	uint64_t part = 0;
	size_t at = 0;
	size_t point;

	while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
		at++;
	if (number_u64((struct span){ text.ptr, at }, &whole))
		return -1;
	if (at < text.len && text.ptr[at] == '.') {
		point = ++at;
		while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
			at++;
		if (fraction_millionths((struct span){ text.ptr + point, at - point }, &part))
			return -1;
	}
	if (__builtin_mul_overflow(whole, (uint64_t)MILLION, &whole) ||
	    __builtin_add_overflow(whole, part, &whole))
		return -1;
	*millionths = whole;
	*unit = (struct span){ text.ptr + at, text.len - at };
	return 0;
}

struct unit {
	const char *name;
	uint64_t factor;
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "kB", 1000 },
	{ "KB", 1000 },
	{ "MB", 1000 * 1000 },
	{ "GB", 1000 * 1000 * 1000 },
	{ "KiB", 1 << 10 },
	{ "MiB", 1 << 20 },
	{ "GiB", 1 << 30 },
};

static const struct unit times[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "min", 60 * 1000 },
	{ "h", 60 * 60 * 1000 },
	{ "d", 24 * 60 * 60 * 1000 },
};

static int
with_unit(struct span text, const struct unit *units, size_t unit_count, uint64_t *value)
{
	struct span name;
	uint64_t millionths;
	unsigned __int128 product;

	if (take_decimal(text, &millionths, &name))
		return -1;
	for (size_t i = 0; i < unit_count; i++) {
		if (!span_is(name, units[i].name))
			continue;
		product = (unsigned __int128)millionths * units[i].factor;
		if (product % MILLION != 0 || product / MILLION > INT64_MAX)
			return -1;
		*value = (uint64_t)(product / MILLION);
		return 0;
	}
	return -1;
}

int
number_bytes(struct span text, uint64_t *bytes)
{
	return with_unit(text, sizes, ARRAY_COUNT(sizes), bytes);
}

int
number_ms(struct span text, uint64_t *ms)
{
	return with_unit(text, times, ARRAY_COUNT(times), ms);
}

int
number_rate(struct span text, struct number_rate *rate)
{
	struct span rest = text;
	struct span count = span_next(&rest, '/');
	struct number_rate read;

	if (!rest.ptr || number_u64(count, &read.count) || number_ms(rest, &read.per_ms))
		return -1;
	if (read.count == 0 || read.per_ms == 0)
		return -1;
	*rate = read;
	return 0;
}

int
number_share(struct span text, struct number_share *share)
{
	struct number_share read = { 0, 0, 0 };
	struct span unit;
	uint64_t millionths;

	if (number_u64(text, &read.count) == 0) {
		*share = read;
		return 0;
	}
	if (take_decimal(text, &millionths, &unit) || !span_is(unit, "%"))
		return -1;
	if (millionths > (uint64_t)100 * MILLION)
		return -1;
	read.is_share = 1;
	read.millionths = millionths / 100;
	*share = read;
	return 0;
}
