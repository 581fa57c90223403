#include "platform.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "config/address.h"
#include "config/complain.h"
#include "config/value.h"
#include "runner/base/charset.h"
#include "runner/base/number.h"
#include "runner/base/suggest.h"

/* One value on its way: what the table says, what the file says, where it goes. */
struct value {
	const struct reader *reader;
	const struct option *option;
	const struct tree *node;
	void *member;
	char name[READER_NAME_BYTES];
};

static int __attribute__((format(printf, 2, 3)))
refuse(const struct value *value, const char *format, ...)
{
	SCOPED(buf) words = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vprintf(&words, format, args);
	va_end(args);
	return complain_at(value->reader->script, value->node->at, value->reader->err, "`%s` %s",
	    value->name, buf_text(&words));
}

static int
expect(const struct value *value, enum tree_kind kind)
{
	return reader_expect(value->reader, value->option, value->node, kind);
}

/* ---- numbers with a range ---- */

static int
read_ranged(const struct value *value, int (*read)(struct span, uint64_t *), struct span text,
    const char *form)
{
	const struct option *option = value->option;
	uint64_t number, least, most;

	if (read(text, &number))
		return refuse(value, "is not %s", form);
	if (read(span_of(option->least), &least) || read(span_of(option->most), &most))
		assert(0 && "the option table has a range that cannot be read");
	if (number != least && least == most)
		return refuse(value, "is out of range\nwrite %s: %s", option->least, option->why);
	if (number < least || number > most)
		return refuse(value, "is out of range\n%s to %s: %s", option->least, option->most,
		    option->why);
	*(uint64_t *)value->member = number;
	return 0;
}

static int
read_count(const struct value *value)
{
	if (expect(value, TREE_NUMBER))
		return -1;
	return read_ranged(value, number_u64, value->node->words,
	    "a whole number from 0\nwrite plain digits");
}

static int
read_size(const struct value *value)
{
	if (expect(value, TREE_TEXT))
		return -1;
	return read_ranged(value, number_bytes, value->node->text,
	    "a size\na size is a number with B kB MB GB KiB MiB or GiB, such as \"37.5MB\"");
}

static int
read_time(const struct value *value)
{
	if (expect(value, TREE_TEXT))
		return -1;
	return read_ranged(value, number_ms, value->node->text,
	    "a time\na time is a number with ms s min h or d, such as \"90s\"");
}

static int
read_rate(const struct value *value)
{
	/* The core counts single requests in memory; an hour is the longest that it looks back. */
	enum { MOST_COUNT = 1000000, MOST_MS = 60 * 60 * 1000 };
	struct number_rate rate;

	if (expect(value, TREE_TEXT))
		return -1;
	if (number_rate(value->node->text, &rate))
		return refuse(value, "is not a rate\na rate is a count per time, such as "
				     "\"200/10s\"");
	if (rate.count > MOST_COUNT || rate.per_ms > MOST_MS)
		return refuse(value, "is out of range\nat most 1000000 requests, in at most 1h");
	*(struct number_rate *)value->member = rate;
	return 0;
}

static int
read_share(const struct value *value)
{
	if (expect(value, TREE_TEXT))
		return -1;
	if (number_share(value->node->text, value->member))
		return refuse(value, "is neither a percentage nor a count\nwrite \"0.5%%\" or "
				     "\"100\"");
	return 0;
}

/* ---- words ---- */

static int
read_truth(const struct value *value)
{
	if (expect(value, TREE_TRUTH))
		return -1;
	*(bool *)value->member = value->node->truth;
	return 0;
}

/* Words of three letters are all near each other ("tsv" is not meant to be "csv"). */
static int
refuse_word(const struct value *value)
{
	enum { TELLING_LEN = 4 };
	const struct options_word *words = value->option->words;
	struct suggest suggest = suggest_for(value->node->text);
	struct span nearest;
	SCOPED(buf) all = BUF_INIT;

	for (const struct options_word *word = words; word->name; word++) {
		suggest_offer(&suggest, span_of(word->name));
		buf_printf(&all, " \"%s\"", word->name);
	}
	nearest = suggest_nearest(&suggest);
	if (nearest.len >= TELLING_LEN)
		return refuse(value, "does not know this word\ndid you mean \"%.*s\"?",
		    SPAN_ARG(nearest));
	return refuse(value, "does not know this word\nit is one of%s", buf_text(&all));
}

static int
read_word(const struct value *value)
{
	const struct options_word *word = value->option->words;

	if (expect(value, TREE_TEXT))
		return -1;
	while (word->name && !span_is(value->node->text, word->name))
		word++;
	if (!word->name)
		return refuse_word(value);
	if (value->option->size == sizeof(char)) /* a char or a bool */
		*(unsigned char *)value->member = (unsigned char)word->value;
	else
		memcpy(value->member, &word->value, sizeof(word->value));
	return 0;
}

/* ---- texts ---- */

static int
read_text(const struct value *value)
{
	if (expect(value, TREE_TEXT))
		return -1;
	return reader_keep(value->reader, value->node->text, value->member);
}

static int
read_slug(const struct value *value)
{
	struct settings_nation *nation = &value->reader->settings->nation;
	const char *fault;

	if (expect(value, TREE_TEXT))
		return -1;
	fault = address_slug(value->node->text);
	if (fault)
		return refuse(value, "is not the name of a nation\n%s", fault);
	if (reader_keep(value->reader, value->node->text, &nation->slug))
		return -1;
	nation->label = nation->slug;
	nation->url = arena_join(&value->reader->settings->arena, "https://", nation->slug,
	    ".nationbuilder.com", NULL);
	return nation->url ? 0 : err_memory(value->reader->err);
}

static int
read_url(const struct value *value)
{
	struct settings_nation *nation = &value->reader->settings->nation;
	struct address address;
	const char *fault;

	if (expect(value, TREE_TEXT))
		return -1;
	fault = address_of_nation(value->node->text, &address);
	if (fault)
		return refuse(value, "is not the address of a nation\n%s", fault);
	if (reader_keep(value->reader, address.base, &nation->url))
		return -1;
	return reader_keep(value->reader, address.authority, &nation->label);
}

static int
read_proxy(const struct value *value)
{
	const char *fault = NULL;

	if (expect(value, TREE_TEXT))
		return -1;
	if (value->node->text.len)
		fault = address_of_proxy(value->node->text);
	if (fault)
		return refuse(value, "is not the address of a proxy\n%s", fault);
	return reader_keep(value->reader, value->node->text, value->member);
}

static int
read_encoding(const struct value *value)
{
	const struct charset *charset;
	struct span near;

	if (expect(value, TREE_TEXT))
		return -1;
	charset = charset_find(value->node->text);
	if (charset)
		return reader_keep(value->reader, span_of(charset->name), value->member);
	near = charset_suggest(value->node->text);
	if (near.len)
		return refuse(value, "names no encoding that is known\ndid you mean \"%.*s\"?",
		    SPAN_ARG(near));
	return refuse(value, "names no encoding that is known\n"
			     "known: UTF-8, US-ASCII, ISO-8859-1 to -16, windows-1250 to -1258, macintosh, "
			     "UTF-16");
}

/* Any of two words, parted by commas. */
static int
read_clean(const struct value *value)
{
	struct settings_clean *clean = value->member;
	struct span rest = value->node->text;

	if (expect(value, TREE_TEXT))
		return -1;
	*clean = (struct settings_clean){ false, false };
	while (rest.len) {
		struct span words = span_trim(span_next(&rest, ','));

		if (span_is(words, "hard returns"))
			clean->returns = true;
		else if (span_is(words, "quotation marks"))
			clean->quotes = true;
		else
			return refuse(value, "has unknown words \"%.*s\"\n"
					     "any of \"hard returns, quotation marks\"",
			    SPAN_ARG(words));
	}
	return 0;
}

/* Where "" is nothing and "." the folder that the caller knows best, there is no path. */
static int
read_path(const struct value *value)
{
	struct settings_path *path = value->member;

	if (expect(value, TREE_TEXT) || reader_path(value->reader, value->node, path))
		return -1;
	if (span_is(value->node->text, value->option->fallback))
		path->path = "";
	else if (value->node->text.len == 0)
		return refuse(value, "is an empty path\nremove it, or write a path");
	return 0;
}

/* ---- the token ---- */

static bool
is_variable(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		bool is_digit = c >= '0' && c <= '9';

		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '_' &&
		    !(is_digit && i))
			return false;
	}
	return name.len > 0;
}

static const char *
token_fault(enum settings_token_scheme scheme, struct span rest)
{
	if (rest.len == 0)
		return "nothing stands after the colon";
	if (scheme == SETTINGS_TOKEN_ENV && !is_variable(rest))
		return "a variable has letters, digits and _";
	if (scheme == SETTINGS_TOKEN_CREDENTIAL &&
	    (memchr(rest.ptr, '/', rest.len) || span_is(rest, ".") || span_is(rest, "..")))
		return "write the credential's name, no path";
	return NULL;
}

static int
keep_token(const struct value *value, enum settings_token_scheme scheme, struct span rest)
{
	struct settings_token *token = value->member;
	const char *fault = token_fault(scheme, rest);
	struct tree file = *value->node;
	struct settings_path path;

	if (fault)
		return refuse(value, "names no token\n%s", fault);
	token->scheme = scheme;
	if (reader_keep(value->reader, value->node->text, &token->written))
		return -1;
	if (scheme != SETTINGS_TOKEN_FILE)
		return reader_keep(value->reader, rest, &token->rest);
	file.text = rest;
	if (reader_path(value->reader, &file, &path))
		return -1;
	token->rest = path.path;
	return 0;
}

static int
read_token(const struct value *value)
{
	static const struct {
		const char *prefix;
		enum settings_token_scheme scheme;
	} schemes[] = {
		{ "file:", SETTINGS_TOKEN_FILE },
		{ "env:", SETTINGS_TOKEN_ENV },
		{ "command:", SETTINGS_TOKEN_COMMAND },
		{ "credential:", SETTINGS_TOKEN_CREDENTIAL },
	};
	struct span rest = value->node->text;

	if (expect(value, TREE_TEXT))
		return -1;
	for (size_t i = 0; i < ARRAY_COUNT(schemes); i++) {
		if (!span_starts(rest, schemes[i].prefix))
			continue;
		rest.ptr += strlen(schemes[i].prefix);
		rest.len -= strlen(schemes[i].prefix);
		return keep_token(value, schemes[i].scheme, rest);
	}
	return refuse(value, "must say where the token is, not be one\n"
			     "\"file:PATH\" \"env:NAME\" \"command:TEXT\" or \"credential:NAME\"");
}

/* ---- what is not in this version ---- */

static bool
is_fallback(const struct tree *node, const char *fallback)
{
	switch (node->kind) {
	case TREE_GROUP:
	case TREE_LIST:
	case TREE_ARRAY:
		return node->count == 0 && fallback[0] && strchr("([{", fallback[0]);
	case TREE_TEXT:
		return span_is(node->text, fallback);
	case TREE_NUMBER:
		return false;
	case TREE_TRUTH:
		return span_equal_nocase(node->words, span_of(fallback));
	}
	return false;
}

static int
read_later(const struct value *value)
{
	if (is_fallback(value->node, value->option->fallback))
		return 0;
	return complain_at(value->reader->script, value->node->name_at, value->reader->err,
	    "`%s` is not available in this version\nremove it: this rollcall would not do what it "
	    "says",
	    value->name);
}

static int
read_one(const struct value *value)
{
	switch (value->option->kind) {
	case OPTIONS_LATER:
		return read_later(value);
	case OPTIONS_TRUTH:
		return read_truth(value);
	case OPTIONS_COUNT:
		return read_count(value);
	case OPTIONS_SIZE:
		return read_size(value);
	case OPTIONS_TIME:
		return read_time(value);
	case OPTIONS_RATE:
		return read_rate(value);
	case OPTIONS_SHARE:
		return read_share(value);
	case OPTIONS_WORD:
		return read_word(value);
	case OPTIONS_TEXT:
		return read_text(value);
	case OPTIONS_SLUG:
		return read_slug(value);
	case OPTIONS_URL:
		return read_url(value);
	case OPTIONS_PROXY:
		return read_proxy(value);
	case OPTIONS_ENCODING:
		return read_encoding(value);
	case OPTIONS_CLEAN:
		return read_clean(value);
	case OPTIONS_PATH:
		return read_path(value);
	case OPTIONS_TOKEN:
		return read_token(value);
	case OPTIONS_INPUTS:
	case OPTIONS_HEADER:
	case OPTIONS_COLUMNS:
	case OPTIONS_CONSTANTS:
	case OPTIONS_FIELDS:
	case OPTIONS_AFTER:
	case OPTIONS_ONLY:
	case OPTIONS_HISTORY:
	case OPTIONS_MAPS:
	case OPTIONS_GROUP:
	case OPTIONS_SOURCES:
		break;
	}
	assert(0 && "groups and the lists of a source are read elsewhere");
	return -1;
}

int
value_read(const struct reader *reader, const struct option *option, const struct tree *node,
    void *base)
{
	struct value value = { .reader = reader, .option = option, .node = node };

	value.member = (char *)base + option->offset;
	reader_name(option, value.name);
	return read_one(&value);
}

static enum tree_kind
kind_of_fallback(enum options_kind kind)
{
	if (kind == OPTIONS_TRUTH)
		return TREE_TRUTH;
	return kind == OPTIONS_COUNT ? TREE_NUMBER : TREE_TEXT;
}

/* A default takes the same way as a value of the job file. */
int
value_default(const struct reader *reader, const struct option *option, void *base)
{
	struct tree node = { .kind = kind_of_fallback(option->kind) };

	if (!option->fallback || option->kind == OPTIONS_LATER)
		return 0;
	node.words = node.text = span_of(option->fallback);
	node.truth = span_is(node.words, "true");
	return value_read(reader, option, &node, base);
}
