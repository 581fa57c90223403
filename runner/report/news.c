#include "platform.h"

#include "runner/base/show.h"
#include "runner/report/news.h"

enum ending {
	ENDS_THERE,
	ENDS_WITH_RETRY,  /* "; next try in 4 s" */
	ENDS_WITH_SETTLE, /* "; the nation's list is asked in 5 min" */
	ENDS_WITH_IMPORT, /* " as import 252" */
};

static const struct {
	enum event_type type;
	enum weight weight;
	const char *words; /* before the event's own text */
	enum ending ending;
} news[] = {
	{ EVENT_SUBMIT_NOT_SENT, WEIGHT_WARNING, "not sent", ENDS_WITH_RETRY },
	{ EVENT_SUBMIT_NOT_COMPLETE, WEIGHT_WARNING, "not taken", ENDS_WITH_RETRY },
	{ EVENT_SUBMIT_PUT_OFF, WEIGHT_WARNING, "not taken", ENDS_WITH_RETRY },
	{ EVENT_SUBMIT_REFUSED, WEIGHT_WARNING, "refused", ENDS_THERE },
	{ EVENT_SUBMIT_TOO_LARGE, WEIGHT_WARNING, "too large, it will be split", ENDS_THERE },
	{ EVENT_ANSWER_LOST, WEIGHT_WARNING, "in doubt", ENDS_WITH_SETTLE },
	{ EVENT_ATTEMPTS_USED_UP, WEIGHT_WARNING, "failed: never taken, no attempt left",
	    ENDS_THERE },
	{ EVENT_PROBE_FOUND, WEIGHT_INFO, "found in the nation's list", ENDS_WITH_IMPORT },
	{ EVENT_PROBE_CLEARED, WEIGHT_INFO, "not in the nation's list, twice: it is sent again",
	    ENDS_THERE },
	{ EVENT_PROBE_UNCLEAR, WEIGHT_WARNING, "held, it waits for you", ENDS_THERE },
	{ EVENT_DOUBT_HELD, WEIGHT_WARNING, "held, it waits for you", ENDS_THERE },
	{ EVENT_DOUBT_RESUBMITTED, WEIGHT_WARNING, "sent again, as in_doubt says", ENDS_THERE },
	{ EVENT_ID_CONFLICT, WEIGHT_WARNING, "held, it waits for you", ENDS_THERE },
	{ EVENT_IMPORT_FAILED, WEIGHT_WARNING, "failed", ENDS_THERE },
	{ EVENT_RESULT_MISSING, WEIGHT_WARNING, "failed", ENDS_THERE },
	{ EVENT_RESULT_GONE, WEIGHT_WARNING, "done, but the nation has no counts for it",
	    ENDS_THERE },
};

static void
add_ending(struct buf *to, const struct event *event, enum ending ending)
{
	char wait[SHOW_BYTES];

	show_duration(event->due_ms > event->at_ms ? (uint64_t)(event->due_ms - event->at_ms) : 0,
	    wait);
	switch (ending) {
	case ENDS_THERE:
		break;
	case ENDS_WITH_RETRY:
		if (event->due_ms == 0)
			break; /* the run ends, or another token tries */
		buf_printf(to, "; next try in %s (attempt %u)", wait, event->attempt + 1);
		break;
	case ENDS_WITH_SETTLE:
		buf_printf(to, "; it settles for %s, then the nation's list is asked", wait);
		break;
	case ENDS_WITH_IMPORT:
		buf_printf(to, " as import %llu", (unsigned long long)event->import_id);
		break;
	}
}

/* nationbuilder-api.md: "An unknown word: keep polling, warn". */
static bool
is_unknown_word(const struct event *event)
{
	return event->type == EVENT_STATUS_CHANGED && event->word == WORD_UNKNOWN;
}

bool
news_of(struct buf *to, const struct event *event, const struct report_job *job,
    enum weight *weight)
{
	if (is_unknown_word(event)) {
		*weight = WEIGHT_WARNING;
		buf_printf(to, "chunk %s-%u: the nation says \"%s\", a word not known here; it is "
			       "asked on until poll.deadline",
		    report_source_name(job, event->source), event->chunk, event->text);
		return true;
	}
	for (size_t i = 0; i < ARRAY_COUNT(news); i++) {
		if (news[i].type != event->type)
			continue;
		*weight = news[i].weight;
		buf_printf(to, "chunk %s-%u: %s", report_source_name(job, event->source),
		    event->chunk, news[i].words);
		if (event->text[0])
			buf_printf(to, ": %s", event->text);
		add_ending(to, event, news[i].ending);
		return true;
	}
	return false;
}
