/* schema.h - the databases of a store, their keys and the shapes of their values (FORMAT.md).
 *
 * Numbers in keys are big-endian and of fixed width, so that LMDB's order of bytes is the order of
 * numbers. Getters return 1 if the record is there, 0 if not, -1 if it is damaged or cannot be read
 * (ERR_IO, naming the store and the record). */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdint.h>

#include "runner/base/err.h"
#include "runner/core/chunk.h"
#include "runner/core/event.h"
#include "runner/core/plan.h"
#include "runner/core/tally.h"
#include "store/record.h"
#include "store/txn.h"

/* Raised when a store cannot be read by an older rollcall any more. */
enum { SCHEMA_VERSION = 1 };

/* X(NAME, "name", letter in check sums) */
#define SCHEMA_DATABASES(X)                                                                        \
	X(META, "meta", 'm')                                                                       \
	X(INPUTS, "inputs", 'i')                                                                   \
	X(PLAN, "plan", 'p')                                                                       \
	X(STATES, "states", 's')                                                                   \
	X(EVENTS, "events", 'e')                                                                   \
	X(DUE, "due", 'd')                                                                         \
	X(TALLY, "tally", 't')

enum schema_database {
#define X(name, text, letter) SCHEMA_##name,
	SCHEMA_DATABASES(X)
#undef X
	SCHEMA_DATABASE_COUNT
};

extern const char *const schema_names[SCHEMA_DATABASE_COUNT];

enum { SCHEMA_HASH_BYTES = 32 }; /* SHA-256 */

/* ---- values */

/* meta "format" */
struct schema_format {
	uint32_t version;
};

/* meta "load": what the load is, written once. */
struct schema_load {
	struct span load_id;
	int64_t created_ms;
	struct span job;      /* the job's identity, canonical text */
	unsigned char job_hash[SCHEMA_HASH_BYTES]; /* of that text */
	struct span sources;  /* their names in the order of the job, one a line */
	uint32_t source_count;
	uint64_t inputs;
	uint64_t chunks;      /* of the original plan */
};

/* meta "head": the end of the chain of events. */
struct schema_head {
	uint64_t events;
	unsigned char hash[SCHEMA_HASH_BYTES]; /* of the last event's value; events 0: of the load id */
};

struct schema_input {
	struct plan_input input;
	struct span path;
};

/* An event with the link to the one before it. */
struct schema_event {
	struct event event;
	unsigned char previous[SCHEMA_HASH_BYTES];
};

/* due: which chunk does what next. */
struct schema_due {
	uint32_t state;
};

extern const struct record_shape schema_format_shape;
extern const struct record_shape schema_load_shape;
extern const struct record_shape schema_head_shape;
extern const struct record_shape schema_input_shape;
extern const struct record_shape schema_plan_shape;
extern const struct record_shape schema_chunk_shape;
extern const struct record_shape schema_event_shape;
extern const struct record_shape schema_due_shape;
extern const struct record_shape schema_tally_shape;

/* ---- keys */

enum {
	SCHEMA_CHUNK_KEY_BYTES = 8, /* source, number; of inputs: source, input */
	SCHEMA_EVENT_KEY_BYTES = 8, /* seq */
	SCHEMA_DUE_KEY_BYTES = 16,  /* due, source, number */
	SCHEMA_TALLY_KEY_BYTES = 4, /* source */
	SCHEMA_KEY_MOST = 16,
};

struct schema_key {
	unsigned char bytes[SCHEMA_KEY_MOST];
	size_t len;
};

struct schema_key schema_chunk_key(uint32_t source, uint32_t number);
struct schema_key schema_event_key(uint64_t seq);
struct schema_key schema_due_key(int64_t due_ms, uint32_t source, uint32_t number);
struct schema_key schema_tally_key(uint32_t source);

static inline struct span
schema_span(const struct schema_key *key)
{
	return (struct span){ (const char *)key->bytes, key->len };
}

/* The key of meta records is their name. */
#define SCHEMA_FORMAT_KEY "format"
#define SCHEMA_LOAD_KEY   "load"
#define SCHEMA_HEAD_KEY   "head"

/* ---- records */

/* -1: "STORE is damaged: plan record of 0/3: its check sum differs". */
int schema_read(const struct env *env, const struct record_shape *shape, struct span key,
    struct span value, void *to, struct err *err);

int schema_get(struct txn *txn, enum schema_database database, const struct record_shape *shape,
    struct span key, void *to, struct err *err);

/* Replaces what is there, whose unknown fields stay. */
void schema_put(struct txn *txn, enum schema_database database, const struct record_shape *shape,
    struct span key, const void *from);

/* Each fills in the members that are the key. The key must have the right length. */
int schema_read_plan(const struct env *env, struct span key, struct span value,
    struct plan_chunk *plan, struct err *err);
int schema_read_input(const struct env *env, struct span key, struct span value,
    struct schema_input *input, struct err *err);
int schema_read_chunk(const struct env *env, struct span key, struct span value,
    struct chunk *chunk, struct err *err);
int schema_read_event(const struct env *env, struct span key, struct span value,
    struct schema_event *event, struct err *err);

/* The record of a chunk has a step that is due: it stands in the due index. */
bool schema_is_due(const struct chunk *chunk);

/* A key as a person reads it: "0/3", "event 812". */
void schema_show_key(enum schema_database database, struct span key, struct buf *to);

/* The version of a store that can be read. -1: ERR_INPUT for a newer one, ERR_IO. */
int schema_check_version(struct txn *txn, struct err *err);

/* What is lent ends with the transaction. A store without the record is damaged. */
int schema_get_load(struct txn *txn, struct schema_load *load, struct err *err);
int schema_get_head(struct txn *txn, struct schema_head *head, struct err *err);

#endif
