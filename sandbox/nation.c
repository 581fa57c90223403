#include "platform.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runner/base/stamp.h"
#include "sandbox/nation.h"

/* Rows worked before requests get a turn: about 5 ms. */
#define SLICE_ROWS 2000
/* How often the worker looks while rows come due. */
#define LOOK_MS 20

static int64_t
real_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
nation_now(const struct nation *nation)
{
	return real_now() + nation->clock_offset_ms;
}

/* ---- ledger lines */

void
nation_line_begin(const struct nation *nation, struct nation_line *line, const char *what)
{
	char at[STAMP_MS_BYTES];

	line->text = (struct buf)BUF_INIT;
	line->json = jsonw_into(&line->text);
	jsonw_open(&line->json, NULL, '{');
	jsonw_string(&line->json, "at", stamp_iso_ms(nation_now(nation), at));
	jsonw_string(&line->json, "what", what);
}

int
nation_line_end(struct nation *nation, struct nation_line *line, struct err *err)
{
	int result;

	jsonw_close(&line->json, '}');
	buf_add_byte(&line->text, '\n');
	result = ledger_write(&nation->ledger, &line->text, err);
	buf_done(&line->text);
	return result;
}

/* ---- vault */

int
nation_store(struct nation *nation, struct span csv, uint64_t *at, struct err *err)
{
	uint64_t from;

	pthread_mutex_lock(&nation->lock);
	from = nation->vault_bytes;
	nation->vault_bytes += csv.len;
	pthread_mutex_unlock(&nation->lock);
	for (size_t done = 0; done < csv.len;) {
		ssize_t written = pwrite(fileno(nation->vault), csv.ptr + done, csv.len - done,
					 (off_t)(from + done));

		if (written < 0 && errno != EINTR)
			return err_system(err, ERR_IO, errno, "keeping the file");
		done += written > 0 ? (size_t)written : 0;
	}
	*at = from;
	return 0;
}

int
nation_fetch(struct nation *nation, uint64_t at, size_t most, struct buf *to, struct err *err)
{
	char *into = buf_reserve(to, most);
	ssize_t got;

	if (!into)
		return err_memory(err);
	got = pread(fileno(nation->vault), into, most, (off_t)at);
	if (got < 0)
		return err_system(err, ERR_IO, errno, "reading the file kept");
	to->len += (size_t)got;
	to->ptr[to->len] = '\0';
	return 0;
}

/* ---- imports */

static int
make_record(struct nation *nation, const char *sha256, uint64_t vault_at, struct err *err)
{
	size_t count = model_count(nation->model);

	if (count == nation->record_cap) {
		size_t cap = nation->record_cap ? nation->record_cap * 2 : 64;
		struct nation_record *records = realloc(nation->records, cap * sizeof(*records));

		if (!records)
			return err_memory(err);
		nation->records = records;
		nation->record_cap = cap;
	}
	nation->records[count] = (struct nation_record){ .vault_at = vault_at };
	memcpy(nation->records[count].sha256, sha256, DIGEST_BYTES);
	return 0;
}

static int
write_import(struct nation *nation, const struct model_import *import, uint64_t post,
	     const char *sha256, struct err *err)
{
	struct nation_line line;

	nation_line_begin(nation, &line, "import");
	jsonw_number(&line.json, "post", post);
	jsonw_number(&line.json, "id", import->id);
	jsonw_string(&line.json, "type", import->type == MODEL_PEOPLE ? "people" : "ballot");
	jsonw_bool(&line.json, "is_overwritable", import->is_overwritable);
	jsonw_string(&line.json, "sha256", sha256);
	jsonw_number(&line.json, "bytes", import->bytes);
	jsonw_number(&line.json, "rows", import->total);
	return nation_line_end(nation, &line, err);
}

int
nation_take(struct nation *nation, struct model_upload *upload, uint64_t post,
	    const char sha256[static DIGEST_BYTES], uint64_t vault_at, uint64_t *id,
	    struct err *err)
{
	if (make_record(nation, sha256, vault_at, err) ||
	    model_submit(nation->model, nation_now(nation), upload, id, err))
		return -1;
	if (write_import(nation, model_find(nation->model, *id), post, sha256, err)) {
		model_take_back(nation->model, upload);
		return -1;
	}
	pthread_cond_signal(&nation->wake);
	return 0;
}

int
nation_take_later(struct nation *nation, struct model_upload *upload, uint64_t post,
		  const char sha256[static DIGEST_BYTES], uint64_t vault_at, uint64_t after_ms,
		  struct err *err)
{
	struct nation_later *later = calloc(1, sizeof(*later));

	if (!later)
		return err_memory(err);
	later->due_ms = nation_now(nation) + (int64_t)after_ms;
	later->post = post;
	later->vault_at = vault_at;
	memcpy(later->sha256, sha256, DIGEST_BYTES);
	later->upload = *upload;
	*upload = (struct model_upload){ .csv = BUF_INIT };
	later->next = nation->later;
	nation->later = later;
	pthread_cond_signal(&nation->wake);
	return 0;
}

/* Takes the uploads whose time has come; those that cannot be taken now stay. */
static int
take_due(struct nation *nation, struct err *err)
{
	struct nation_later **link = &nation->later;
	uint64_t id;

	while (*link) {
		struct nation_later *later = *link;

		if (later->due_ms > nation_now(nation)) {
			link = &later->next;
			continue;
		}
		if (nation_take(nation, &later->upload, later->post, later->sha256,
				later->vault_at, &id, err))
			return -1;
		*link = later->next;
		model_upload_done(&later->upload);
		free(later);
	}
	return 0;
}

int
nation_advance(struct nation *nation, struct err *err)
{
	if (take_due(nation, err))
		return -1;
	return model_advance(nation->model, nation_now(nation), err);
}

/* ---- the worker */

static void
wait_a_moment(struct nation *nation)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += LOOK_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_cond_timedwait(&nation->wake, &nation->lock, &until);
}

/* Works the queue in slices. Out of memory, or with the ledger's disk full, it rests; the next
 * request that needs the same finds it out and says so. */
static void *
work(void *context)
{
	struct nation *nation = context;
	struct err ignored = ERR_INIT;
	uint64_t worked = 0;

	pthread_mutex_lock(&nation->lock);
	while (!nation->is_ending) {
		if (take_due(nation, &ignored) ||
		    model_work(nation->model, nation_now(nation), SLICE_ROWS, &worked, &ignored))
			worked = 0;
		if (worked == SLICE_ROWS) {
			pthread_mutex_unlock(&nation->lock);
			sched_yield();
			pthread_mutex_lock(&nation->lock);
		} else if (nation->later || !model_is_idle(nation->model)) {
			wait_a_moment(nation);
		} else {
			pthread_cond_wait(&nation->wake, &nation->lock);
		}
	}
	pthread_mutex_unlock(&nation->lock);
	return NULL;
}

/* ---- life */

static int
build(struct nation *nation, struct err *err)
{
	const struct nation_options *options = &nation->options;
	struct model_options model = { .seed = options->seed,
				       .rows_per_second = options->rows_per_second };
	const struct tokens_options tokens = {
		.seed = options->seed,
		.access = options->token,
		.refresh = options->refresh_token,
		.life_ms = options->token_life_ms,
		.end = options->token_end,
	};

	if (options->ledger && ledger_open(&nation->ledger, options->ledger, err))
		return -1;
	model.last_import_id = nation->ledger.last_id;
	nation->vault = tmpfile();
	if (!nation->vault)
		return err_system(err, ERR_CREATE, errno, "a temporary file");
	nation->model = model_new(&model, err);
	if (!nation->model || tokens_init(&nation->tokens, &tokens, nation_now(nation), err))
		return -1;
	if (pthread_create(&nation->worker, NULL, work, nation))
		return err_system(err, ERR_IO, errno, "starting a thread");
	nation->has_worker = true;
	return 0;
}

int
nation_open(struct nation *nation, const struct nation_options *options, struct faults *faults,
	    struct err *err)
{
	struct nation_line line;

	*nation = (struct nation){ .options = *options,
				   .faults = faults,
				   .ledger = LEDGER_NONE,
				   .throttle = { .limit = options->requests } };
	pthread_mutex_init(&nation->lock, NULL);
	pthread_cond_init(&nation->wake, NULL);
	if (build(nation, err)) {
		nation_close(nation);
		return -1;
	}
	nation_line_begin(nation, &line, "start");
	jsonw_number(&line.json, "pid", (uint64_t)getpid());
	jsonw_number(&line.json, "seed", options->seed);
	if (nation_line_end(nation, &line, err)) {
		nation_close(nation);
		return -1;
	}
	return 0;
}

void
nation_close(struct nation *nation)
{
	if (nation->has_worker) {
		pthread_mutex_lock(&nation->lock);
		nation->is_ending = true;
		pthread_cond_signal(&nation->wake);
		pthread_mutex_unlock(&nation->lock);
		pthread_join(nation->worker, NULL);
	}
	while (nation->later) {
		struct nation_later *later = nation->later;

		nation->later = later->next;
		model_upload_done(&later->upload);
		free(later);
	}
	if (nation->vault)
		fclose(nation->vault);
	model_free(nation->model);
	faults_free(nation->faults);
	tokens_done(&nation->tokens);
	ledger_close(&nation->ledger);
	free(nation->records);
	pthread_cond_destroy(&nation->wake);
	pthread_mutex_destroy(&nation->lock);
	*nation = (struct nation){ .ledger = LEDGER_NONE };
}
