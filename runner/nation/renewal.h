/* renewal.h - another access token in the place of one that ends, or that the nation refused.
 *
 * The state machine of product.md, "Tokens", without the network: the client carries its one request.
 * A renewal goes in steps that never wait, so that uploads go on meanwhile:
 *
 *     file:       FILE.lock; the file is read again: another token in it (another load refreshed it,
 *                 or `auth` was run) is taken, and nothing is asked of the nation. Else the refresh
 *                 token goes to /oauth/token, and after a refusal the older one that the file keeps.
 *                 What comes back is in the file, durable, before it is used; the refresh token that
 *                 was used stays beside it until the new access token has worked.
 *     command:    is run again
 *     env:, credential:    cannot change under a process
 *
 * What a process that was killed had written, but not put into place, is put there first.
 * A refresh whose answer was lost is simply made again with what the file has. A nation that ends a
 * refresh token as soon as it was used leaves us without one then, and if we are killed between its
 * answer and our save: only a person can sign in again. */
#ifndef RUNNER_NATION_RENEWAL_H
#define RUNNER_NATION_RENEWAL_H

#include <stdbool.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/core/reply.h"
#include "runner/nation/token.h"
#include "runner/ports.h"

struct renewal;

struct renewal_options {
	const struct token_source *source; /* kept, with its texts */
	const struct token *token;         /* what it yielded; copied */
	struct clock_port clock;
	struct steps_port steps;           /* at may be NULL */
};

/* NULL: no memory. */
struct renewal *renewal_new(const struct renewal_options *options, struct err *err);
void renewal_free(struct renewal *renewal); /* lets go of the lock, wipes; NULL is fine */

/* The token as it is known now. */
const struct token *renewal_token(const struct renewal *renewal);

/* Begins. None may be going on. */
void renewal_begin(struct renewal *renewal);

enum renewal_next {
	RENEWAL_WAIT, /* step again when renewal_fd() is readable, or after RENEWAL_POLL_MS */
	RENEWAL_ASK,  /* POST *form to /oauth/token, then renewal_hear() and step again */
	RENEWAL_DONE, /* renewal_end() has the outcome */
};
enum { RENEWAL_POLL_MS = 50 };

/* *form is the caller's, to wipe. */
enum renewal_next renewal_step(struct renewal *renewal, struct buf *form);

int renewal_fd(const struct renewal *renewal); /* -1: none */

/* What came back: the reply's transport and status, and the body of the answer. */
void renewal_hear(struct renewal *renewal, const struct reply *reply, struct span body);

/* The next step is the last: it does not go on, for this reason. */
void renewal_cut(struct renewal *renewal, const char *reason);

/* Ends it: fills the reply's renewed, renew_ms, fault and message. */
void renewal_end(struct renewal *renewal, struct reply *reply);

/* The nation took the present access token: the older refresh token leaves the file, and what a killed
 * process left beside it is put in order. Nothing is lost if that cannot be done now. */
void renewal_worked(struct renewal *renewal);

#endif
