#include "platform.h"

#include <string.h>

#include "runner/base/charset.h"
#include "runner/base/scoped.h"
#include "runner/base/suggest.h"

#define BYTES(name, iconv) { name, iconv, CHARSET_BYTES }

/* iconv's names are those that glibc, musl and libiconv share. There is no ISO-8859-12. */
static const struct charset charsets[] = {
	{ "UTF-8", "UTF-8", CHARSET_UTF8 },
	{ "UTF-16", "UTF-16", CHARSET_UTF16 },
	{ "UTF-16LE", "UTF-16LE", CHARSET_UTF16 },
	{ "UTF-16BE", "UTF-16BE", CHARSET_UTF16 },
	BYTES("US-ASCII", "US-ASCII"),
	BYTES("windows-1250", "CP1250"),
	BYTES("windows-1251", "CP1251"),
	BYTES("windows-1252", "CP1252"),
	BYTES("windows-1253", "CP1253"),
	BYTES("windows-1254", "CP1254"),
	BYTES("windows-1255", "CP1255"),
	BYTES("windows-1256", "CP1256"),
	BYTES("windows-1257", "CP1257"),
	BYTES("windows-1258", "CP1258"),
	BYTES("ISO-8859-1", "ISO-8859-1"),
	BYTES("ISO-8859-2", "ISO-8859-2"),
	BYTES("ISO-8859-3", "ISO-8859-3"),
	BYTES("ISO-8859-4", "ISO-8859-4"),
	BYTES("ISO-8859-5", "ISO-8859-5"),
	BYTES("ISO-8859-6", "ISO-8859-6"),
	BYTES("ISO-8859-7", "ISO-8859-7"),
	BYTES("ISO-8859-8", "ISO-8859-8"),
	BYTES("ISO-8859-9", "ISO-8859-9"),
	BYTES("ISO-8859-10", "ISO-8859-10"),
	BYTES("ISO-8859-11", "ISO-8859-11"),
	BYTES("ISO-8859-13", "ISO-8859-13"),
	BYTES("ISO-8859-14", "ISO-8859-14"),
	BYTES("ISO-8859-15", "ISO-8859-15"),
	BYTES("ISO-8859-16", "ISO-8859-16"),
	BYTES("macintosh", "MACINTOSH"),
};

/* What stands before a number stands for the numbers of `of`. */
static const struct alias {
	const char *alias, *of;
} aliases[] = {
	{ "ascii", "US-ASCII" }, { "latin1", "ISO-8859-1" }, { "latin2", "ISO-8859-2" },
	{ "latin9", "ISO-8859-15" }, { "ansi", "windows-1252" }, { "macroman", "macintosh" },
	{ "mac", "macintosh" },
}, prefixes[] = {
	{ "cp125", "windows-125" }, { "win125", "windows-125" }, { "iso8859", "ISO-8859" },
	{ "8859", "ISO-8859" },
};

enum { NAME_BYTES = 32 };

/* Lower case, without - _ and blanks. A longer name is none of ours. */
static struct span
folded(struct span name, char to[static NAME_BYTES])
{
	size_t len = 0;

	for (size_t i = 0; i < name.len && len < NAME_BYTES - 1; i++) {
		char c = name.ptr[i];

		if (c != '-' && c != '_' && c != ' ')
			to[len++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	to[len] = '\0';
	return (struct span){ to, len };
}

static bool
is_same(struct span folded_name, const char *other)
{
	char room[NAME_BYTES];

	return span_equal(folded_name, folded(span_of(other), room));
}

static const struct charset *
find_folded(struct span name)
{
	for (size_t i = 0; i < ARRAY_COUNT(charsets); i++) {
		if (is_same(name, charsets[i].name))
			return &charsets[i];
	}
	return NULL;
}

const struct charset *
charset_find(struct span name)
{
	char room[NAME_BYTES], whole[2 * NAME_BYTES], again[NAME_BYTES];
	struct span wanted = folded(span_trim(name), room);
	const struct charset *found = find_folded(wanted);

	for (size_t i = 0; !found && i < ARRAY_COUNT(aliases); i++) {
		if (is_same(wanted, aliases[i].alias))
			found = find_folded(folded(span_of(aliases[i].of), again));
	}
	for (size_t i = 0; !found && i < ARRAY_COUNT(prefixes); i++) {
		size_t len = strlen(prefixes[i].alias);

		if (!span_starts(wanted, prefixes[i].alias))
			continue;
		strcpy(whole, prefixes[i].of);
		strcat(whole, room + len);
		found = find_folded(folded(span_of(whole), again));
	}
	return found;
}

struct span
charset_suggest(struct span name)
{
	struct suggest suggest = suggest_for(name);

	for (size_t i = 0; i < ARRAY_COUNT(charsets); i++)
		suggest_offer(&suggest, span_of(charsets[i].name));
	for (size_t i = 0; i < ARRAY_COUNT(aliases); i++)
		suggest_offer(&suggest, span_of(aliases[i].alias));
	return suggest_nearest(&suggest);
}
