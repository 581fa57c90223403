#include "platform.h"

#include <stdio.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/cli/compare.h"
#include "runner/source/input.h"
#include "runner/source/pass.h"
#include "runner/source/reread.h"

struct comparison {
	struct session *session;
	enum compare_depth depth;
	const struct plan_input *input; /* as planned */
	const char *path; /* as the job file writes it */
	const struct layout_options *layout;
	uint32_t last_sent; /* highest number of its chunks of which a POST was begun; 0: none */
	uint32_t first_sent;
};

static int
see_chunk(void *context, const struct plan_chunk *plan, const struct chunk *chunk, struct err *err)
{
	struct comparison *comparison = context;

	(void)err;
	if (plan->source != comparison->input->source || plan->input != comparison->input->input ||
	    chunk->attempts == 0)
		return 0;
	if (!comparison->first_sent)
		comparison->first_sent = plan->number;
	comparison->last_sent = plan->number;
	return 0;
}

static const char *
find_id(const struct layout *layout)
{
	static const char *const ids[] = { "state_file_id", "county_file_id", "external_id", "id",
		"email" };

	for (size_t i = 0; i < ARRAY_COUNT(ids); i++) {
		for (uint32_t j = 0; j < layout->output_count; j++) {
			if (span_is(layout->outputs[j].name, ids[i]))
				return ids[i];
		}
	}
	return NULL;
}

/* By what the nation knows a row again, so that a second load makes nobody twice: of the file as it
 * is now, which a new load would send. NULL if it cannot be told. */
static const char *
matched_by(const struct comparison *comparison, struct input *input)
{
	const struct layout_options *layout_options = comparison->layout;
	struct reader reader = input_reader(input);
	const struct rows_options options = {
		.reader = &reader,
		.dialect = layout_options->dialect,
		.most_record_bytes = LIMIT_CHUNK_MOST_BYTES,
		.window_bytes = REREAD_WINDOW_BYTES,
		.first_row = layout_options->header_count ? 1 : 0,
	};
	struct err ignored = ERR_INIT;
	SCOPED(layout) layout = { 0 };
	SCOPED(rows) rows;

	if (rows_init(&rows, &options, &ignored) ||
	    layout_read(&layout, layout_options, &rows, comparison->path, &ignored))
		return NULL;
	return find_id(&layout);
}

static int
say_changed(struct comparison *comparison, struct input *input, const char *how, struct err *err)
{
	struct session *session = comparison->session;
	const struct journal_port *journal = &session->journal;
	const char *id = matched_by(comparison, input);
	char sent[160] = "Nothing of it was sent yet.", hint[80] = "";

	if (journal->each_chunk(journal->ctx, see_chunk, comparison, err))
		return -1;
	if (comparison->last_sent && comparison->first_sent == comparison->last_sent)
		snprintf(sent, sizeof(sent),
		    "Chunk %u came from the old file; going on would mix two files.",
		    comparison->last_sent);
	else if (comparison->last_sent)
		snprintf(sent, sizeof(sent),
		    "Chunks %u-%u came from the old file; going on would mix two files.",
		    comparison->first_sent, comparison->last_sent);
	if (session->settings.sources[comparison->input->source].type == SETTINGS_BALLOT)
		snprintf(hint, sizeof(hint), " (ballots sent already would count twice)");
	else if (id)
		snprintf(hint, sizeof(hint), " (people are matched by %s)", id);
	return err_set(err, ERR_INPUT,
	    "%s changed since this load began (%s)\n"
	    "  %s  Choose:\n"
	    "    put the old file back, or\n"
	    "    rollcall run --new %s     start over%s",
	    comparison->path, how, sent, session->settings.command, hint);
}

static int
digest_again(struct comparison *comparison, struct input *input, struct pass_result *result,
    struct err *err)
{
	const struct settings *settings = &comparison->session->settings;
	const struct settings_source *source = &settings->sources[comparison->input->source];
	const struct pass_options options = {
		.path = comparison->path,
		.layout = comparison->layout,
		.type = source->type == SETTINGS_PEOPLE ? RULES_PEOPLE : RULES_BALLOT,
		.source = comparison->input->source,
		.input = comparison->input->input,
		.first_number = 1,
		.limit_bytes = (uint32_t)settings->limits.chunk_bytes,
		.limit_rows = (uint32_t)settings->limits.rows,
		.is_empty_allowed = source->empty_allowed,
	};
	struct reader reader = input_reader(input);

	return pass_run(&options, &reader, result, err);
}

static int
compare_file(struct comparison *comparison, struct input *input, struct err *err)
{
	const struct plan_input *planned = comparison->input;
	struct plan_input now = { 0 };
	char before[SHOW_BYTES], after[SHOW_BYTES], how[2 * SHOW_BYTES + 16];
	struct pass_result result;

	file_describe(&input->file, &now);
	now.size = input->file.size;
	if (now.size != planned->size) {
		snprintf(how, sizeof(how), "%s -> %s bytes", show_count(planned->size, before),
		    show_count(now.size, after));
		return say_changed(comparison, input, how, err);
	}
	if (comparison->depth == COMPARE_FACTS && now.mtime_ns == planned->mtime_ns &&
	    now.inode == planned->inode)
		return 0;
	/* Touched or copied: is it the same all the same? Bad input is a change, too. */
	if (digest_again(comparison, input, &result, err) == 0 &&
	    memcmp(result.input.digest, planned->digest, sizeof(planned->digest)) == 0)
		return 0;
	if (err->kind != ERR_NONE && err->kind != ERR_DATA)
		return -1;
	*err = (struct err)ERR_INIT;
	return say_changed(comparison, input, "same size, other bytes", err);
}

static int
compare_input(void *context, const struct plan_input *input, const char *path, struct err *err)
{
	struct comparison comparison = *(const struct comparison *)context;
	struct session *session = comparison.session;
	const struct source_retry *retry =
	    inputs_find_retry(&session->inputs, input->source, input->input);
	SCOPED(input) opened = INPUT_NONE;
	struct file_name name;

	(void)path;
	comparison.input = input;
	comparison.layout =
	    retry ? &retry->layout : &session->inputs.layouts.of[input->source];
	name = retry ? retry->name : inputs_file(&session->inputs, input->source, input->input);
	comparison.path = name.written;
	if (input_open(&opened, name,
		retry ? (struct input_form){ 0 } : inputs_form(&session->inputs, input->source), err))
		return -1;
	return compare_file(&comparison, &opened, err);
}

int
compare_inputs(struct session *session, enum compare_depth depth, struct err *err)
{
	struct comparison comparison = { .session = session, .depth = depth };

	return store_each_input(session->store, compare_input, &comparison, err);
}
