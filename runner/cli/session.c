#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/identity.h"
#include "config/job.h"
#include "runner/base/number.h"
#include "runner/base/show.h"
#include "runner/base/suggest.h"
#include "runner/cli/globs.h"
#include "runner/cli/output.h"
#include "runner/cli/session.h"
#include "runner/source/digest.h"
#include "runner/sys/host.h"
#include "store/inspect.h"
#include "store/journal.h"

/* /etc/machine-id is confidential (machine-id(5)): hashed with a word of ours. */
static int
learn_machine(struct session *session, struct err *err)
{
	unsigned char hash[DIGEST_SHA_BYTES];
	char machine[64], text[96];

	if (host_machine(machine, err))
		return -1;
	if (!machine[0])
		return 0;
	snprintf(text, sizeof(text), "rollcall %s", machine);
	digest_sha_once(text, strlen(text), hash);
	show_hex(hash, sizeof(hash), session->machine_id);
	return 0;
}

static int
find_folder(struct session *session, const char *state_dir, struct err *err)
{
	const struct settings *settings = &session->settings;
	const char *parent = state_dir ? state_dir : settings->folder;
	int len;

	if (strcmp(parent, ".") == 0)
		len = snprintf(session->folder, sizeof(session->folder), "%s.run", settings->name);
	else
		len = snprintf(session->folder, sizeof(session->folder), "%s/%s.run", parent,
		    settings->name);
	if (len < 0 || (size_t)len >= sizeof(session->folder))
		return err_set(err, ERR_USAGE, "the path of the run folder is too long");
	return 0;
}

static int
read_job(const char *path, struct settings *settings, struct err *err)
{
	const struct job_options options = { .path = path, .home = getenv("HOME") };

	settings_init(settings);
	return job_read(&options, settings, err);
}

/* Without it a command that a message proposes would mean the run folder beside the job file, and
 * begin the load a second time there. */
static int
add_state_dir(struct settings *settings, const char *state_dir, struct err *err)
{
	SCOPED(buf) command = BUF_INIT;

	if (!state_dir)
		return 0;
	buf_printf(&command, "%s --state-dir ", settings->command);
	show_word(&command, span_of(state_dir));
	if (buf_check(&command, err))
		return -1;
	settings->command = arena_text(&settings->arena, buf_span(&command));
	return settings->command ? 0 : err_memory(err);
}

int
session_open(struct session *session, const struct args *args, struct err *err)
{
	*session = (struct session)SESSION_NONE;
	if (read_job(args->operands[0], &session->settings, err) ||
	    add_state_dir(&session->settings, args->values[OPTION_STATE_DIR], err) ||
	    learn_machine(session, err))
		return -1;
	return find_folder(session, args->values[OPTION_STATE_DIR], err);
}

static void
free_job(struct session *session)
{
	for (size_t i = 0; session->job.sources && i < session->job.source_count; i++) {
		free((void *)session->job.sources[i].inputs);
		free((void *)session->job.sources[i].rules.after);
	}
	free((void *)session->job.sources);
	free((void *)session->job.reasons);
	free(session->sources);
	session->job.sources = NULL;
	session->sources = NULL;
}

void
session_close(struct session *session)
{
	free_job(session);
	if (!session->is_owner)
		inputs_unmake_copies(&session->inputs);
	inputs_done(&session->inputs);
	store_close(session->store);
	if (session->folder_fd >= 0)
		close(session->folder_fd);
	settings_done(&session->settings);
}

struct store_options
session_store_options(const struct session *session)
{
	return (struct store_options){
		.folder = session->folder,
		.machine_id = session->machine_id,
		.sha256 = digest_sha_once,
		.adopts = session->adopts,
	};
}

int
session_identity(const struct session *session, struct buf *to, struct err *err)
{
	identity_write(&session->settings, to);
	return buf_check(to, err);
}

bool
session_has_load(const struct session *session)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s/birth.json", session->folder);
	return access(path, F_OK) == 0;
}

/* ---- the open load ---- */

/* A job file edited where its load depends on it would send other chunks (product.md section 3). */
static int
check_identity(const struct session *session, const struct settings *settings, struct err *err)
{
	SCOPED(buf) now = BUF_INIT;
	struct span before = span_of(store_load(session->store)->job);
	struct span setting;

	identity_write(settings, &now);
	if (buf_check(&now, err))
		return -1;
	setting = identity_difference(before, buf_span(&now));
	if (!setting.len)
		return 0;
	return err_set(err, ERR_JOB,
	    "%s: %.*s was changed since this load began\n"
	    "  A load belongs to its job: other chunks would be sent.  Choose:\n"
	    "    set %.*s back, or\n"
	    "    rollcall run --new %s     start over",
	    session->settings.path, SPAN_ARG(setting), SPAN_ARG(setting), session->settings.command);
}

static struct source_rules
rules_of(const struct settings_source *source, const uint32_t *after)
{
	return (struct source_rules){
		.in_doubt = source->in_doubt == SETTINGS_HOLD       ? IN_DOUBT_HOLD
			    : source->in_doubt == SETTINGS_RESUBMIT ? IN_DOUBT_RESUBMIT
								    : IN_DOUBT_PROBE,
		.after = after,
		.after_count = (uint32_t)source->after_count,
		.stops_early = source->max_rejected_is_set,
		.max_rejected = source->max_rejected,
	};
}

static int
describe_source(struct session *session, size_t index, struct report_source *to, struct err *err)
{
	const struct settings_source *source = &session->settings.sources[index];
	const char **inputs = calloc(source->input_count + 1, sizeof(*inputs));
	uint32_t *after = calloc(source->after_count + 1, sizeof(*after));

	to->inputs = inputs;
	to->rules.after = after;
	if (!inputs || !after)
		return err_memory(err);
	for (size_t i = 0; i < source->input_count; i++)
		inputs[i] = source->inputs[i].written;
	for (size_t i = 0; i < source->after_count; i++)
		after[i] = (uint32_t)source->after[i];
	to->name = source->name;
	to->type = settings_type_name(source->type);
	to->input_count = source->input_count;
	to->rules = rules_of(source, after);
	to->columns = session->inputs.headers[index].columns;
	to->column_count = session->inputs.headers[index].count;
	to->orders = inputs_orders(&session->inputs, (uint32_t)index);
	return 0;
}

static int
describe_reasons(struct session *session, struct err *err)
{
	const struct inputs *inputs = &session->inputs;
	struct report_reason *reasons = calloc(inputs->reason_count + 1, sizeof(*reasons));

	session->job.reasons = reasons;
	session->job.reason_count = inputs->reason_count;
	if (!reasons)
		return err_memory(err);
	for (size_t i = 0; i < inputs->reason_count; i++)
		reasons[i] = (struct report_reason){
			.source = inputs->reasons[i].source,
			.shown = reasons_show(inputs->reasons[i].kind),
			.words = inputs->reasons[i].words,
			.rows = inputs->reasons[i].rows,
		};
	return 0;
}

static int
describe_job(struct session *session, struct err *err)
{
	const struct settings *settings = &session->settings;
	struct report_source *sources = calloc(settings->source_count, sizeof(*sources));

	session->job.sources = sources;
	if (!sources)
		return err_memory(err);
	session->job.name = settings->name;
	session->job.command = settings->command;
	session->job.nation = settings->nation.label;
	session->job.source_count = settings->source_count;
	for (size_t i = 0; i < settings->source_count; i++) {
		if (describe_source(session, i, &sources[i], err))
			return -1;
	}
	return describe_reasons(session, err);
}

static int
describe_sources(struct session *session, struct err *err)
{
	size_t count = session->settings.source_count;

	session->sources = calloc(count, sizeof(*session->sources));
	if (!session->sources)
		return err_memory(err);
	for (size_t i = 0; i < count; i++) {
		const struct report_source *source = &session->job.sources[i];
		struct tally tally;
		uint64_t chunks = 0;

		if (store_tally(session->store, (uint32_t)i, &tally, err))
			return -1;
		for (size_t state = 0; state < CHUNK_STATE_COUNT; state++)
			chunks += tally.chunks[state];
		session->sources[i] = (struct engine_source){
			.name = source->name,
			.type = source->type,
			.rules = source->rules,
			.chunk_count = (uint32_t)chunks,
		};
	}
	return 0;
}

int
session_describe(struct session *session, const char *load_id, struct err *err)
{
	if (session->store ? globs_take_plan(&session->settings, session->store, err)
			   : globs_expand(&session->settings, err))
		return -1;
	if (inputs_make(&session->inputs, &session->settings, session->folder, load_id, err) ||
	    (session->store && inputs_take_plan(&session->inputs, session->store, err)))
		return -1;
	return describe_job(session, err);
}

int
session_spare_files(const struct session *session, const char *path, struct err *err)
{
	const struct settings *settings = &session->settings;
	const struct settings_token *token = &settings->nation.token;

	if (output_spare(path, settings->path, err) ||
	    (token->scheme == SETTINGS_TOKEN_FILE && output_spare(path, token->rest, err)))
		return -1;
	for (size_t i = 0; i < session->inputs.count; i++) {
		if (output_spare(path, session->inputs.files[i].path, err))
			return -1;
	}
	return 0;
}

static int
take_up(struct session *session, struct err *err)
{
	session->journal = journal_of(session->store);
	session->folder_fd = open(session->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (session->folder_fd < 0)
		return err_system(err, ERR_IO, errno, "%s", session->folder);
	if (check_identity(session, &session->settings, err) ||
	    session_describe(session, store_load(session->store)->load_id, err))
		return -1;
	return describe_sources(session, err);
}

int
session_look_again(struct session *session, struct err *err)
{
	free_job(session);
	inputs_done(&session->inputs);
	if (session_describe(session, store_load(session->store)->load_id, err))
		return -1;
	return describe_sources(session, err);
}

int
session_read_load(struct session *session, struct err *err)
{
	const struct store_options options = session_store_options(session);

	if (!session_has_load(session))
		return err_set(err, ERR_INPUT,
		    "there is no load yet in %s\n  rollcall run %s     starts one", session->folder,
		    session->settings.command);
	if (inspect_in_child(session->folder, INSPECT_STATES, err) ||
	    store_open_reading(&session->store, &options, err) ||
	    store_compare(session->store, err))
		return -1;
	return take_up(session, err);
}

int
session_own_load(struct session *session, struct err *err)
{
	const struct store_options options = session_store_options(session);

	session->is_owner = true;
	if (store_open(&session->store, &options, err))
		return -1;
	return take_up(session, err);
}

static struct load_limits
limits_of(const struct settings *settings)
{
	const struct settings_retry *retry = &settings->retry;

	return (struct load_limits){
		.uploads = (uint32_t)settings->limits.uploads,
		.in_flight = (uint32_t)settings->limits.in_flight,
		.requests = settings->limits.requests,
		.attempts = (uint32_t)retry->attempts,
		.backoff = { (int64_t)retry->first_wait_ms, (int64_t)retry->max_wait_ms },
		.give_up_ms = (int64_t)retry->give_up_ms,
		.settle_ms = (int64_t)retry->settle_ms,
		.poll_first_ms = (int64_t)settings->poll.first_ms,
		.poll_most_ms = (int64_t)settings->poll.most_ms,
		.poll_deadline_ms = (int64_t)settings->poll.deadline_ms,
	};
}

void
session_engine(const struct session *session, struct engine_options *options)
{
	options->job = session->settings.command;
	options->limits = limits_of(&session->settings);
	options->sources = session->sources;
	options->source_count = (uint32_t)session->settings.source_count;
}

int
session_reread_limits(const struct session *session, struct load_limits *limits, struct err *err)
{
	SCOPED(settings) settings = { .path = "" };

	if (read_job(session->settings.path, &settings, err) ||
	    check_identity(session, &settings, err))
		return -1;
	*limits = limits_of(&settings);
	return 0;
}

/* ---- names ---- */

static int
find_source(const struct session *session, struct span name, uint32_t *source)
{
	for (size_t i = 0; i < session->job.source_count; i++) {
		if (span_is(name, session->job.sources[i].name)) {
			*source = (uint32_t)i;
			return 0;
		}
	}
	return -1;
}

int
session_find_chunk(const struct session *session, const char *name, uint32_t *source,
    uint32_t *number, struct err *err)
{
	const char *dash = strrchr(name, '-');
	uint64_t wanted;

	if (!dash || number_u64(span_of(dash + 1), &wanted) || wanted == 0)
		return err_set(err, ERR_USAGE, "\"%s\" is no chunk: write SOURCE-NUMBER, as in %s-1",
		    name, session->job.sources[0].name);
	if (find_source(session, (struct span){ name, (size_t)(dash - name) }, source)) {
		struct suggest suggest = suggest_for((struct span){ name, (size_t)(dash - name) });
		struct span nearest;

		for (size_t i = 0; i < session->job.source_count; i++)
			suggest_offer(&suggest, span_of(session->job.sources[i].name));
		nearest = suggest_nearest(&suggest);
		return err_set(err, ERR_USAGE, "there is no source \"%.*s\"%s%.*s%s",
		    (int)(dash - name), name, nearest.ptr ? "; did you mean \"" : "",
		    SPAN_ARG(nearest), nearest.ptr ? "\"?" : "");
	}
	if (wanted > session->sources[*source].chunk_count)
		return err_set(err, ERR_USAGE, "%s has %u chunk%s, there is no %s",
		    session->job.sources[*source].name, session->sources[*source].chunk_count,
		    session->sources[*source].chunk_count == 1 ? "" : "s", name);
	*number = (uint32_t)wanted;
	return 0;
}
