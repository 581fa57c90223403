/* options.h - every setting of a job file, in one table.
 *
 * The reader (config/job.c), the defaults, the ranges, the digest that binds a load to its job
 * (config/identity.h), `rollcall help` and the check of rollcall.cfg(5) all come from it. A setting
 * that belongs to later work is in the table, too: it is known, and refused by its name. */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"

enum options_kind {
	OPTIONS_GROUP,     /* holds the settings of `group` = its name */
	OPTIONS_SOURCES,   /* a list of such groups */
	OPTIONS_LATER,     /* not in this version: only its default is accepted */
	OPTIONS_TRUTH,     /* bool */
	OPTIONS_COUNT,     /* uint64_t, a plain number */
	OPTIONS_SIZE,      /* uint64_t bytes, "37.5MB" */
	OPTIONS_TIME,      /* uint64_t ms, "5min" */
	OPTIONS_RATE,      /* struct number_rate, "200/10s" */
	OPTIONS_SHARE,     /* struct number_share, "0.5%" or "100" */
	OPTIONS_WORD,      /* one of `words`: a bool, char or enum member */
	OPTIONS_TEXT,      /* const char * */
	OPTIONS_SLUG,      /* const char * */
	OPTIONS_URL,       /* const char *, base of the nation */
	OPTIONS_PROXY,     /* const char * */
	OPTIONS_ENCODING,  /* const char * */
	OPTIONS_CLEAN,     /* struct settings_clean */
	OPTIONS_PATH,      /* struct settings_path */
	OPTIONS_TOKEN,     /* struct settings_token */
	OPTIONS_INPUTS,    /* the following: arrays of struct settings_source */
	OPTIONS_HEADER,
	OPTIONS_COLUMNS,
	OPTIONS_CONSTANTS,
	OPTIONS_FIELDS,
	OPTIONS_AFTER,
	OPTIONS_ONLY,
	OPTIONS_HISTORY,
	OPTIONS_MAPS, /* of struct settings */
};

struct options_word {
	const char *name;
	unsigned value;
};

struct option {
	const char *group; /* "": the top level */
	const char *name;
	enum options_kind kind;
	bool is_required;
	bool binds; /* a load belongs to it: a change between runs is refused */

	size_t offset; /* of the member, in struct settings, or settings_source for sources */
	size_t size;   /* of that member */
	const struct options_word *words; /* OPTIONS_WORD; ends with NULL */
	const char *least, *most;         /* COUNT, SIZE, TIME; as a job file writes them */
	const char *why;                  /* the reason for the range */
	const char *fallback; /* the default as a job file writes it, without quotation marks; NULL:
	                       * none, or worded in `summary` */
	const char *example;  /* a line of a job file */
	const char *summary;  /* a line of help */
};

/* Calls `each` for every setting, in the order of rollcall.cfg(5), until one returns non-zero, and
 * returns that. */
int options_each(int (*each)(const struct option *option, void *context), void *context);

/* NULL if there is none. */
const struct option *options_find(const char *group, struct span name);

/* Of an unknown name: the nearest in the group, else the group that has exactly this name, else
 * NULL. */
const struct option *options_suggest(const char *group, struct span name);

/* "limits.chunk", or "version". */
void options_show_name(const struct option *option, struct buf *to);

/* What `rollcall help` shows of it: "a size, 64 to 50MB; default 37.5MB". */
void options_show_value(const struct option *option, struct buf *to);

#endif
