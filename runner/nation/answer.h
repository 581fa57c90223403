/* answer.h - what an answer of the nation says: head and body in, facts of a struct reply out.
 *
 * Pure. Takes every form that a document of the API shows (nationbuilder-api.md, with sources) and
 * nothing else; what is missing or of another type reads as absent. Nothing here judges: that is
 * core/verdict. Text that a person will see is made safe and cut; content heads are lent as they
 * came, to be compared. */
#ifndef RUNNER_NATION_ANSWER_H
#define RUNNER_NATION_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/core/reply.h"
#include "runner/json/read.h"

/* ---- the head, line by line ---- */

struct answer_head {
	bool is_html;           /* Content-Type: text/html */
	int64_t date_ms;        /* Date; -1 */
	int64_t wait_ms;        /* Retry-After in seconds; below 0 as sent; INT64_MIN if absent */
	int64_t until_ms;       /* Retry-After as a date; -1 */
	int64_t reset_s_thousandths; /* the largest rate-limit reset, as sent; -1 */
	char request_id[80];    /* X-Request-Id */
};

void answer_head_init(struct answer_head *head);

/* "Name: value", with or without its line end; names without regard to case. */
void answer_head_line(struct answer_head *head, struct span line);

/* Fills server_date_ms, request_id and retry_after_ms; reply->status must stand. Times of the
 * nation are taken by its own clock, by ours (`wall_ms`) where it shows none. A wait that is
 * already over is 0, an absurd one large: the core clamps. Rate-limit resets count for 429 only:
 * every answer carries them. */
void answer_head_fill(const struct answer_head *head, int64_t wall_ms, struct reply *reply);

/* ---- the body ---- */

/* A web page: the head says so (`is_html`), or the first byte does. */
bool answer_is_html(struct span body, bool is_html);

/* To SUBMIT and STATUS: {"import":{...}}, or an error. Fills form, message, id_form, import_id,
 * word, word_text, type, processed, total. */
void answer_import(struct reply *reply, struct span body, bool is_html);

/* To RESULT, without its failure_csv (result.h): {"result":{...}}, or an error. Fills form,
 * message, rows_*. Returns whether it is a result. */
bool answer_result(struct reply *reply, struct span body, bool is_html);

/* To LIST: {"data":[...],"links":{...}}, or an error. Fills form, message, is_list, entries,
 * entry_count, has_more. What the reply lends lives in *list. -1: out of memory.
 *
 * has_more is false only where the nation says so: links.next is null, or the page is empty. */
struct answer_list {
	struct json_doc doc;
	struct listed *entries;
};

#define ANSWER_LIST_INIT { JSON_DOC_INIT, NULL }

int answer_list(struct reply *reply, struct span body, bool is_html, struct answer_list *list,
    struct err *err);
void answer_list_done(struct answer_list *list);

/* Copies text from outside so that it may be shown, cut at a character. */
void answer_copy(char *to, size_t to_bytes, struct span text);

SCOPED_BY(answer_list, answer_list_done)

#endif
