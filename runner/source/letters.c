#include "platform.h"

#include <utf8proc.h>

#include "runner/source/letters.h"

int32_t
letters_take_wide(const char **at, const char *end)
{
	int32_t character = 0xFFFD;
	utf8proc_ssize_t size =
	    utf8proc_iterate((const utf8proc_uint8_t *)*at, end - *at, &character);

	if (size <= 0) { /* the input was checked; never stand still */
		++*at;
		return 0xFFFD;
	}
	*at += size;
	return character;
}

bool
letters_is_letter_wide(int32_t character)
{
	switch ((int)utf8proc_category(character)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
		return true;
	default:
		return false;
	}
}

bool
letters_is_capital_wide(int32_t character)
{
	return utf8proc_category(character) == UTF8PROC_CATEGORY_LU;
}

bool
letters_is_small_wide(int32_t character)
{
	return utf8proc_category(character) == UTF8PROC_CATEGORY_LL;
}

char *
letters_write_wide(int32_t character, char *to)
{
	return to + utf8proc_encode_char(character, (utf8proc_uint8_t *)to);
}

char *
letters_write_capital_wide(int32_t character, char *to)
{
	return letters_write(utf8proc_toupper(character), to);
}

char *
letters_write_small_wide(int32_t character, char *to)
{
	return letters_write(utf8proc_tolower(character), to);
}

char *
letters_upper(struct span text, char *to)
{
	const char *end = text.ptr + text.len;

	for (const char *at = text.ptr; at < end;)
		to = letters_write_capital(letters_take(&at, end), to);
	return to;
}

char *
letters_lower(struct span text, char *to)
{
	const char *end = text.ptr + text.len;

	for (const char *at = text.ptr; at < end;)
		to = letters_write_small(letters_take(&at, end), to);
	return to;
}
