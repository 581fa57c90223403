/* fault.h - what shall go wrong: the grammar of faults and the decision which one strikes.
 *
 *     REQUEST[:WHICH]:ACTION[,ACTION]...
 *
 *     REQUEST   submit status result list detail token other, or any
 *     WHICH     2   2-4   2-   every=3   rate=0.1        (left out: every time)
 *     ACTION    a row of FAULT_ACTIONS, NAME or NAME=VALUE; in values \, \\ \n \r \t
 *
 * Requests are counted per fault, from the moment that it was added. Where several faults strike
 * one request their actions add up, the later one's value counts. Pure and seeded: the same seed
 * and requests give the same faults, over HTTP or in a simulation. */
#ifndef SANDBOX_FAULT_H
#define SANDBOX_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"

enum fault_request {
	FAULT_SUBMIT, /* POST /api/v1/imports */
	FAULT_STATUS, /* GET  /api/v1/imports/ID */
	FAULT_RESULT, /* GET  /api/v1/imports/ID/result */
	FAULT_LIST,   /* GET  /api/v2/imports */
	FAULT_DETAIL, /* GET  /api/v2/imports/ID */
	FAULT_TOKEN,  /* POST /oauth/token */
	FAULT_OTHER,
	FAULT_REQUESTS,
};

const char *fault_request_name(enum fault_request request);

/* NAME, word, kind of value, member, value in the help, help.
 *
 * Kinds: FLAG bool; NUMBER, TIME (milliseconds) and CHOICE (1 + its place among the words of the
 * help's value, which are parted by |) uint64_t; TEXT const char *; HEADER adds to `headers`. */
#define FAULT_ACTIONS(X)                                                                           \
	/* an answer of another's in place of the nation's; the request is not carried out */      \
	X(STATUS, "status", NUMBER, status, "NNN",                                                 \
	  "answer with this status (2xx: the nation's own answer, only its number "                \
	  "changes)")                                                                              \
	X(HEADER, "header", HEADER, headers, "NAME: VALUE",                                        \
	  "give the answer this header; without a VALUE: leave out the nation's own")              \
	X(BODY, "body", TEXT, body, "TEXT", "answer with this body")                               \
	X(HTML, "html", FLAG, html, "",                                                            \
	  "answer with an HTML page, as a front end or a captive portal does")                     \
	X(NONSENSE, "nonsense", FLAG, nonsense, "", "answer with JSON that is not the nation's")   \
	X(GARBAGE, "garbage", FLAG, garbage, "", "answer with bytes that are not HTTP")            \
	X(REDIRECT, "redirect", TEXT, redirect, "URL",                                             \
	  "answer 302 (or status=) and this Location")                                             \
	X(EARLY, "early", FLAG, early, "", "answer after the head, before the body is read")       \
	/* is it carried out? */                                                                   \
	X(TAKE, "take", FLAG, take, "", "carry the request out, whatever is answered")             \
	X(TAKE_AFTER, "take-after", TIME, take_after_ms, "TIME",                                   \
	  "carry it out this long after the answer (submit)")                                      \
	X(TWICE, "twice", FLAG, twice, "", "carry it out twice (submit)")                          \
	/* the connection */                                                                       \
	X(DROP, "drop", FLAG, drop, "",                                                            \
	  "read the request, drop the connection without an answer")                               \
	X(DROP_HEAD, "drop-head", FLAG, drop_head, "", "drop it after the head")                   \
	X(DROP_BODY, "drop-body", NUMBER, drop_body, "BYTES",                                      \
	  "drop it when this much of the body is read")                                            \
	X(DROP_ANSWER, "drop-answer", NUMBER, drop_answer, "BYTES",                                \
	  "drop it after this much of the answer's body")                                          \
	X(FIN, "fin", FLAG, fin, "", "drop by an orderly close, not by a reset")                   \
	X(STALL, "stall", FLAG, stall, "", "read the request and never answer")                    \
	X(CLOSE_AFTER, "close-after", FLAG, close_after, "",                                       \
	  "answer, then close the kept-alive connection unannounced")                              \
	X(CLOSE_NEXT, "close-next", FLAG, close_next, "",                                          \
	  "answer, then drop the connection at its next request")                                  \
	/* time */                                                                                 \
	X(WAIT, "wait", TIME, wait_ms, "TIME",                                                     \
	  "wait before the request is carried out, though the client may go")                      \
	X(DELAY, "delay", TIME, delay_ms, "TIME", "carry it out, then wait before the answer")     \
	X(LAG, "lag", NUMBER, lag, "N",                                                            \
	  "the first N questions about an import are answered as if it did not exist")             \
	X(LATE, "late", TIME, late_ms, "TIME", "the same while an import is younger than this")    \
	/* the nation's own answer, changed */                                                     \
	X(CUT, "cut", NUMBER, cut, "BYTES", "the body ends here, and Content-Length agrees")       \
	X(ID, "id", CHOICE, id, "string|huge|negative|zero|float|true|null|used|missing",          \
	  "an odd import id")                                                                      \
	X(WORD, "word", TEXT, word, "TEXT", "this status word")                                    \
	X(COUNTS, "counts", CHOICE, counts, "within|separate|off|negative|text|missing",           \
	  "rows_updated is part of rows_succeeded (the default), or not; or counts that "          \
	  "make no sense")                                                                         \
	X(REASON, "reason", TEXT, reason, "NAME", "the name of the reason column")                 \
	X(REASON_FIRST, "reason-first", FLAG, reason_first, "",                                    \
	  "the reason column stands first")                                                        \
	X(REASON_RAW, "reason-raw", FLAG, reason_raw, "",                                          \
	  "reasons are raw database errors over several lines, badly quoted")                      \
	X(BASE64, "base64", CHOICE, base64, "std|url", "the alphabet of failure_csv")              \
	X(NOPAD, "nopad", FLAG, nopad, "", "failure_csv without padding")                          \
	X(WRAP, "wrap", FLAG, wrap, "", "failure_csv with line breaks")                            \
	X(FAILURES, "failures", CHOICE, failures, "null|empty|missing|broken",                     \
	  "an odd failure_csv")                                                                    \
	X(HEAD, "head", CHOICE, head, "raw|cut|null|missing", "content_head in the V2 views")      \
	X(LINES, "lines", CHOICE, lines, "header|null",                                            \
	  "lines_count counts the header, or is null")                                             \
	X(ORDER, "order", CHOICE, order, "oldest", "the list begins with the oldest")              \
	X(OTHER_IDS, "other-ids", FLAG, other_ids, "", "V2 ids are not those of V1")

#define FAULT_NUMBER(name, ...) FAULT_DO_##name,
enum fault_action { FAULT_ACTIONS(FAULT_NUMBER) FAULT_ACTION_COUNT };
#undef FAULT_NUMBER

/* The words of the CHOICE actions. */
enum fault_id {
	FAULT_ID_STRING = 1, FAULT_ID_HUGE, FAULT_ID_NEGATIVE, FAULT_ID_ZERO, FAULT_ID_FLOAT,
	FAULT_ID_TRUE, FAULT_ID_NULL, FAULT_ID_USED, FAULT_ID_MISSING,
};
enum fault_counts {
	FAULT_COUNTS_WITHIN = 1, FAULT_COUNTS_SEPARATE, FAULT_COUNTS_OFF, FAULT_COUNTS_NEGATIVE,
	FAULT_COUNTS_TEXT, FAULT_COUNTS_MISSING,
};
enum fault_base64 { FAULT_BASE64_STD = 1, FAULT_BASE64_URL };
enum fault_failures {
	FAULT_FAILURES_NULL = 1, FAULT_FAILURES_EMPTY, FAULT_FAILURES_MISSING,
	FAULT_FAILURES_BROKEN,
};
enum fault_head { FAULT_HEAD_RAW = 1, FAULT_HEAD_CUT, FAULT_HEAD_NULL, FAULT_HEAD_MISSING };
enum fault_lines { FAULT_LINES_HEADER = 1, FAULT_LINES_NULL };
enum fault_order { FAULT_ORDER_OLDEST = 1 };

enum { FAULT_HEADERS = 8 };

/* What happens to one request; all zero: nothing. Texts lend from the struct faults, whose
 * memory they leave only with faults_free(), also after faults_clear(). */
struct fault_effect {
	uint64_t given; /* bit 1 << enum fault_action */
	uint64_t status, drop_body, drop_answer, cut, lag;
	uint64_t take_after_ms, wait_ms, delay_ms, late_ms;
	uint64_t id, counts, base64, failures, head, lines, order;
	const char *body, *redirect, *word, *reason;
	const char *headers[FAULT_HEADERS];
	size_t header_count;
	bool html, nonsense, garbage, early, take, twice, drop, drop_head, fin, stall, close_after,
	    close_next, reason_first, reason_raw, nopad, wrap, other_ids;
};

static inline bool
fault_has(const struct fault_effect *effect, enum fault_action action)
{
	return effect->given >> action & 1;
}

/* Is the answer another's, not the nation's own? */
bool fault_replaces_answer(const struct fault_effect *effect);

/* Is the request carried out before it is answered? */
bool fault_carries_out(const struct fault_effect *effect);

struct faults;

struct faults *faults_new(uint64_t seed, struct err *err);
void faults_free(struct faults *faults);
void faults_seed(struct faults *faults, uint64_t seed);

/* ERR_USAGE with the reason, and a "did you mean", where the spec is wrong. */
int faults_add(struct faults *faults, struct span spec, struct err *err);

void faults_clear(struct faults *faults);

/* Counts the request and says what happens to it. */
struct fault_effect faults_strike(struct faults *faults, enum fault_request request);

/* The table of actions as help, in lines of at most 80 columns. */
void fault_help(struct buf *to);

#endif
