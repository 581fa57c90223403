#include "platform.h"

#include <limits.h>
#include <string.h>

#include <json-c/json.h>

#include "runner/base/utf8.h"
#include "runner/json/read.h"
#include "runner/json/spell.h"

/* The only bytes of JSON outside of text. */
static bool
is_structure(char byte)
{
	return byte && strchr("{}[]:,\" \t\r\n0123456789+-.eEtrufalsn", byte);
}

/* What may stand behind a backslash (RFC 8259). */
static bool
is_escape(char byte)
{
	return byte && strchr("\"\\/bfnrtu", byte);
}

/* What json-c leaves unchecked, even when strict: overlong UTF-8 and surrogates, raw control bytes,
 * names in single quotes, NaN and Infinity; a NUL it takes for the end. Escapes are judged here
 * too, because whoever skips one unseen may skip a broken byte (spell.h counts on whole ones). */
static int
check_bytes(struct span text, struct err *err)
{
	bool is_inside = false; /* of text */

	for (size_t at = 0; at < text.len;) {
		char byte = text.ptr[at];
		size_t len = utf8_character((struct span){ text.ptr + at, text.len - at });

		if (!len)
			return err_set(err, ERR_DATA, "byte %zu: not UTF-8", at + 1);
		if (is_inside ? (unsigned char)byte < 0x20 : !is_structure(byte))
			return err_set(err, ERR_DATA, "byte %zu: unexpected", at + 1);
		if (is_inside && byte == '\\' && at + 1 < text.len) {
			if (!is_escape(text.ptr[at + 1]))
				return err_set(err, ERR_DATA, "byte %zu: no escape", at + 2);
			len = 2;
		} else if (byte == '"')
			is_inside = !is_inside;
		at += len;
	}
	return 0;
}

static int
explain(struct json_tokener *parser, struct span text, struct err *err)
{
	enum json_tokener_error code = json_tokener_get_error(parser);
	SCOPED(buf) spelt = BUF_INIT;

	if (code == json_tokener_continue)
		return err_set(err, ERR_DATA, "the JSON does not end");
	return err_set(err, ERR_DATA, "byte %zu: %s",
	    spell(&spelt, text, json_tokener_get_parse_end(parser)) + 1,
	    json_tokener_error_desc(code));
}

/* The caller lets go of *root. */
static int
parse_once(struct span text, unsigned depth, struct json_object **root, struct err *err)
{
	struct json_tokener *parser = json_tokener_new_ex((int)depth);
	SCOPED(buf) spelt = BUF_INIT;
	int failed = 0;

	if (!parser)
		return err_memory(err);
	spell(&spelt, text, SIZE_MAX);
	json_tokener_set_flags(parser, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	if (buf_check(&spelt, err))
		failed = -1;
	else
		*root = json_tokener_parse_ex(parser, spelt.ptr, (int)spelt.len);
	if (!failed && json_tokener_get_error(parser) != json_tokener_success)
		failed = explain(parser, text, err);
	json_tokener_free(parser);
	return failed;
}

/* json-c says nothing when it finds no memory: the root is NULL then, as that of "null" is by right, or a
 * member, an item, a part of a long text is missing. Two readings are never short of the same. */
static int
parse_twice(struct span text, unsigned depth, struct json_doc *doc, struct err *err)
{
	struct json_object *first = NULL, *second = NULL;
	int failed = parse_once(text, depth, &first, err) || parse_once(text, depth, &second, err);

	if (!failed && (!json_object_equal(first, second) || (!first && span_trim(text).ptr[0] != 'n')))
		failed = err_memory(err);
	else if (!failed && !json_object_is_type(first, json_type_object))
		failed = err_set(err, ERR_DATA, "not a JSON object");
	json_object_put(second);
	if (failed)
		json_object_put(first);
	else
		doc->root = first;
	return failed ? -1 : 0;
}

int
json_parse(struct json_doc *doc, struct span text, unsigned depth, struct err *err)
{
	if (span_trim(text).len == 0)
		return err_set(err, ERR_DATA, "empty, not a JSON object");
	if (text.len > INT_MAX / SPELL_GROWTH) /* json-c counts in int */
		return err_set(err, ERR_DATA, "too long for JSON that is read in one piece");
	if (check_bytes(text, err))
		return -1;
	return parse_twice(text, depth + 1, doc, err); /* the value inside counts for json-c */
}

void
json_done(struct json_doc *doc)
{
	json_object_put(doc->root);
	doc->root = NULL;
}

static struct json
look_at(struct json_object *node)
{
	switch (json_object_get_type(node)) {
	case json_type_null:
		return (struct json){ JSON_NULL, NULL };
	case json_type_boolean:
		return (struct json){ JSON_BOOL, node };
	case json_type_double:
	case json_type_int:
		return (struct json){ JSON_NUMBER, node };
	case json_type_string:
		return (struct json){ JSON_TEXT, node };
	case json_type_array:
		return (struct json){ JSON_ARRAY, node };
	case json_type_object:
		return (struct json){ JSON_OBJECT, node };
	}
	return (struct json){ JSON_ABSENT, NULL };
}

struct json
json_root(const struct json_doc *doc)
{
	return doc->root ? look_at(doc->root) : (struct json){ JSON_ABSENT, NULL };
}

struct json
json_member(struct json object, const char *name)
{
	struct json_object *node;

	if (object.kind != JSON_OBJECT || !json_object_object_get_ex(object.node, name, &node))
		return (struct json){ JSON_ABSENT, NULL };
	return look_at(node);
}

struct json
json_item(struct json array, size_t index)
{
	if (index >= json_count(array) || array.kind != JSON_ARRAY)
		return (struct json){ JSON_ABSENT, NULL };
	return look_at(json_object_array_get_idx(array.node, index));
}

size_t
json_count(struct json value)
{
	if (value.kind == JSON_ARRAY)
		return json_object_array_length(value.node);
	if (value.kind == JSON_OBJECT)
		return (size_t)json_object_object_length(value.node);
	return 0;
}

static bool
is_whole(struct json value)
{
	return value.kind == JSON_NUMBER && json_object_is_type(value.node, json_type_int);
}

int
json_u64(struct json value, uint64_t *number)
{
	uint64_t read;

	if (!is_whole(value) || json_object_get_int64(value.node) < 0)
		return -1;
	read = json_object_get_uint64(value.node);
	if (read == UINT64_MAX)
		return -1;
	*number = read;
	return 0;
}

int
json_i64(struct json value, int64_t *number)
{
	int64_t read;

	if (!is_whole(value))
		return -1;
	read = json_object_get_int64(value.node);
	if (read == INT64_MIN || (read >= 0 && json_object_get_uint64(value.node) > INT64_MAX))
		return -1;
	*number = read;
	return 0;
}

int
json_boolean(struct json value, bool *is_true)
{
	if (value.kind != JSON_BOOL)
		return -1;
	*is_true = json_object_get_boolean(value.node);
	return 0;
}

int
json_text(struct json value, struct span *text)
{
	if (value.kind != JSON_TEXT)
		return -1;
	text->ptr = json_object_get_string(value.node);
	text->len = (size_t)json_object_get_string_len(value.node);
	return 0;
}

struct json_walk
json_walk(struct json object)
{
	struct json_walk walk = { SPAN_NONE, { JSON_ABSENT, NULL }, NULL };

	if (object.kind == JSON_OBJECT)
		walk.next = json_object_get_object(object.node)->head;
	return walk;
}

bool
json_step(struct json_walk *walk)
{
	struct lh_entry *entry = walk->next;

	if (!entry)
		return false;
	walk->name = span_of(lh_entry_k(entry));
	walk->value = look_at(lh_entry_v(entry));
	walk->next = entry->next;
	return true;
}
