#include "platform.h"

#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/base/utf8.h"

/* Text that acts on a terminal is spelled, so that JSON may be looked at there. Returns the length of
 * the character at the front if it is one of these, else 0. */
static size_t
add_spelled(struct buf *to, struct span text)
{
	size_t len = show_acts(text) ? utf8_character(text) : 0;
	unsigned code = len ? (unsigned char)text.ptr[0] & (0x7Fu >> (len > 1 ? len : 0)) : 0;

	for (size_t i = 1; i < len; i++)
		code = code << 6 | ((unsigned char)text.ptr[i] & 0x3F);
	if (len)
		buf_printf(to, "\\u%04x", code);
	return len;
}

static void
add_quoted(struct buf *to, struct span text)
{
	static const char names[] = "btn.fr"; /* 8 to 13; 11 has no short form */

	buf_add_byte(to, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '"' || c == '\\') {
			buf_add_byte(to, '\\');
			buf_add_byte(to, (char)c);
		} else if (c >= 8 && c <= 13 && c != 11) {
			buf_add_byte(to, '\\');
			buf_add_byte(to, names[c - 8]);
		} else {
			size_t len = add_spelled(to, (struct span){ text.ptr + i, text.len - i });

			if (len)
				i += len - 1;
			else
				buf_add_byte(to, (char)c);
		}
	}
	buf_add_byte(to, '"');
}

static void
add_text(struct buf *to, struct span text)
{
	SCOPED(buf) clean = BUF_INIT;

	for (size_t at = 0; at < text.len;) {
		size_t len = utf8_character((struct span){ text.ptr + at, text.len - at });

		if (len)
			buf_add(&clean, text.ptr + at, len);
		else
			buf_add_text(&clean, "\xEF\xBF\xBD");
		at += len ? len : 1;
	}
	if (buf_failed(&clean))
		to->failed = true;
	add_quoted(to, buf_span(&clean));
}

static void
begin(struct jsonw *json, const char *name)
{
	if (!json->is_first)
		buf_add_byte(json->to, ',');
	json->is_first = false;
	if (name) {
		add_quoted(json->to, span_of(name));
		buf_add_byte(json->to, ':');
	}
}

struct jsonw
jsonw_into(struct buf *to)
{
	return (struct jsonw){ to, true };
}

void
jsonw_open(struct jsonw *json, const char *name, char bracket)
{
	begin(json, name);
	buf_add_byte(json->to, bracket);
	json->is_first = true;
}

void
jsonw_close(struct jsonw *json, char bracket)
{
	buf_add_byte(json->to, bracket);
	json->is_first = false;
}

void
jsonw_text(struct jsonw *json, const char *name, struct span text)
{
	begin(json, name);
	add_text(json->to, text);
}

void
jsonw_string(struct jsonw *json, const char *name, const char *text)
{
	if (text)
		jsonw_text(json, name, span_of(text));
	else
		jsonw_null(json, name);
}

void
jsonw_number(struct jsonw *json, const char *name, uint64_t number)
{
	begin(json, name);
	buf_printf(json->to, "%llu", (unsigned long long)number);
}

void
jsonw_signed(struct jsonw *json, const char *name, int64_t number)
{
	begin(json, name);
	buf_printf(json->to, "%lld", (long long)number);
}

void
jsonw_bool(struct jsonw *json, const char *name, bool value)
{
	begin(json, name);
	buf_add_text(json->to, value ? "true" : "false");
}

void
jsonw_null(struct jsonw *json, const char *name)
{
	begin(json, name);
	buf_add_text(json->to, "null");
}
