/* signin.h - how a job signs in: its token read from where the job says, renewed, and tried at the
 * nation. */
#ifndef RUNNER_CLI_SIGNIN_H
#define RUNNER_CLI_SIGNIN_H

#include <stdint.h>

#include "config/settings.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/nation/client.h"
#include "runner/nation/renewal.h"
#include "runner/nation/token.h"

struct helper;

struct signin {
	const struct settings *settings; /* borrowed */
	struct helper *helper; /* runs the command of a token; NULL: none is needed */
	struct token_source source;
	struct renewal *renewal; /* NULL until there is a client */
};

#define SIGNIN_NONE { .settings = NULL }

/* For command: this forks, so it comes before the store is opened. */
int signin_open(struct signin *signin, const struct settings *settings, struct err *err);
void signin_close(struct signin *signin); /* after its clients */
SCOPED_BY(signin, signin_close)

int signin_read(struct signin *signin, struct token *token, struct err *err);

/* Opens a client that carries the token and gets others in its place. What the nation, its token and
 * time limits are is filled in; the rest of the options is the caller's. */
int signin_client(struct signin *signin, const struct token *token, struct client_options options,
    struct client **client, struct err *err);

/* What the nation said to one look at its list of imports. A nation without that list (404, 410) has said
 * nothing of the token. */
struct signin_answer {
	enum err_kind kind;  /* ERR_NONE: it does not refuse the token */
	bool shows_list;
	uint32_t status;     /* 0: none */
	char words[512];
};

const char *signin_word(const struct signin_answer *answer); /* "valid" "not known" "refused" ... */

/* Asks once; -1 only if that could not even be begun. */
int signin_ask(struct client *client, struct signin_answer *answer, struct err *err);

/* Gets another token in the place of the client's; waits for it. -1: there is none, with the reason. */
int signin_renew(struct client *client, struct reply *reply, struct err *err);

#endif
