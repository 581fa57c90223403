#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/cli/online.h"
#include "runner/cli/signin.h"
#include "runner/core/verdict.h"
#include "runner/core/window.h"
#include "runner/files/folder.h"
#include "runner/sys/clock.h"

enum {
	TRIES = 5, /* of one question; between them what the nation asks for, or backoff */
};

struct online {
	const struct online_options *options;
	struct client *client;
	struct nation_port nation;
	struct clock_port clock;
	const char **names;          /* of the sources */
	char folder[PATH_MAX + 16];  /* where the nation's answers/ go, to be compared with those kept */
	int folder_fd;               /* -1: not open */
	struct load_limits limits;
	struct window requests;
	struct online_counts *counts;
	const char *name; /* of the chunk's source */
	const struct chunk *chunk;
};

static void __attribute__((format(printf, 2, 3)))
find(struct online *online, const char *format, ...)
{
	SCOPED(buf) text = BUF_INIT;
	va_list args;

	buf_printf(&text, "%s-%u: ", online->name, online->chunk->number);
	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	online->counts->findings++;
	online->options->find(online->options->ctx, buf_text(&text));
}

/* ---- asking */

static int64_t
mono_ms(const struct online *online)
{
	return online->clock.now(online->clock.ctx).mono_ms;
}

/* Nothing is under way: waiting for the nation is waiting. */
static int
pass(struct online *online, int64_t wait_ms, struct err *err)
{
	const struct nation_port *nation = &online->nation;
	int64_t until_ms = mono_ms(online) + wait_ms;
	struct reply reply;
	size_t count;

	while (mono_ms(online) < until_ms) {
		if (nation->wait(nation->ctx, until_ms - mono_ms(online), &reply, 1, &count, err))
			return -1;
	}
	return 0;
}

static int
ask_once(struct online *online, enum request_kind kind, struct reply *reply, struct err *err)
{
	const struct nation_port *nation = &online->nation;
	const struct chunk *chunk = online->chunk;
	size_t count = 0;
	int failed;

	if (pass(online, window_wait_ms(&online->requests, mono_ms(online)), err))
		return -1;
	window_take(&online->requests, mono_ms(online));
	if (kind == REQUEST_STATUS)
		failed = nation->status(nation->ctx, 0, chunk->import_id, err);
	else
		failed = nation->result(nation->ctx, 0, chunk->import_id, chunk->source,
		    chunk->number, err);
	while (!failed && count == 0)
		failed = nation->wait(nation->ctx, INT64_C(1000), reply, 1, &count, err);
	return failed;
}

/* An import that the nation does not have is an answer, too. */
static int
ask(struct online *online, enum request_kind kind, struct reply *reply, struct err *err)
{
	struct verdict verdict = { .is_success = false };

	for (int i = 0; i < TRIES; i++) {
		const struct verdict_context context = { .limits = &online->limits,
			.chunk = online->chunk, .troubles = (uint32_t)i };

		if (ask_once(online, kind, reply, err))
			return -1;
		verdict = verdict_of_get(reply, &context);
		if (verdict.is_success || reply->status == 404 || reply->status == 410)
			return 0;
		if (verdict.stop)
			return err_set(err, verdict.stop, "%s", verdict.stop_text);
		if (i + 1 < TRIES &&
		    pass(online, verdict.wait_ms > verdict.pause_ms ? verdict.wait_ms
								     : verdict.pause_ms, err))
			return -1;
	}
	if (reply->status)
		return err_set(err, ERR_UNREACHABLE, "%s-%u: the nation answered %u, %d times",
		    online->name, online->chunk->number, (unsigned)reply->status, TRIES);
	return err_set(err, ERR_UNREACHABLE, "%s-%u: %s", online->name, online->chunk->number,
	    reply->transport_text);
}

/* ---- comparing */

static void
compare_count(struct online *online, int64_t there, uint64_t here, const char *what)
{
	if (there < 0)
		find(online, "import %" PRIu64 " does not say its %s any more, the store has %" PRIu64,
		    online->chunk->import_id, what, here);
	else if ((uint64_t)there != here)
		find(online, "import %" PRIu64 " has %" PRId64 " %s, the store has %" PRIu64,
		    online->chunk->import_id, there, what, here);
}

/* answers/SOURCE-CHUNK.failed.csv here and there; both may be missing. */
static int
compare_answers(struct online *online, struct err *err)
{
	SCOPED(buf) kept = BUF_INIT;
	SCOPED(buf) given = BUF_INIT;
	char name[LIMIT_NAME_BYTES + 48];
	bool is_kept, is_given;

	snprintf(name, sizeof(name), "answers/%s-%u.failed.csv", online->name,
	    online->chunk->number);
	if (folder_has(online->options->session->folder, name, &is_kept, err) ||
	    folder_has(online->folder, name, &is_given, err))
		return -1;
	if ((is_kept && folder_read(online->options->session->folder, name, SIZE_MAX / 2, &kept,
		    err)) ||
	    (is_given && folder_read(online->folder, name, SIZE_MAX / 2, &given, err)))
		return -1;
	if (is_kept != is_given || !span_equal(buf_span(&kept), buf_span(&given)))
		find(online, "import %" PRIu64 " has other rejected rows than %s",
		    online->chunk->import_id, name);
	if (is_given) {
		char path[sizeof(online->folder) + sizeof(name)];

		snprintf(path, sizeof(path), "%s/%s", online->folder, name);
		unlink(path);
	}
	return 0;
}

static int
check_counts(struct online *online, struct err *err)
{
	const struct chunk *chunk = online->chunk;
	struct reply reply;

	if (!chunk->has_counts)
		return 0; /* the nation had none any more, and the report says so */
	if (ask(online, REQUEST_RESULT, &reply, err))
		return -1;
	if (reply.status == 404 || reply.status == 410) {
		find(online, "import %" PRIu64 " has no counts any more", chunk->import_id);
		return 0;
	}
	compare_count(online, reply.rows_succeeded, chunk->rows_succeeded, "rows succeeded");
	compare_count(online, reply.rows_updated, chunk->rows_updated, "rows updated");
	compare_count(online, reply.rows_failed, chunk->rows_failed, "rows failed");
	return compare_answers(online, err);
}

static int
check_import(struct online *online, struct err *err)
{
	const struct chunk *chunk = online->chunk;
	bool is_done = chunk->state == CHUNK_DONE;
	struct reply reply;

	online->counts->imports++;
	if (ask(online, REQUEST_STATUS, &reply, err))
		return -1;
	if (reply.status == 404 || reply.status == 410) {
		find(online, "the nation does not know import %" PRIu64, chunk->import_id);
		return 0;
	}
	if (reply.id_form != ID_VALID || reply.import_id != chunk->import_id) {
		find(online, "asked about import %" PRIu64 ", the nation speaks of another one",
		    chunk->import_id);
		return 0;
	}
	if (is_done ? reply.word != WORD_FINISHED : chunk->state == CHUNK_FAILED &&
							reply.word == WORD_FINISHED)
		find(online, "import %" PRIu64 " is \"%s\", the store has the chunk as %s",
		    chunk->import_id, reply.word_text, chunk_state_word(chunk->state));
	return is_done && reply.word == WORD_FINISHED ? check_counts(online, err) : 0;
}

static int
see_chunk(void *context, const struct plan_chunk *plan, const struct chunk *chunk, struct err *err)
{
	struct online *online = context;

	if (!chunk->import_id || chunk->state == CHUNK_SKIPPED)
		return 0;
	online->name = online->options->session->job.sources[plan->source].name;
	online->chunk = chunk;
	return check_import(online, err);
}

/* ---- the nation */

static int
open_client(struct online *online, struct err *err)
{
	struct signin *signin = online->options->signin;
	SCOPED(token) token = TOKEN_INIT;
	const struct client_options options = {
		.folder_fd = online->folder_fd,
		.source_names = online->names,
		.source_count = online->options->session->settings.source_count,
	};

	if (signin_read(signin, &token, err) ||
	    signin_client(signin, &token, options, &online->client, err))
		return -1;
	online->nation = client_port(online->client);
	return 0;
}

/* Locked, and not removed by another check that has just ended. */
static bool
is_ours(int folder_fd)
{
	struct stat found;

	return flock(folder_fd, LOCK_EX | LOCK_NB) == 0 && fstat(folder_fd, &found) == 0 &&
	       found.st_nlink > 0;
}

static int
open_folder(struct online *online, struct err *err)
{
	const struct report_job *job = &online->options->session->job;

	snprintf(online->folder, sizeof(online->folder), "%s/.online",
	    online->options->session->folder);
	online->names = calloc(job->source_count + 1, sizeof(*online->names));
	if (!online->names)
		return err_memory(err);
	for (size_t i = 0; i < job->source_count; i++)
		online->names[i] = job->sources[i].name;
	if (folder_make(online->folder, NULL, err))
		return -1;
	online->folder_fd = open(online->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (online->folder_fd < 0)
		return err_system(err, ERR_IO, errno, "%s", online->folder);
	if (!is_ours(online->folder_fd)) {
		close(online->folder_fd);
		online->folder_fd = -1;
		return err_set(err, ERR_LATER, "another verify --online of this load is under way");
	}
	/* What a check that was killed has left is none of this one's answers. */
	return folder_remove(online->folder, "answers", err);
}

static void
online_done(struct online *online)
{
	client_close(online->client);
	free(online->names);
	if (online->folder_fd < 0)
		return;
	folder_remove(online->folder, "answers", NULL);
	rmdir(online->folder);
	close(online->folder_fd); /* and the lock with it */
}

SCOPED_BY(online, online_done)

int
online_check(const struct online_options *options, struct online_counts *counts, struct err *err)
{
	const struct journal_port *journal = &options->session->journal;
	struct engine_options engine = { .ports = NULL };
	SCOPED(online) online = { .options = options, .counts = counts, .clock = clock_real(),
		.folder_fd = -1 };

	*counts = (struct online_counts){ 0 };
	session_engine(options->session, &engine);
	online.limits = engine.limits;
	online.requests = window_open(online.limits.requests.count,
	    online.limits.requests.per_ms);
	if (open_folder(&online, err) || open_client(&online, err))
		return -1;
	return journal->each_chunk(journal->ctx, see_chunk, &online, err);
}
