#include "platform.h"

#include "sandbox/body.h"

/* No name that matters is longer. */
enum { KEY_BYTES = 16 };

void
body_init(struct body *body, uint64_t most_csv_bytes)
{
	*body = (struct body){ .csv = BUF_INIT,
			       .rest = BUF_INIT,
			       .key = BUF_INIT,
			       .base64 = BASE64_INIT,
			       .most_csv_bytes = most_csv_bytes };
}

void
body_done(struct body *body)
{
	buf_done(&body->csv);
	buf_done(&body->rest);
	buf_done(&body->key);
}

static bool
is_object(const struct body *body)
{
	return body->objects >> body->depth & 1;
}

static void
open_bracket(struct body *body, char c)
{
	if (body->depth == 1 && span_is(buf_span(&body->key), "import"))
		body->in_import = c == '{';
	if (body->depth == BODY_DEPTH) {
		body->is_too_odd = true;
		return;
	}
	body->depth++;
	body->objects &= ~(UINT32_C(1) << body->depth);
	if (c == '{')
		body->objects |= UINT32_C(1) << body->depth;
	body->is_key = c == '{';
}

static void
close_bracket(struct body *body)
{
	if (body->depth)
		body->depth--;
	if (body->depth == 1)
		body->in_import = false;
	body->is_key = false;
}

static void
open_string(struct body *body)
{
	bool is_file = body->depth == 2 && body->in_import && is_object(body) && !body->is_key &&
		       span_is(buf_span(&body->key), "file");

	body->in_string = true;
	body->is_escaped = false;
	if (body->is_key)
		buf_clear(&body->key);
	if (!is_file)
		return;
	body->in_file = true;
	body->is_not_base64 |= body->has_file; /* twice: which one? */
	body->has_file = true;
}

/* A byte of JSON outside of strings. */
static void
take_outside(struct body *body, char c)
{
	if (c == '{' || c == '[')
		open_bracket(body, c);
	else if (c == '}' || c == ']')
		close_bracket(body);
	else if (c == ',')
		body->is_key = is_object(body);
	else if (c == ':')
		body->is_key = false;
	else if (c == '"')
		open_string(body);
}

/* A byte inside a string that is not the file. */
static void
take_inside(struct body *body, char c)
{
	bool ends = c == '"' && !body->is_escaped;

	if (ends)
		body->in_string = false;
	else if (body->is_key && body->key.len < KEY_BYTES)
		buf_add_byte(&body->key, c);
	body->is_escaped = c == '\\' && !body->is_escaped;
}

/* Bytes of the file; returns how many were taken. The one escape that base64 has use for is \/. */
static size_t
take_file(struct body *body, struct span bytes)
{
	size_t taken = 0;
	char c;

	if (!body->is_escaped)
		taken = base64_take(&body->base64, bytes, &body->csv);
	if (body->csv.len > body->most_csv_bytes) {
		body->is_too_large = true;
		buf_clear(&body->csv);
	}
	if (taken == bytes.len)
		return taken;
	c = bytes.ptr[taken];
	if (body->is_escaped) {
		if (c == '/')
			base64_take(&body->base64, (struct span){ &c, 1 }, &body->csv);
		else
			body->is_not_base64 = true;
		body->is_escaped = false;
	} else if (c == '\\') {
		body->is_escaped = true;
	} else if (c == '"') {
		body->in_string = body->in_file = false;
		buf_add_byte(&body->rest, c);
	} else {
		body->is_not_base64 = true;
	}
	return taken + 1;
}

void
body_take(struct body *body, struct span bytes)
{
	size_t at = 0;

	while (at < bytes.len) {
		char c = bytes.ptr[at];

		if (body->in_file) {
			at += take_file(body,
					(struct span){ bytes.ptr + at, bytes.len - at });
			continue;
		}
		if (body->rest.len == BODY_REST_BYTES)
			body->is_too_odd = true;
		if (!body->is_too_odd)
			buf_add_byte(&body->rest, c);
		if (body->in_string)
			take_inside(body, c);
		else
			take_outside(body, c);
		at++;
	}
}

void
body_end(struct body *body)
{
	if (!base64_end(&body->base64, &body->csv))
		body->is_not_base64 = true;
	if (body->csv.len > body->most_csv_bytes)
		body->is_too_large = true;
}
