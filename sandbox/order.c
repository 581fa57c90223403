#include "platform.h"

#include <limits.h>
#include <string.h>

#include <json-c/json.h>

#include "sandbox/order.h"

/* An object, or NULL. Strict: nothing behind it, valid UTF-8. The caller puts it. */
static struct json_object *
parse(struct span document)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *root = NULL;

	if (!tokener)
		return NULL;
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	if (document.len < INT_MAX)
		root = json_tokener_parse_ex(tokener, document.ptr, (int)document.len);
	if (root && (json_tokener_get_parse_end(tokener) != document.len ||
		     !json_object_is_type(root, json_type_object))) {
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(tokener);
	return root;
}

static const char *
read_import(struct json_object *root, enum model_type *type, bool *is_overwritable)
{
	struct json_object *import, *member;
	const char *text;

	if (!json_object_object_get_ex(root, "import", &import) ||
	    !json_object_is_type(import, json_type_object))
		return "import is missing";
	if (!json_object_object_get_ex(import, "type", &member) ||
	    !json_object_is_type(member, json_type_string))
		return "type can't be blank";
	text = json_object_get_string(member);
	if (strcmp(text, "people") == 0)
		*type = MODEL_PEOPLE;
	else if (strcmp(text, "ballot") == 0)
		*type = MODEL_BALLOT;
	else
		return "type is not included in the list";
	if (!json_object_object_get_ex(import, "file", &member) ||
	    !json_object_is_type(member, json_type_string))
		return "file can't be blank";
	*is_overwritable = false;
	if (!json_object_object_get_ex(import, "is_overwritable", &member))
		return NULL;
	if (!json_object_is_type(member, json_type_boolean))
		return "is_overwritable must be true or false";
	*is_overwritable = json_object_get_boolean(member);
	return NULL;
}

int
order_read(struct span document, enum model_type *type, bool *is_overwritable,
	   const char **reason, bool *is_json)
{
	struct json_object *root = parse(document);

	*is_json = root != NULL;
	*reason = root ? read_import(root, type, is_overwritable) : "not JSON";
	json_object_put(root);
	return *reason ? -1 : 0;
}

/* -1: none. */
static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void
add_unescaped(struct buf *to, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		int high = text.len - i > 2 ? hex_digit(text.ptr[i + 1]) : -1;
		int low = text.len - i > 2 ? hex_digit(text.ptr[i + 2]) : -1;

		if (text.ptr[i] == '%' && high >= 0 && low >= 0) {
			buf_add_byte(to, (char)(high << 4 | low));
			i += 2;
		} else {
			buf_add_byte(to, text.ptr[i] == '+' ? ' ' : text.ptr[i]);
		}
	}
}

static void
form_member(struct span form, const char *name, struct buf *to)
{
	struct span rest = form;

	while (rest.ptr) {
		struct span value = span_next(&rest, '&');
		struct span key = value.ptr ? span_next(&value, '=') : value;

		if (span_is(key, name) && value.ptr)
			add_unescaped(to, value);
	}
}

void
order_member(struct span document, bool is_json, const char *name, struct buf *to)
{
	struct json_object *root, *member;

	if (!is_json) {
		form_member(document, name, to);
		return;
	}
	root = parse(document);
	if (root && json_object_object_get_ex(root, name, &member) &&
	    json_object_is_type(member, json_type_string))
		buf_add(to, json_object_get_string(member),
			(size_t)json_object_get_string_len(member));
	json_object_put(root);
}
