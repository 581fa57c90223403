/* session.h - one job, opened by a verb: the job file read, the run folder found, and, as far as the
 * verb needs it, the store opened and the ports made. */
#ifndef RUNNER_CLI_SESSION_H
#define RUNNER_CLI_SESSION_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "config/settings.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/cli/args.h"
#include "runner/cli/inputs.h"
#include "runner/engine/engine.h"
#include "runner/report/report.h"
#include "store/store.h"

struct session {
	struct settings settings;
	char folder[PATH_MAX]; /* NAME.run */
	char machine_id[65];   /* for the store, see there */
	struct store *store;   /* NULL: not open */
	struct journal_port journal;
	struct inputs inputs;
	struct report_job job;
	struct engine_source *sources;
	int folder_fd; /* -1: not open */
	unsigned confined_abi; /* of Landlock, see confinement.h; 0: not confined */
	bool has_made_reports; /* report.dir, before there was a load */
	bool is_owner; /* of the load: its one runner */
	const char *output; /* a file to write outside of the run folder, as its user says; NULL: none */
	bool adopts;   /* the run folder may be a copy, which is then taken over */
};

#define SESSION_NONE { .folder_fd = -1 }

/* Reads the job file that the verb's first operand names. */
int session_open(struct session *session, const struct args *args, struct err *err);
void session_close(struct session *session);
SCOPED_BY(session, session_close)

/* Whether the run folder holds a load: one with a birth certificate. */
bool session_has_load(const struct session *session);

/* Makes inputs and job, from the job file alone while no store is open; load_id is what {load_id}
 * becomes. */
int session_describe(struct session *session, const char *load_id, struct err *err);

/* Opens the load to look on, or as its one runner (the lock is the caller's); makes journal, inputs,
 * job and sources. ERR_INPUT if there is none; ERR_JOB if the job file belongs to another load. */
int session_read_load(struct session *session, struct err *err);
int session_own_load(struct session *session, struct err *err);

/* ERR_CREATE where `path`, which is to be written, is a file of the job: itself, an input, its token. */
int session_spare_files(const struct session *session, const char *path, struct err *err);

/* The same for a load that is open, after its plan was extended. */
int session_look_again(struct session *session, struct err *err);

/* What the engine is told of the job, for the open load. */
void session_engine(const struct session *session, struct engine_options *options);

/* The limits of it, from the job file as it is now. ERR_JOB if that cannot be read, or if the load does
 * not belong to it any more. */
int session_reread_limits(const struct session *session, struct load_limits *limits, struct err *err);

/* "people-3" -> source and number. ERR_USAGE with a "did you mean". */
int session_find_chunk(const struct session *session, const char *name, uint32_t *source,
    uint32_t *number, struct err *err);

struct store_options session_store_options(const struct session *session);

/* The job's identity, hashed and kept with the load (product.md section 3: "A load belongs to its
 * job"). */
int session_identity(const struct session *session, struct buf *to, struct err *err);

#endif
