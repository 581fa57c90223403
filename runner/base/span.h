/* span.h - borrowed bytes: where they begin and how many. Never NUL terminated by promise. */
#ifndef RUNNER_BASE_SPAN_H
#define RUNNER_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	const char *ptr;
	size_t len;
};

#define SPAN_NONE ((struct span){ NULL, 0 })

/* For printf's "%.*s". */
#define SPAN_ARG(span) ((int)(span).len), (span).ptr

struct span span_of(const char *text); /* text may be NULL: empty */
bool span_is(struct span span, const char *text);
bool span_equal(struct span a, struct span b);
bool span_equal_nocase(struct span a, struct span b); /* ASCII */
bool span_starts(struct span span, const char *text);

/* The index of the first of them that is equal to `wanted`; `count` if none is. */
size_t span_find(const struct span *spans, size_t count, struct span wanted);

/* Without blanks (space, TAB, CR, LF) at both ends. */
struct span span_trim(struct span span);

/* The first part up to `cut`, which is taken off *rest with the cut itself. Without a cut the whole
 * of *rest. Call while rest->ptr is not NULL; it becomes NULL with the last part. */
struct span span_next(struct span *rest, char cut);

/* Copies as much as fits, always ends with NUL. Returns false if something was left off. */
bool span_copy(char *to, size_t to_bytes, struct span span);

#endif
