#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/base/span.h"
#include "runner/source/gunzip.h"
#include "runner/source/unpack.h"
#include "runner/source/unzip.h"
#include "runner/source/unzstd.h"
#include "runner/source/utf16.h"

enum {
	MARK_BYTES = 2,    /* of UTF-16 */
	SHOWN_BYTES = 256, /* in which a text in UTF-16 must show itself */
	MAGIC_BYTES = 4,
	CHARACTER_BYTES = 4, /* of UTF-8, at most */
};

struct packer {
	const char *ending;  /* of names */
	const char *program; /* for messages */
	unsigned char magic[MAGIC_BYTES];
	size_t magic_bytes;
};

static const struct packer packers[] = {
	[UNPACK_GZIP] = { ".gz", "gzip", { 0x1F, 0x8B, 0x08 }, 3 },
	[UNPACK_ZSTD] = { ".zst", "zstd", { 0x28, 0xB5, 0x2F, 0xFD }, 4 },
	[UNPACK_ZIP] = { ".zip", "zip", { 'P', 'K', 3, 4 }, 4 },
};

enum unpack_packing
unpack_of_name(const char *path)
{
	size_t len = strlen(path);

	for (size_t i = UNPACK_GZIP; i < ARRAY_COUNT(packers); i++) {
		size_t ending = strlen(packers[i].ending);

		if (len > ending &&
		    span_equal_nocase((struct span){ path + len - ending, ending },
			span_of(packers[i].ending)))
			return (enum unpack_packing)i;
	}
	return UNPACK_NONE;
}

static enum unpack_packing
packing_of(const unsigned char *bytes, size_t len)
{
	static const unsigned char empty_zip[] = { 'P', 'K', 5, 6 };
	static const unsigned char skipped_zstd[] = { 0x2A, 0x4D, 0x18 }; /* behind 0x50 to 0x5F */

	for (size_t i = UNPACK_GZIP; i < ARRAY_COUNT(packers); i++) {
		if (len >= packers[i].magic_bytes &&
		    memcmp(bytes, packers[i].magic, packers[i].magic_bytes) == 0)
			return (enum unpack_packing)i;
	}
	if (len >= sizeof(empty_zip) && memcmp(bytes, empty_zip, sizeof(empty_zip)) == 0)
		return UNPACK_ZIP;
	if (len > sizeof(skipped_zstd) && (bytes[0] & 0xF0) == 0x50 &&
	    memcmp(bytes + 1, skipped_zstd, sizeof(skipped_zstd)) == 0)
		return UNPACK_ZSTD;
	return UNPACK_NONE;
}

bool
unpack_is_utf16(const char *encoding)
{
	return strncmp(encoding, "UTF-16", strlen("UTF-16")) == 0;
}

/* ---- what the first bytes say */

static int
read_first(const struct unpack_options *options, unsigned char *first, size_t most, size_t *len,
    struct err *err)
{
	size_t got;

	*len = 0;
	do {
		if (reader_read(options->from.reader, *len, first + *len, most - *len, &got, err))
			return -1;
		*len += got;
	} while (got && *len < most);
	return 0;
}

static int
check_packing(const struct unpack_options *options, const unsigned char *first, size_t len,
    struct err *err)
{
	enum unpack_packing named = unpack_of_name(options->from.path);
	enum unpack_packing is = packing_of(first, len);

	if (named == is)
		return 0;
	if (is)
		return err_set(err, ERR_DATA,
		    "%s was packed by %s, and its name does not say so\n"
		    "  Give it a name that ends with %s, and write that into the job file.\n"
		    "Nothing was sent.",
		    options->from.path, packers[is].program, packers[is].ending);
	if (!len)
		return err_set(err, ERR_DATA, "%s is empty\n  Fetch it again.\nNothing was sent.",
		    options->from.path);
	return err_set(err, ERR_DATA,
	    "%s is nothing that %s makes\n"
	    "  If it is the text itself, give it a name without %s, and write that into the\n"
	    "  job file; else fetch it again.\n"
	    "Nothing was sent.",
	    options->from.path, packers[named].program, packers[named].ending);
}

enum order { ORDER_NONE, ORDER_LITTLE, ORDER_BIG };

static enum order
order_of_mark(const unsigned char *first, size_t len)
{
	if (len < MARK_BYTES)
		return ORDER_NONE;
	if (first[0] == 0xFF && first[1] == 0xFE)
		return ORDER_LITTLE;
	return first[0] == 0xFE && first[1] == 0xFF ? ORDER_BIG : ORDER_NONE;
}

int
unpack_look(const struct unpack_options *options, bool *is_plain, struct err *err)
{
	unsigned char first[MAGIC_BYTES];
	size_t len;

	if (read_first(options, first, sizeof(first), &len, err) ||
	    check_packing(options, first, len, err))
		return -1;
	*is_plain = unpack_of_name(options->from.path) == UNPACK_NONE &&
	    !unpack_is_utf16(options->encoding) && order_of_mark(first, len) == ORDER_NONE;
	return 0;
}

/* ---- the text: what was unpacked, converted where it is UTF-16 */

struct text {
	struct stage stage; /* first, so that the one is the other */
	struct unpack_options options;
	struct stage *from;
	enum order order; /* ORDER_NONE: it goes on as it is */
	struct utf16 utf16;
	size_t filled, at; /* of the window */
	bool has_ended;
	/* A converted character that the caller had no room for. */
	char spilt[CHARACTER_BYTES];
	size_t spilt_bytes, spilt_at;
	unsigned char window[]; /* window_bytes() */
};

static size_t
window_bytes(const struct unpack_options *options)
{
	size_t bytes = stage_window_bytes(&options->from);

	return bytes < SHOWN_BYTES ? SHOWN_BYTES : bytes;
}

static int
fill(struct text *text, size_t least, struct err *err)
{
	while (text->filled < least && !text->has_ended) {
		size_t got;

		if (text->from->read(text->from, text->window + text->filled,
			window_bytes(&text->options) - text->filled, &got, err))
			return -1;
		text->filled += got;
		text->has_ended = got == 0;
	}
	return 0;
}

static int
complain_of_utf16(const struct text *text, struct err *err)
{
	const struct utf16 *utf16 = &text->utf16;
	char line[SHOW_BYTES], byte[SHOW_BYTES];

	show_count(utf16->line, line);
	show_count(utf16->byte, byte);
	if (utf16->problem == UTF16_CUT_OFF)
		return err_set(err, ERR_DATA,
		    "%s ends within a character of UTF-16\n"
		    "  line %s, byte %s\n"
		    "  It was not fetched or written whole: fetch it again.\n"
		    "Nothing was sent.",
		    text->options.from.path, line, byte);
	return err_set(err, ERR_DATA,
	    "%s has half a pair of UTF-16 without its other half\n"
	    "  line %s, byte %s\n"
	    "  Have it written again, as UTF-8 if that can be chosen.\n"
	    "Nothing was sent.",
	    text->options.from.path, line, byte);
}

/* `most` is room for a character at least. */
static int
convert(struct text *text, char *to, size_t most, size_t *got, struct err *err)
{
	size_t used;

	*got = 0;
	while (*got == 0) {
		if (text->at == text->filled) {
			text->at = text->filled = 0;
			if (fill(text, 1, err))
				return -1;
		}
		*got = utf16_run(&text->utf16, text->window + text->at, text->filled - text->at, &used,
		    to, most);
		text->at += used;
		if (text->has_ended && text->at == text->filled && *got == 0)
			utf16_finish(&text->utf16);
		if (text->utf16.problem)
			return complain_of_utf16(text, err);
		if (text->has_ended && text->at == text->filled)
			break;
	}
	return 0;
}

static int
give_converted(struct text *text, char *to, size_t most, size_t *got, struct err *err)
{
	if (text->spilt_at == text->spilt_bytes) {
		if (most >= CHARACTER_BYTES)
			return convert(text, to, most, got, err);
		text->spilt_at = 0;
		if (convert(text, text->spilt, sizeof(text->spilt), &text->spilt_bytes, err))
			return -1;
	}
	*got = text->spilt_bytes - text->spilt_at < most ? text->spilt_bytes - text->spilt_at : most;
	memcpy(to, text->spilt + text->spilt_at, *got);
	text->spilt_at += *got;
	return 0;
}

static int
text_read(struct stage *stage, void *to, size_t most, size_t *got, struct err *err)
{
	struct text *text = (struct text *)stage;
	size_t left = text->filled - text->at;

	if (text->order)
		return give_converted(text, to, most, got, err);
	if (!left)
		return text->has_ended ? (*got = 0, 0)
				       : text->from->read(text->from, to, most, got, err);
	*got = left < most ? left : most;
	memcpy(to, text->window + text->at, *got);
	text->at += *got;
	return 0;
}

static void
text_close(struct stage *stage)
{
	struct text *text = (struct text *)stage;

	stage_close(text->from);
	free(text);
}

/* ---- its beginning */

static int
refuse_second_packing(const struct text *text, enum unpack_packing packing, struct err *err)
{
	return err_set(err, ERR_DATA,
	    "%s is packed twice: by %s within\n"
	    "  Unpack it once, and write the name of what comes out into the job file.\n"
	    "Nothing was sent.",
	    text->options.from.path, packers[packing].program);
}

/* Of a text in which letters, digits and delimiters must come, as in every header line. */
static bool
shows_order(const struct text *text, enum order order)
{
	size_t end = text->filled < SHOWN_BYTES ? text->filled : SHOWN_BYTES;

	for (size_t i = 0; i + 1 < end; i += 2) {
		if (text->window[order == ORDER_BIG ? i : i + 1] == 0 &&
		    text->window[order == ORDER_BIG ? i + 1 : i] != 0)
			return true;
	}
	return end == 0;
}

static int
refuse_order(const struct text *text, struct err *err)
{
	const char *path = text->options.from.path, *encoding = text->options.encoding;
	bool is_little = shows_order(text, ORDER_LITTLE), is_big = shows_order(text, ORDER_BIG);

	if (is_little == is_big)
		return err_set(err, ERR_DATA,
		    "%s is not %s, which the job file says\n"
		    "  Its first %zu bytes hold no letter or digit of UTF-16.  Take  encoding  out of\n"
		    "  the job file, or correct it.\n"
		    "Nothing was sent.",
		    path, encoding,
		    text->filled < SHOWN_BYTES ? text->filled : (size_t)SHOWN_BYTES);
	return err_set(err, ERR_DATA,
	    "%s looks like UTF-16%s, and the job file says %s\n"
	    "  It has no byte order mark%s.  If that looks right, set\n"
	    "    encoding = \"UTF-16%s\";\n"
	    "Nothing was sent.",
	    path, is_little ? "LE" : "BE", encoding,
	    strcmp(encoding, "UTF-16") == 0 ? " to tell" : "", is_little ? "LE" : "BE");
}

static int
find_order(struct text *text, enum order *order, struct err *err)
{
	const char *encoding = text->options.encoding;
	enum order mark = order_of_mark(text->window, text->filled);
	enum order said = strcmp(encoding, "UTF-16LE") == 0   ? ORDER_LITTLE
			  : strcmp(encoding, "UTF-16BE") == 0 ? ORDER_BIG
							      : ORDER_NONE;

	*order = ORDER_NONE;
	if (!unpack_is_utf16(encoding) && mark == ORDER_NONE)
		return 0;
	if (mark != ORDER_NONE && said != ORDER_NONE && mark != said)
		return err_set(err, ERR_DATA,
		    "%s begins with the byte order mark of UTF-16%s, and the job file says %s\n"
		    "  Set  encoding = \"UTF-16\";  and the mark decides.\n"
		    "Nothing was sent.",
		    text->options.from.path, mark == ORDER_LITTLE ? "LE" : "BE", encoding);
	if (mark == ORDER_NONE && (said == ORDER_NONE || !shows_order(text, said)) && text->filled)
		return refuse_order(text, err);
	*order = mark != ORDER_NONE ? mark : said;
	text->at = mark != ORDER_NONE ? MARK_BYTES : 0;
	return 0;
}

static int
begin_text(struct text *text, struct err *err)
{
	enum unpack_packing again;

	if (fill(text, SHOWN_BYTES, err))
		return -1;
	again = packing_of(text->window, text->filled);
	if (again)
		return refuse_second_packing(text, again, err);
	if (find_order(text, &text->order, err))
		return -1;
	utf16_init(&text->utf16, text->order == ORDER_BIG, text->at);
	return 0;
}

static int
open_packed(const struct stage_options *options, struct stage **stage, struct err *err)
{
	switch (unpack_of_name(options->path)) {
	case UNPACK_GZIP:
		return gunzip_open(options, stage, err);
	case UNPACK_ZSTD:
		return unzstd_open(options, stage, err);
	case UNPACK_ZIP:
		return unzip_open(options, stage, err);
	case UNPACK_NONE:
		break;
	}
	return stage_of_file(options, stage, err);
}

int
unpack_open(const struct unpack_options *options, struct stage **stage, struct err *err)
{
	struct text *text;
	bool is_plain;

	if (unpack_look(options, &is_plain, err))
		return -1;
	text = calloc(1, sizeof(*text) + window_bytes(options));
	if (!text)
		return err_memory(err);
	text->options = *options;
	text->stage.read = text_read;
	text->stage.close = text_close;
	if (open_packed(&options->from, &text->from, err) || begin_text(text, err)) {
		text_close(&text->stage);
		return -1;
	}
	text->stage.said_bytes = text->from->said_bytes;
	text->stage.is_said_loosely = text->from->is_said_loosely;
	*stage = &text->stage;
	return 0;
}
