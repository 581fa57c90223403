#include "platform.h"

#include <stdbool.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "runner/source/letters.h"
#include "runner/source/namecase.h"

static bool
is_one_of(struct span word, const char *const words[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal_nocase(word, span_of(words[i])))
			return true;
	}
	return false;
}

static bool
is_numeral(struct span word, bool is_only_word)
{
	static const char *const numerals[] = { "II", "III", "IV", "VII", "VIII", "IX" };

	if (word.ptr[0] != 'I' && word.ptr[0] != 'i' && word.ptr[0] != 'V' && word.ptr[0] != 'v')
		return false; /* nearly all words */
	while (word.len && (word.ptr[word.len - 1] == ',' || word.ptr[word.len - 1] == '.'))
		word.len--;
	/* Vi is a given name. */
	return is_one_of(word, numerals, ARRAY_COUNT(numerals)) ||
	    (!is_only_word && span_equal_nocase(word, span_of("VI")));
}

static bool
leads_on(struct span word, bool is_behind_one)
{
	static const char *const first[] = { "VAN", "VON", "DE", "DEL", "DEN", "DER", "DU", "DA",
		"DAS", "DO", "DOS", "TEN", "TER" };
	static const char *const second[] = { "LA", "LAS", "LOS", "LE" };

	if (word.len < 2 || word.len > 3)
		return false;
	return is_one_of(word, first, ARRAY_COUNT(first)) ||
	    (is_behind_one && is_one_of(word, second, ARRAY_COUNT(second)));
}

/* ' and what stands for it in typography and in Hawaiian names. */
static bool
is_apostrophe(int32_t character)
{
	return character == '\'' || character == 0x2019 || character == 0x02BB || character == '`';
}

/* Whether as many letters stand at the front. */
static bool
has_letters(const char *at, const char *end, unsigned wanted)
{
	while (wanted && at < end && letters_is_letter(letters_take(&at, end)))
		wanted--;
	return wanted == 0;
}

static bool
is_mc(const char *at, const char *end)
{
	return end - at >= 4 && (at[0] | 0x20) == 'm' && (at[1] | 0x20) == 'c' &&
	    has_letters(at, end, 4);
}

/* What parts a name makes the next letter a capital, but not behind a digit: 3rd. */
static char *
write_word(struct span word, char *to)
{
	const char *end = word.ptr + word.len;
	bool begins = true;

	for (const char *at = word.ptr; at < end;) {
		const char *from = at;
		int32_t character = letters_take(&at, end);

		if (begins && is_mc(from, end)) {
			*to++ = 'M';
			*to++ = 'c';
			at++;
		} else if (is_apostrophe(character)) {
			to = letters_write(character, to);
			begins = has_letters(at, end, 2);
		} else if (letters_is_letter(character)) {
			to = begins ? letters_write_capital(character, to)
				    : letters_write_small(character, to);
			begins = false;
		} else {
			to = letters_write(character, to);
			begins = character < '0' || character > '9';
		}
	}
	return to;
}

static bool
is_mixed(struct span name)
{
	const char *end = name.ptr + name.len;
	bool has_capital = false, has_small = false;

	for (const char *at = name.ptr; at < end;) {
		int32_t character = letters_take(&at, end);

		has_capital = has_capital || letters_is_capital(character);
		has_small = has_small || letters_is_small(character);
		if (has_capital && has_small)
			return true;
	}
	return false;
}

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct span
take_word(const char **at, const char *end)
{
	const char *from = *at;

	while (*at < end && !is_blank(**at))
		++*at;
	return (struct span){ from, (size_t)(*at - from) };
}

static char *
copy_blanks(const char **at, const char *end, char *to)
{
	while (*at < end && is_blank(**at))
		*to++ = *(*at)++;
	return to;
}

static char *
write_words(struct span name, char *to)
{
	const char *at = name.ptr, *end = name.ptr + name.len;
	struct span words = span_trim(name);
	bool is_behind_one = false;

	while (at < end) {
		struct span word;
		bool is_last;

		to = copy_blanks(&at, end, to);
		word = take_word(&at, end);
		if (word.len == 0)
			break;
		is_last = at >= words.ptr + words.len;
		if (is_numeral(word, word.len == words.len)) {
			to = letters_upper(word, to);
		} else if (!is_last && leads_on(word, is_behind_one)) {
			to = letters_lower(word, to);
			is_behind_one = true;
			continue;
		} else {
			to = write_word(word, to);
		}
		is_behind_one = false;
	}
	return to;
}

char *
namecase_write(struct span name, char *to)
{
	if (is_mixed(name)) {
		memcpy(to, name.ptr, name.len);
		return to + name.len;
	}
	return write_words(name, to);
}
