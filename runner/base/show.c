#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/base/utf8.h"

char *
show_count(uint64_t count, char to[static SHOW_BYTES])
{
	char digits[SHOW_BYTES];
	int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)count);
	char *at = to;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return to;
}

/* Three significant digits: 8.41, 84.1, 841; rounded down, so that nothing shows as done too early. */
static void
three_digits(uint64_t value, uint64_t unit, char *to)
{
	uint64_t whole = value / unit;
	uint64_t hundredths = value % unit * 100 / unit;

	if (whole >= 100)
		snprintf(to, SHOW_BYTES, "%llu", (unsigned long long)whole);
	else if (whole >= 10)
		snprintf(to, SHOW_BYTES, "%llu.%llu", (unsigned long long)whole,
		    (unsigned long long)(hundredths / 10));
	else
		snprintf(to, SHOW_BYTES, "%llu.%02llu", (unsigned long long)whole,
		    (unsigned long long)hundredths);
}

char *
show_short(uint64_t count, char to[static SHOW_BYTES])
{
	static const struct {
		uint64_t unit;
		char letter;
	} steps[] = { { 1000000000, 'G' }, { 1000000, 'M' }, { 1000, 'k' } };
	char number[SHOW_BYTES];

	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		if (count < steps[i].unit)
			continue;
		three_digits(count, steps[i].unit, number);
		snprintf(to, SHOW_BYTES, "%.24s%c", number, steps[i].letter);
		return to;
	}
	snprintf(to, SHOW_BYTES, "%llu", (unsigned long long)count);
	return to;
}

char *
show_size(uint64_t bytes, char to[static SHOW_BYTES])
{
	static const struct {
		uint64_t unit;
		const char *name;
	} steps[] = { { 1000000000, "GB" }, { 1000000, "MB" }, { 1000, "kB" } };

	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		if (bytes < steps[i].unit)
			continue;
		snprintf(to, SHOW_BYTES, "%llu.%llu %s",
		    (unsigned long long)(bytes / steps[i].unit),
		    (unsigned long long)(bytes % steps[i].unit * 10 / steps[i].unit), steps[i].name);
		return to;
	}
	snprintf(to, SHOW_BYTES, "%llu B", (unsigned long long)bytes);
	return to;
}

char *
show_duration(uint64_t ms, char to[static SHOW_BYTES])
{
	unsigned long long s = ms / 1000;

	if (ms < 1000)
		snprintf(to, SHOW_BYTES, "%llu ms", (unsigned long long)ms);
	else if (s < 60)
		snprintf(to, SHOW_BYTES, "%llu s", s);
	else if (s < 3600)
		snprintf(to, SHOW_BYTES, "%llu min", s / 60);
	else if (s < 48 * 3600)
		snprintf(to, SHOW_BYTES, "%llu h %02llu min", s / 3600, s / 60 % 60);
	else
		snprintf(to, SHOW_BYTES, "%llu days", s / 86400);
	return to;
}

void
show_hex(const void *bytes, size_t len, char *to)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++) {
		*to++ = "0123456789abcdef"[at[i] >> 4];
		*to++ = "0123456789abcdef"[at[i] & 15];
	}
	*to = '\0';
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int
show_unhex(struct span text, void *to, size_t len)
{
	unsigned char *at = to;

	if (text.len != 2 * len)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		if (nibble(text.ptr[i]) < 0)
			return -1;
	}
	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)(nibble(text.ptr[2 * i]) << 4 | nibble(text.ptr[2 * i + 1]));
	return 0;
}

bool
show_acts(struct span text)
{
	const unsigned char *at = (const unsigned char *)text.ptr;
	size_t len = utf8_character(text);

	if (len == 1)
		return at[0] < 0x20 || at[0] == 0x7F;
	if (len == 2)
		return at[0] == 0xC2 && at[1] < 0xA0; /* C1 controls */
	/* U+202A-202E, U+2066-2069 turn the direction of text, U+2028/2029 end lines. */
	return len == 3 && at[0] == 0xE2 &&
	       ((at[1] == 0x80 && at[2] >= 0xA8 && at[2] <= 0xAE) ||
		   (at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9));
}

/* Length of the character at the front if it may be shown as it is, else 0. */
static size_t
printable_len(struct span text)
{
	return show_acts(text) ? 0 : utf8_character(text);
}

void
show_safe(struct buf *to, struct span text, size_t most)
{
	size_t taken = 0;

	while (text.len && taken < most) {
		size_t len = printable_len(text);

		if (len) {
			buf_add(to, text.ptr, len);
		} else if (text.ptr[0] == '\n' || text.ptr[0] == '\r') {
			buf_add_byte(to, ' ');
			len = 1;
		} else {
			buf_printf(to, "\\x%02X", (unsigned char)text.ptr[0]);
			len = 1;
		}
		text.ptr += len;
		text.len -= len;
		taken += len;
	}
	if (text.len)
		buf_add_text(to, "...");
}

void
show_lines(struct buf *to, struct span text)
{
	while (text.len) {
		const char *end = memchr(text.ptr, '\n', text.len);
		size_t len = end ? (size_t)(end - text.ptr) : text.len;

		show_safe(to, (struct span){ text.ptr, len }, SIZE_MAX);
		if (end)
			buf_add_byte(to, '\n');
		len += end != NULL;
		text.ptr += len;
		text.len -= len;
	}
}

/* A letter of any script is nothing to a shell. */
static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("_@%+=:,./-", c));
}

void
show_word(struct buf *to, struct span text)
{
	size_t plain = 0;

	while (plain < text.len && is_plain(text.ptr[plain]))
		plain++;
	if (text.len && plain == text.len) {
		buf_add(to, text.ptr, text.len);
		return;
	}
	buf_add_byte(to, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'')
			buf_add_text(to, "'\\");
		buf_add_byte(to, text.ptr[i]);
		if (text.ptr[i] == '\'')
			buf_add_byte(to, '\'');
	}
	buf_add_byte(to, '\'');
}
