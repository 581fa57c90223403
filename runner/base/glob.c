#include "platform.h"

#include "runner/base/glob.h"

/* The length of the character at the front. */
static size_t
character(const char *at, const char *end)
{
	size_t len = 1;

	while (at + len < end && ((unsigned char)at[len] & 0xC0) == 0x80)
		len++;
	return len;
}

bool
glob_fits(const char *pattern, struct span text)
{
	const char *at = text.ptr, *end = text.ptr + text.len;
	const char *star = NULL, *star_at = NULL; /* the last star, and where its text ends so far */

	while (at < end) {
		if (*pattern == '*') {
			star = ++pattern;
			star_at = at;
		} else if (*pattern == '?') {
			pattern++;
			at += character(at, end);
		} else if (*pattern == *at) {
			pattern++;
			at++;
		} else if (star) {
			pattern = star;
			star_at += character(star_at, end);
			at = star_at;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
