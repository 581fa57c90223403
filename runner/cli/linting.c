#include "platform.h"

#include <stdio.h>
#include <stdlib.h>

#include "config/fields.h"
#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/cli/linting.h"
#include "runner/cli/output.h"
#include "runner/lint/page.h"

int
linting_begin(struct linting *linting, const struct inputs *inputs, int64_t now_ms, struct err *err)
{
	struct stamp_parts now = stamp_split(now_ms);
	const struct lint_options options = {
		.today = (uint32_t)(now.year * 10000 + now.month * 100 + now.day),
	};

	linting->inputs = inputs;
	linting->now_ms = now_ms;
	return lint_init(&linting->lint, &options, err);
}

void
linting_done(struct linting *linting)
{
	lint_done(&linting->lint);
}

/* ---- the rows ---- */

/* Fields that the source allows beyond those that are known: right or not, the nation does not tell. */
static int
see_unknown(struct linting *linting, uint32_t source, const struct layout *layout, struct err *err)
{
	enum settings_type type = linting->inputs->settings->sources[source].type;

	for (uint32_t i = 0; i < layout->output_count; i++) {
		struct span name = layout->outputs[i].name;

		if (!fields_known(type, name) &&
		    lint_unknown(&linting->lint, source, name, fields_suggest(type, name), err))
			return -1;
	}
	return 0;
}

static int
see_layout(void *ctx, uint32_t source, uint32_t input, const struct layout *layout, struct err *err)
{
	struct linting *linting = ctx;
	enum settings_type type = linting->inputs->settings->sources[source].type;
	struct span *names = calloc(layout->output_count + (size_t)1, sizeof(*names));
	int failed;

	if (!names)
		return err_memory(err);
	for (uint32_t i = 0; i < layout->output_count; i++)
		names[i] = layout->outputs[i].name;
	failed = see_unknown(linting, source, layout, err) ||
		 lint_begin(&linting->lint, source, input, type == SETTINGS_PEOPLE, names,
		     layout->output_count, err);
	free(names);
	return failed ? -1 : 0;
}

static int
see_row(void *ctx, uint32_t source, uint32_t input, const struct layout *layout,
    const struct row *row, const struct span *values, struct err *err)
{
	struct linting *linting = ctx;

	(void)source;
	(void)input;
	(void)layout;
	return lint_row(&linting->lint, row->row, row->line, values, err);
}

struct planning_sink
linting_sink(struct linting *linting)
{
	return (struct planning_sink){ .layout = see_layout, .row = see_row, .ctx = linting };
}

int
linting_finish(struct linting *linting, struct err *err)
{
	SCOPED(planning) again = { .inputs = linting->inputs, .sink = linting_sink(linting) };

	if (lint_settle(&linting->lint) && planning_run(&again, err))
		return -1;
	return lint_finish(&linting->lint, err);
}

/* ---- what was found ---- */

static const char *
input_of(const void *ctx, uint32_t source, uint32_t input)
{
	const struct inputs *inputs = ctx;

	return inputs->jobs[source].inputs[input].written;
}

static void
print_finding(const struct linting *linting, const struct finding *finding)
{
	char rows[SHOW_BYTES];
	SCOPED(buf) field = BUF_INIT;

	show_safe(&field, span_of(finding->field), FINDINGS_FIELD_BYTES);
	printf("  %-10s %s", linting->inputs->settings->sources[finding->source].name,
	    buf_text(&field));
	if (finding->rows)
		printf(": %s row%s", show_count(finding->rows, rows), finding->rows == 1 ? "" : "s");
	printf("\n             %s\n", findings_text(finding->kind));
	for (uint32_t i = 0; i < finding->example_count; i++) {
		SCOPED(buf) example = BUF_INIT;

		findings_show(&example, finding, i, input_of, linting->inputs);
		printf("               %s\n", buf_text(&example));
	}
}

void
linting_print(const struct linting *linting)
{
	const struct lint *lint = &linting->lint;
	char rows[SHOW_BYTES], number[SHOW_BYTES];

	printf("%-12s %s row%s looked at, %s finding%s\n", "lint", show_count(lint->rows, rows),
	    lint->rows == 1 ? "" : "s", lint->findings.count ? show_count(lint->findings.count, number) : "no",
	    lint->findings.count == 1 ? "" : "s");
	if (lint->ids.left_off)
		printf("  %s ids found no room and were not compared\n",
		    show_count(lint->ids.left_off, number));
	for (size_t i = 0; i < lint->findings.count; i++)
		print_finding(linting, &lint->findings.all[i]);
}

static void
add_example(const struct linting *linting, const struct finding *finding,
    const struct finding_example *example, struct jsonw *json)
{
	jsonw_open(json, NULL, '{');
	jsonw_string(json, "value", example->value);
	if (example->row) {
		jsonw_string(
		    json, "file", input_of(linting->inputs, finding->source, example->input));
		jsonw_number(json, "row", example->row);
	}
	if (example->line)
		jsonw_number(json, "line", example->line);
	if (finding->kind == FINDINGS_DUPLICATE) {
		jsonw_string(json, "other_file",
		    input_of(linting->inputs, example->other.source, example->other.input));
		jsonw_number(json, "other_row", example->other.row);
		jsonw_number(json, "other_line", example->other.line);
	}
	if (example->rows)
		jsonw_number(json, "rows", example->rows);
	jsonw_close(json, '}');
}

void
linting_add(const struct linting *linting, struct jsonw *json)
{
	const struct lint *lint = &linting->lint;

	jsonw_open(json, "lint", '{');
	jsonw_number(json, "rows", lint->rows);
	jsonw_number(json, "ids_not_compared", lint->ids.left_off);
	jsonw_open(json, "findings", '[');
	for (size_t i = 0; i < lint->findings.count; i++) {
		const struct finding *finding = &lint->findings.all[i];

		jsonw_open(json, NULL, '{');
		jsonw_string(json, "source",
		    linting->inputs->settings->sources[finding->source].name);
		jsonw_string(json, "kind", findings_word(finding->kind));
		jsonw_string(json, "field", finding->field);
		jsonw_string(json, "what", findings_text(finding->kind));
		jsonw_number(json, "rows", finding->rows);
		jsonw_open(json, "examples", '[');
		for (uint32_t j = 0; j < finding->example_count; j++)
			add_example(linting, finding, &finding->examples[j], json);
		jsonw_close(json, ']');
		jsonw_close(json, '}');
	}
	jsonw_close(json, ']');
	jsonw_close(json, '}');
}

int
linting_write_page(const struct linting *linting, const char *path, struct err *err)
{
	const struct settings *settings = linting->inputs->settings;
	const char **names = calloc(settings->source_count, sizeof(*names));
	char when[STAMP_BYTES];
	struct page page = {
		.job = settings->path,
		.nation = settings->nation.label,
		.when = stamp_iso(linting->now_ms, when),
		.sources = names,
		.source_count = (uint32_t)settings->source_count,
		.input = input_of,
		.ctx = linting->inputs,
	};
	SCOPED(buf) text = BUF_INIT;
	int failed;

	if (!names)
		return err_memory(err);
	for (size_t i = 0; i < settings->source_count; i++)
		names[i] = settings->sources[i].name;
	page_write(&text, &page, &linting->lint);
	free(names);
	failed = buf_check(&text, err);
	return failed ? failed : output_put(path, buf_span(&text), err);
}
