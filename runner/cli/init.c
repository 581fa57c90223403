/* init.c - the verb `init`. */
#include "platform.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "config/address.h"
#include "config/fields.h"
#include "runner/base/jsonw.h"
#include "runner/base/show.h"
#include "runner/cli/output.h"
#include "runner/cli/verbs.h"
#include "runner/sniff/look.h"
#include "runner/sniff/propose.h"
#include "runner/sniff/starter.h"
#include "runner/source/input.h"
#include "runner/source/unpack.h"

static int init_run(const struct args *args, struct err *err);

const struct verb verb_init = {
	.name = "init",
	.operands = "FILE...",
	.least = 1,
	.most = ARGS_OPERANDS,
	.summary = "looks at voter files and writes a starter job file",
	.help = "Reads each FILE to its end: what stands between its columns, quotation marks,\n"
		"header line, encoding, dates.  Knows the voter files of Ohio, North Carolina,\n"
		"Florida, Washington, Colorado and New York; of others it goes by the names of\n"
		"columns.  Writes a commented job file, FILE.cfg in this folder unless -o names\n"
		"another; what needs a decision is marked DECIDE.  Files of one layout become one\n"
		"source.  Of a .zip with several files --member names the one that is meant.\n"
		"Neither the job file nor --columns shows a value: examples have x, X\n"
		"and 9 for letters and digits.\n",
	.options = OPTION_BIT(COLUMNS) | OPTION_BIT(FORCE) | OPTION_BIT(JSON) | OPTION_BIT(MEMBER) |
		   OPTION_BIT(NATION) | OPTION_BIT(OUTPUT),
	.is_built = true,
	.run = init_run,
};

/* Of a column's name, which comes from outside, in a list. */
enum { NAME_BYTES = 64 };

struct init {
	const struct args *args;
	struct look *looks; /* one a FILE */
	struct propose *proposes;
	size_t count;
	char *job; /* the job file's path, "-" for standard output */
	char **inputs; /* as the job file writes them */
	struct output output; /* for the job file */
};

#define INIT_NONE { .output = OUTPUT_NONE }

static void
init_done(struct init *init)
{
	for (size_t i = 0; i < init->count; i++) {
		if (init->looks)
			look_done(&init->looks[i]);
		if (init->proposes)
			propose_done(&init->proposes[i]);
		if (init->inputs)
			free(init->inputs[i]);
	}
	free(init->looks);
	free(init->proposes);
	free(init->inputs);
	output_done(&init->output);
	free(init->job);
}
SCOPED_BY(init, init_done)

static bool
is_field(bool is_ballot, struct span name)
{
	return fields_known(is_ballot ? SETTINGS_BALLOT : SETTINGS_PEOPLE, name);
}

/* ---- looking ---- */

/* Of a packed file, or one in UTF-16, the text in it: as a load reads it. */
static int
look_at(struct init *init, size_t index, struct err *err)
{
	const char *path = init->args->operands[index];
	const struct input_form form = { .member = init->args->values[OPTION_MEMBER] };
	SCOPED(input) input = INPUT_NONE;
	struct reader reader;

	if (input_open(&input, (struct file_name){ path, path }, form, err))
		return -1;
	reader = input_reader(&input);
	if (look_run(&init->looks[index], &reader, path, err) ||
	    file_check_unchanged(&input.file, err))
		return -1;
	return propose_make(&init->proposes[index], &init->looks[index], is_field, err);
}

/* ---- --columns ---- */

static void
print_look(const struct init *init, size_t index)
{
	const struct look *look = &init->looks[index];
	char rows[SHOW_BYTES], some[SHOW_BYTES];
	SCOPED(buf) path = BUF_INIT;

	show_safe(&path, span_of(init->args->operands[index]), SIZE_MAX);
	printf("%s%s: %s row%s, %u columns\n", index ? "\n" : "", buf_text(&path),
	    show_count(look->rows, rows), look->rows == 1 ? "" : "s", look->column_count);
	printf("%s, %s, %s, %s%s\n", look->known ? look->known->name : "no known layout",
	    look_format(look),
	    look->dialect.quotes ? "quoting rfc4180" : "quoting none",
	    look->has_header ? "header line, " : "no header line, ",
	    bytes_encoding(&look->bytes));
	if (look->looked_at < look->rows)
		printf("types and blanks are those of %s rows\n",
		    show_count(look->looked_at, some));
}

/* As wide as the longest name, within what 80 columns leave. */
static int
name_width(const struct look *look)
{
	size_t width = 6;

	for (uint32_t i = 0; i < look->column_count; i++) {
		if (look->names[i].len > width)
			width = look->names[i].len;
	}
	return width > 30 ? 30 : (int)width;
}

static void
print_column(const struct init *init, size_t index, uint32_t column)
{
	const struct look *look = &init->looks[index];
	const struct column *facts = &look->columns[column];
	const struct propose_pair *pair = propose_of(&init->proposes[index], look, column);
	uint64_t all = facts->filled + facts->blank;
	SCOPED(buf) name = BUF_INIT;

	show_safe(&name, look->names[column], NAME_BYTES);
	printf("%4u  %-*s  %-15s %4llu%%%s%.20s\n", column + 1, name_width(look), buf_text(&name),
	    column_word(facts), (unsigned long long)(all ? (facts->blank * 100 + all / 2) / all : 0),
	    facts->examples[0][0] ? "  " : "", facts->examples[0]);
	if (pair)
		printf("      -> %s%s%s\n", pair->to, pair->how[0] ? ", " : "", pair->how);
}

static void
add_column(struct jsonw *json, const struct look *look, const struct propose_pair *pair,
    uint32_t index)
{
	const struct column *column = &look->columns[index];

	jsonw_open(json, NULL, '{');
	jsonw_text(json, "name", look->names[index]);
	jsonw_string(json, "type", column_word(column));
	jsonw_number(json, "filled", column->filled);
	jsonw_number(json, "blank", column->blank);
	jsonw_number(json, "longest", column->longest);
	jsonw_open(json, "examples", '[');
	for (size_t i = 0; i < COLUMN_EXAMPLES && column->examples[i][0]; i++)
		jsonw_string(json, NULL, column->examples[i]);
	jsonw_close(json, ']');
	jsonw_string(json, "field", pair ? pair->to : NULL);
	jsonw_string(json, "how", pair && pair->how[0] ? pair->how : NULL);
	jsonw_close(json, '}');
}

static void
add_file(struct jsonw *json, const struct init *init, size_t index)
{
	const struct look *look = &init->looks[index];
	SCOPED(buf) trouble = BUF_INIT;

	starter_trouble(&trouble, look);
	jsonw_open(json, NULL, '{');
	jsonw_string(json, "file", init->args->operands[index]);
	jsonw_string(json, "layout", look->known ? look->known->name : NULL);
	jsonw_string(json, "format", look_format(look));
	jsonw_string(json, "quoting", look->dialect.quotes ? "rfc4180" : "none");
	jsonw_string(json, "encoding", bytes_encoding(&look->bytes));
	jsonw_bool(json, "byte_order_mark", look->has_mark);
	jsonw_bool(json, "header", look->has_header);
	jsonw_number(json, "bytes", look->size);
	jsonw_number(json, "rows", look->rows);
	jsonw_number(json, "rows_looked_at", look->looked_at);
	jsonw_string(json, "trouble", trouble.len ? buf_text(&trouble) : NULL);
	jsonw_open(json, "columns", '[');
	for (uint32_t i = 0; i < look->column_count; i++)
		add_column(json, look, propose_of(&init->proposes[index], look, i), i);
	jsonw_close(json, ']');
	jsonw_close(json, '}');
}

static int
print_json(const struct init *init, struct err *err)
{
	SCOPED(buf) text = BUF_INIT;
	struct jsonw json = jsonw_into(&text);

	jsonw_open(&json, NULL, '{');
	jsonw_number(&json, "schema", 1);
	jsonw_open(&json, "files", '[');
	for (size_t i = 0; i < init->count; i++)
		add_file(&json, init, i);
	jsonw_close(&json, ']');
	return output_json(&json, err);
}

static int
print_columns(const struct init *init, struct err *err)
{
	if (args_has(init->args, OPTION_JSON))
		return print_json(init, err);
	for (size_t i = 0; i < init->count; i++) {
		print_look(init, i);
		printf("   #  %-*s  %-15s blank  example\n", name_width(&init->looks[i]), "column",
		    "type");
		for (uint32_t column = 0; column < init->looks[i].column_count; column++)
			print_column(init, i, column);
	}
	return 0;
}

/* ---- the job file ---- */

/* counties/ALA.txt.gz: ALA */
static struct span
stem_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct span name = span_of(slash ? slash + 1 : path);
	const char *dot = memchr(name.ptr, '.', name.len);

	if (dot && dot > name.ptr)
		name.len = (size_t)(dot - name.ptr);
	return name;
}

static int
name_job(struct init *init, struct err *err)
{
	const char *wanted = init->args->values[OPTION_OUTPUT];
	SCOPED(buf) path = BUF_INIT;

	if (wanted) {
		buf_add_text(&path, wanted);
	} else {
		buf_add_span(&path, stem_of(init->args->operands[0]));
		buf_add_text(&path, ".cfg");
	}
	if (buf_check(&path, err))
		return -1;
	if (output_choose(&init->output, path.ptr, args_has(init->args, OPTION_FORCE), err))
		return -1;
	for (size_t i = 0; i < init->count; i++) {
		if (output_spare(path.ptr, init->args->operands[i], err))
			return -1;
	}
	init->job = path.ptr;
	path = (struct buf)BUF_INIT;
	return 0;
}

/* Paths in a job file are relative to its folder, those given here to this one. */
static int
name_inputs(struct init *init, struct err *err)
{
	bool is_elsewhere = strchr(init->job, '/') != NULL;

	for (size_t i = 0; i < init->count; i++) {
		const char *path = init->args->operands[i];

		init->inputs[i] = is_elsewhere ? realpath(path, NULL) : strdup(path);
		if (!init->inputs[i])
			return err_system(err, ERR_INPUT, errno, "%s", path);
	}
	return 0;
}

static const char *
member_of(const struct init *init, size_t index)
{
	bool is_zip = unpack_of_name(init->args->operands[index]) == UNPACK_ZIP;

	return is_zip ? init->args->values[OPTION_MEMBER] : NULL;
}

/* Files of one layout side by side; returns how many sources there are. */
static size_t
group(const struct init *init, struct starter_source *sources, const char **inputs)
{
	size_t count = 0, taken = 0;

	for (size_t i = 0; i < init->count; i++) {
		size_t of = 0;

		while (of < count && !look_is_alike(sources[of].look, &init->looks[i]))
			of++;
		if (of < count)
			continue; /* with the first of its kind */
		sources[count] = (struct starter_source){ .look = &init->looks[i],
			.propose = &init->proposes[i], .inputs = inputs + taken };
		for (size_t j = i; j < init->count; j++) {
			if (!look_is_alike(sources[count].look, &init->looks[j]))
				continue;
			inputs[taken++] = init->inputs[j];
			sources[count].input_count++;
			if (!sources[count].member)
				sources[count].member = member_of(init, j);
		}
		count++;
	}
	return count;
}

static void
tell(const struct init *init, const struct starter_source *sources, size_t count, size_t decisions)
{
	bool is_stdout = !init->output.path;
	FILE *to = is_stdout ? stderr : stdout;
	SCOPED(buf) job = BUF_INIT;
	SCOPED(buf) word = BUF_INIT, command = BUF_INIT;

	show_word(&word, span_of(init->job));
	show_safe(&command, buf_span(&word), SIZE_MAX);
	show_safe(&job, span_of(init->job), SIZE_MAX);
	for (size_t i = 0; i < count; i++) {
		const struct look *look = sources[i].look;
		size_t used = 0;

		for (uint32_t column = 0; column < look->column_count; column++)
			used += sources[i].propose->is_verbatim || sources[i].propose->is_used[column];
		fprintf(to, "%-8s %s, %zu file%s, %zu of %u columns mapped\n",
		    sources[i].propose->is_ballot ? "ballot" : "people",
		    look->known ? look->known->name : "no known layout", sources[i].input_count,
		    sources[i].input_count == 1 ? "" : "s", used, look->column_count);
	}
	if (is_stdout)
		return;
	printf("Wrote %s.  %zu decision%s %s marked DECIDE in it.\nNext:  rollcall check %s\n",
	    buf_text(&job), decisions, decisions == 1 ? "" : "s", decisions == 1 ? "is" : "are",
	    buf_text(&command));
}

static void
warn_of_trouble(const struct init *init)
{
	for (size_t i = 0; i < init->count; i++) {
		SCOPED(buf) shown = BUF_INIT;

		starter_trouble(&shown, &init->looks[i]);
		if (shown.len == 0)
			continue;
		buf_add_text(&shown, "\n  in ");
		show_safe(&shown, span_of(init->args->operands[i]), SIZE_MAX);
		fprintf(stderr, "rollcall: warning: %s: check will refuse it\n", buf_text(&shown));
	}
}

static int
put_job(struct init *init, const struct buf *text, struct err *err)
{
	if (output_open(&init->output, err))
		return -1;
	fwrite(text->ptr, 1, text->len, init->output.to);
	return output_close(&init->output, err);
}

static int
write_job(struct init *init, struct err *err)
{
	struct starter_source *sources = calloc(init->count, sizeof(*sources));
	const char **inputs = calloc(init->count, sizeof(*inputs));
	bool is_stdout = !init->output.path;
	struct starter_options options = { .job = is_stdout ? "JOB.cfg" : init->job,
		.nation = init->args->values[OPTION_NATION], .sources = sources };
	SCOPED(buf) text = BUF_INIT;
	int failed = -1;

	if (!sources || !inputs) {
		err_memory(err);
	} else {
		options.source_count = group(init, sources, inputs);
		failed = starter_write(&text, &options, err);
	}
	if (!failed)
		failed = put_job(init, &text, err);
	if (!failed)
		tell(init, sources, options.source_count,
		    starter_count_decisions(buf_span(&text)));
	free(sources);
	free(inputs);
	return failed;
}

static bool
has_zip(const struct args *args)
{
	for (size_t i = 0; i < args->operand_count; i++) {
		if (unpack_of_name(args->operands[i]) == UNPACK_ZIP)
			return true;
	}
	return false;
}

static int
check_words(const struct args *args, struct err *err)
{
	const char *nation = args->values[OPTION_NATION];
	bool lists = args_has(args, OPTION_COLUMNS);

	if (args_has(args, OPTION_JSON) && !lists)
		return err_set(err, ERR_USAGE, "--json goes with --columns");
	if (lists && (args_has(args, OPTION_OUTPUT) || args_has(args, OPTION_NATION)))
		return err_set(err, ERR_USAGE, "--columns writes no job file: it goes without --%s",
		    args_has(args, OPTION_OUTPUT) ? "output" : "nation");
	if (args_has(args, OPTION_MEMBER) && !has_zip(args))
		return err_set(err, ERR_USAGE, "--member goes with a .zip");
	if (nation && address_slug(span_of(nation)))
		return err_set(err, ERR_USAGE, "--nation %s: %s", nation,
		    address_slug(span_of(nation)));
	return 0;
}

static int
init_run(const struct args *args, struct err *err)
{
	SCOPED(init) init = INIT_NONE;
	bool lists = args_has(args, OPTION_COLUMNS);

	init.args = args;
	init.looks = calloc(args->operand_count, sizeof(*init.looks));
	init.proposes = calloc(args->operand_count, sizeof(*init.proposes));
	init.inputs = calloc(args->operand_count, sizeof(*init.inputs));
	init.count = args->operand_count;
	if (!init.looks || !init.proposes || !init.inputs)
		return err_memory(err);
	if (check_words(args, err) ||
	    (!lists && (name_job(&init, err) || name_inputs(&init, err))))
		return -1;
	for (size_t i = 0; i < init.count; i++) {
		if (look_at(&init, i, err))
			return -1;
	}
	if (lists)
		return print_columns(&init, err);
	warn_of_trouble(&init);
	return write_job(&init, err);
}
