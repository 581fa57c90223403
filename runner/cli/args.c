#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/base/suggest.h"
#include "runner/cli/args.h"

static const struct option_row options[] = {
#define X(id, name, letter, value, help) { name, letter, value, help },
	OPTIONS(X)
#undef X
};

const struct option_row *
args_option(enum option option)
{
	return &options[option];
}

const struct verb *
args_verb(const char *name)
{
	for (size_t i = 0; verbs[i]; i++) {
		if (strcmp(verbs[i]->name, name) == 0)
			return verbs[i];
	}
	return NULL;
}

static int
unknown_verb(const char *name, struct err *err)
{
	struct suggest suggest = suggest_for(span_of(name));
	struct span nearest;

	for (size_t i = 0; verbs[i]; i++)
		suggest_offer(&suggest, span_of(verbs[i]->name));
	nearest = suggest_nearest(&suggest);
	if (nearest.ptr)
		return err_set(err, ERR_USAGE, "there is no verb \"%s\"; did you mean \"%.*s\"?",
		    name, SPAN_ARG(nearest));
	return err_set(err, ERR_USAGE, "there is no verb \"%s\"; see rollcall --help", name);
}

bool
args_takes(const struct verb *verb, size_t option)
{
	if (option == OPTION_HELP || option == OPTION_VERSION)
		return true;
	return verb && verb->options >> option & 1;
}

static int
unknown_option(const struct verb *verb, struct span name, struct err *err)
{
	struct suggest suggest = suggest_for(name);
	struct span nearest;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (args_takes(verb, i))
			suggest_offer(&suggest, span_of(options[i].name));
	}
	nearest = suggest_nearest(&suggest);
	if (nearest.ptr)
		return err_set(err, ERR_USAGE,
		    "%s has no option \"--%.*s\"; did you mean \"--%.*s\"?",
		    verb ? verb->name : "rollcall", SPAN_ARG(name), SPAN_ARG(nearest));
	return err_set(err, ERR_USAGE, "%s has no option \"--%.*s\"; see rollcall %s%s--help",
	    verb ? verb->name : "rollcall", SPAN_ARG(name), verb ? verb->name : "",
	    verb ? " " : "");
}

/* ---- reading ---- */

struct reading {
	struct args *args;
	int at, argc;
	char *const *argv;
};

static int
take_option(struct reading *reading, size_t option, const char *value, struct err *err)
{
	const struct option_row *row = &options[option];

	if (!row->value && value)
		return err_set(err, ERR_USAGE, "--%s takes no value", row->name);
	if (row->value && !value) {
		if (reading->at == reading->argc)
			return err_set(err, ERR_USAGE, "--%s needs a value: --%s %s", row->name,
			    row->name, row->value);
		value = reading->argv[reading->at++];
	}
	if (reading->args->given_count == ARGS_GIVEN)
		return err_set(err, ERR_USAGE, "more than %d options", ARGS_GIVEN);
	reading->args->values[option] = value ? value : "";
	reading->args->given[reading->args->given_count++] =
	    (struct args_given){ (enum option)option, reading->args->values[option] };
	return 0;
}

static int
read_long(struct reading *reading, const char *text, struct err *err)
{
	struct span rest = span_of(text);
	struct span name = span_next(&rest, '=');

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (span_is(name, options[i].name) && args_takes(reading->args->verb, i))
			return take_option(reading, i, rest.ptr, err);
	}
	return unknown_option(reading->args->verb, name, err);
}

static int
read_letters(struct reading *reading, const char *letters, struct err *err)
{
	for (; *letters; letters++) {
		size_t i = 0;

		while (i < OPTION_COUNT &&
		       !(options[i].letter == *letters && args_takes(reading->args->verb, i)))
			i++;
		if (i == OPTION_COUNT)
			return err_set(err, ERR_USAGE, "%s has no option \"-%c\"",
			    reading->args->verb ? reading->args->verb->name : "rollcall",
			    *letters);
		if (options[i].value && letters[1])
			return take_option(reading, i, letters + 1, err);
		if (take_option(reading, i, NULL, err))
			return -1;
	}
	return 0;
}

static int
read_operand(struct reading *reading, const char *text, struct err *err)
{
	struct args *args = reading->args;

	if (!args->verb) /* "-", or what begins with one behind "--" */
		return unknown_verb(text, err);
	if (args->operand_count == ARGS_OPERANDS || args->operand_count == args->verb->most)
		return err_set(err, ERR_USAGE, "\"%s\" is one argument too many; usage: rollcall %s%s%s",
		    text, args->verb->name, args->verb->operands[0] ? " " : "",
		    args->verb->operands);
	args->operands[args->operand_count++] = text;
	return 0;
}

/* The verb is the first argument that is no option; all options are then known by it. */
static int
find_verb(struct args *args, int argc, char *const *argv, int *verb_at, struct err *err)
{
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		args->verb = args_verb(argv[i]);
		*verb_at = i;
		return args->verb ? 0 : unknown_verb(argv[i], err);
	}
	*verb_at = -1;
	return 0;
}

static int
check_count(const struct args *args, struct err *err)
{
	if (!args->verb || args_has(args, OPTION_HELP) || args_has(args, OPTION_VERSION) ||
	    !args->verb->is_built ||
	    args->operand_count >= args->verb->least)
		return 0;
	return err_set(err, ERR_USAGE, "usage: rollcall %s [options] %s\nSee rollcall %s --help.",
	    args->verb->name, args->verb->operands, args->verb->name);
}

int
args_read(struct args *args, int argc, char *const *argv, struct err *err)
{
	struct reading reading = { args, 0, argc, argv };
	bool is_all_operands = false;
	int verb_at;

	*args = (struct args){ 0 };
	if (find_verb(args, argc, argv, &verb_at, err))
		return -1;
	while (reading.at < argc) {
		const char *text = argv[reading.at++];
		int failed = 0;

		if (reading.at - 1 == verb_at)
			continue;
		if (is_all_operands || text[0] != '-' || text[1] == '\0')
			failed = read_operand(&reading, text, err);
		else if (strcmp(text, "--") == 0)
			is_all_operands = true;
		else if (text[1] == '-')
			failed = read_long(&reading, text + 2, err);
		else
			failed = read_letters(&reading, text + 1, err);
		if (failed)
			return -1;
	}
	return check_count(args, err);
}

/* ---- help ---- */

static void
print_option(const struct option_row *row)
{
	char left[40];
	char letter[6] = "    ";

	if (row->letter)
		snprintf(letter, sizeof(letter), "-%c, ", row->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, row->name, row->value ? " " : "",
	    row->value ? row->value : "");
	printf("  %-24s %s\n", left, row->help);
}

static void
print_verb_help(const struct verb *verb)
{
	printf("usage: rollcall %s [options]%s%s\n\n%s\n", verb->name,
	    verb->operands[0] ? " " : "", verb->operands, verb->summary);
	if (!verb->is_built)
		printf("\nThis verb is not built yet in this version.\n");
	if (verb->help[0])
		printf("\n%s", verb->help);
	printf("\noptions:\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (args_takes(verb, i))
			print_option(&options[i]);
	}
}

void
args_print_help(const struct verb *verb)
{
	if (verb) {
		print_verb_help(verb);
		return;
	}
	printf("usage: rollcall VERB [options] JOB\n\n"
	       "Loads voter files into a NationBuilder nation and answers for every row.\n"
	       "JOB is a job file, see rollcall.cfg(5).  A run may be cut off at any moment; the\n"
	       "same command goes on.\n\nverbs:\n");
	for (size_t i = 0; verbs[i]; i++) {
		if (verbs[i]->is_built)
			printf("  %-12s %s\n", verbs[i]->name, verbs[i]->summary);
	}
	printf("\nnot built yet in this version:\n ");
	for (size_t i = 0; verbs[i]; i++) {
		if (!verbs[i]->is_built)
			printf(" %s", verbs[i]->name);
	}
	printf("\n\nrollcall VERB --help tells more; so do rollcall(1) and rollcall.cfg(5).\n"
	       "A first look: rollcall demo\n");
}
