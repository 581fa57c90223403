/* args.h - the command line: one table of options, one of verbs, and what the user gave.
 *
 * Parsing, --help, completion and the check of the man page all come from these tables. Options may
 * stand anywhere, behind -- nothing is an option, and there are no abbreviations (getopt_long has
 * them and cannot be told not to). Unknown names get a "did you mean". */
#ifndef RUNNER_CLI_ARGS_H
#define RUNNER_CLI_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/err.h"

/* X(ID, long name, letter or 0, value's name or NULL, what it does) */
#define OPTIONS(X)                                                                                 \
	X(ADOPT, "adopt", 0, NULL, "take over a run folder that was copied or restored")           \
	X(AGAIN, "again", 0, NULL, "with --new: also where ballots were sent already")             \
	X(COLUMNS, "columns", 0, NULL, "only list the columns of the files")                       \
	X(DIRECTORY, "directory", 'C', "DIR", "keep the demo's files there")                       \
	X(DRY_RUN, "dry-run", 'n', NULL, "read and check everything, send nothing")                \
	X(FAILED, "failed", 0, NULL, "chunks that the nation surely does not hold")                \
	X(FORCE, "force", 0, NULL, "replace a file that is there")                                 \
	X(HELP, "help", 'h', NULL, "show this and exit")                                           \
	X(IMPORT, "import", 0, "ID", "the nation has it: as import ID")                            \
	X(JSON, "json", 0, NULL, "print data as JSON")                                             \
	X(LINT, "lint", 0, NULL, "look at every value for what a nation stumbles over")            \
	X(LIST, "list", 0, NULL, "the reasons and how many rows each has, not the rows")           \
	X(MEMBER, "member", 0, "NAME", "which file of a .zip, where it has several")                \
	X(NATION, "nation", 0, "SLUG", "what stands in front of .nationbuilder.com")               \
	X(NEW, "new", 0, NULL, "start over; the old run folder is kept, renamed")                  \
	X(ONLINE, "online", 0, NULL, "also ask the nation")                                        \
	X(OUTPUT, "output", 'o', "FILE", "write to FILE; - is standard output")                    \
	X(QUIET, "quiet", 'q', NULL, "say nothing if all is well")                                 \
	X(REASON, "reason", 0, "TEXT", "why: recorded with user, host and time")                   \
	X(REJECTED_FOR, "reason", 0, "TEXT", "only rows whose reason has TEXT in it")              \
	X(REFRESH, "refresh", 0, NULL, "get a new token by the refresh token, now")                \
	X(REPORT, "report", 0, "FILE", "write what --lint found as a page, too")                   \
	X(RESUBMIT, "resubmit", 0, NULL, "the nation does not have it: send it again")             \
	X(ROWS, "rows", 0, "N", "how many voters the demo loads")                                  \
	X(SET, "set", 0, NULL, "read a new token from standard input into the file")               \
	X(SKIP, "skip", 0, NULL, "leave it as it is")                                              \
	X(SOURCE, "source", 0, "NAME", "only of this source; may be given several times")          \
	X(STATE_DIR, "state-dir", 0, "DIR", "the run folder is DIR/NAME.run")                      \
	X(STRICT, "strict", 0, NULL, "warnings end with 65")                                       \
	X(VERSION, "version", 'V', NULL, "show the version and exit")                              \
	X(YES, "yes", 'y', NULL, "do not ask")

enum option {
#define X(id, name, letter, value, help) OPTION_##id,
	OPTIONS(X)
#undef X
	OPTION_COUNT
};

struct option_row {
	const char *name;
	char letter;
	const char *value;
	const char *help;
};
const struct option_row *args_option(enum option option);

/* Florida has 67 counties with two files each, and a shell writes them all out. */
enum { ARGS_OPERANDS = 256, ARGS_GIVEN = 64 };

struct args {
	const struct verb *verb;
	const char *operands[ARGS_OPERANDS];
	size_t operand_count;
	const char *values[OPTION_COUNT]; /* "" for one without a value; NULL: not given */

	/* All options as they came, for those that may be given several times. */
	struct args_given {
		enum option option;
		const char *value;
	} given[ARGS_GIVEN];
	size_t given_count;
};

/* A verb: a file of its own in this folder begins with its row. */
struct verb {
	const char *name;
	const char *operands; /* "JOB CHUNK" */
	size_t least, most;   /* how many operands */
	const char *summary;  /* one line */
	const char *help;     /* paragraphs of --help, lines of at most 78 columns */
	uint64_t options;     /* bits of 1 << enum option; help and version are everywhere */
	bool is_built;
	/* The exit code; text of a failure in err, which main prints. */
	int (*run)(const struct args *args, struct err *err);
};

#define OPTION_BIT(id) (UINT64_C(1) << OPTION_##id)
_Static_assert(OPTION_COUNT <= 64, "verb.options has a bit for each");

extern const struct verb *const verbs[]; /* NULL at the end */

static inline bool
args_has(const struct args *args, enum option option)
{
	return args->values[option] != NULL;
}

/* argv without the program's name. ERR_USAGE on anything wrong. Without a verb --help and --version
 * are still understood; args->verb is then NULL. */
int args_read(struct args *args, int argc, char *const *argv, struct err *err);

const struct verb *args_verb(const char *name);

/* Of no verb: NULL. */
bool args_takes(const struct verb *verb, size_t option);

/* Texts for stdout, made from the tables. */
void args_print_help(const struct verb *verb); /* NULL: of the program */

#endif
