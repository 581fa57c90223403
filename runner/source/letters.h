/* letters.h - capitals and small letters of Unicode, one character for one, whatever the locale: the
 * same text always becomes the same bytes. */
#ifndef RUNNER_SOURCE_LETTERS_H
#define RUNNER_SOURCE_LETTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/span.h"

/* What is not ASCII; use those without _wide. */
int32_t letters_take_wide(const char **at, const char *end);
bool letters_is_letter_wide(int32_t character);
bool letters_is_capital_wide(int32_t character);
bool letters_is_small_wide(int32_t character);
char *letters_write_wide(int32_t character, char *to);
char *letters_write_capital_wide(int32_t character, char *to);
char *letters_write_small_wide(int32_t character, char *to);

/* Takes the character at the front of good UTF-8. Nearly all of a voter file is ASCII, so that it is
 * decided in place. */
static inline int32_t
letters_take(const char **at, const char *end)
{
	if ((unsigned char)**at >= 0x80)
		return letters_take_wide(at, end);
	return *(*at)++;
}

static inline bool
letters_is_capital(int32_t character)
{
	return character < 0x80 ? character >= 'A' && character <= 'Z'
				: letters_is_capital_wide(character);
}

static inline bool
letters_is_small(int32_t character)
{
	return character < 0x80 ? character >= 'a' && character <= 'z'
				: letters_is_small_wide(character);
}

/* Or an accent that stands behind one. */
static inline bool
letters_is_letter(int32_t character)
{
	return character < 0x80 ? letters_is_capital(character) || letters_is_small(character)
				: letters_is_letter_wide(character);
}

/* A character grows from two bytes to three at most, ASCII not at all; a byte that is none becomes
 * three. */
#define LETTERS_MOST_BYTES(len) (3 * (len))

static inline char *
letters_write(int32_t character, char *to)
{
	if (character >= 0x80)
		return letters_write_wide(character, to);
	*to = (char)character;
	return to + 1;
}

static inline char *
letters_write_capital(int32_t character, char *to)
{
	if (character >= 0x80)
		return letters_write_capital_wide(character, to);
	*to = (char)(letters_is_small(character) ? character - 'a' + 'A' : character);
	return to + 1;
}

static inline char *
letters_write_small(int32_t character, char *to)
{
	if (character >= 0x80)
		return letters_write_small_wide(character, to);
	*to = (char)(letters_is_capital(character) ? character - 'A' + 'a' : character);
	return to + 1;
}

/* Whole texts; each returns the end. */
char *letters_upper(struct span text, char *to);
char *letters_lower(struct span text, char *to);

#endif
