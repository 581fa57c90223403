#include "platform.h"

#include "tests/unit/core_test.h"

/* Written down a second time and by state, from the drawing in architecture.md, so that a slip in
 * the program's table has to be made twice. */
static const struct {
	enum chunk_state from;
	enum event_type event;
	enum chunk_state to;
} arcs[] = {
	{ CHUNK_PLANNED, EVENT_SUBMIT_STARTED, CHUNK_SUBMITTING },
	{ CHUNK_PLANNED, EVENT_ATTEMPTS_USED_UP, CHUNK_FAILED },
	{ CHUNK_PLANNED, EVENT_CHUNK_ADDED, CHUNK_PLANNED },
	{ CHUNK_PLANNED, EVENT_CHUNK_SPLIT, CHUNK_SKIPPED },
	{ CHUNK_PLANNED, EVENT_ADOPT_DOUBTED, CHUNK_IN_DOUBT },

	{ CHUNK_SUBMITTING, EVENT_SUBMIT_ACCEPTED, CHUNK_SUBMITTED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_NOT_SENT, CHUNK_PLANNED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_NOT_COMPLETE, CHUNK_PLANNED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_PUT_OFF, CHUNK_PLANNED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_TOO_LARGE, CHUNK_PLANNED },
	{ CHUNK_SUBMITTING, EVENT_SUBMIT_REFUSED, CHUNK_REFUSED },
	{ CHUNK_SUBMITTING, EVENT_ANSWER_LOST, CHUNK_IN_DOUBT },
	{ CHUNK_SUBMITTING, EVENT_ID_CONFLICT, CHUNK_HELD },

	{ CHUNK_IN_DOUBT, EVENT_SUBMIT_ACCEPTED, CHUNK_SUBMITTED },
	{ CHUNK_IN_DOUBT, EVENT_ID_CONFLICT, CHUNK_HELD },
	{ CHUNK_IN_DOUBT, EVENT_DOUBT_HASHED, CHUNK_IN_DOUBT },
	{ CHUNK_IN_DOUBT, EVENT_PROBE_FOUND, CHUNK_SUBMITTED },
	{ CHUNK_IN_DOUBT, EVENT_PROBE_ABSENT, CHUNK_IN_DOUBT },
	{ CHUNK_IN_DOUBT, EVENT_PROBE_CLEARED, CHUNK_PLANNED },
	{ CHUNK_IN_DOUBT, EVENT_PROBE_UNCLEAR, CHUNK_HELD },
	{ CHUNK_IN_DOUBT, EVENT_PROBE_FAILED, CHUNK_IN_DOUBT },
	{ CHUNK_IN_DOUBT, EVENT_DOUBT_HELD, CHUNK_HELD },
	{ CHUNK_IN_DOUBT, EVENT_DOUBT_RESUBMITTED, CHUNK_PLANNED },
	{ CHUNK_IN_DOUBT, EVENT_RESOLVED_IMPORT, CHUNK_SUBMITTED },
	{ CHUNK_IN_DOUBT, EVENT_RESOLVED_RESUBMIT, CHUNK_PLANNED },
	{ CHUNK_IN_DOUBT, EVENT_RESOLVED_SKIP, CHUNK_SKIPPED },

	{ CHUNK_HELD, EVENT_RESOLVED_IMPORT, CHUNK_SUBMITTED },
	{ CHUNK_HELD, EVENT_RESOLVED_RESUBMIT, CHUNK_PLANNED },
	{ CHUNK_HELD, EVENT_RESOLVED_SKIP, CHUNK_SKIPPED },

	{ CHUNK_SUBMITTED, EVENT_STATUS_CHANGED, CHUNK_SUBMITTED },
	{ CHUNK_SUBMITTED, EVENT_IMPORT_FINISHED, CHUNK_FINISHED },
	{ CHUNK_SUBMITTED, EVENT_IMPORT_FAILED, CHUNK_FAILED },
	{ CHUNK_SUBMITTED, EVENT_ID_CONFLICT, CHUNK_HELD },

	{ CHUNK_FINISHED, EVENT_RESULT_STORED, CHUNK_DONE },
	{ CHUNK_FINISHED, EVENT_RESULT_GONE, CHUNK_DONE },
	{ CHUNK_FINISHED, EVENT_RESULT_MISSING, CHUNK_FAILED },
	{ CHUNK_FINISHED, EVENT_ID_CONFLICT, CHUNK_HELD },

	{ CHUNK_DONE, EVENT_ID_CONFLICT, CHUNK_HELD },

	{ CHUNK_REFUSED, EVENT_RESOLVED_IMPORT, CHUNK_SUBMITTED },
	{ CHUNK_REFUSED, EVENT_RESOLVED_RESUBMIT, CHUNK_PLANNED },
	{ CHUNK_REFUSED, EVENT_RESOLVED_SKIP, CHUNK_SKIPPED },

	{ CHUNK_FAILED, EVENT_RESOLVED_IMPORT, CHUNK_SUBMITTED },
	{ CHUNK_FAILED, EVENT_RESOLVED_RESUBMIT, CHUNK_PLANNED },
	{ CHUNK_FAILED, EVENT_RESOLVED_SKIP, CHUNK_SKIPPED },
	{ CHUNK_FAILED, EVENT_ID_CONFLICT, CHUNK_HELD },

	{ CHUNK_REFUSED, EVENT_CHUNK_RETRIED, CHUNK_PLANNED },
	{ CHUNK_FAILED, EVENT_CHUNK_RETRIED, CHUNK_PLANNED },
	{ CHUNK_DONE, EVENT_ROWS_RETRIED, CHUNK_DONE },
};

static const enum event_type types[] = {
#define X(name, number, word) EVENT_##name,
	EVENT_TYPES(X)
#undef X
};

enum { REFUSED = -1 };

/* The state that an event leads to, REFUSED if it may not happen there. */
static int
expected(enum chunk_state from, enum event_type event)
{
	for (size_t i = 0; i < ARRAY_COUNT(arcs); i++) {
		if (arcs[i].from == from && arcs[i].event == event)
			return (int)arcs[i].to;
	}
	return REFUSED;
}

/* For every state and every event there is. */
static void
each_pair(void (*check)(enum chunk_state, enum event_type))
{
	for (int from = 0; from < CHUNK_STATE_COUNT; from++) {
		for (size_t i = 0; i < ARRAY_COUNT(types); i++)
			check((enum chunk_state)from, types[i]);
	}
}

static struct chunk
chunk_in(enum chunk_state state)
{
	return (struct chunk){
		.number = 3,
		.state = state,
		.attempts = 1,
		.attempts_used = 1,
		.import_id = 7,
		.text = "before",
	};
}

static void
check_arc(enum chunk_state from, enum event_type type)
{
	const struct event event = { .type = type, .chunk = 3, .due_ms = 99 };
	struct chunk chunk = chunk_in(from);
	int to = expected(from, type);

	assert_int_equal(chunk_accepts(from, type), to != REFUSED);
	if (to == REFUSED)
		return;
	assert_int_equal(chunk_apply(&chunk, &event), 0);
	assert_int_equal(chunk.state, to);
	assert_int_equal(chunk.due_ms, 99);
}

static void
every_arc_of_the_drawing_leads_where_it_says(void **state)
{
	(void)state;
	each_pair(check_arc);
}

static void
check_refusal(enum chunk_state from, enum event_type type)
{
	const struct event event = { .type = type, .chunk = 3, .due_ms = 99, .import_id = 8 };
	const struct chunk before = chunk_in(from);
	struct chunk chunk = before;

	if (expected(from, type) != REFUSED)
		return;
	assert_int_equal(chunk_apply(&chunk, &event), -1);
	assert_memory_equal(&chunk, &before, sizeof(chunk));
}

static void
an_event_without_an_arc_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	each_pair(check_refusal);
}

static void
a_lost_answer_never_leads_straight_back_to_submitting_or_planned(void **state)
{
	(void)state;
	assert_int_equal(expected(CHUNK_SUBMITTING, EVENT_ANSWER_LOST), CHUNK_IN_DOUBT);
	assert_false(chunk_accepts(CHUNK_IN_DOUBT, EVENT_SUBMIT_STARTED));
	assert_false(chunk_accepts(CHUNK_IN_DOUBT, EVENT_SUBMIT_NOT_SENT));
	assert_false(chunk_accepts(CHUNK_HELD, EVENT_SUBMIT_STARTED));
}

static void
only_a_planned_chunk_is_ever_sent(void **state)
{
	(void)state;
	for (int from = 0; from < CHUNK_STATE_COUNT; from++)
		assert_int_equal(chunk_accepts((enum chunk_state)from, EVENT_SUBMIT_STARTED),
		    from == CHUNK_PLANNED);
}

static void
final_states_are_left_by_a_person_or_a_conflict_only(void **state)
{
	(void)state;
	for (int from = 0; from < CHUNK_STATE_COUNT; from++) {
		if (!chunk_state_is_final((enum chunk_state)from))
			continue;
		for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
			if (chunk_accepts((enum chunk_state)from, types[i]))
				assert_true(types[i] == EVENT_ID_CONFLICT ||
					    types[i] >= EVENT_RESOLVED_IMPORT);
		}
	}
}

/* ---- what an event leaves behind ---- */

static struct chunk
after(struct chunk chunk, struct event event)
{
	assert_int_equal(chunk_apply(&chunk, &event), 0);
	return chunk;
}

static struct event
started(int64_t at_ms)
{
	return (struct event){ .type = EVENT_SUBMIT_STARTED, .at_ms = at_ms };
}

static void
a_start_counts_an_attempt_and_forgets_the_last_reason(void **state)
{
	struct chunk chunk = { .text = "reset", .request_id = "r", .handed_bytes = 5 };

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_SUBMIT_STARTED, .at_ms = 1000,
				 .server_date_ms = 1007 });
	assert_int_equal(chunk.started_server_ms, 1007);
	assert_int_equal(chunk.attempts, 1);
	assert_int_equal(chunk.attempts_used, 1);
	assert_int_equal(chunk.started_ms, 1000);
	assert_int_equal(chunk.handed_bytes, 0);
	assert_string_equal(chunk.text, "");
	assert_string_equal(chunk.request_id, "");
}

static void
what_was_never_sent_or_put_off_uses_up_no_attempt(void **state)
{
	static const enum event_type free_of_charge[] = { EVENT_SUBMIT_NOT_SENT,
							  EVENT_SUBMIT_PUT_OFF };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(free_of_charge); i++) {
		struct chunk chunk = after((struct chunk){ 0 }, started(1));

		chunk = after(chunk, (struct event){ .type = free_of_charge[i], .text = "why" });
		assert_int_equal(chunk.attempts, 1);
		assert_int_equal(chunk.attempts_used, 0);
		assert_string_equal(chunk.text, "why");
	}
}

static void
an_incomplete_body_uses_up_an_attempt(void **state)
{
	struct chunk chunk = after((struct chunk){ 0 }, started(1));

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_SUBMIT_NOT_COMPLETE, .text = "why" });
	assert_int_equal(chunk.attempts_used, 1);
	assert_string_equal(chunk.text, "why");
}

static void
the_last_answer_is_remembered_until_the_next_attempt_has_ended(void **state)
{
	struct chunk chunk = after((struct chunk){ 0 }, started(1));

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_SUBMIT_PUT_OFF, .http_status = 421 });
	chunk = after(chunk, started(2));
	assert_int_equal(chunk.http_status, 421);
	chunk = after(chunk, (struct event){ .type = EVENT_SUBMIT_NOT_SENT });
	assert_int_equal(chunk.http_status, 0);
}

static void
body_bytes_add_up_over_attempts(void **state)
{
	struct chunk chunk = after((struct chunk){ 0 }, started(1));

	(void)state;
	chunk = after(chunk,
	    (struct event){ .type = EVENT_SUBMIT_NOT_COMPLETE, .handed_bytes = 300 });
	chunk = after(chunk, started(2));
	chunk = after(chunk, (struct event){ .type = EVENT_SUBMIT_ACCEPTED, .import_id = 5,
				 .handed_bytes = 1000 });
	assert_int_equal(chunk.handed_bytes, 1000);
	assert_int_equal(chunk.bytes_sent, 1300);
}

static void
an_accepted_chunk_knows_its_import_its_digest_and_when(void **state)
{
	struct chunk chunk = after((struct chunk){ 0 }, started(1));
	struct event accepted = {
		.type = EVENT_SUBMIT_ACCEPTED,
		.at_ms = 2000,
		.server_date_ms = 1900,
		.import_id = 252,
		.word = WORD_QUEUED,
		.http_status = 200,
		.request_id = "abc",
		.sha256 = { true, "s" },
	};

	(void)state;
	chunk = after(chunk, accepted);
	assert_int_equal(chunk.import_id, 252);
	assert_int_equal(chunk.submitted_ms, 2000);
	assert_int_equal(chunk.submitted_server_ms, 1900);
	assert_int_equal(chunk.word, WORD_QUEUED);
	assert_true(chunk.sha256.is_known);
	assert_string_equal(chunk.request_id, "abc");
}

static void
a_digest_once_known_is_not_forgotten_by_an_answer_without_one(void **state)
{
	struct chunk chunk = after((struct chunk){ .sha256 = { true, "s" } }, started(1));

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_ANSWER_LOST });
	assert_true(chunk.sha256.is_known);
}

static void
a_refusal_is_final_and_says_why(void **state)
{
	struct chunk chunk = after((struct chunk){ 0 }, started(1));

	(void)state;
	chunk = after(chunk,
	    (struct event){ .type = EVENT_SUBMIT_REFUSED, .at_ms = 9, .text = "too large" });
	assert_int_equal(chunk.finished_ms, 9);
	assert_string_equal(chunk.text, "too large");
}

static void
a_new_doubt_begins_without_looks_and_absences(void **state)
{
	struct chunk chunk = after((struct chunk){ .looks_failed = 2, .absences = 1 }, started(1));

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_ANSWER_LOST, .text = "lost" });
	assert_int_equal(chunk.looks_failed, 0);
	assert_int_equal(chunk.absences, 0);
	assert_string_equal(chunk.text, "lost");
}

static void
looks_and_absences_are_counted(void **state)
{
	struct chunk chunk = { .state = CHUNK_IN_DOUBT };

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_PROBE_ABSENT });
	chunk = after(chunk, (struct event){ .type = EVENT_PROBE_FAILED });
	chunk = after(chunk, (struct event){ .type = EVENT_PROBE_FAILED });
	assert_int_equal(chunk.absences, 1);
	assert_int_equal(chunk.looks_failed, 2);
}

static void
a_doubt_gets_its_digest_before_anything_else(void **state)
{
	struct chunk chunk = { .state = CHUNK_IN_DOUBT };

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_DOUBT_HASHED, .sha256 = { true, "d" } });
	assert_true(chunk.sha256.is_known);
	assert_int_equal(chunk.sha256.bytes[0], 'd');
}

static void
how_a_doubt_was_settled_stands_in_the_notes(void **state)
{
	static const struct {
		enum event_type type;
		uint32_t notes;
	} ways[] = {
		{ EVENT_PROBE_FOUND, NOTE_FOUND_BY_PROBE },
		{ EVENT_PROBE_CLEARED, NOTE_SENT_AGAIN },
		{ EVENT_DOUBT_RESUBMITTED, NOTE_RESUBMITTED },
		{ EVENT_RESOLVED_RESUBMIT, NOTE_RESUBMITTED | NOTE_SETTLED },
		{ EVENT_RESOLVED_SKIP, NOTE_SETTLED },
		{ EVENT_RESOLVED_IMPORT, NOTE_SETTLED },
		{ EVENT_PROBE_UNCLEAR, 0 },
		{ EVENT_DOUBT_HELD, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
		struct chunk chunk = { .state = CHUNK_IN_DOUBT, .attempts = 1 };

		chunk = after(chunk, (struct event){ .type = ways[i].type });
		assert_int_equal(chunk.notes, ways[i].notes);
	}
}

static void
a_chunk_that_was_adopted_is_in_doubt_since_the_time_that_the_event_names(void **state)
{
	struct event doubted = { .type = EVENT_ADOPT_DOUBTED, .server_date_ms = 77,
		.text = "another copy" };
	struct chunk chunk = { .looks_failed = 2, .absences = 1 };

	(void)state;
	chunk = after(chunk, doubted);
	assert_int_equal(chunk.started_server_ms, 77);
	assert_int_equal(chunk.attempts, 0);
	assert_int_equal(chunk.looks_failed, 0);
	assert_int_equal(chunk.absences, 0);
	assert_int_equal(chunk.notes, NOTE_ADOPTED);
	assert_string_equal(chunk.text, "another copy");
}

static void
a_chunk_that_was_never_sent_is_not_sent_again_when_it_is_cleared(void **state)
{
	struct chunk chunk = { .state = CHUNK_IN_DOUBT };

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_PROBE_CLEARED });
	assert_int_equal(chunk.state, CHUNK_PLANNED);
	assert_int_equal(chunk.notes, 0);
}

static void
a_held_chunk_says_why(void **state)
{
	struct chunk chunk = { .state = CHUNK_IN_DOUBT };

	(void)state;
	assert_string_equal(
	    after(chunk, (struct event){ .type = EVENT_PROBE_UNCLEAR, .text = "two" }).text, "two");
	assert_string_equal(
	    after(chunk, (struct event){ .type = EVENT_DOUBT_HELD, .text = "policy" }).text,
	    "policy");
}

static void
the_nations_word_is_kept_beside_the_state(void **state)
{
	struct chunk chunk = { .state = CHUNK_SUBMITTED };

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_STATUS_CHANGED, .word = WORD_WORKING });
	assert_int_equal(chunk.word, WORD_WORKING);
	chunk = after(chunk, (struct event){ .type = EVENT_IMPORT_FINISHED, .at_ms = 5,
				 .word = WORD_FINISHED });
	assert_int_equal(chunk.word, WORD_FINISHED);
	assert_int_equal(chunk.finished_ms, 5);
}

static void
a_failed_import_says_why_and_when(void **state)
{
	struct chunk chunk = { .state = CHUNK_SUBMITTED };

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_IMPORT_FAILED, .at_ms = 5,
				 .word = WORD_FAILED, .text = "unprocessable" });
	assert_int_equal(chunk.word, WORD_FAILED);
	assert_int_equal(chunk.finished_ms, 5);
	assert_string_equal(chunk.text, "unprocessable");
}

static struct chunk
done(void)
{
	return after((struct chunk){ .state = CHUNK_FINISHED, .import_id = 7 },
	    (struct event){ .type = EVENT_RESULT_STORED, .at_ms = 6, .rows_succeeded = 70,
		.rows_updated = 20, .rows_failed = 30 });
}

static void
a_done_chunk_has_the_nations_counts(void **state)
{
	struct chunk chunk = done();

	(void)state;
	assert_int_equal(chunk.has_counts, 1);
	assert_int_equal(chunk.rows_succeeded, 70);
	assert_int_equal(chunk.rows_updated, 20);
	assert_int_equal(chunk.rows_failed, 30);
	assert_int_equal(chunk.finished_ms, 6);
}

static void
a_result_that_is_gone_is_declared(void **state)
{
	struct chunk chunk = after((struct chunk){ .state = CHUNK_FINISHED },
	    (struct event){ .type = EVENT_RESULT_GONE, .at_ms = 6 });

	(void)state;
	assert_int_equal(chunk.notes, NOTE_NO_COUNTS);
	assert_int_equal(chunk.finished_ms, 6);
	assert_int_equal(chunk.has_counts, 0);
}

static void
a_missing_result_says_so(void **state)
{
	struct chunk chunk = after((struct chunk){ .state = CHUNK_FINISHED },
	    (struct event){ .type = EVENT_RESULT_MISSING, .at_ms = 6, .text = "no result" });

	(void)state;
	assert_string_equal(chunk.text, "no result");
	assert_int_equal(chunk.finished_ms, 6);
}

static void
a_chunk_whose_id_is_doubted_loses_the_counts_that_came_with_it(void **state)
{
	struct chunk chunk = after(done(),
	    (struct event){ .type = EVENT_ID_CONFLICT, .text = "both have 7" });

	(void)state;
	assert_int_equal(chunk.has_counts, 0);
	assert_int_equal(chunk.rows_succeeded, 0);
	assert_int_equal(chunk.finished_ms, 0);
	assert_int_equal(chunk.import_id, 7);
	assert_string_equal(chunk.text, "both have 7");
}

static void
a_chunk_that_was_given_anothers_id_keeps_the_evidence_but_not_the_id(void **state)
{
	struct chunk chunk = after((struct chunk){ 0 }, started(1));

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_ID_CONFLICT, .import_id = 7,
				 .http_status = 200, .handed_bytes = 400, .sha256 = { true, "s" },
				 .text = "people-1 has 7" });
	assert_int_equal(chunk.import_id, 0);
	assert_int_equal(chunk.http_status, 200);
	assert_int_equal(chunk.bytes_sent, 400);
	assert_true(chunk.sha256.is_known);
	assert_string_equal(chunk.text, "people-1 has 7");
}

static void
the_owner_of_a_doubted_id_keeps_the_evidence_of_its_own_post(void **state)
{
	struct chunk chunk = { .state = CHUNK_SUBMITTED, .http_status = 201, .handed_bytes = 9 };

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_ID_CONFLICT });
	assert_int_equal(chunk.http_status, 201);
	assert_int_equal(chunk.handed_bytes, 9);
}

static void
a_chunk_that_ran_out_of_attempts_was_never_taken(void **state)
{
	struct chunk chunk = after((struct chunk){ .attempts = 3 },
	    (struct event){ .type = EVENT_ATTEMPTS_USED_UP, .at_ms = 4 });

	(void)state;
	assert_int_equal(chunk.notes, NOTE_NEVER_TAKEN);
	assert_int_equal(chunk.finished_ms, 4);
}

static void
a_chunk_that_is_too_large_uses_up_no_attempt_and_says_so(void **state)
{
	struct chunk chunk = after(
	    (struct chunk){ .state = CHUNK_SUBMITTING, .attempts = 1, .attempts_used = 1 },
	    (struct event){ .type = EVENT_SUBMIT_TOO_LARGE, .http_status = 413, .text = "why" });

	(void)state;
	assert_int_equal(chunk.notes, NOTE_TOO_LARGE);
	assert_int_equal(chunk.attempts, 1);
	assert_int_equal(chunk.attempts_used, 0);
	assert_int_equal(chunk.http_status, 413);
	assert_string_equal(chunk.text, "why");
}

static void
a_chunk_that_was_split_names_its_pieces_and_when(void **state)
{
	struct chunk chunk = after((struct chunk){ .notes = NOTE_TOO_LARGE },
	    (struct event){ .type = EVENT_CHUNK_SPLIT, .at_ms = 4, .first_piece = 31, .pieces = 2 });

	(void)state;
	assert_int_equal(chunk.notes, NOTE_TOO_LARGE | NOTE_SPLIT);
	assert_int_equal(chunk.first_piece, 31);
	assert_int_equal(chunk.pieces, 2);
	assert_int_equal(chunk.finished_ms, 4);
}

static void
a_chunk_that_was_resubmitted_is_never_called_never_taken(void **state)
{
	struct chunk chunk = after((struct chunk){ .attempts = 3, .notes = NOTE_RESUBMITTED },
	    (struct event){ .type = EVENT_ATTEMPTS_USED_UP });

	(void)state;
	assert_int_equal(chunk.notes, NOTE_RESUBMITTED);
}

static void
never_taken_is_taken_back_when_a_person_found_the_import(void **state)
{
	struct chunk chunk = after(
	    (struct chunk){ .state = CHUNK_FAILED, .notes = NOTE_NEVER_TAKEN },
	    (struct event){ .type = EVENT_RESOLVED_IMPORT, .import_id = 12 });

	(void)state;
	assert_int_equal(chunk.notes, NOTE_SETTLED);
	assert_int_equal(chunk.import_id, 12);
}

static void
a_resubmitted_chunk_begins_anew_but_for_its_history(void **state)
{
	struct chunk chunk = {
		.state = CHUNK_FAILED,
		.attempts = 3,
		.attempts_used = 3,
		.import_id = 7,
		.submitted_ms = 5,
		.submitted_server_ms = 4,
		.finished_ms = 6,
		.word = WORD_FAILED,
		.has_counts = 1,
		.rows_failed = 2,
		.notes = NOTE_FOUND_BY_PROBE | NOTE_SENT_AGAIN,
	};

	(void)state;
	chunk = after(chunk, (struct event){ .type = EVENT_RESOLVED_RESUBMIT });
	assert_int_equal(chunk.attempts, 3);
	assert_int_equal(chunk.attempts_used, 0);
	assert_int_equal(chunk.import_id, 0);
	assert_int_equal(chunk.submitted_ms, 0);
	assert_int_equal(chunk.submitted_server_ms, 0);
	assert_int_equal(chunk.finished_ms, 0);
	assert_int_equal(chunk.word, WORD_NONE);
	assert_int_equal(chunk.has_counts, 0);
	assert_int_equal(chunk.rows_failed, 0);
	assert_int_equal(chunk.notes, NOTE_SENT_AGAIN | NOTE_RESUBMITTED | NOTE_SETTLED);
}

static void
who_settled_a_chunk_and_why_is_kept(void **state)
{
	struct chunk chunk = after((struct chunk){ .state = CHUNK_HELD },
	    (struct event){ .type = EVENT_RESOLVED_SKIP, .at_ms = 3, .person = "ada",
		.text = "entered by hand" });

	(void)state;
	assert_string_equal(chunk.settled_by, "ada");
	assert_string_equal(chunk.settled_why, "entered by hand");
	assert_int_equal(chunk.finished_ms, 3);
}

static void
a_text_that_fills_its_place_is_cut_by_one_for_its_end(void **state)
{
	struct event refused = { .type = EVENT_SUBMIT_REFUSED };
	struct chunk chunk = after((struct chunk){ 0 }, started(1));

	(void)state;
	memset(refused.text, 'x', sizeof(refused.text));
	chunk = after(chunk, refused);
	assert_int_equal(strlen(chunk.text), sizeof(chunk.text) - 1);
}

/* ---- words and kinds of states ---- */

static void
every_state_has_the_word_of_the_reports(void **state)
{
	static const char *const words[] = { "planned", "submitting", "in_doubt", "held",
					     "submitted", "finished", "done", "refused", "failed",
					     "skipped" };

	(void)state;
	assert_int_equal(ARRAY_COUNT(words), CHUNK_STATE_COUNT);
	for (int i = 0; i < CHUNK_STATE_COUNT; i++)
		assert_string_equal(chunk_state_word((enum chunk_state)i), words[i]);
	assert_null(chunk_state_word((enum chunk_state)CHUNK_STATE_COUNT));
}

static void
final_is_what_it_says(void **state)
{
	static const bool is_final[CHUNK_STATE_COUNT] = {
		[CHUNK_DONE] = true, [CHUNK_REFUSED] = true,
		[CHUNK_FAILED] = true, [CHUNK_SKIPPED] = true,
	};

	(void)state;
	for (int i = 0; i < CHUNK_STATE_COUNT; i++)
		assert_int_equal(chunk_state_is_final((enum chunk_state)i), is_final[i]);
}

static void
a_chunk_without_a_record_is_planned_or_done_if_it_has_no_rows(void **state)
{
	struct plan_chunk plan = core_plan(1, 4);

	(void)state;
	assert_int_equal(chunk_untouched(&plan).state, CHUNK_PLANNED);
	assert_int_equal(chunk_untouched(&plan).source, 1);
	assert_int_equal(chunk_untouched(&plan).number, 4);
	plan.rows_left_out = plan.rows;
	assert_int_equal(chunk_untouched(&plan).state, CHUNK_DONE);
	assert_int_equal(plan_last_row(&plan), 400);
}

static void
only_what_the_nation_refused_or_never_took_or_gave_up_on_is_surely_absent(void **state)
{
	static const struct {
		enum chunk_state state;
		uint32_t notes;
		enum nation_word word;
		bool is_absent;
		const char *text;
	} cases[] = {
		{ CHUNK_REFUSED, 0, WORD_NONE, true },
		{ CHUNK_REFUSED, NOTE_RETRIED | NOTE_CAME_TO_NOTHING, WORD_NONE, true },
		{ CHUNK_REFUSED, NOTE_RESUBMITTED, WORD_NONE, false },
		{ CHUNK_FAILED, NOTE_NEVER_TAKEN, WORD_NONE, true },
		{ CHUNK_FAILED, 0, WORD_FAILED, true, "the nation says \"unprocessable\"" },
		/* it may have some of its rows */
		{ CHUNK_FAILED, 0, WORD_FAILED, false, "the nation says \"cancelled\"" },
		{ CHUNK_FAILED, NOTE_RESUBMITTED, WORD_FAILED, false },
		{ CHUNK_FAILED, 0, WORD_FINISHED, false }, /* it has no result */
		{ CHUNK_FAILED, 0, WORD_NONE, false },     /* its id is not known any more */
		{ CHUNK_DONE, 0, WORD_FINISHED, false },
		{ CHUNK_HELD, 0, WORD_NONE, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct chunk chunk = { .state = cases[i].state, .notes = cases[i].notes,
			.word = cases[i].word };

		if (cases[i].text)
			snprintf(chunk.text, sizeof(chunk.text), "%s", cases[i].text);
		assert_int_equal(chunk_is_surely_absent(&chunk), cases[i].is_absent);
	}
}

static void
a_chunk_that_is_retried_begins_again_and_remembers_an_import_that_came_to_nothing(void **state)
{
	const struct event retried = { .type = EVENT_CHUNK_RETRIED, .chunk = 3 };
	struct chunk chunk = chunk_in(CHUNK_FAILED);

	(void)state;
	chunk.word = WORD_FAILED;
	assert_int_equal(chunk_apply(&chunk, &retried), 0);
	assert_int_equal(chunk.import_id, 0);
	assert_int_equal(chunk.attempts, 1);
	assert_int_equal(chunk.attempts_used, 0);
	assert_int_equal(chunk.word, WORD_NONE);
	assert_int_equal(chunk.notes, NOTE_RETRIED | NOTE_CAME_TO_NOTHING);

	chunk = chunk_in(CHUNK_REFUSED);
	chunk.import_id = 0;
	assert_int_equal(chunk_apply(&chunk, &retried), 0);
	assert_int_equal(chunk.notes, NOTE_RETRIED);
}

static void
rows_that_are_retried_are_counted_up(void **state)
{
	const struct event retried = { .type = EVENT_ROWS_RETRIED, .chunk = 3, .rows = 2 };
	struct chunk chunk = chunk_in(CHUNK_DONE);

	(void)state;
	assert_int_equal(chunk_apply(&chunk, &retried), 0);
	assert_int_equal(chunk_apply(&chunk, &retried), 0);
	assert_int_equal(chunk.rows_retried, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_arc_of_the_drawing_leads_where_it_says),
		cmocka_unit_test(an_event_without_an_arc_is_refused_and_changes_nothing),
		cmocka_unit_test(a_lost_answer_never_leads_straight_back_to_submitting_or_planned),
		cmocka_unit_test(only_a_planned_chunk_is_ever_sent),
		cmocka_unit_test(final_states_are_left_by_a_person_or_a_conflict_only),
		cmocka_unit_test(a_start_counts_an_attempt_and_forgets_the_last_reason),
		cmocka_unit_test(what_was_never_sent_or_put_off_uses_up_no_attempt),
		cmocka_unit_test(an_incomplete_body_uses_up_an_attempt),
		cmocka_unit_test(the_last_answer_is_remembered_until_the_next_attempt_has_ended),
		cmocka_unit_test(body_bytes_add_up_over_attempts),
		cmocka_unit_test(an_accepted_chunk_knows_its_import_its_digest_and_when),
		cmocka_unit_test(a_digest_once_known_is_not_forgotten_by_an_answer_without_one),
		cmocka_unit_test(a_refusal_is_final_and_says_why),
		cmocka_unit_test(a_new_doubt_begins_without_looks_and_absences),
		cmocka_unit_test(looks_and_absences_are_counted),
		cmocka_unit_test(a_doubt_gets_its_digest_before_anything_else),
		cmocka_unit_test(how_a_doubt_was_settled_stands_in_the_notes),
		cmocka_unit_test(
		    a_chunk_that_was_adopted_is_in_doubt_since_the_time_that_the_event_names),
		cmocka_unit_test(a_chunk_that_was_never_sent_is_not_sent_again_when_it_is_cleared),
		cmocka_unit_test(a_held_chunk_says_why),
		cmocka_unit_test(the_nations_word_is_kept_beside_the_state),
		cmocka_unit_test(a_failed_import_says_why_and_when),
		cmocka_unit_test(a_done_chunk_has_the_nations_counts),
		cmocka_unit_test(a_result_that_is_gone_is_declared),
		cmocka_unit_test(a_missing_result_says_so),
		cmocka_unit_test(a_chunk_whose_id_is_doubted_loses_the_counts_that_came_with_it),
		cmocka_unit_test(a_chunk_that_was_given_anothers_id_keeps_the_evidence_but_not_the_id),
		cmocka_unit_test(the_owner_of_a_doubted_id_keeps_the_evidence_of_its_own_post),
		cmocka_unit_test(a_chunk_that_ran_out_of_attempts_was_never_taken),
		cmocka_unit_test(a_chunk_that_is_too_large_uses_up_no_attempt_and_says_so),
		cmocka_unit_test(a_chunk_that_was_split_names_its_pieces_and_when),
		cmocka_unit_test(a_chunk_that_was_resubmitted_is_never_called_never_taken),
		cmocka_unit_test(never_taken_is_taken_back_when_a_person_found_the_import),
		cmocka_unit_test(a_resubmitted_chunk_begins_anew_but_for_its_history),
		cmocka_unit_test(who_settled_a_chunk_and_why_is_kept),
		cmocka_unit_test(a_text_that_fills_its_place_is_cut_by_one_for_its_end),
		cmocka_unit_test(every_state_has_the_word_of_the_reports),
		cmocka_unit_test(final_is_what_it_says),
		cmocka_unit_test(a_chunk_without_a_record_is_planned_or_done_if_it_has_no_rows),
		cmocka_unit_test(
		    only_what_the_nation_refused_or_never_took_or_gave_up_on_is_surely_absent),
		cmocka_unit_test(
		    a_chunk_that_is_retried_begins_again_and_remembers_an_import_that_came_to_nothing),
		cmocka_unit_test(rows_that_are_retried_are_counted_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
