#include "platform.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/base/wire.h"
#include "store/schema.h"

const char *const schema_names[SCHEMA_DATABASE_COUNT] = {
#define X(name, text, letter) text,
	SCHEMA_DATABASES(X)
#undef X
};

static const char letters[SCHEMA_DATABASE_COUNT] = {
#define X(name, text, letter) letter,
	SCHEMA_DATABASES(X)
#undef X
};

/* ---- shapes */

#define SHAPE(stem, type, title, letter)                                                           \
	const struct record_shape schema_##stem##_shape = { title, letter, stem##_fields,          \
		ARRAY_COUNT(stem##_fields), sizeof(type) }

static const struct record_field format_fields[] = {
	RECORD_FIELD(struct schema_format, NUMBER, version, 1)
};
SHAPE(format, struct schema_format, "meta record", 'm');

static const struct record_field load_fields[] = {
	RECORD_FIELD(struct schema_load, SPAN, load_id, 1)
	RECORD_FIELD(struct schema_load, TIME, created_ms, 2)
	RECORD_FIELD(struct schema_load, SPAN, job, 3)
	RECORD_FIELD(struct schema_load, BYTES, job_hash, 4)
	RECORD_FIELD(struct schema_load, SPAN, sources, 5)
	RECORD_FIELD(struct schema_load, NUMBER, source_count, 6)
	RECORD_FIELD(struct schema_load, NUMBER, inputs, 7)
	RECORD_FIELD(struct schema_load, NUMBER, chunks, 8)
};
SHAPE(load, struct schema_load, "meta record", 'm');

static const struct record_field head_fields[] = {
	RECORD_FIELD(struct schema_head, NUMBER, events, 1)
	RECORD_FIELD(struct schema_head, BYTES, hash, 2)
};
SHAPE(head, struct schema_head, "meta record", 'm');

static const struct record_field input_fields[] = {
	RECORD_FIELD(struct schema_input, SPAN, path, 1)
	RECORD_FIELD(struct schema_input, NUMBER, input.size, 2)
	RECORD_FIELD(struct schema_input, TIME, input.mtime_ns, 3)
	RECORD_FIELD(struct schema_input, NUMBER, input.inode, 4)
	RECORD_FIELD(struct schema_input, NUMBER, input.rows, 5)
	RECORD_FIELD(struct schema_input, NUMBER, input.chunks, 6)
	RECORD_FIELD(struct schema_input, BYTES, input.digest, 7)
	RECORD_FIELD(struct schema_input, SPAN, input.reasons, 20)
	RECORD_FIELD(struct schema_input, SPAN, input.columns, 21)
	RECORD_FIELD(struct schema_input, NUMBER, input.is_copied, 30)
	RECORD_FIELD(struct schema_input, NUMBER, input.text_bytes, 31)
};
SHAPE(input, struct schema_input, "input record", 'i');

static const struct record_field plan_fields[] = {
	RECORD_FIELD(struct plan_chunk, NUMBER, input, 1)
	RECORD_FIELD(struct plan_chunk, NUMBER, first_byte, 2)
	RECORD_FIELD(struct plan_chunk, NUMBER, end_byte, 3)
	RECORD_FIELD(struct plan_chunk, NUMBER, first_row, 4)
	RECORD_FIELD(struct plan_chunk, NUMBER, first_line, 5)
	RECORD_FIELD(struct plan_chunk, NUMBER, rows, 6)
	RECORD_FIELD(struct plan_chunk, NUMBER, rows_left_out, 7)
	RECORD_FIELD(struct plan_chunk, NUMBER, csv_bytes, 8)
	RECORD_FIELD(struct plan_chunk, BYTES, digest, 9)
	RECORD_FIELD(struct plan_chunk, NUMBER, parent, 10)
	RECORD_FIELD(struct plan_chunk, NUMBER, rows_added, 11)
	RECORD_FIELD(struct plan_chunk, NUMBER, retry_first, 15)
	RECORD_FIELD(struct plan_chunk, NUMBER, retry_last, 16)
};
SHAPE(plan, struct plan_chunk, "plan record", 'p');

static const struct record_field chunk_fields[] = {
#define X(kind, member, tag) RECORD_FIELD(struct chunk, kind, member, tag)
	CHUNK_FIELDS(X)
#undef X
};
SHAPE(chunk, struct chunk, "state record", 's');

static const struct record_field event_fields[] = {
#define X(kind, member, tag) RECORD_FIELD(struct schema_event, kind, event.member, tag)
	EVENT_FIELDS(X)
#undef X
	RECORD_FIELD(struct schema_event, BYTES, previous, 128)
};
SHAPE(event, struct schema_event, "event record", 'e');

static const struct record_field due_fields[] = {
	RECORD_FIELD(struct schema_due, NUMBER, state, 1)
};
SHAPE(due, struct schema_due, "due record", 'd');

static const struct record_field tally_fields[] = {
#define X(kind, member, tag) RECORD_FIELD(struct tally, kind, member, tag)
	TALLY_FIELDS(X)
#undef X
};
SHAPE(tally, struct tally, "tally record", 't');

/* ---- keys */

struct schema_key
schema_chunk_key(uint32_t source, uint32_t number)
{
	struct schema_key key = { .len = SCHEMA_CHUNK_KEY_BYTES };

	wire_put32(key.bytes, source);
	wire_put32(key.bytes + 4, number);
	return key;
}

struct schema_key
schema_event_key(uint64_t seq)
{
	struct schema_key key = { .len = SCHEMA_EVENT_KEY_BYTES };

	wire_put64(key.bytes, seq);
	return key;
}

struct schema_key
schema_due_key(int64_t due_ms, uint32_t source, uint32_t number)
{
	struct schema_key key = { .len = SCHEMA_DUE_KEY_BYTES };

	/* A time before 1970 is a clock's fault, and due at once. */
	wire_put64(key.bytes, due_ms > 0 ? (uint64_t)due_ms : 0);
	wire_put32(key.bytes + 8, source);
	wire_put32(key.bytes + 12, number);
	return key;
}

struct schema_key
schema_tally_key(uint32_t source)
{
	struct schema_key key = { .len = SCHEMA_TALLY_KEY_BYTES };

	wire_put32(key.bytes, source);
	return key;
}

static size_t
key_bytes_of(enum schema_database database)
{
	switch (database) {
	case SCHEMA_INPUTS:
	case SCHEMA_PLAN:
	case SCHEMA_STATES:
		return SCHEMA_CHUNK_KEY_BYTES;
	case SCHEMA_EVENTS:
		return SCHEMA_EVENT_KEY_BYTES;
	case SCHEMA_DUE:
		return SCHEMA_DUE_KEY_BYTES;
	case SCHEMA_TALLY:
		return SCHEMA_TALLY_KEY_BYTES;
	case SCHEMA_META:
	case SCHEMA_DATABASE_COUNT:
		break;
	}
	return 0; /* names */
}

void
schema_show_key(enum schema_database database, struct span key, struct buf *to)
{
	const char *bytes = key.ptr;

	if (database != SCHEMA_META && key.len != key_bytes_of(database)) {
		buf_printf(to, "a key of %zu bytes", key.len);
		return;
	}
	switch (database) {
	case SCHEMA_META:
		show_safe(to, key, 32);
		break;
	case SCHEMA_INPUTS:
	case SCHEMA_PLAN:
	case SCHEMA_STATES:
		buf_printf(to, "%u/%u", wire_get32(bytes), wire_get32(bytes + 4));
		break;
	case SCHEMA_EVENTS:
		buf_printf(to, "%" PRIu64, wire_get64(bytes));
		break;
	case SCHEMA_DUE:
		buf_printf(to, "%u/%u at %" PRIu64, wire_get32(bytes + 8), wire_get32(bytes + 12),
		    wire_get64(bytes));
		break;
	case SCHEMA_TALLY:
		buf_printf(to, "%u", wire_get32(bytes));
		break;
	case SCHEMA_DATABASE_COUNT:
		break;
	}
}

/* ---- records */

static enum schema_database
database_of(const struct record_shape *shape)
{
	const char *at = memchr(letters, shape->letter, sizeof(letters));

	assert(at);
	return (enum schema_database)(at - letters);
}

static int
damaged(const struct env *env, const struct record_shape *shape, struct span key, struct err *err)
{
	SCOPED(buf) place = BUF_INIT;

	schema_show_key(database_of(shape), key, &place);
	return err_within(err, "%s is damaged: %s %s", env->folder, shape->name, buf_text(&place));
}

int
schema_read(const struct env *env, const struct record_shape *shape, struct span key,
    struct span value, void *to, struct err *err)
{
	size_t key_bytes = key_bytes_of(database_of(shape));

	if (key_bytes && key.len != key_bytes) {
		err_set(err, ERR_IO, "its key has a wrong length");
		return damaged(env, shape, key, err);
	}
	return record_read(shape, key, value, to, err) ? damaged(env, shape, key, err) : 0;
}

int
schema_get(struct txn *txn, enum schema_database database, const struct record_shape *shape,
    struct span key, void *to, struct err *err)
{
	struct span value;

	if (!txn_get(txn, database, key, &value))
		return txn_check(txn, err);
	return schema_read(txn->env, shape, key, value, to, err) ? -1 : 1;
}

void
schema_put(struct txn *txn, enum schema_database database, const struct record_shape *shape,
    struct span key, const void *from)
{
	SCOPED(buf) value = BUF_INIT;
	struct span old = SPAN_NONE;

	txn_get(txn, database, key, &old);
	record_write(shape, key, from, old, &value);
	if (buf_failed(&value))
		txn_fail(txn, ENOMEM);
	txn_put(txn, database, key, buf_span(&value));
}

int
schema_read_plan(const struct env *env, struct span key, struct span value,
    struct plan_chunk *plan, struct err *err)
{
	if (schema_read(env, &schema_plan_shape, key, value, plan, err))
		return -1;
	plan->source = wire_get32(key.ptr);
	plan->number = wire_get32(key.ptr + 4);
	return 0;
}

int
schema_read_input(const struct env *env, struct span key, struct span value,
    struct schema_input *input, struct err *err)
{
	if (schema_read(env, &schema_input_shape, key, value, input, err))
		return -1;
	input->input.source = wire_get32(key.ptr);
	input->input.input = wire_get32(key.ptr + 4);
	return 0;
}

int
schema_read_chunk(const struct env *env, struct span key, struct span value, struct chunk *chunk,
    struct err *err)
{
	if (schema_read(env, &schema_chunk_shape, key, value, chunk, err))
		return -1;
	if (!chunk_state_word(chunk->state)) {
		err_set(err, ERR_IO, "it is in a state without a name, %u",
		    (unsigned)chunk->state);
		return damaged(env, &schema_chunk_shape, key, err);
	}
	chunk->source = wire_get32(key.ptr);
	chunk->number = wire_get32(key.ptr + 4);
	return 0;
}

int
schema_read_event(const struct env *env, struct span key, struct span value,
    struct schema_event *event, struct err *err)
{
	if (schema_read(env, &schema_event_shape, key, value, event, err))
		return -1;
	if (!event_word(event->event.type)) {
		err_set(err, ERR_IO, "it is of a type without a name, %u",
		    (unsigned)event->event.type);
		return damaged(env, &schema_event_shape, key, err);
	}
	event->event.seq = wire_get64(key.ptr);
	return 0;
}

bool
schema_is_due(const struct chunk *chunk)
{
	return !chunk_state_is_final(chunk->state) && chunk->state != CHUNK_HELD;
}

int
schema_check_version(struct txn *txn, struct err *err)
{
	struct schema_format format;
	int found = schema_get(txn, SCHEMA_META, &schema_format_shape, span_of(SCHEMA_FORMAT_KEY),
	    &format, err);

	if (found < 0)
		return -1;
	if (!found)
		return err_set(err, ERR_IO, "%s is damaged: it has no version", txn->env->folder);
	if (format.version > SCHEMA_VERSION)
		return err_set(err, ERR_INPUT,
		    "%s was written by a newer rollcall (store version %u, this one reads %d)\n"
		    "  Use that rollcall for this load, to its end.",
		    txn->env->folder, format.version, SCHEMA_VERSION);
	return 0;
}

static int
get_meta(struct txn *txn, const struct record_shape *shape, const char *name, void *to,
    struct err *err)
{
	int found = schema_get(txn, SCHEMA_META, shape, span_of(name), to, err);

	if (found == 0)
		return err_set(err, ERR_IO, "%s is damaged: its record \"%s\" is missing",
		    txn->env->folder, name);
	return found < 0 ? -1 : 0;
}

int
schema_get_load(struct txn *txn, struct schema_load *load, struct err *err)
{
	return get_meta(txn, &schema_load_shape, SCHEMA_LOAD_KEY, load, err);
}

int
schema_get_head(struct txn *txn, struct schema_head *head, struct err *err)
{
	return get_meta(txn, &schema_head_shape, SCHEMA_HEAD_KEY, head, err);
}
