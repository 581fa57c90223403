/* tree.h - a job file taken apart: settings and values with the places they stand at, free of any
 * library. Made by config/syntax.c, its texts filled in by config/parse.c; all of it lives in one
 * arena. Places are offsets into the script. */
#ifndef CONFIG_TREE_H
#define CONFIG_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/span.h"

enum tree_kind {
	TREE_GROUP,  /* { name = value; ... } */
	TREE_LIST,   /* ( value, ... ) */
	TREE_ARRAY,  /* [ scalar, ... ] */
	TREE_TEXT,   /* "..." */
	TREE_NUMBER, /* whole or not, as written */
	TREE_TRUTH,  /* true, false */
};

struct tree {
	enum tree_kind kind;
	struct span name;  /* empty for the elements of lists and arrays */
	size_t name_at;    /* of the name; of the value where there is none */
	size_t at;         /* of the value */
	struct span words; /* the value as written */
	struct span text;  /* TREE_TEXT: what it means, UTF-8, without NUL; ends with NUL */
	bool truth;        /* TREE_TRUTH */

	struct tree *first, *next; /* children in their order; the next sibling */
	size_t count;
};

/* The child of that name, or NULL. */
static inline const struct tree *
tree_member(const struct tree *group, const char *name)
{
	for (const struct tree *child = group->first; child; child = child->next) {
		if (span_is(child->name, name))
			return child;
	}
	return NULL;
}

static inline bool
tree_is_sequence(const struct tree *node)
{
	return node->kind == TREE_LIST || node->kind == TREE_ARRAY;
}

#endif
