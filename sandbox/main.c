#include "platform.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "runner/base/limits.h"
#include "runner/base/number.h"
#include "runner/base/scoped.h"
#include "runner/base/suggest.h"
#include "sandbox/fault.h"
#include "sandbox/nation.h"
#include "sandbox/server.h"

struct command {
	struct nation_options nation;
	struct faults *faults;
	uint16_t port;
	bool ends_with_parent;
};

enum option {
	OPTION_PORT = 1,
	OPTION_TOKEN,
	OPTION_LEDGER,
	OPTION_ROWS,
	OPTION_FAULT,
	OPTION_SEED,
	OPTION_REQUESTS,
	OPTION_REFRESH,
	OPTION_LIFE,
	OPTION_END,
	OPTION_FILE,
	OPTION_PARENT,
	OPTION_HELP,
	OPTION_VERSION,
};

/* The table of options: reading and help come from it. */
static const struct {
	const char *name;
	const char *value; /* NULL: takes none */
	enum option option;
	const char *help;
} options[] = {
	{ "port", "N", OPTION_PORT, "listen on 127.0.0.1:N; 0, the default: a free port" },
	{ "token", "TOKEN", OPTION_TOKEN, "the access token; without it any will do" },
	{ "ledger", "FILE", OPTION_LEDGER, "append what happened, synced before each answer" },
	{ "rows-per-second", "N", OPTION_ROWS, "the speed of the queue; 0, the default: at once" },
	{ "fault", "SPEC", OPTION_FAULT, "a thing that shall go wrong; may be given again" },
	{ "seed", "N", OPTION_SEED, "the seed of all chance; default 1" },
	{ "requests", "N/TIME", OPTION_REQUESTS, "answer 429 beyond, e.g. 250/10s; default: no limit" },
	{ "refresh-token", "TOKEN", OPTION_REFRESH, "the first token that /oauth/token takes" },
	{ "token-life", "TIME", OPTION_LIFE, "access tokens end after this; default: never" },
	{ "refresh-ends", "WHEN", OPTION_END,
	  "a used one ends: at-once (default), on-use, or never" },
	{ "file-limit", "SIZE", OPTION_FILE, "answer 413 to a larger file, decoded; default 50MB" },
	{ "exit-with-parent", NULL, OPTION_PARENT, "end when the process that started it ends" },
	{ "help", NULL, OPTION_HELP, "this" },
	{ "version", NULL, OPTION_VERSION, "the version" },
};

static int
help(void)
{
	SCOPED(buf) text = BUF_INIT;

	buf_add_text(&text, "Usage: rollcall-sandbox [OPTION]...\n"
			    "A pretend NationBuilder nation on 127.0.0.1, for rehearsals and tests.\n"
			    "Prints READY and its URL when it accepts; SIGTERM or SIGINT ends it.\n\n");
	for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
		SCOPED(buf) left = BUF_INIT;

		buf_printf(&left, "--%s%s%s", options[i].name, options[i].value ? " " : "",
			   options[i].value ? options[i].value : "");
		buf_printf(&text, "  %-24s%s\n", buf_text(&left), options[i].help);
	}
	buf_add_text(&text,
		     "\nSPEC is REQUEST[:WHICH]:ACTION[,ACTION]...\n"
		     "REQUEST is submit, status, result, list, detail, token, other or any.\n"
		     "WHICH is 2, 2-4, 2-, every=3 or rate=0.1; left out: every time.\n"
		     "ACTION is one of these; in values write \\, for a comma:\n");
	fault_help(&text);
	buf_add_text(&text, "\nMore in rollcall-sandbox(1).\n");
	fputs(buf_text(&text), stdout);
	return 0;
}

static int
bad_value(const char *name, const char *value, struct err *err)
{
	return err_set(err, ERR_USAGE, "--%s: \"%s\" is not a value for it", name, value);
}

static int
read_end(struct span text, enum tokens_end *end)
{
	static const char *const words[] = { [TOKENS_END_AT_ONCE] = "at-once",
					     [TOKENS_END_ON_USE] = "on-use",
					     [TOKENS_END_NEVER] = "never" };

	for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
		if (!span_is(text, words[i]))
			continue;
		*end = (enum tokens_end)i;
		return 0;
	}
	return -1;
}

static int
take_option(struct command *command, size_t row, const char *value, struct err *err)
{
	struct nation_options *nation = &command->nation;
	struct span text = span_of(value);
	uint64_t port = 0;
	int result = 0;

	switch (options[row].option) {
	case OPTION_PORT:
		result = number_u64(text, &port) || port > UINT16_MAX ? -1 : 0;
		command->port = (uint16_t)port;
		break;
	case OPTION_TOKEN:
		nation->token = value;
		break;
	case OPTION_LEDGER:
		nation->ledger = value;
		break;
	case OPTION_ROWS:
		result = number_u64(text, &nation->rows_per_second);
		break;
	case OPTION_FAULT:
		return faults_add(command->faults, text, err);
	case OPTION_SEED:
		result = number_u64(text, &nation->seed);
		break;
	case OPTION_REQUESTS:
		result = number_rate(text, &nation->requests);
		break;
	case OPTION_REFRESH:
		nation->refresh_token = value;
		break;
	case OPTION_LIFE:
		result = number_ms(text, &nation->token_life_ms);
		break;
	case OPTION_END:
		result = read_end(text, &nation->token_end);
		break;
	case OPTION_FILE:
		result = number_bytes(text, &nation->file_bytes);
		break;
	case OPTION_PARENT:
		command->ends_with_parent = true;
		break;
	case OPTION_HELP:
	case OPTION_VERSION:
		break;
	}
	return result ? bad_value(options[row].name, value, err) : 0;
}

/* The row of an option; no abbreviations. -1: unknown, with a "did you mean". */
static int
find_option(struct span name, struct err *err)
{
	struct suggest suggest = suggest_for(name);
	struct span nearest;

	for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
		suggest_offer(&suggest, span_of(options[i].name));
		if (span_is(name, options[i].name))
			return (int)i;
	}
	nearest = suggest_nearest(&suggest);
	if (nearest.len)
		return err_set(err, ERR_USAGE, "unknown option --%.*s, did you mean --%.*s?",
			       SPAN_ARG(name), SPAN_ARG(nearest));
	return err_set(err, ERR_USAGE, "unknown option --%.*s", SPAN_ARG(name));
}

/* Reads "--name value" and "--name=value". *asked is --help or --version, or 0. */
static int
read_command(char **argv, struct command *command, enum option *asked, struct err *err)
{
	for (char **arg = argv + 1; *arg; arg++) {
		struct span value = span_of(*arg + 2);
		struct span name;
		int row;

		if (strncmp(*arg, "--", 2) != 0 || !(*arg)[2])
			return err_set(err, ERR_USAGE, "\"%s\" is not an option", *arg);
		name = span_next(&value, '=');
		row = find_option(name, err);
		if (row < 0)
			return -1;
		if (options[row].option == OPTION_HELP || options[row].option == OPTION_VERSION) {
			*asked = options[row].option;
			return 0;
		}
		if (options[row].value && !value.ptr) {
			if (!arg[1])
				return err_set(err, ERR_USAGE, "--%s takes %s", options[row].name,
					       options[row].value);
			value = span_of(*++arg);
		} else if (!options[row].value && value.ptr) {
			return err_set(err, ERR_USAGE, "--%s takes no value", options[row].name);
		}
		if (take_option(command, (size_t)row, value.ptr, err))
			return -1;
	}
	return 0;
}

/* The parent may have gone before we asked to be told. */
static void
end_with_parent(void)
{
	pid_t parent = getppid();

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		raise(SIGTERM);
}

/* Takes the faults over. */
static int
serve(struct command *command, const sigset_t *ends, struct err *err)
{
	struct nation nation;
	struct server *server;
	int result = 0;
	int signal_number;

	if (nation_open(&nation, &command->nation, command->faults, err))
		return -1;
	server = server_open(&nation, command->port, err);
	if (!server) {
		nation_close(&nation);
		return -1;
	}
	printf("READY http://127.0.0.1:%u\n", server_port(server));
	if (fflush(stdout))
		result = err_system(err, ERR_IO, errno, "standard output");
	else
		sigwait(ends, &signal_number);
	server_close(server);
	nation_close(&nation);
	return result;
}

static int
run(char **argv, struct err *err)
{
	struct command command = { .nation = { .seed = 1,
					       .file_bytes = LIMIT_CHUNK_MOST_BYTES } };
	enum option asked = 0;
	sigset_t ends;

	command.faults = faults_new(command.nation.seed, err);
	if (!command.faults)
		return -1;
	if (read_command(argv, &command, &asked, err) || asked) {
		faults_free(command.faults);
		if (asked == OPTION_VERSION)
			puts("rollcall-sandbox " PACKAGE_VERSION);
		return asked == OPTION_HELP ? help() : asked ? 0 : -1;
	}
	faults_seed(command.faults, command.nation.seed);
	/* Blocked before threads are made, so that only sigwait() hears them. */
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, &ends, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a ledger that may not grow is answered 500 */
	if (command.ends_with_parent)
		end_with_parent();
	return serve(&command, &ends, err);
}

int
main(int argc, char **argv)
{
	struct err err = ERR_INIT;

	(void)argc;
	if (run(argv, &err) == 0)
		return 0;
	fprintf(stderr, "rollcall-sandbox: %s\n", err.text);
	if (err.kind == ERR_USAGE)
		fputs("Try rollcall-sandbox --help.\n", stderr);
	return err.kind;
}
