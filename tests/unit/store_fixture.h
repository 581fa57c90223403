/* store_fixture.h - what the tests of store/ share: a run folder that goes away, a small load, a
 * whole chunk. A test that fails leaves its folder behind. */
#ifndef TESTS_UNIT_STORE_FIXTURE_H
#define TESTS_UNIT_STORE_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include "runner/base/scoped.h"
#include "runner/core/chunk.h"
#include "runner/core/event.h"
#include "runner/core/plan.h"
#include "runner/core/tally.h"
#include "store/draft.h"
#include "runner/files/folder.h"
#include "store/journal.h"
#include "store/store.h"
#include "tests/conform/append.h"

#define UNUSED __attribute__((unused))

/* Small enough for tests under address limits, large enough for all but those of growth. */
#define FIXTURE_MAP_BYTES (UINT64_C(8) << 20)

UNUSED static void
fixture_sha256(const void *bytes, size_t len, unsigned char hash[32])
{
	SHA256(bytes, len, hash);
}

/* Fails with the error's text. */
#define OK(call)                                                                                   \
	do {                                                                                       \
		struct err ok_err = ERR_INIT, *err = &ok_err;                                      \
		if (call)                                                                          \
			fail_msg("%s: %s", #call, ok_err.text);                                    \
	} while (0)

/* Fails unless the call fails with this kind and these words in its text. */
#define REFUSED(call, wanted, words)                                                               \
	do {                                                                                       \
		struct err no_err = ERR_INIT, *err = &no_err;                                      \
		assert_int_equal(call, -1);                                                        \
		if (no_err.kind != (wanted) || !strstr(no_err.text, words))                        \
			fail_msg("%d: %s", (int)no_err.kind, no_err.text);                         \
	} while (0)

struct fixture {
	char folder[32];
	struct store_options options;
};

UNUSED static struct fixture
fixture_begin(void)
{
	struct fixture fixture = { .folder = "store-test-XXXXXX" };

	assert_non_null(mkdtemp(fixture.folder));
	fixture.options = (struct store_options){
		.machine_id = "0123456789abcdef",
		.sha256 = fixture_sha256,
		.map_bytes = FIXTURE_MAP_BYTES,
	};
	return fixture;
}

/* The folder's address is only sure once the fixture lies where it stays. */
UNUSED static const struct store_options *
fixture_options(struct fixture *fixture)
{
	fixture->options.folder = fixture->folder;
	return &fixture->options;
}

UNUSED static void
fixture_end(struct fixture *fixture)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", fixture->folder);
	assert_int_equal(system(command), 0);
}

/* Chunk `number` of an input with chunks of 10 rows and 1,000 bytes. */
UNUSED static struct plan_chunk
fixture_chunk(uint32_t source, uint32_t number)
{
	uint32_t before = number - 1;
	struct plan_chunk chunk = {
		.source = source,
		.number = number,
		.first_byte = 30 + 1000 * (uint64_t)before,
		.end_byte = 30 + 1000 * (uint64_t)number,
		.first_row = 1 + 10 * (uint64_t)before,
		.first_line = 2 + 10 * (uint64_t)before,
		.rows = 10,
		.rows_left_out = number % 3 == 0 ? 1 : 0,
		.csv_bytes = 1030,
	};

	memset(chunk.digest, (int)(source * 16 + number) & 0x7F, sizeof(chunk.digest));
	return chunk;
}

static const char fixture_columns[] = "state_file_id\0first_name"; /* and a NUL */

UNUSED static struct plan_input
fixture_input(uint32_t source, uint32_t chunks)
{
	struct plan_input input = {
		.source = source,
		.size = 30 + 1000 * (uint64_t)chunks,
		.mtime_ns = INT64_C(1795299247123456789),
		.inode = 4711 + source,
		.rows = 10 * (uint64_t)chunks,
		.chunks = chunks,
		.columns = { fixture_columns, sizeof(fixture_columns) },
	};

	memset(input.digest, 0x11 * (int)(source + 1), sizeof(input.digest));
	return input;
}

static const char *const fixture_sources[] = { "people", "ballots" };

UNUSED static struct draft_options
fixture_draft(struct fixture *fixture)
{
	return (struct draft_options){
		.store = *fixture_options(fixture),
		.load_id = "00112233445566778899aabbccddeeff",
		.created_ms = INT64_C(1795299247123),
		.job = "nation=ourcampaign\nsource=people\n",
		.sources = fixture_sources,
		.source_count = ARRAY_COUNT(fixture_sources),
	};
}

/* `chunks` for people, two for ballots; one input each. */
UNUSED static void
fixture_plan(struct draft *draft, uint32_t chunks)
{
	const uint32_t counts[] = { chunks, 2 };

	for (uint32_t source = 0; source < ARRAY_COUNT(counts); source++) {
		struct plan_input input = fixture_input(source, counts[source]);

		for (uint32_t number = 1; number <= counts[source]; number++) {
			struct plan_chunk chunk = fixture_chunk(source, number);

			OK(draft_add_chunk(draft, &chunk, err));
		}
		OK(draft_add_input(draft, &input, source ? "ballots.csv" : "people.csv", err));
	}
}

/* A load in which nothing happened. */
UNUSED static void
fixture_create(struct fixture *fixture, uint32_t chunks)
{
	struct draft_options options = fixture_draft(fixture);
	struct draft *draft;

	OK(draft_begin(&draft, &options, err));
	fixture_plan(draft, chunks);
	OK(draft_finish(draft, err));
	draft_free(draft);
}

UNUSED static struct store *
fixture_open(struct fixture *fixture)
{
	struct store *store = NULL;

	OK(store_open(&store, fixture_options(fixture), err));
	return store;
}

/* Applies an event to a chunk and appends both, with the tallies as they become. */
UNUSED static int
fixture_happen(struct journal_port *journal, struct event *event, struct tally tallies[2],
    struct err *err)
{
	struct plan_chunk plan;
	struct chunk chunk;

	if (journal->read_plan(journal->ctx, event->source, event->chunk, &plan, err) ||
	    journal->read_chunk(journal->ctx, event->source, event->chunk, &chunk, err))
		return -1;
	tally_remove(&tallies[event->source], &chunk, &plan);
	assert_int_equal(chunk_apply(&chunk, event), 0);
	tally_add(&tallies[event->source], &chunk, &plan);
	return append_turn(journal, event, 1, &chunk, 1, tallies, 2, err);
}

UNUSED static void
fixture_tallies(struct store *store, struct tally tallies[2])
{
	OK(store_tally(store, 0, &tallies[0], err));
	OK(store_tally(store, 1, &tallies[1], err));
}

/* A POST of the chunk begins, and unless `id` is 0 the nation takes it. */
UNUSED static void
fixture_submit(struct store *store, uint32_t source, uint32_t number, uint64_t id)
{
	struct journal_port journal = journal_of(store);
	struct tally tallies[2];
	struct event started = { .at_ms = INT64_C(1795299250000),
		.type = EVENT_SUBMIT_STARTED,
		.source = source,
		.chunk = number,
		.attempt = 1 };
	struct event accepted = { .at_ms = INT64_C(1795299251000),
		.type = EVENT_SUBMIT_ACCEPTED,
		.source = source,
		.chunk = number,
		.attempt = 1,
		.import_id = id,
		.word = WORD_QUEUED,
		.due_ms = INT64_C(1795299256000),
		.http_status = 200,
		.body_bytes = 1440,
		.handed_bytes = 1440 };

	fixture_tallies(store, tallies);
	OK(fixture_happen(&journal, &started, tallies, err));
	if (id)
		OK(fixture_happen(&journal, &accepted, tallies, err));
}

/* The file's bytes; `*len` of them, the caller's to free. */
UNUSED static char *
fixture_bytes(const char *folder, const char *name, size_t *len)
{
	SCOPED(buf) bytes = BUF_INIT;
	char *copy;

	OK(folder_read(folder, name, SIZE_MAX / 2, &bytes, err));
	copy = malloc(bytes.len + 1);
	assert_non_null(copy);
	memcpy(copy, bytes.ptr, bytes.len + 1);
	*len = bytes.len;
	return copy;
}

#endif
