/* known.h - voter files as states send them: by which names, or values, each is recognized, and what
 * of it goes where. Tables and nothing else; what a state changes is mended here. Pure. */
#ifndef RUNNER_SNIFF_KNOWN_H
#define RUNNER_SNIFF_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/span.h"
#include "runner/sniff/column.h"

/* A line of `columns`. A `from` with {NAME} in it joins columns; it is taken if the file has all of
 * them. "date" in `how` gets the form that the values show, else `form`. */
struct known_pair {
	const char *from; /* NULL: the end */
	const char *to;
	const char *how;  /* "" for none */
	const char *form; /* NULL: there is no date */
};

struct known_constant {
	const char *field; /* NULL: the end */
	const char *value;
};

struct known {
	const char *name; /* "Ohio voter file" */
	const char *state;
	bool is_ballot;
	/* Of a file with a header line: names that it has all of, without regard to case. */
	const char *const *signature; /* NULL at the end; NULL: it has no header line */
	/* Of a file without one: its columns, and whether values look like it. */
	const char *const *header;
	uint32_t spare; /* columns that may stand behind those, without a name */
	bool (*fits)(const struct column *columns);
	const struct known_pair *pairs;
	const struct known_constant *constants;
	/* The job's `only`: a column, the rest of the rule, and why; a person is asked about it unless
	 * rows without it are no votes. */
	const char *only, *test, *why;
	bool is_only_sure;
	const char *note; /* a line for the person; NULL: none */
};

/* A map that a `how` of the tables names. */
struct known_map {
	const char *name;
	const char *const *rows; /* from, to, from, to, NULL */
};

extern const struct known known_layouts[]; /* name NULL at the end */
extern const struct known_map known_maps[]; /* the same */

const struct known *known_by_names(const struct span *names, size_t count);
const struct known *known_by_shape(const struct column *columns, size_t count);

#endif
