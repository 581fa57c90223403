/* settings.h - what a job file says, as plain values.
 *
 * Filled in by config/job.h, read by the layers above, which hand on only the values a layer needs.
 * Every setting has its value here, the default where the job file is silent. A setting that this
 * version refuses by name has no member (config/options.h lists them all).
 *
 * Ownership: every text and array belongs to the settings and lives until settings_done(). Texts end
 * with NUL, are UTF-8, and are never NULL: a setting without a value is "". */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/arena.h"
#include "runner/base/number.h"
#include "runner/base/recipe.h"
#include "runner/base/scoped.h"

/* Where something stands, for messages: "nc-2026.cfg:57". */
struct settings_place {
	const char *file; /* the job file as given, or the file that it includes */
	unsigned line;    /* from 1 */
};

/* A path as the job file writes it (what a person recognises) and as it is opened: `~` is the home
 * folder, anything else not absolute is relative to the job file's folder. */
struct settings_path {
	const char *written;
	const char *path;
	struct settings_place at;
};

enum settings_token_scheme {
	SETTINGS_TOKEN_FILE,       /* rest: the resolved path */
	SETTINGS_TOKEN_ENV,        /* rest: the variable's name */
	SETTINGS_TOKEN_COMMAND,    /* rest: the command, for a shell */
	SETTINGS_TOKEN_CREDENTIAL, /* rest: a file name in $CREDENTIALS_DIRECTORY */
};

struct settings_token {
	enum settings_token_scheme scheme;
	const char *rest;
	const char *written; /* "file:~/nb.token": names the source, holds no secret */
};

struct settings_nation {
	const char *slug;  /* "ourcampaign"; "" if the job file gives a url */
	const char *url;   /* always: "https://ourcampaign.nationbuilder.com", no slash at the end */
	const char *label; /* for messages and status: the slug, or HOST[:PORT] of the url */
	struct settings_token token;
	struct settings_path ca_file; /* path "": the system's certificates */
	const char *proxy;            /* "": none, whatever the environment says */
	bool base64_padding;
};

enum settings_type { SETTINGS_PEOPLE, SETTINGS_BALLOT };
const char *settings_type_name(enum settings_type type); /* the nation's word: "people", "ballot" */

enum settings_in_doubt { SETTINGS_PROBE, SETTINGS_HOLD, SETTINGS_RESUBMIT };

struct settings_name {
	const char *text;
	struct settings_place at;
};

struct settings_column {
	const char *from; /* column in the file, or several joined: "{house} {street}" */
	const char *to;   /* field of the nation */
	const char *words; /* how it is sent, as the job file writes it; "": as it stands */
	struct recipe_how how;
	struct settings_place at;
};

struct settings_clean {
	bool returns; /* "hard returns" */
	bool quotes;  /* "quotation marks" */
};

struct settings_constant {
	const char *field;
	const char *value; /* may hold SETTINGS_LOAD_ID, which the caller puts in */
	struct settings_place at;
};
#define SETTINGS_LOAD_ID "{load_id}"

struct settings_source {
	const char *name; /* [a-z0-9_-], shorter than LIMIT_NAME_BYTES, never ends in -DIGITS */
	enum settings_type type;
	/* As the job file has them; with * ? or [ they are patterns, but where a file has that name. */
	struct settings_path *patterns;
	size_t pattern_count;
	/* What they mean, 1 to LIMIT_INPUTS, once somebody looked (runner/cli/globs.h), else the same;
	 * two may turn out to be one file. */
	struct settings_path *inputs;
	size_t input_count;
	const char *member; /* of a .zip: a name or a pattern; "": the only one */

	char delimiter;       /* ',' '\t' '|' ';' */
	bool quoting;         /* rfc4180; false: a quotation mark is an ordinary character */
	struct settings_clean clean;
	const char *encoding; /* by the name that runner/base/charset.h writes */
	struct settings_name *header; /* for files without a header line */
	size_t header_count;          /* 0: the files have one */
	bool overwrite;
	bool empty_allowed; /* inputs without data rows are no error */

	struct recipe_rule *rules; /* `only`: all of them must hold */
	size_t rule_count;

	struct recipe_history *histories; /* a row for each vote, instead of one a record */
	size_t history_count;

	/* What is sent: the columns, then election and method of a history, then the constants, in this order. Without columns every column
	 * of the file goes under its own name, followed by the constants; if nothing else is to be
	 * changed either, the rows go byte for byte. */
	struct settings_column *columns;
	size_t column_count;
	struct settings_constant *constants;
	size_t constant_count;
	const char **extra_fields; /* field names allowed beyond the known ones */
	size_t extra_field_count;

	struct number_share max_rejected;
	bool max_rejected_is_set; /* by the job file: then it also stops submitting in mid-load */
	enum settings_in_doubt in_doubt;
	size_t *after; /* indexes of the sources that must be done first; no cycles */
	size_t after_count;
};

struct settings_limits {
	uint64_t chunk_bytes; /* CSV as sent, its header line included, before base64 */
	uint64_t rows;        /* rows of a chunk at most; 0: only chunk_bytes bounds it */
	uint64_t uploads;     /* POSTs at the same time */
	uint64_t in_flight;   /* imports that the nation has not finished; never below uploads */
	struct number_rate requests;
};

struct settings_retry {
	uint64_t attempts;
	uint64_t first_wait_ms;
	uint64_t max_wait_ms; /* never below first_wait_ms */
	uint64_t give_up_ms;
	uint64_t answer_wait_ms; /* for the answer, after the body */
	uint64_t settle_ms;      /* before a doubt is probed */
};

struct settings_poll {
	uint64_t first_ms;
	uint64_t most_ms; /* never below first_ms */
	uint64_t deadline_ms;
};

struct settings_report {
	struct settings_path dir; /* path "": the run folder, which the caller knows */
};

struct settings {
	const char *path;   /* the job file as given */
	const char *folder; /* its folder, "." if the path names none */
	const char *name;   /* its name without folder and ".cfg": the run folder is NAME.run */
	/* What names the job on a command line that a message proposes: path as a word for a shell,
	 * and the options without which another run folder would be meant. */
	const char *command;
	uint64_t version;

	struct settings_nation nation;
	struct recipe_map *maps;
	size_t map_count;
	struct settings_source *sources; /* 1 to LIMIT_SOURCES */
	size_t source_count;
	struct settings_limits limits;
	struct settings_retry retry;
	struct settings_poll poll;
	struct settings_report report;

	/* For settings_where(). */
	struct settings_mark *marks;
	size_t mark_count, mark_room;
	struct arena arena; /* owns everything above */
};

void settings_init(struct settings *settings);
void settings_done(struct settings *settings);
SCOPED_BY(settings, settings_done)

/* The path that `written` stands for, kept by the settings; NULL if memory is short, or it begins with
 * ~ and `home` is NULL. */
const char *settings_path_of(struct settings *settings, const char *written, const char *home);

/* Where `option` ("nation.token", "sources.encoding") stands. `source` is the source's index and
 * counts for "sources..." only. A setting that the job file leaves out is said to stand where its
 * source or group begins, else in line 1 of the job file: there it would be added. */
struct settings_place settings_where(
    const struct settings *settings, const char *option, size_t source);

/* Notes it, for config/job.c. 0, or -1 if memory is short. `option` is not copied. */
int settings_mark_add(struct settings *settings, const char *option, size_t source,
    struct settings_place at);

#endif
