#include "platform.h"

#include "tests/unit/store_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "store/events.h"
#include "store/handle.h"
#include "tests/conform/journal_suite.h"

/* ---- the suite's journal: a store in a folder of its own */

struct made {
	struct fixture fixture;
	struct store *store;
};

static void *
create(const struct plan_chunk *chunks, size_t count, size_t source_count)
{
	struct made *made = malloc(sizeof(*made));
	struct draft_options options;
	struct draft *draft;

	assert_non_null(made);
	made->fixture = fixture_begin();
	options = fixture_draft(&made->fixture);
	options.source_count = source_count;
	OK(draft_begin(&draft, &options, err));
	for (size_t i = 0; i < count; i++)
		OK(draft_add_chunk(draft, &chunks[i], err));
	OK(draft_finish(draft, err));
	draft_free(draft);
	made->store = fixture_open(&made->fixture);
	return made;
}

static struct journal_port
port(void *journal)
{
	struct made *made = journal;

	return journal_of(made->store);
}

static void
reopen(void *journal)
{
	struct made *made = journal;

	store_close(made->store);
	made->store = fixture_open(&made->fixture);
}

static void
destroy(void *journal)
{
	struct made *made = journal;

	store_close(made->store);
	fixture_end(&made->fixture);
	free(made);
}

static const struct journal_bench journal_bench = { create, port, reopen, destroy };

/* ---- what only a store has */

static struct store *
begin_store(struct fixture *fixture, uint32_t chunks)
{
	*fixture = fixture_begin();
	fixture_create(fixture, chunks);
	return fixture_open(fixture);
}

struct seen {
	uint64_t count;
	uint64_t last;
	struct event first;
};

static int
see(void *visitor, const struct event *event, struct err *err)
{
	struct seen *seen = visitor;

	(void)err;
	if (seen->count++ == 0)
		seen->first = *event;
	assert_true(seen->last == 0 || event->seq == seen->last + 1);
	seen->last = event->seq;
	return 0;
}

static void
events_read_as_they_were_appended_in_every_member(void **state)
{
	struct fixture fixture;
	struct store *store = begin_store(&fixture, 1);
	struct journal_port journal = journal_of(store);
	struct event event = {
		.at_ms = INT64_C(1795299250000),
		.type = EVENT_ANSWER_LOST,
		.source = 1,
		.chunk = 2,
		.attempt = 3,
		.due_ms = INT64_C(1795299256000),
		.import_id = LIMIT_IMPORT_ID,
		.word = WORD_UNKNOWN,
		.rows_succeeded = 1,
		.rows_updated = 2,
		.rows_failed = 3,
		.body_bytes = 4,
		.handed_bytes = 5,
		.request_bytes = 6,
		.http_status = 504,
		.curl_code = 28,
		.code = 9,
		.server_date_ms = INT64_C(1795299257000),
		.request_id = "abc",
		.text = "no answer within 2 min",
		.person = "nina",
		.host = "vm-2",
		.pid = 8812,
		.sha256 = { .is_known = true, .bytes = { 9 } },
		.local_address = "10.0.0.7:50412",
		.peer_address = "[2001:db8:ffff:ffff:ffff:ffff:255.255.255.255]:65535",
		.connects = 1,
		.connect_ms = 10,
		.tls_ms = 11,
		.first_byte_ms = 12,
		.took_ms = UINT64_C(5000000000),
	};
	struct seen seen = { 0 };

	(void)state;
	OK(append_turn(&journal, &event, 1, NULL, 0, NULL, 0, err));
	OK(events_each(store, 1, see, &seen, err));
	assert_int_equal(seen.first.seq, 1);
#define X(kind, member, tag)                                                                       \
	assert_memory_equal(&seen.first.member, &event.member, sizeof(event.member));
	EVENT_FIELDS(X)
#undef X
	store_close(store);
	fixture_end(&fixture);
}

static void
events_are_read_from_any_number_on_over_many_pages(void **state)
{
	static const struct {
		uint64_t first, count;
	} ranges[] = { { 0, 600 }, { 1, 600 }, { 345, 256 }, { 344, 257 }, { 600, 1 },
		{ 601, 0 } };
	static struct event events[600];
	struct fixture fixture;
	struct store *store = begin_store(&fixture, 1);
	struct journal_port journal = journal_of(store);
	uint64_t count;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(events); i++)
		events[i] = (struct event){ .type = EVENT_RUN_STARTED, .pid = (uint32_t)i };
	OK(append_turn(&journal, events, ARRAY_COUNT(events), NULL, 0, NULL, 0, err));
	OK(events_count(store, &count, err));
	assert_int_equal(count, 600);
	for (size_t i = 0; i < ARRAY_COUNT(ranges); i++) {
		struct seen seen = { 0 };

		OK(events_each(store, ranges[i].first, see, &seen, err));
		assert_int_equal(seen.count, ranges[i].count);
	}
	store_close(store);
	fixture_end(&fixture);
}

static void
every_event_carries_the_hash_of_the_one_before(void **state)
{
	struct fixture fixture;
	struct store *store = begin_store(&fixture, 2);
	SCOPED(txn) txn = TXN_NONE;
	SCOPED(txn_walk) walk = TXN_WALK_NONE;
	unsigned char hash[32];
	unsigned links = 0;

	(void)state;
	fixture_submit(store, 0, 1, 4711);
	fixture_submit(store, 0, 2, 4712);
	fixture_sha256(store->load.load_id, strlen(store->load.load_id), hash);
	OK(txn_begin(&txn, &store->env, TXN_READ, err));
	txn_walk_begin(&walk, &txn, SCHEMA_EVENTS, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		struct schema_event event;

		OK(schema_read_event(&store->env, walk.key, walk.value, &event, err));
		assert_memory_equal(event.previous, hash, sizeof(hash));
		fixture_sha256(walk.value.ptr, walk.value.len, hash);
		links++;
	}
	assert_int_equal(links, 4);
	assert_memory_equal(store->head.hash, hash, sizeof(hash));
	txn_walk_end(&walk);
	txn_abort(&txn);
	store_close(store);
	fixture_end(&fixture);
}

static void
the_tallies_are_those_of_the_last_append(void **state)
{
	struct fixture fixture;
	struct store *store = begin_store(&fixture, 4);
	struct tally tallies[2];

	(void)state;
	fixture_tallies(store, tallies);
	assert_int_equal(tallies[0].chunks[CHUNK_PLANNED], 4);
	assert_int_equal(tallies[0].rows_planned, 39);
	assert_int_equal(tallies[0].rows_left_out, 1);
	fixture_submit(store, 0, 3, 4711);
	fixture_tallies(store, tallies);
	assert_int_equal(tallies[0].chunks[CHUNK_PLANNED], 3);
	assert_int_equal(tallies[0].chunks[CHUNK_SUBMITTED], 1);
	assert_int_equal(tallies[0].rows_sent, 9);
	assert_int_equal(tallies[1].chunks[CHUNK_PLANNED], 2);
	store_close(store);
	fixture_end(&fixture);
}

static void
the_due_index_follows_the_states(void **state)
{
	struct fixture fixture;
	struct store *store = begin_store(&fixture, 3);
	struct journal_port journal = journal_of(store);
	const struct tally tallies[2] = { { .attempts = 0 } };
	struct chunk chunk = { .number = 2, .state = CHUNK_SUBMITTED, .due_ms = 2000 };
	struct chunk sooner = { .number = 3, .state = CHUNK_IN_DOUBT, .due_ms = 1000 };
	struct store_due due;

	(void)state;
	OK(store_next_due(store, &due, err));
	assert_false(due.is_any);
	OK(append_turn(&journal, NULL, 0, &chunk, 1, tallies, 2, err));
	OK(append_turn(&journal, NULL, 0, &sooner, 1, tallies, 2, err));
	OK(store_next_due(store, &due, err));
	assert_int_equal(due.number, 3);
	assert_int_equal(due.due_ms, 1000);
	sooner.due_ms = 3000;
	OK(append_turn(&journal, NULL, 0, &sooner, 1, tallies, 2, err));
	OK(store_next_due(store, &due, err));
	assert_int_equal(due.number, 2);
	chunk.state = CHUNK_DONE;
	sooner.state = CHUNK_HELD;
	OK(append_turn(&journal, NULL, 0, &chunk, 1, tallies, 2, err));
	OK(append_turn(&journal, NULL, 0, &sooner, 1, tallies, 2, err));
	OK(store_next_due(store, &due, err));
	assert_false(due.is_any);
	store_close(store);
	fixture_end(&fixture);
}

static void
a_batch_larger_than_the_map_is_written_once_and_whole(void **state)
{
	static struct event events[2000];
	struct fixture fixture = fixture_begin();
	struct store *store;
	struct journal_port journal;
	struct seen seen = { 0 };
	uint64_t map_bytes;

	(void)state;
	fixture.options.map_bytes = 128 << 10;
	fixture_create(&fixture, 3);
	store = fixture_open(&fixture);
	journal = journal_of(store);
	map_bytes = env_map_bytes(&store->env);
	for (size_t i = 0; i < ARRAY_COUNT(events); i++) {
		events[i].type = EVENT_RUN_STARTED;
		memset(events[i].text, 'x', sizeof(events[i].text) - 1);
	}
	OK(append_turn(&journal, events, ARRAY_COUNT(events), NULL, 0, NULL, 0, err));
	assert_true(env_map_bytes(&store->env) > map_bytes);
	assert_int_equal(events[1999].seq, 2000);
	fixture_submit(store, 0, 1, 4711);
	OK(events_each(store, 1, see, &seen, err));
	assert_int_equal(seen.count, 2002);
	store_close(store);
	fixture_end(&fixture);
}

static void
an_append_that_begins_a_post_reserves_room(void **state)
{
	struct fixture fixture;
	struct store *store = begin_store(&fixture, 1);
	struct stat before, after;
	char path[64];

	(void)state;
	snprintf(path, sizeof(path), "%s/store/data.mdb", fixture.folder);
	assert_int_equal(stat(path, &before), 0);
	fixture_submit(store, 0, 1, 0);
	assert_int_equal(stat(path, &after), 0);
	assert_true(after.st_blocks >= before.st_blocks + (1 << 20) / 512);
	store_close(store);
	fixture_end(&fixture);
}

static void
after_a_failed_append_every_further_one_fails(void **state)
{
	struct fixture fixture;
	struct store *store = begin_store(&fixture, 1);
	struct journal_port journal = journal_of(store);
	struct event event = { .type = EVENT_RUN_STARTED };

	(void)state;
	OK(append_turn(&journal, &event, 1, NULL, 0, NULL, 0, err));
	store->head.events = 0; /* the next number is taken, so LMDB refuses it */
	REFUSED(append_turn(&journal, &event, 1, NULL, 0, NULL, 0, err), ERR_IO, "KEYEXIST");
	store->head.events = 1;
	REFUSED(append_turn(&journal, &event, 1, NULL, 0, NULL, 0, err), ERR_IO,
	    "an earlier commit failed");
	store_close(store);
	fixture_end(&fixture);
}

/* ---- other processes */

static void
a_reader_sees_what_a_writer_in_another_process_commits(void **state)
{
	struct fixture fixture;
	struct store *writer = begin_store(&fixture, 1);
	int to_child[2], from_child[2];
	char byte;
	pid_t child;
	int status;

	(void)state;
	store_close(writer); /* no fork while a store is open */
	assert_int_equal(pipe(to_child), 0);
	assert_int_equal(pipe(from_child), 0);
	child = fork();
	if (child == 0) {
		struct store *store = NULL;
		uint64_t count = 0;

		/* Opened before the events come, and the map grows meanwhile. */
		if (store_open_reading(&store, fixture_options(&fixture), NULL) ||
		    events_count(store, &count, NULL) || count != 0)
			_exit(1);
		if (write(from_child[1], "r", 1) != 1 || read(to_child[0], &byte, 1) != 1)
			_exit(2);
		if (events_count(store, &count, NULL) || count != 40000)
			_exit(3);
		_exit(0);
	}
	assert_int_equal(read(from_child[0], &byte, 1), 1);
	writer = fixture_open(&fixture);
	{
		struct journal_port journal = journal_of(writer);
		static struct event events[40000];

		for (size_t i = 0; i < ARRAY_COUNT(events); i++) {
			events[i].type = EVENT_RUN_STARTED;
			memset(events[i].text, 'x', sizeof(events[i].text) - 1);
		}
		OK(append_turn(&journal, events, ARRAY_COUNT(events), NULL, 0, NULL, 0,
		    err));
	}
	assert_true(env_map_bytes(&writer->env) > FIXTURE_MAP_BYTES);
	assert_int_equal(write(to_child[1], "w", 1), 1);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	store_close(writer);
	fixture_end(&fixture);
}

/* Commits one event after the other, and says each number once it is durable. */
static void __attribute__((noreturn))
write_until_killed(struct fixture *fixture, int fd)
{
	struct store *store;
	struct journal_port journal;
	struct event event = { .type = EVENT_RUN_STARTED };

	if (store_open(&store, fixture_options(fixture), NULL))
		_exit(1);
	journal = journal_of(store);
	for (;;) {
		if (append_turn(&journal, &event, 1, NULL, 0, NULL, 0, NULL) ||
		    write(fd, &event.seq, sizeof(event.seq)) != sizeof(event.seq))
			_exit(2);
	}
}

static void
a_writer_that_is_killed_leaves_all_that_it_committed(void **state)
{
	struct fixture fixture;
	struct store *store = begin_store(&fixture, 1);
	uint64_t told = 0;

	(void)state;
	store_close(store);
	for (uint64_t kills = 1; kills <= 5; kills++) {
		struct seen seen = { 0 };
		int ends[2];
		int status;
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			write_until_killed(&fixture, ends[1]);
		close(ends[1]);
		while (told < kills * 20)
			assert_int_equal(read(ends[0], &told, sizeof(told)), sizeof(told));
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		while (read(ends[0], &told, sizeof(told)) == sizeof(told))
			;
		close(ends[0]);
		store = fixture_open(&fixture);
		OK(events_each(store, 1, see, &seen, err));
		assert_true(seen.last == told || seen.last == told + 1);
		told = seen.last;
		store_close(store);
	}
	fixture_end(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		JOURNAL_SUITE,
		cmocka_unit_test(events_read_as_they_were_appended_in_every_member),
		cmocka_unit_test(events_are_read_from_any_number_on_over_many_pages),
		cmocka_unit_test(every_event_carries_the_hash_of_the_one_before),
		cmocka_unit_test(the_tallies_are_those_of_the_last_append),
		cmocka_unit_test(the_due_index_follows_the_states),
		cmocka_unit_test(a_batch_larger_than_the_map_is_written_once_and_whole),
		cmocka_unit_test(an_append_that_begins_a_post_reserves_room),
		cmocka_unit_test(after_a_failed_append_every_further_one_fails),
		cmocka_unit_test(a_reader_sees_what_a_writer_in_another_process_commits),
		cmocka_unit_test(a_writer_that_is_killed_leaves_all_that_it_committed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
