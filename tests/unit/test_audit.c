#include "platform.h"

#include "tests/unit/store_fixture.h"

#include "store/audit.h"
#include "store/handle.h"

/* Findings, one a line. */
static void
note(void *ctx, const char *finding)
{
	buf_printf(ctx, "%s\n", finding);
}

/* Fails unless the audit of the store finds exactly these lines. */
static void
assert_findings(struct store *store, const char *wanted)
{
	SCOPED(buf) lines = BUF_INIT;
	const struct audit_options options = { note, &lines };
	struct audit_counts counts;

	OK(audit_store(store, &options, &counts, err));
	assert_string_equal(buf_text(&lines), wanted);
}

/* Fails unless one of the lines that it finds ends in this. */
static void
assert_finding(struct store *store, const char *wanted)
{
	SCOPED(buf) lines = BUF_INIT;
	const struct audit_options options = { note, &lines };
	struct audit_counts counts;

	OK(audit_store(store, &options, &counts, err));
	if (!strstr(buf_text(&lines), wanted))
		fail_msg("%s is not in:\n%s", wanted, buf_text(&lines));
}

/* Four chunks of people and two of ballots: taken, under way, cut off and in doubt, untouched. */
static struct store *
begin(struct fixture *fixture)
{
	struct journal_port journal;
	struct tally tallies[2];
	struct event lost = { .at_ms = INT64_C(1795299252000), .type = EVENT_ANSWER_LOST,
		.chunk = 3, .attempt = 1, .due_ms = INT64_C(1795299552000), .handed_bytes = 1440,
		.http_status = 504, .text = "the nation answered 504" };
	struct event run = { .at_ms = INT64_C(1795299249000), .type = EVENT_RUN_STARTED };
	struct store *store;

	*fixture = fixture_begin();
	fixture_create(fixture, 4);
	store = fixture_open(fixture);
	journal = journal_of(store);
	fixture_tallies(store, tallies);
	OK(append_turn(&journal, &run, 1, NULL, 0, tallies, 2, err));
	fixture_submit(store, 0, 1, 4711); /* events 2, 3 */
	fixture_submit(store, 1, 2, 4712); /* 4, 5 */
	fixture_submit(store, 0, 2, 0);    /* 6 */
	fixture_submit(store, 0, 3, 0);    /* 7 */
	fixture_tallies(store, tallies);
	OK(fixture_happen(&journal, &lost, tallies, err)); /* 8 */
	return store;
}

static void
end(struct fixture *fixture, struct store *store)
{
	store_close(store);
	fixture_end(fixture);
}

/* One record put, taken away, or given bytes that are no record. */
static void
put(struct store *store, enum schema_database database, const struct record_shape *shape,
    struct schema_key key, const void *from)
{
	SCOPED(txn) txn = TXN_NONE;

	OK(txn_begin(&txn, &store->env, TXN_WRITE, err));
	schema_put(&txn, database, shape, schema_span(&key), from);
	OK(txn_commit(&txn, err));
}

static void
drop(struct store *store, enum schema_database database, struct schema_key key)
{
	SCOPED(txn) txn = TXN_NONE;

	OK(txn_begin(&txn, &store->env, TXN_WRITE, err));
	txn_remove(&txn, database, schema_span(&key));
	OK(txn_commit(&txn, err));
}

static void
spoil(struct store *store, enum schema_database database, struct schema_key key)
{
	SCOPED(txn) txn = TXN_NONE;

	OK(txn_begin(&txn, &store->env, TXN_WRITE, err));
	txn_put(&txn, database, schema_span(&key), span_of("\1no record"));
	OK(txn_commit(&txn, err));
}

static struct chunk
chunk_of(struct store *store, uint32_t source, uint32_t number)
{
	struct journal_port journal = journal_of(store);
	struct chunk chunk;

	OK(journal.read_chunk(journal.ctx, source, number, &chunk, err));
	return chunk;
}

/* ---- the tests */

static void
an_intact_load_has_no_findings_and_is_counted(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	SCOPED(buf) lines = BUF_INIT;
	const struct audit_options options = { note, &lines };
	struct audit_counts counts;

	(void)state;
	OK(audit_store(store, &options, &counts, err));
	assert_string_equal(buf_text(&lines), "");
	assert_int_equal(counts.findings, 0);
	assert_int_equal(counts.inputs, 2);
	assert_int_equal(counts.chunks, 6);
	assert_int_equal(counts.events, 8);
	end(&fixture, store);
}

static void
a_load_in_which_nothing_happened_has_no_findings(void **state)
{
	struct fixture fixture = fixture_begin();
	struct store *store;

	(void)state;
	fixture_create(&fixture, 1);
	OK(store_open_reading(&store, fixture_options(&fixture), err));
	assert_findings(store, "");
	end(&fixture, store);
}

static void
a_missing_certificate_is_a_finding(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	char wanted[128];

	(void)state;
	OK(folder_rename(fixture.folder, "birth.json", "gone", err));
	snprintf(wanted, sizeof(wanted), "%s/birth.json: No such file or directory\n",
	    fixture.folder);
	assert_findings(store, wanted);
	end(&fixture, store);
}

static void
every_database_may_hold_a_damaged_record(void **state)
{
	static const struct {
		enum schema_database database;
		struct schema_key (*key)(uint32_t, uint32_t);
		uint32_t source, number;
		const char *wanted;
	} records[] = {
		{ SCHEMA_INPUTS, schema_chunk_key, 1, 0,
		    "input record 1/0: its check sum differs\n" },
		{ SCHEMA_PLAN, schema_chunk_key, 1, 1,
		    "plan record 1/1: its check sum differs\n"
		    "plan: ballots-1 is missing\n"
		    "plan ballots-2: the first of its input begins with row 11\n"
		    "plan: the chunks of input 0 of ballots have 10 rows, the input has 20\n"
		    "plan: input 0 of ballots has 1 chunks, not 2\n"
		    "tally ballots: its chunks[CHUNK_PLANNED] is not the sum of its chunks\n" },
		{ SCHEMA_STATES, schema_chunk_key, 0, 2,
		    "state record 0/2: its check sum differs\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(records); i++) {
		struct fixture fixture;
		struct store *store = begin(&fixture);

		spoil(store, records[i].database,
		    records[i].key(records[i].source, records[i].number));
		if (records[i].database == SCHEMA_INPUTS) {
			SCOPED(buf) lines = BUF_INIT;
			const struct audit_options options = { note, &lines };
			struct audit_counts counts;

			/* The certificate is compared with the inputs too. */
			OK(audit_store(store, &options, &counts, err));
			assert_non_null(strstr(buf_text(&lines), records[i].wanted));
			assert_int_equal(counts.findings, 2);
		} else {
			assert_findings(store, records[i].wanted);
		}
		end(&fixture, store);
	}
}

static void
damaged_records_of_due_and_tally_are_named(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);

	(void)state;
	spoil(store, SCHEMA_DUE, schema_due_key(INT64_C(1795299552000), 0, 3));
	spoil(store, SCHEMA_TALLY, schema_tally_key(1));
	assert_findings(store,
	    "tally record 1: its check sum differs\n"
	    "due record 0/3 at 1795299552000: its check sum differs\n");
	end(&fixture, store);
}

static void
a_damaged_event_is_named_and_breaks_the_chain_and_the_replay(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);

	(void)state;
	spoil(store, SCHEMA_EVENTS, schema_event_key(5)); /* ballots-2 was taken */
	assert_findings(store,
	    "event record 5: its check sum differs\n"
	    "event 6: its link to event 5 is broken\n"
	    "state ballots-2: its state is not what its events give\n"
	    "due ballots-2: it is missing\n"
	    "tally ballots: its chunks[CHUNK_SUBMITTING] is not the sum of its chunks\n"
	    "due ballots-2 at 1795299256000: it is not what the chunk's state asks for\n");
	end(&fixture, store);
}

static void
missing_events_are_named(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);

	(void)state;
	drop(store, SCHEMA_EVENTS, schema_event_key(1));
	assert_findings(store, "events: 1 to 1 are missing\n");
	drop(store, SCHEMA_EVENTS, schema_event_key(8));
	assert_findings(store,
	    "events: 1 to 1 are missing\n"
	    "events: the last one is 7, the head says 8\n"
	    "state people-3: its state is not what its events give\n"
	    "due people-3: it is missing\n"
	    "tally people: its chunks[CHUNK_SUBMITTING] is not the sum of its chunks\n"
	    "due people-3 at 1795299552000: it is not what the chunk's state asks for\n"
	    "mark: the store was written up to event 8, which it has not\n");
	end(&fixture, store);
}

static void
an_event_that_was_rewritten_with_a_right_check_sum_is_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct schema_event event;
	struct schema_key key = schema_event_key(1);

	(void)state;
	{
		SCOPED(txn) txn = TXN_NONE;

		OK(txn_begin(&txn, &store->env, TXN_READ, err));
		assert_int_equal(schema_get(&txn, SCHEMA_EVENTS, &schema_event_shape,
				     schema_span(&key), &event, NULL),
		    1);
	}
	event.event.at_ms++;
	put(store, SCHEMA_EVENTS, &schema_event_shape, key, &event);
	assert_findings(store, "event 2: its link to event 1 is broken\n");
	end(&fixture, store);
}

static void
the_last_event_is_held_by_the_head_and_the_first_by_the_load(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct schema_event event = { .event = { .at_ms = 1, .type = EVENT_RUN_ENDED } };

	(void)state;
	/* Events 1 to 8 replaced by one that ends in nothing. */
	for (uint64_t seq = 2; seq <= 8; seq++)
		drop(store, SCHEMA_EVENTS, schema_event_key(seq));
	put(store, SCHEMA_EVENTS, &schema_event_shape, schema_event_key(1), &event);
	{
		SCOPED(buf) lines = BUF_INIT;
		const struct audit_options options = { note, &lines };
		struct audit_counts counts;
		struct schema_head head = { .events = 1 };
		SCOPED(txn) txn = TXN_NONE;

		OK(txn_begin(&txn, &store->env, TXN_WRITE, err));
		schema_put(&txn, SCHEMA_META, &schema_head_shape, span_of("head"), &head);
		OK(txn_commit(&txn, err));
		OK(audit_store(store, &options, &counts, err));
		assert_non_null(strstr(buf_text(&lines),
		    "event 1: it does not begin the chain of this load\n"
		    "events: the last one, 1, is not the one that the head names\n"
		    "state people-1: there is no event that it could come from\n"));
	}
	end(&fixture, store);
}

/* Appends as the journal does, so that the chain holds. */
static void
append_raw(struct store *store, struct event event)
{
	struct journal_port journal = journal_of(store);

	OK(append_turn(&journal, &event, 1, NULL, 0, NULL, 0, err));
}

/* people-4, planned, is split into people-N and N+1, as the engine would write it down. */
static void
split(struct store *store, struct plan_chunk pieces[PLAN_PIECES])
{
	struct journal_port journal = journal_of(store);
	struct event events[3] = { { .type = EVENT_CHUNK_SPLIT, .chunk = 4, .at_ms = 5 } };
	struct chunk chunks[3] = { chunk_of(store, 0, 4) };
	struct tally tallies[2];
	struct plan_chunk whole;

	OK(journal.read_plan(journal.ctx, 0, 4, &whole, err));
	for (uint32_t i = 0; i < 2; i++)
		OK(store_tally(store, i, &tallies[i], err));
	events[0].first_piece = 1;
	while (journal.read_plan(journal.ctx, 0, events[0].first_piece, &pieces[0], NULL) == 0)
		events[0].first_piece++;
	events[0].pieces = PLAN_PIECES;
	pieces[0] = pieces[1] = whole;
	pieces[0].rows = 1;
	pieces[0].end_byte = pieces[1].first_byte = whole.first_byte + 1;
	pieces[1].first_row++;
	pieces[1].first_line++;
	pieces[1].rows--;
	tally_remove(&tallies[0], &chunks[0], &whole);
	assert_int_equal(chunk_apply(&chunks[0], &events[0]), 0);
	tally_add(&tallies[0], &chunks[0], &whole);
	for (uint32_t i = 0; i < PLAN_PIECES; i++) {
		pieces[i].number = events[0].first_piece + i;
		pieces[i].parent = 4;
		chunks[1 + i] = chunk_untouched(&pieces[i]);
		events[1 + i] = (struct event){ .type = EVENT_CHUNK_ADDED,
			.chunk = pieces[i].number, .parent = 4 };
		assert_int_equal(chunk_apply(&chunks[1 + i], &events[1 + i]), 0);
		tally_add(&tallies[0], &chunks[1 + i], &pieces[i]);
	}
	OK(journal.append(journal.ctx,
	    &(struct journal_turn){ events, 3, chunks, 3, pieces, PLAN_PIECES, tallies, 2 }, err));
}

static void
a_plan_that_was_extended_has_no_findings(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct plan_chunk pieces[PLAN_PIECES];

	(void)state;
	split(store, pieces);
	assert_findings(store, "");
	end(&fixture, store);
}

static void
pieces_that_are_not_the_whole_of_a_chunk_are_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct plan_chunk pieces[PLAN_PIECES];
	struct plan_chunk changed;
	char lines[512];

	(void)state;
	split(store, pieces);
	changed = pieces[1];
	changed.end_byte--;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, changed.number), &changed);
	assert_findings(store, "plan: the pieces of people-4 are not all of it\n");
	changed = pieces[1];
	changed.first_byte++;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, changed.number), &changed);
	snprintf(lines, sizeof(lines),
	    "plan people-%u: begins at byte %llu, the chunk before ends at %llu\n", changed.number,
	    (unsigned long long)changed.first_byte, (unsigned long long)pieces[0].end_byte);
	assert_findings(store, lines);
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, pieces[1].number),
	    &pieces[1]);
	changed = pieces[0];
	changed.first_row++;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, changed.number), &changed);
	assert_finding(store, "it does not begin where people-4 does\n");
	end(&fixture, store);
}

static void
chunks_that_nothing_added_are_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct plan_chunk pieces[PLAN_PIECES];
	struct plan_chunk changed;

	(void)state;
	split(store, pieces);
	changed = pieces[1];
	changed.parent = 1;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, changed.number), &changed);
	assert_finding(store, "was not added to the plan that way\n");
	assert_finding(store, "is not a piece of people-4\n");
	changed.parent = 77;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, changed.number), &changed);
	assert_finding(store, "there is no chunk 77 that it could come from\n");
	changed = pieces[1];
	changed.number++;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, changed.number), &changed);
	assert_finding(store, "no event added it\n");
	changed.parent = 0;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, changed.number), &changed);
	assert_finding(store, "it stands behind what was added, and nothing added it\n");
	end(&fixture, store);
}

/* One file of two corrected rows becomes a chunk of people, as the engine would write it down. */
static struct plan_chunk
retry(struct store *store)
{
	struct journal_port journal = journal_of(store);
	struct plan_chunk plan = { .number = 5, .input = PLAN_RETRY_INPUTS + 1, .first_byte = 80,
		.end_byte = 200, .first_row = 1, .first_line = 2, .rows = 2, .csv_bytes = 90,
		.retry_first = 1, .retry_last = 2 };
	struct event events[] = {
		{ .type = EVENT_RETRY_PLANNED, .at_ms = 5, .retry = 1, .rows = 2,
			.first_piece = 5, .pieces = 1 },
		{ .type = EVENT_CHUNK_ADDED, .at_ms = 5, .chunk = 5, .retry = 1 },
	};
	const struct journal_input input = { { .input = plan.input, .size = 200, .rows = 2, .chunks = 1 },
		"retry/1.csv" };
	struct chunk chunk = chunk_untouched(&plan);
	struct tally tallies[2];

	fixture_tallies(store, tallies);
	assert_int_equal(chunk_apply(&chunk, &events[1]), 0);
	tally_add(&tallies[0], &chunk, &plan);
	OK(journal.append(journal.ctx,
	    &(struct journal_turn){ .events = events, .event_count = 2, .chunks = &chunk,
		.chunk_count = 1, .added = &plan, .added_count = 1, .inputs = &input,
		.input_count = 1, .tallies = tallies, .source_count = 2 }, err));
	return plan;
}

static void
a_retry_has_no_findings_and_does_not_change_what_the_load_began_with(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	SCOPED(buf) lines = BUF_INIT;
	const struct audit_options options = { note, &lines };
	struct audit_counts counts;

	(void)state;
	retry(store);
	OK(audit_store(store, &options, &counts, err));
	assert_string_equal(buf_text(&lines), "");
	assert_int_equal(counts.inputs, 2);
	assert_int_equal(counts.chunks, 7);
	assert_int_equal(counts.added, 1);
	OK(store_compare(store, err));
	end(&fixture, store);
}

static void
a_retry_of_which_a_part_is_missing_is_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct plan_chunk plan, changed;

	(void)state;
	plan = retry(store);
	changed = plan;
	changed.rows--;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, 5), &changed);
	assert_finding(store, "have 1 rows, the input has 2\n");
	changed = plan;
	changed.input++;
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, 5), &changed);
	assert_finding(store, "was not added to the plan that way\n");
	assert_finding(store, "of people is missing\n");
	put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, 5), &plan);
	append_raw(store, (struct event){ .type = EVENT_RETRY_PLANNED, .at_ms = 6, .retry = 2 });
	assert_finding(store, "the file of retry 2 of people is not in the plan\n");
	assert_finding(store, "inputs: 1 files of retries, the events have 2\n");
	end(&fixture, store);
}

static void
a_retry_with_other_numbers_than_its_event_is_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct plan_chunk plan;

	(void)state;
	plan = retry(store);
	put(store, SCHEMA_INPUTS, &schema_input_shape, schema_chunk_key(0, plan.input),
	    &(struct schema_input){ { .size = 200, .rows = 3, .chunks = 1 }, span_of("retry/1.csv") });
	assert_finding(store, "retry 1 of people has other rows or chunks in the plan\n");
	end(&fixture, store);
}

static void
events_that_cannot_happen_are_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);

	(void)state;
	append_raw(store, (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .chunk = 1 });
	append_raw(store, (struct event){ .type = EVENT_SUBMIT_STARTED, .chunk = 9 });
	append_raw(store, (struct event){ .type = EVENT_SUBMIT_STARTED, .source = 7, .chunk = 1 });
	assert_findings(store,
	    "event 9: submit_accepted cannot happen to people-1, which is submitted\n"
	    "event 10: people-9 is not in the plan\n"
	    "event 11: ?-1 is not in the plan\n");
	end(&fixture, store);
}

static void
an_event_without_its_state_is_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);

	(void)state;
	append_raw(store, (struct event){ .type = EVENT_SUBMIT_STARTED, .chunk = 4 });
	assert_findings(store,
	    "state people-4: it is missing\n"
	    "due people-4: it is missing\n"
	    "tally people: its chunks[CHUNK_PLANNED] is not the sum of its chunks\n");
	end(&fixture, store);
}

static void
a_state_that_does_not_follow_from_the_events_is_named_with_its_member(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct chunk chunk = chunk_of(store, 0, 1);

	(void)state;
	chunk.import_id = 4799;
	put(store, SCHEMA_STATES, &schema_chunk_shape, schema_chunk_key(0, 1), &chunk);
	chunk.number = 4;
	put(store, SCHEMA_STATES, &schema_chunk_shape, schema_chunk_key(0, 4), &chunk);
	assert_findings(store,
	    "state people-1: its import_id is not what its events give\n"
	    "state people-4: there is no event that it could come from\n");
	end(&fixture, store);
}

static void
a_due_index_that_does_not_follow_from_the_states_is_found_both_ways(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	const struct schema_due due = { CHUNK_PLANNED };

	(void)state;
	drop(store, SCHEMA_DUE, schema_due_key(0, 0, 2));
	put(store, SCHEMA_DUE, &schema_due_shape, schema_due_key(7, 1, 1), &due);
	assert_findings(store,
	    "due people-2: it is missing\n"
	    "due ballots-1 at 7: it is not what the chunk's state asks for\n");
	end(&fixture, store);
}

static void
a_tally_that_is_not_the_sum_of_its_chunks_is_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	struct tally tallies[2];

	(void)state;
	fixture_tallies(store, tallies);
	tallies[0].rows_sent++;
	put(store, SCHEMA_TALLY, &schema_tally_shape, schema_tally_key(0), &tallies[0]);
	drop(store, SCHEMA_TALLY, schema_tally_key(1));
	assert_findings(store,
	    "tally people: its rows_sent is not the sum of its chunks\n"
	    "tally ballots: it is missing\n"
	    "tally: 1 records, the job has 2 sources\n");
	end(&fixture, store);
}

static void
a_store_that_the_mark_does_not_know_is_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	const struct schema_head ahead = { .events = 9 }, astray = { .events = 3 };

	(void)state;
	OK(mark_make(fixture.folder, &ahead, err));
	assert_findings(store, "mark: the store was written up to event 9, which it has not\n");
	OK(mark_make(fixture.folder, &astray, err));
	assert_findings(store, "mark: event 3 is not the one that was written here\n");
	end(&fixture, store);
}

static void
a_key_of_a_wrong_length_is_found_in_every_database(void **state)
{
	static const struct {
		enum schema_database database;
		const char *wanted;
	} cases[] = {
		{ SCHEMA_INPUTS, "input record a key of 3 bytes: its key has a wrong length\n" },
		{ SCHEMA_PLAN, "plan record a key of 3 bytes: its key has a wrong length\n" },
		{ SCHEMA_STATES, "state record a key of 3 bytes: its key has a wrong length\n" },
		{ SCHEMA_EVENTS, "event record a key of 3 bytes: its key has a wrong length\n" },
		{ SCHEMA_DUE, "due record a key of 3 bytes: its key has a wrong length\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct fixture fixture;
		struct store *store = begin(&fixture);
		const struct schema_key key = { .bytes = "\377\377\377", .len = 3 };
		SCOPED(buf) lines = BUF_INIT;
		const struct audit_options options = { note, &lines };
		struct audit_counts counts;

		spoil(store, cases[i].database, key);
		OK(audit_store(store, &options, &counts, err));
		if (!strstr(buf_text(&lines), cases[i].wanted))
			fail_msg("%s: %s", schema_names[cases[i].database], buf_text(&lines));
		end(&fixture, store);
	}
}

static void
counts_and_job_of_the_load_that_are_not_those_of_its_records_are_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);
	SCOPED(buf) lines = BUF_INIT;
	const struct audit_options options = { note, &lines };
	struct audit_counts counts;

	(void)state;
	store->load.inputs++;
	store->load.chunks++;
	store->load.job_hash[0] ^= 1;
	OK(audit_store(store, &options, &counts, err));
	assert_non_null(strstr(buf_text(&lines), "birth.json and store do not belong together"));
	assert_non_null(strstr(buf_text(&lines), "the hash of the job is not that of its text\n"));
	assert_non_null(strstr(buf_text(&lines), "inputs: 2 records, the load began with 3\n"));
	assert_non_null(strstr(buf_text(&lines), "plan: 6 chunks, the load began with 7\n"));
	end(&fixture, store);
}

/* ---- the plan */

struct edit {
	void (*change)(struct plan_chunk *plan);
	const char *wanted;
};

static void
move_first_byte(struct plan_chunk *plan)
{
	plan->first_byte++;
}

static void
move_first_row(struct plan_chunk *plan)
{
	plan->first_row++;
}

static void
move_first_line(struct plan_chunk *plan)
{
	plan->first_line = 1;
}

static void
end_before_it_begins(struct plan_chunk *plan)
{
	plan->end_byte = plan->first_byte - 1;
}

static void
have_another_input(struct plan_chunk *plan)
{
	plan->input = 1;
}

static void
a_plan_that_is_not_contiguous_is_found(void **state)
{
	static const struct edit edits[] = {
		{ move_first_byte,
		    "plan people-4: begins at byte 3031, the chunk before ends at 3030\n" },
		{ move_first_row,
		    "plan people-4: begins with row 32, the chunk before ends with row 30\n" },
		{ move_first_line, "plan people-4: begins on line 1, inside the chunk before\n" },
		{ end_before_it_begins,
		    "plan people-4: its numbers make no sense\n"
		    "plan: the chunks of input 0 of people end at byte 3029, the input at 4030\n" },
		{ have_another_input,
		    "plan: the chunks of input 0 of people have 30 rows, the input has 40\n"
		    "plan: input 0 of people has 3 chunks, not 4\n"
		    "plan: the chunks of input 0 of people end at byte 3030, the input at 4030\n"
		    "plan people-4: the first of its input begins with row 31\n"
		    "inputs: input 1 of people is missing\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(edits); i++) {
		struct fixture fixture;
		struct store *store = begin(&fixture);
		struct plan_chunk plan = fixture_chunk(0, 4);

		edits[i].change(&plan);
		put(store, SCHEMA_PLAN, &schema_plan_shape, schema_chunk_key(0, 4), &plan);
		assert_findings(store, edits[i].wanted);
		end(&fixture, store);
	}
}

static void
a_chunk_that_is_missing_from_the_plan_is_found(void **state)
{
	struct fixture fixture;
	struct store *store = begin(&fixture);

	(void)state;
	drop(store, SCHEMA_PLAN, schema_chunk_key(0, 4));
	assert_findings(store,
	    "plan: the chunks of input 0 of people have 30 rows, the input has 40\n"
	    "plan: input 0 of people has 3 chunks, not 4\n"
	    "plan: the chunks of input 0 of people end at byte 3030, the input at 4030\n"
	    "plan: 5 chunks, the load began with 6\n"
	    "tally people: its chunks[CHUNK_PLANNED] is not the sum of its chunks\n");
	end(&fixture, store);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_intact_load_has_no_findings_and_is_counted),
		cmocka_unit_test(a_load_in_which_nothing_happened_has_no_findings),
		cmocka_unit_test(a_missing_certificate_is_a_finding),
		cmocka_unit_test(every_database_may_hold_a_damaged_record),
		cmocka_unit_test(damaged_records_of_due_and_tally_are_named),
		cmocka_unit_test(a_damaged_event_is_named_and_breaks_the_chain_and_the_replay),
		cmocka_unit_test(missing_events_are_named),
		cmocka_unit_test(an_event_that_was_rewritten_with_a_right_check_sum_is_found),
		cmocka_unit_test(the_last_event_is_held_by_the_head_and_the_first_by_the_load),
		cmocka_unit_test(a_plan_that_was_extended_has_no_findings),
		cmocka_unit_test(pieces_that_are_not_the_whole_of_a_chunk_are_found),
		cmocka_unit_test(chunks_that_nothing_added_are_found),
		cmocka_unit_test(a_retry_has_no_findings_and_does_not_change_what_the_load_began_with),
		cmocka_unit_test(a_retry_of_which_a_part_is_missing_is_found),
		cmocka_unit_test(a_retry_with_other_numbers_than_its_event_is_found),
		cmocka_unit_test(events_that_cannot_happen_are_found),
		cmocka_unit_test(an_event_without_its_state_is_found),
		cmocka_unit_test(
		    a_state_that_does_not_follow_from_the_events_is_named_with_its_member),
		cmocka_unit_test(
		    a_due_index_that_does_not_follow_from_the_states_is_found_both_ways),
		cmocka_unit_test(a_tally_that_is_not_the_sum_of_its_chunks_is_found),
		cmocka_unit_test(a_store_that_the_mark_does_not_know_is_found),
		cmocka_unit_test(a_key_of_a_wrong_length_is_found_in_every_database),
		cmocka_unit_test(
		    counts_and_job_of_the_load_that_are_not_those_of_its_records_are_found),
		cmocka_unit_test(a_plan_that_is_not_contiguous_is_found),
		cmocka_unit_test(a_chunk_that_is_missing_from_the_plan_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
