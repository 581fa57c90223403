#include "platform.h"

#include <stddef.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/base/stamp.h"
#include "runner/report/explain.h"
#include "runner/report/outcome.h"

enum { HEX_BYTES = 65 };

void
explain_plan(struct buf *to, const struct report_job *job, const struct plan_chunk *plan)
{
	const struct report_source *source = &job->sources[plan->source];
	char number[SHOW_BYTES], room[REPORT_INPUT_BYTES];

	buf_printf(to, "%s-%u: ", source->name, plan->number);
	if (plan->rows) {
		buf_printf(to, "rows %s", show_count(plan->first_row, number));
		buf_printf(to, " to %s", show_count(plan_last_row(plan), number));
	} else {
		buf_add_text(to, "no rows");
	}
	buf_printf(to, " of %s (bytes %s", report_input_name(source, plan->input, room),
	    show_count(plan->first_byte, number));
	buf_printf(to, " to %s); ", show_count(plan->end_byte, number));
	buf_printf(to, "%s to send", show_count(plan_rows_sent(plan), number));
	if (plan->rows_left_out)
		buf_printf(to, ", %s left out", show_count(plan->rows_left_out, number));
	buf_add_byte(to, '\n');
	if (plan->retry_first && plan->retry_first == plan->retry_last)
		buf_printf(to, "  rows that were rejected in %s-%u, corrected by a person\n",
		    source->name, plan->retry_first);
	else if (plan->retry_first)
		buf_printf(to, "  rows that were rejected in %s-%u to %s-%u, corrected by a person\n",
		    source->name, plan->retry_first, source->name, plan->retry_last);
}

/* ---- one event */

/* What of an event is told behind its words, in this order. */
enum {
	TELL_ATTEMPT = 1 << 0, /* its number */
	TELL_IMPORT = 1 << 1,  /* the import id */
	TELL_DIGEST = 1 << 2,
	TELL_COUNTS = 1 << 3,
	TELL_WORD = 1 << 4,   /* of the nation, as it came */
	TELL_WIRE = 1 << 5,   /* the evidence of an attempt */
	TELL_WHY = 1 << 6,    /* the nation's message or the run's reason */
	TELL_NEXT = 1 << 7,   /* when the next try or look is due */
	TELL_REASON = 1 << 8, /* a person's, in brackets; the person stands before the words */
	TELL_PIECES = 1 << 9, /* the numbers of the chunks that are sent instead */
	TELL_PARENT = 1 << 10, /* the number of the chunk that it was split from */
	TELL_RETRY = 1 << 11, /* the file of corrected rows */
	TELL_ROWS = 1 << 12,  /* and how many of it */
	TELL_PERSON = 1 << 13, /* stands before the words */
};

static const struct telling {
	enum event_type type;
	unsigned tells;
	const char *words;
} tellings[] = {
	{ EVENT_TOKEN_REFRESHED, TELL_WHY, "another access token is used from here on" },
	{ EVENT_SUBMIT_STARTED, TELL_ATTEMPT, "sending began, attempt" },
	{ EVENT_SUBMIT_ACCEPTED, TELL_IMPORT | TELL_WIRE, "the nation took it as import" },
	{ EVENT_SUBMIT_NOT_SENT, TELL_WIRE | TELL_WHY | TELL_NEXT, "nothing was sent" },
	{ EVENT_SUBMIT_NOT_COMPLETE, TELL_WIRE | TELL_WHY | TELL_NEXT,
	  "not all of it was sent, so the nation cannot have taken it" },
	{ EVENT_SUBMIT_PUT_OFF, TELL_WIRE | TELL_WHY | TELL_NEXT,
	  "the nation did not take it for now" },
	{ EVENT_SUBMIT_REFUSED, TELL_WIRE | TELL_WHY, "the nation refused it" },
	{ EVENT_SUBMIT_TOO_LARGE, TELL_WIRE | TELL_WHY, "the nation finds it too large" },
	{ EVENT_CHUNK_SPLIT, TELL_PIECES, "split; its rows are those of the chunks" },
	{ EVENT_CHUNK_ADDED, TELL_PARENT, "added to the plan: a piece of chunk" },
	{ EVENT_ROWS_RETRIED, TELL_ROWS | TELL_RETRY,
	  "rejected rows of it were corrected by a person and are sent again:" },
	{ EVENT_CHUNK_RETRIED, TELL_PERSON,
	  "had it sent again, as the nation surely has not taken it" },
	{ EVENT_ANSWER_LOST, TELL_WIRE | TELL_WHY | TELL_NEXT,
	  "the answer was lost: the nation may have taken it" },
	{ EVENT_ATTEMPTS_USED_UP, 0, "no attempt is left, and the nation has taken none of them" },
	{ EVENT_ADOPT_DOUBTED, 0,
	  "the run folder was taken over, and another copy of it may have sent this" },
	{ EVENT_DOUBT_HASHED, TELL_DIGEST, "read again for its digest, SHA-256" },
	{ EVENT_PROBE_FOUND, TELL_IMPORT, "found in the nation's list as import" },
	{ EVENT_PROBE_ABSENT, TELL_NEXT, "not in the nation's list; a second look decides" },
	{ EVENT_PROBE_CLEARED, 0, "again not in the nation's list, so it may be sent again" },
	{ EVENT_PROBE_UNCLEAR, TELL_WHY, "the nation's list does not settle it" },
	{ EVENT_PROBE_FAILED, TELL_WHY | TELL_NEXT, "the nation's list could not be read" },
	{ EVENT_DOUBT_HELD, 0, "held for a person, as in_doubt = \"hold\" says" },
	{ EVENT_DOUBT_RESUBMITTED, 0, "to be sent again, as in_doubt = \"resubmit\" says" },
	{ EVENT_ID_CONFLICT, TELL_WHY, "held: an import can belong to one chunk only" },
	{ EVENT_STATUS_CHANGED, TELL_WORD, "the nation says" },
	{ EVENT_IMPORT_FINISHED, 0, "the nation has finished the import" },
	{ EVENT_IMPORT_FAILED, TELL_WHY, "the import failed" },
	{ EVENT_RESULT_STORED, TELL_COUNTS, "the nation counts" },
	{ EVENT_RESULT_MISSING, TELL_WHY, "the nation gives no counts" },
	{ EVENT_RESULT_GONE, TELL_WHY, "the nation has no counts any more" },
	{ EVENT_RESOLVED_IMPORT, TELL_IMPORT | TELL_REASON, "it is import" },
	{ EVENT_RESOLVED_RESUBMIT, TELL_REASON, "it is to be sent again" },
	{ EVENT_RESOLVED_SKIP, TELL_REASON, "it is not to be sent any more" },
};

/* NULL for an event about the load. */
static const struct telling *
find_telling(enum event_type type)
{
	for (size_t i = 0; i < ARRAY_COUNT(tellings); i++) {
		if (tellings[i].type == type)
			return &tellings[i];
	}
	return NULL;
}

static void
add_digest(struct buf *to, const struct event *event)
{
	char hex[HEX_BYTES];

	show_hex(event->sha256.bytes, sizeof(event->sha256.bytes), hex);
	buf_printf(to, " %s", hex);
}

static void
add_counts(struct buf *to, const struct event *event)
{
	char number[SHOW_BYTES];

	buf_printf(to, " %s rows succeeded", show_count(event->rows_succeeded, number));
	buf_printf(to, ", %s updated", show_count(event->rows_updated, number));
	buf_printf(to, ", %s failed", show_count(event->rows_failed, number));
}

/* ---- what came with the answer, or instead of one: a sentence's parts, set apart by semicolons */

static void
add_handed(struct buf *to, const struct event *event)
{
	char number[SHOW_BYTES];

	if (event->body_bytes == 0)
		return;
	if (event->handed_bytes >= event->body_bytes) {
		buf_printf(to, "; the whole body (%s bytes) had been handed over",
		    show_count(event->body_bytes, number));
		return;
	}
	buf_printf(to, "; %s", show_count(event->handed_bytes, number));
	buf_printf(to, " of %s bytes had been handed over", show_count(event->body_bytes, number));
}

/* 250 ms  12.3 s  2 min */
static void
add_duration(struct buf *to, uint64_t ms)
{
	char duration[SHOW_BYTES];

	if (ms >= 1000 && ms < 60000)
		buf_printf(to, "%llu.%llu s", (unsigned long long)(ms / 1000),
		    (unsigned long long)(ms / 100 % 10));
	else
		buf_add_text(to, show_duration(ms, duration));
}

/* Of a connection over which no answer came. The numbers are libcurl's. */
static const char *
how_it_ended(const struct event *event)
{
	if (event->request_bytes == 0)
		return "could not be made";
	if (strstr(event->text, "reset"))
		return "was reset";
	switch (event->curl_code) {
	case 0: /* we gave it up, the reason says why */
		return "was ended";
	case 28:
		return "timed out";
	case 52:
		return "was closed by the other side";
	default:
		return "broke";
	}
}

static void
add_connection(struct buf *to, const struct event *event)
{
	if (event->http_status)
		buf_printf(to, "; answer %u came", event->http_status);
	if (event->http_status && event->peer_address[0])
		buf_printf(to, " from %s", event->peer_address);
	else if (event->peer_address[0])
		buf_printf(to, "; the connection to %s %s", event->peer_address,
		    how_it_ended(event));
	if (event->took_ms) {
		buf_add_text(to, " after ");
		add_duration(to, event->took_ms);
	}
	if (event->http_status == 0 && event->request_bytes)
		buf_add_text(to, "; no answer came");
}

static void
add_evidence(struct buf *to, const struct event *event, unsigned tells)
{
	const char *word = nation_word_text(event->word);
	char time[STAMP_BYTES];

	if (tells & TELL_WORD)
		buf_printf(to, " \"%s\"", event->text[0] ? event->text : word ? word : "");
	if (tells & TELL_WHY && event->text[0])
		buf_printf(to, ": %s", event->text);
	if (tells & TELL_WIRE) {
		add_handed(to, event);
		add_connection(to, event);
	}
	if (tells & (TELL_WHY | TELL_WIRE) && event->request_id[0])
		buf_printf(to, "; request id %s", event->request_id);
	if (tells & TELL_NEXT && event->due_ms)
		buf_printf(to, "; next step from %s", stamp_iso(event->due_ms, time));
}

static void
add_event(struct buf *to, const struct event *event, const struct telling *telling)
{
	if (event->type == EVENT_CHUNK_ADDED && event->retry) {
		buf_printf(to, "added to the plan: corrected rows, retry/%u.csv", event->retry);
		return;
	}
	if (telling->tells & (TELL_REASON | TELL_PERSON))
		buf_printf(to, "%s%s%s %s", event->person, event->host[0] ? " on " : "",
		    event->host, telling->tells & TELL_REASON ? "settled it: " : "");
	buf_add_text(to, telling->words);
	if (telling->tells & TELL_ROWS)
		buf_printf(to, " %llu", (unsigned long long)event->rows);
	if (telling->tells & TELL_RETRY)
		buf_printf(to, " of retry/%u.csv", event->retry);
	if (telling->tells & TELL_ATTEMPT)
		buf_printf(to, " %u", event->attempt);
	if (telling->tells & TELL_IMPORT)
		buf_printf(to, " %llu", (unsigned long long)event->import_id);
	if (telling->tells & TELL_PARENT)
		buf_printf(to, " %u", event->parent);
	if (telling->tells & TELL_PIECES)
		buf_printf(to, " %u to %u", event->first_piece,
		    event->first_piece + event->pieces - 1);
	if (telling->tells & TELL_DIGEST)
		add_digest(to, event);
	if (telling->tells & TELL_COUNTS)
		add_counts(to, event);
	add_evidence(to, event, telling->tells);
	if (telling->tells & TELL_REASON)
		buf_printf(to, " (%s)", event->text);
}

void
explain_event(struct buf *to, const struct event *event)
{
	const struct telling *telling = find_telling(event->type);
	char time[STAMP_BYTES];

	if (!telling)
		return;
	buf_printf(to, "  %s  ", stamp_iso(event->at_ms, time));
	add_event(to, event, telling);
	buf_add_byte(to, '\n');
}

/* ---- what is next */

static void
add_not_before(struct buf *to, const struct chunk *chunk)
{
	char time[STAMP_BYTES];

	if (chunk->due_ms)
		buf_printf(to, ", not before %s", stamp_iso(chunk->due_ms, time));
}

static void
add_kept_back(struct buf *to, const struct explain_next *next)
{
	buf_printf(to, "nothing: %s has more rejected rows than max_rejected\n"
		       "    rollcall rejects %s -o fix.csv     corrected, they go with retry",
	    report_source_name(next->job, next->plan->source), next->job->command);
}

static void
add_planned(struct buf *to, const struct explain_next *next)
{
	const struct source_rules *rules = &next->job->sources[next->plan->source].rules;

	if (next->is_kept_back) {
		add_kept_back(to, next);
		return;
	}
	buf_printf(to, "a run sends it%s when its turn comes",
	    next->chunk->attempts ? " again" : "");
	add_not_before(to, next->chunk);
	for (uint32_t i = 0; i < rules->after_count; i++)
		buf_printf(to, "%s%s", i ? ", " : "; every chunk of these must be done first: ",
		    report_source_name(next->job, rules->after[i]));
}

static void
add_person(struct buf *to, const struct explain_next *next)
{
	buf_printf(to, "nothing by itself; a person settles it:\n    rollcall resolve %s %s-%u %s"
		       " --reason TEXT",
	    next->job->command, report_source_name(next->job, next->plan->source),
	    next->plan->number, outcome_ways(next->chunk->state));
	if (chunk_is_surely_absent(next->chunk))
		buf_printf(to, "\n    rollcall retry %s --failed     sends it again: the nation has not"
			       " taken it", next->job->command);
}

static void
add_done(struct buf *to, const struct explain_next *next)
{
	uint64_t unaccounted = tally_unaccounted(next->chunk, next->plan, next->equation);
	char number[SHOW_BYTES];

	if (unaccounted)
		buf_printf(to, "nothing; the nation's counts leave %s of its rows unexplained",
		    show_count(unaccounted, number));
	else
		buf_add_text(to, "nothing; every row is accounted for");
}

static void
add_step(struct buf *to, const struct explain_next *next)
{
	switch (next->chunk->state) {
	case CHUNK_PLANNED:
		add_planned(to, next);
		break;
	case CHUNK_SUBMITTING:
		buf_add_text(to, "its answer; if no run is going on, the next one counts it as in "
				 "doubt");
		break;
	case CHUNK_IN_DOUBT:
		buf_add_text(to, "a run looks for it in the nation's list of imports");
		add_not_before(to, next->chunk);
		break;
	case CHUNK_SUBMITTED:
		buf_add_text(to, "a run asks the nation how far it is");
		add_not_before(to, next->chunk);
		break;
	case CHUNK_FINISHED:
		buf_add_text(to, "a run fetches its counts");
		add_not_before(to, next->chunk);
		break;
	case CHUNK_HELD:
	case CHUNK_REFUSED:
	case CHUNK_FAILED:
		add_person(to, next);
		break;
	case CHUNK_DONE:
		add_done(to, next);
		break;
	case CHUNK_SKIPPED:
		buf_add_text(to, next->chunk->notes & NOTE_SPLIT
					 ? "nothing; its pieces are sent instead"
					 : "nothing; its rows are not sent");
		break;
	}
}

void
explain_next(struct buf *to, const struct explain_next *next)
{
	buf_printf(to, "It is %s. Next: ", chunk_state_word(next->chunk->state));
	add_step(to, next);
	buf_add_byte(to, '\n');
}

/* ---- as JSON */

void
explain_plan_json(
    struct jsonw *json, const struct report_job *job, const struct plan_chunk *plan)
{
	const struct report_source *source = &job->sources[plan->source];
	char room[REPORT_INPUT_BYTES];

	jsonw_string(json, "job", job->name);
	jsonw_string(json, "source", source->name);
	jsonw_number(json, "chunk", plan->number);
	jsonw_string(json, "source_file", report_input_name(source, plan->input, room));
	jsonw_number(json, "first_row", plan->first_row);
	jsonw_number(json, "last_row", plan_last_row(plan));
	jsonw_number(json, "first_byte", plan->first_byte);
	jsonw_number(json, "end_byte", plan->end_byte);
	jsonw_number(json, "rows_sent", plan_rows_sent(plan));
	jsonw_number(json, "rows_left_out", plan->rows_left_out);
}

void
explain_event_json(struct jsonw *json, const struct event *event)
{
	const struct telling *telling = find_telling(event->type);
	SCOPED(buf) words = BUF_INIT;
	char time[STAMP_BYTES];

	if (!telling)
		return;
	add_event(&words, event, telling);
	if (buf_failed(&words))
		json->to->failed = true; /* half of the words must not pass for all */
	jsonw_open(json, NULL, '{');
	jsonw_string(json, "at", stamp_iso(event->at_ms, time));
	jsonw_string(json, "event", event_word(event->type));
	jsonw_text(json, "words", buf_span(&words));
	jsonw_close(json, '}');
}

void
explain_next_json(struct jsonw *json, const struct explain_next *next)
{
	SCOPED(buf) words = BUF_INIT;

	add_step(&words, next);
	if (buf_failed(&words))
		json->to->failed = true;
	jsonw_string(json, "state", chunk_state_word(next->chunk->state));
	jsonw_text(json, "next", buf_span(&words));
}
