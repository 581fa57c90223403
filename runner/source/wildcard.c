#include "platform.h"

#include <stddef.h>
#include <string.h>

#include "runner/source/wildcard.h"

bool
wildcard_is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* Behind the set that begins at `[`, or NULL if it is never closed: then it is an ordinary byte. A `]`
 * at its front is one of its bytes. */
static const char *
behind_set(const char *set)
{
	const char *at = set + 1;

	at += *at == '!' || *at == '^';
	at += *at == ']';
	for (; *at && *at != ']'; at++) {
		if (*at == '\\' && at[1])
			at++;
	}
	return *at ? at + 1 : NULL;
}

static unsigned char
next_of_set(const char **at)
{
	if (**at == '\\' && (*at)[1])
		++*at;
	return (unsigned char)*(*at)++;
}

static bool
is_in_set(const char *set, const char *behind, unsigned char byte)
{
	const char *at = set + 1, *end = behind - 1;
	bool is_negated = *at == '!' || *at == '^', is_in = false;

	for (at += is_negated; at < end;) {
		unsigned char first = next_of_set(&at), last = first;

		if (*at == '-' && at + 1 < end) {
			at++;
			last = next_of_set(&at);
		}
		is_in |= first <= byte && byte <= last;
	}
	return is_in != is_negated;
}

/* Fits one byte of the pattern, not a star; *behind is what follows it. */
static bool
fits_one(const char *pattern, unsigned char byte, const char **behind)
{
	const char *set_end = *pattern == '[' ? behind_set(pattern) : NULL;

	if (set_end) {
		*behind = set_end;
		return is_in_set(pattern, set_end, byte);
	}
	if (*pattern == '\\' && pattern[1])
		pattern++;
	else if (*pattern == '?') {
		*behind = pattern + 1;
		return true;
	}
	*behind = pattern + 1;
	return (unsigned char)*pattern == byte;
}

/* A star takes as little as it can; only the last one is ever tried again, so that no pattern takes
 * more than its length times that of the name. */
bool
wildcard_fits(const char *pattern, const char *name)
{
	const char *star = NULL, *retry = NULL;

	if (*name == '.' && *pattern != '.' && !(*pattern == '\\' && pattern[1] == '.'))
		return false;
	while (*name) {
		const char *behind;

		if (*pattern == '*') {
			star = ++pattern;
			retry = name;
		} else if (*pattern && fits_one(pattern, (unsigned char)*name, &behind)) {
			pattern = behind;
			name++;
		} else if (star) {
			pattern = star;
			name = ++retry;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return *pattern == '\0';
}
