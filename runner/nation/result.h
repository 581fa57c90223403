/* result.h - the answer to GET /imports/ID/result as it streams in.
 *
 * Its failure_csv may be as large as the chunk, too large for a JSON reader in a small process
 * (replies.md): the text is taken out of the answer, decoded and written to a temporary file in the
 * run folder; the rest, at most LIMIT_ANSWER_BYTES, is read as JSON at the end. Only a good answer
 * makes the file answers/SOURCE-CHUNK.failed.csv, synced, with its folder (files/put.h); an answer without failures removes the file that an earlier import of the chunk left. So the
 * file always belongs to the last result that was delivered.
 *
 * What is wrong with the answer shows in the reply; what is wrong with the disk is an error. */
#ifndef RUNNER_NATION_RESULT_H
#define RUNNER_NATION_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/base/span.h"
#include "runner/core/reply.h"

struct result;

/* `folder_fd` is the run folder; it and `source_name` must outlive the result. NULL: no memory. */
struct result *result_new(int folder_fd, const char *source_name, uint32_t number);
void result_free(struct result *result); /* removes what has no name yet; NULL is fine */

/* The next bytes of the body. -1: they could not be written (ERR_IO, ERR_CREATE). */
int result_take(struct result *result, struct span bytes, struct err *err);

/* Whether nothing that may still come can make a good result of it; and what was kept of it so far,
 * lent until the next call. */
bool result_is_lost(const struct result *result);
struct span result_rest(const struct result *result);

/* The body is complete; reply->status must stand. Fills what answer_result() fills; a failure_csv
 * that is no base64, or stands where none belongs, makes the form ANSWER_BROKEN. With a good
 * result of a 2xx the file is in place and durable before this returns. */
int result_end(struct result *result, struct reply *reply, bool is_html, struct err *err);

#endif
