#include "platform.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <openssl/sha.h>

#include "runner/base/scoped.h"
#include "runner/files/folder.h"
#include "store/draft.h"
#include "store/events.h"
#include "store/handle.h"
#include "store/journal.h"
#include "tests/sim/law.h"
#include "tests/sim/must.h"
#include "tests/sim/shelf.h"
#include "tests/sim/world.h"

enum {
	/* So small that loads outgrow it. */
	MAP_BYTES = 128 << 10,
	MOST_BYTES = 16 << 20,
	OPENED_WHOLLY = 8, /* one time of so many */
};

#define STORE "store" /* in the run folder, as FORMAT.md has it */
#define COPY  "copied"

static void
sha256(const void *bytes, size_t len, unsigned char hash[32])
{
	SHA256(bytes, len, hash);
}

/* ---- making one ---- */

static void
must_be(const struct shelf *shelf, int failed, const struct err *err)
{
	if (!failed)
		return;
	fprintf(stderr, "%s: %s\n", shelf->folder, err->text);
	abort();
}

static void
make_folder(struct shelf *shelf)
{
	snprintf(shelf->folder, sizeof(shelf->folder), "/dev/shm/rollcall-sim-XXXXXX");
	if (mkdtemp(shelf->folder))
		return;
	snprintf(shelf->folder, sizeof(shelf->folder), "sim-XXXXXX");
	must(mkdtemp(shelf->folder));
}

static void
plan(struct shelf *shelf)
{
	const struct world *world = shelf->world;
	const char *names[PAPER_SOURCES];
	struct draft_options options = {
		.store = shelf->options,
		.load_id = "00112233445566778899aabbccddeeff",
		.created_ms = WORLD_WALL,
		.job = "nation=ourcampaign\n",
		.sources = names,
		.source_count = world->options.source_count,
	};
	struct err err = ERR_INIT;
	struct draft *draft;

	for (size_t i = 0; i < options.source_count; i++)
		names[i] = world->options.sources[i].name;
	must_be(shelf, draft_begin(&draft, &options, &err), &err);
	for (size_t i = 0; i < world->paper.count; i++)
		must_be(shelf, draft_add_chunk(draft, &world->paper.plan[i], &err), &err);
	must_be(shelf, draft_finish(draft, &err), &err);
	draft_free(draft);
}

struct shelf *
shelf_new(struct world *world)
{
	struct shelf *shelf = must(calloc(1, sizeof(*shelf)));

	shelf->world = world;
	shelf->lock = (struct lock)LOCK_NONE;
	make_folder(shelf);
	shelf->options = (struct store_options){
		.folder = shelf->folder,
		.machine_id = "0123456789abcdef",
		.sha256 = sha256,
		.map_bytes = MAP_BYTES,
	};
	plan(shelf);
	return shelf;
}

/* A file of the run folder; one that is not there is fine. */
static void
remove_file(const struct shelf *shelf, const char *name)
{
	char *path = must(folder_path(shelf->folder, name));

	unlink(path);
	free(path);
}

void
shelf_free(struct shelf *shelf)
{
	struct err err = ERR_INIT;

	if (!shelf)
		return;
	shelf_close(shelf);
	must_be(shelf, folder_remove(shelf->folder, STORE, &err), &err);
	remove_file(shelf, "birth.json");
	remove_file(shelf, "mark");
	remove_file(shelf, "ids");
	remove_file(shelf, "lock");
	if (rmdir(shelf->folder))
		abort();
	free(shelf);
}

/* ---- runs ---- */

static void
check(const struct shelf *shelf, int failed, const struct err *err)
{
	if (failed)
		world_violate(shelf->world, "law 5: the store failed: %s", err->text);
}

struct survey {
	const struct shelf *shelf;
	size_t count;
	const struct chunk *differing;
	const char *member;
};

static int
compare(void *context, const struct plan_chunk *plan_chunk, const struct chunk *chunk,
    struct err *err)
{
	struct survey *survey = context;
	const struct chunk *known = memory_chunk(&survey->shelf->world->memory, plan_chunk->source,
	    plan_chunk->number);
	const char *member = known ? law_difference(known, chunk) : "number";

	(void)err;
	survey->count++;
	if (member && !survey->member) {
		survey->member = member;
		survey->differing = known;
	}
	return 0;
}

/* Not a word less, or more, than what was acknowledged. */
static void
check_all(const struct shelf *shelf)
{
	const struct memory *memory = &shelf->world->memory;
	struct survey survey = { .shelf = shelf };
	struct err err = ERR_INIT;

	check(shelf, shelf->journal.each_chunk(shelf->journal.ctx, compare, &survey, &err), &err);
	if (survey.member)
		world_violate(shelf->world, "law 5: opened again, %s of chunk %u is another",
		    survey.member, survey.differing ? survey.differing->number : 0);
	if (survey.count != memory->chunk_count)
		world_violate(shelf->world, "law 5: opened again, the store has %zu chunks of %zu",
		    survey.count, memory->chunk_count);
	for (uint32_t i = 0; i < memory->source_count; i++) {
		struct tally tally;

		check(shelf, store_tally(shelf->store, i, &tally, &err), &err);
#define X(kind, member, tag)                                                                       \
		if (tally.member != memory->tallies[i].member)                                     \
			world_violate(shelf->world,                                                \
			    "law 5: opened again, the total " #member " is another");
		TALLY_FIELDS(X)
#undef X
	}
}

static int
compare_event(void *context, const struct event *event, struct err *err)
{
	struct survey *survey = context;
	const struct memory *memory = &survey->shelf->world->memory;

	(void)err;
	if (survey->count < memory->event_count && !survey->member)
		survey->member = law_event_difference(&memory->events[survey->count], event);
	survey->count += !survey->member;
	return 0;
}

static void
check_events(const struct shelf *shelf)
{
	const struct memory *memory = &shelf->world->memory;
	struct survey survey = { .shelf = shelf };
	struct err err = ERR_INIT;

	check(shelf, events_each(shelf->store, 1, compare_event, &survey, &err), &err);
	if (survey.member)
		world_violate(shelf->world, "law 5: opened again, %s of event %zu is another",
		    survey.member, survey.count + 1);
	if (survey.count != memory->event_count)
		world_violate(shelf->world, "law 5: opened again, the store has %zu events of %zu",
		    survey.count, memory->event_count);
}

static void
check_rescued(struct shelf *shelf)
{
	const struct memory *memory = &shelf->world->memory;
	struct ids_entry entries[IDS_MOST];
	struct err err = ERR_INIT;
	unsigned count;

	check(shelf, ids_read(&shelf->store->ids, entries, &count, &err), &err);
	if (count != memory->rescued_count)
		world_violate(shelf->world, "law 2: %u of %zu rescued ids are left", count,
		    memory->rescued_count);
	for (unsigned i = 0; i < count; i++) {
		if (entries[i].import_id != memory->rescued[i].import_id)
			world_violate(shelf->world, "law 2: rescued id %" PRIu64 " is another",
			    entries[i].import_id);
	}
}

/* As a run opens it; more often without the child that reads all of it first, which costs more than
 * the rest of a run. */
static int
open_store(struct shelf *shelf, struct err *err)
{
	if (shelf->opened++ % OPENED_WHOLLY == 0)
		return store_open(&shelf->store, &shelf->options, err);
	if (handle_open(&shelf->store, &shelf->options, ENV_WRITE, err))
		return -1;
	return ids_open(&shelf->store->ids, shelf->folder, err);
}

void
shelf_open(struct shelf *shelf)
{
	struct err err = ERR_INIT;
	bool is_there = false;

	check(shelf,
	    lock_take(&shelf->lock, shelf->folder, world_wall(shelf->world), &err) ||
		store_look(&shelf->options, &is_there, &err),
	    &err);
	if (!is_there)
		world_violate(shelf->world, "law 5: the load is gone");
	check(shelf, open_store(shelf, &err), &err);
	if (!shelf->store)
		return;
	shelf->journal = journal_of(shelf->store);
	check_all(shelf);
	check_events(shelf);
	check_rescued(shelf);
}

void
shelf_close(struct shelf *shelf)
{
	store_close(shelf->store);
	shelf->store = NULL;
	lock_release(&shelf->lock);
}

static void
copy_file(const struct shelf *shelf, const char *name)
{
	char *from = must(folder_path(shelf->folder, STORE));
	char *to = must(folder_path(shelf->folder, COPY));
	SCOPED(buf) bytes = BUF_INIT;
	struct err err = ERR_INIT;

	must_be(shelf, folder_read(from, name, MOST_BYTES, &bytes, &err), &err);
	must_be(shelf, folder_write(to, name, buf_span(&bytes), &err), &err);
	free(from);
	free(to);
}

void
shelf_kill(struct shelf *shelf)
{
	char *copy = must(folder_path(shelf->folder, COPY));
	struct err err = ERR_INIT;

	must_be(shelf, folder_make(copy, NULL, &err), &err);
	free(copy);
	copy_file(shelf, "data.mdb");
	copy_file(shelf, "lock.mdb");
	shelf_close(shelf);
	must_be(shelf, folder_remove(shelf->folder, STORE, &err), &err);
	must_be(shelf, folder_rename(shelf->folder, COPY, STORE, &err), &err);
}

void
shelf_rival(struct shelf *shelf)
{
	struct lock second = LOCK_NONE;
	struct err err = ERR_INIT;

	if (shelf->has_had_rival)
		return; /* it waits a little before it gives up, in real time */
	shelf->has_had_rival = true;
	world_trace(shelf->world, "a second runner tries");
	if (lock_take(&second, shelf->folder, world_wall(shelf->world), &err) == 0) {
		lock_release(&second);
		world_violate(shelf->world, "law 12: a second runner got the load");
	}
	if (err.kind != ERR_LATER)
		world_violate(shelf->world, "law 12: a second runner was told %d: %s",
		    (int)err.kind, err.text);
}

/* ---- the journal ---- */

void
shelf_append(struct shelf *shelf, const struct journal_turn *turn)
{
	const struct journal_port *journal = &shelf->journal;
	struct event *copies = must(calloc(turn->event_count + 1, sizeof(*copies)));
	struct journal_turn again = *turn;
	struct err err = ERR_INIT;
	int failed;

	memcpy(copies, turn->events, turn->event_count * sizeof(*copies));
	again.events = copies;
	failed = journal->append(journal->ctx, &again, &err);
	for (size_t i = 0; i < turn->event_count && !failed; i++) {
		if (copies[i].seq != turn->events[i].seq)
			failed = err_set(&err, ERR_BUG, "event %" PRIu64 " has number %" PRIu64,
			    turn->events[i].seq, copies[i].seq);
	}
	free(copies);
	check(shelf, failed, &err);
}

void
shelf_read_chunk(struct shelf *shelf, struct chunk *chunk)
{
	const struct journal_port *journal = &shelf->journal;
	struct err err = ERR_INIT;
	struct chunk known = *chunk;
	const char *member;

	check(shelf, journal->read_chunk(journal->ctx, known.source, known.number, chunk, &err),
	    &err);
	member = law_difference(&known, chunk);
	if (member)
		world_violate(shelf->world, "law 5: in the store %s of chunk %u is another", member,
		    known.number);
}

void
shelf_read_plan(struct shelf *shelf, struct plan_chunk *plan_chunk)
{
	const struct journal_port *journal = &shelf->journal;
	struct plan_chunk known = *plan_chunk;
	struct err err = ERR_INIT;

	check(shelf, journal->read_plan(journal->ctx, known.source, known.number, plan_chunk, &err),
	    &err);
	if (known.first_byte != plan_chunk->first_byte || known.end_byte != plan_chunk->end_byte ||
	    known.rows != plan_chunk->rows || known.csv_bytes != plan_chunk->csv_bytes)
		world_violate(shelf->world, "law 5: in the store chunk %u is planned otherwise",
		    known.number);
}

void
shelf_rescue(struct shelf *shelf, const struct event *rescued)
{
	const struct journal_port *journal = &shelf->journal;
	struct err err = ERR_INIT;

	check(shelf, journal->rescue_id(journal->ctx, rescued->source, rescued->chunk,
			 rescued->attempt, rescued->import_id, &err),
	    &err);
}
