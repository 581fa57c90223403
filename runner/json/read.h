/* read.h - JSON that came from outside, read strictly: answers of the nation, our own small files.
 *
 * The one place of json-c in the runner (writing is base/jsonw.h). A document is one whole object:
 * valid UTF-8, no raw control bytes in text, nothing but blanks behind it, nested no deeper than
 * asked for. Of members with one name the last counts. Nothing is coerced: a number is a whole number as
 * written, within the range of its type, or it is refused ("12", 12abc, 3.9, 1e2 and true are no
 * number 12, 3, 100 and 1).
 *
 * A `struct json` is a borrowed look at one value, copied freely, valid until json_done of its
 * document; so are the spans. A value that is not there is a value too (JSON_ABSENT), without
 * members or items, so that paths need no checks on the way:
 *
 *     SCOPED(json_doc) doc = JSON_DOC_INIT;
 *     if (json_parse(&doc, body, 16, err))
 *             return -1;
 *     if (json_u64(json_member(json_member(json_root(&doc), "import"), "id"), &id))
 *             ...
 */
#ifndef RUNNER_JSON_READ_H
#define RUNNER_JSON_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"

/* Deep enough for every documented answer, shallow enough for our stack (replies.md). */
#define JSON_DEPTH 16

struct json_doc {
	void *root;
};

#define JSON_DOC_INIT { NULL }

enum json_kind {
	JSON_ABSENT,
	JSON_NULL,
	JSON_BOOL,
	JSON_NUMBER, /* also one that no getter below takes */
	JSON_TEXT,
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json {
	enum json_kind kind;
	void *node;
};

/* Reads `text`, at most `depth` objects and arrays inside one another, the outermost included.
 * -1: ERR_DATA with what is wrong and at which byte; the caller, who knows whose text it is, may
 * change the kind. */
int json_parse(struct json_doc *doc, struct span text, unsigned depth, struct err *err);
void json_done(struct json_doc *doc);

struct json json_root(const struct json_doc *doc);

/* Absent if there is none, or the value is no object. */
struct json json_member(struct json object, const char *name);

/* Absent from the count on, or if the value is no array. */
struct json json_item(struct json array, size_t index);

/* Of items or members; 0 for everything else. */
size_t json_count(struct json value);

static inline bool
json_is_null(struct json value)
{
	return value.kind == JSON_NULL;
}

static inline bool
json_is_absent(struct json value)
{
	return value.kind == JSON_ABSENT;
}

/* All return 0, or -1 with the output untouched if the value is of another type or out of range.
 * The very ends of a range are refused: there json-c 0.16 cannot tell a number from an overflow. */
int json_u64(struct json value, uint64_t *number); /* 0 to 2^64-2 */
int json_i64(struct json value, int64_t *number);  /* -2^63+1 to 2^63-1 */
int json_boolean(struct json value, bool *is_true);
int json_text(struct json value, struct span *text); /* may hold NUL bytes (\u0000) */

/* All members in the order of the document:
 *
 *     struct json_walk walk = json_walk(object);
 *     while (json_step(&walk))
 *             ... walk.name, walk.value ... */
struct json_walk {
	struct span name;
	struct json value;
	void *next;
};
struct json_walk json_walk(struct json object);
bool json_step(struct json_walk *walk);

SCOPED_BY(json_doc, json_done)

#endif
