/* nation.h - the pretend nation as a running thing: model, faults, tokens, ledger, clock and a
 * worker that works the queue, under one lock.
 *
 * The structure is open to the files of sandbox/ that answer requests (exchange.c, control.c);
 * they hold `lock` while they touch anything below it. */
#ifndef SANDBOX_NATION_H
#define SANDBOX_NATION_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runner/base/err.h"
#include "runner/base/jsonw.h"
#include "runner/base/number.h"
#include "sandbox/digest.h"
#include "sandbox/fault.h"
#include "sandbox/ledger.h"
#include "sandbox/model.h"
#include "sandbox/throttle.h"
#include "sandbox/tokens.h"

struct nation_options {
	uint64_t seed;
	uint64_t rows_per_second;
	const char *token;         /* NULL: any token will do */
	const char *refresh_token; /* NULL: none works */
	uint64_t token_life_ms;    /* 0: tokens do not end */
	enum tokens_end token_end; /* of a refresh token that was used */
	const char *ledger;        /* NULL: none */
	uint64_t file_bytes;       /* the largest file taken, decoded */
	struct number_rate requests;
};

/* What the nation keeps beside the model about its import of the same number. */
struct nation_record {
	char sha256[DIGEST_BYTES];
	uint64_t vault_at; /* the CSV as it came, in the vault */
	uint64_t asked[FAULT_REQUESTS];
};

/* An upload that is taken later (take-after). */
struct nation_later {
	struct nation_later *next;
	int64_t due_ms;
	uint64_t post;
	char sha256[DIGEST_BYTES];
	uint64_t vault_at;
	struct model_upload upload;
};

struct nation {
	struct nation_options options;
	pthread_mutex_t lock;
	pthread_cond_t wake; /* of the worker */
	pthread_t worker;
	bool has_worker, is_ending;
	/* under the lock */
	struct model *model;
	struct faults *faults;
	struct tokens tokens;
	struct throttle throttle;
	struct ledger ledger;
	struct nation_record *records;
	size_t record_cap;
	struct nation_later *later; /* owned list */
	FILE *vault;                /* unnamed file: every CSV as it came */
	uint64_t vault_bytes;
	int64_t clock_offset_ms;    /* added to the computer's clock */
	uint64_t requests[FAULT_REQUESTS];
	uint64_t post_heads, posts_incomplete, faulted, grants;
};

/* Starts it. `faults` are taken over, also on failure. */
int nation_open(struct nation *nation, const struct nation_options *options,
		struct faults *faults, struct err *err);
void nation_close(struct nation *nation); /* no request may be under way */

/* The nation's clock, in milliseconds since 1970. Under the lock. */
int64_t nation_now(const struct nation *nation);

/* Keeps the bytes in the vault and says where. Takes the lock itself. */
int nation_store(struct nation *nation, struct span csv, uint64_t *at, struct err *err);
/* Reads from the vault, at most `most` bytes. */
int nation_fetch(struct nation *nation, uint64_t at, size_t most, struct buf *to,
		 struct err *err);

/* Makes an import of an upload and writes it to the ledger: both or, on failure, neither, and the
 * upload stays the caller's. Under the lock. */
int nation_take(struct nation *nation, struct model_upload *upload, uint64_t post,
		const char sha256[static DIGEST_BYTES], uint64_t vault_at, uint64_t *id,
		struct err *err);
/* The same, some time later. Under the lock. */
int nation_take_later(struct nation *nation, struct model_upload *upload, uint64_t post,
		      const char sha256[static DIGEST_BYTES], uint64_t vault_at,
		      uint64_t after_ms, struct err *err);

/* Works what is due by the nation's clock. Under the lock. */
int nation_advance(struct nation *nation, struct err *err);

/* A line for the ledger: {"at":…,"what":WHAT, and what the caller adds before nation_line_end().
 * Under the lock. */
struct nation_line {
	struct buf text;
	struct jsonw json;
};
void nation_line_begin(const struct nation *nation, struct nation_line *line, const char *what);
int nation_line_end(struct nation *nation, struct nation_line *line, struct err *err);

#endif
