#include "platform.h"

#include "tests/unit/store_fixture.h"

#include "runner/base/show.h"
#include "store/handle.h"

/* The dump of FORMAT.md is what this program makes of a load of one chunk; after a change of the
 * format, the text that it prints when it fails goes there. */

enum { BYTES_A_LINE = 16 };

static void
add_hex(struct buf *to, const char *label, const char *bytes, size_t len)
{
	for (size_t at = 0; at < len || at == 0; at += BYTES_A_LINE) {
		size_t more = len - at < BYTES_A_LINE ? len - at : BYTES_A_LINE;

		buf_printf(to, "    %-24s", at == 0 ? label : "");
		for (size_t i = 0; i < more; i++)
			buf_printf(to, " %02x", (unsigned char)bytes[at + i]);
		buf_add_byte(to, '\n');
	}
}

static const char *
name_of(const struct record_shape *shape, unsigned char tag)
{
	for (size_t i = 0; i < shape->field_count; i++) {
		const char *name = shape->fields[i].name;
		const char *dot = strchr(name, '.');

		if (shape->fields[i].tag == tag)
			return dot ? dot + 1 : name;
	}
	return "?";
}

static void
add_value(struct buf *to, const struct record_shape *shape, struct span value)
{
	size_t at = 1;

	add_hex(to, "version", value.ptr, 1);
	while (at < value.len - 4) {
		size_t len = (unsigned char)value.ptr[at + 1]; /* all are below 128 here */

		assert_true(len < 128);
		add_hex(to, name_of(shape, (unsigned char)value.ptr[at]), value.ptr + at, 2 + len);
		at += 2 + len;
	}
	add_hex(to, "check sum", value.ptr + value.len - 4, 4);
}

static const struct record_shape *
shape_of(enum schema_database database, struct span key)
{
	switch (database) {
	case SCHEMA_META:
		return span_is(key, "format") ? &schema_format_shape
		       : span_is(key, "load") ? &schema_load_shape
					      : &schema_head_shape;
	case SCHEMA_INPUTS:
		return &schema_input_shape;
	case SCHEMA_PLAN:
		return &schema_plan_shape;
	case SCHEMA_STATES:
		return &schema_chunk_shape;
	case SCHEMA_EVENTS:
		return &schema_event_shape;
	case SCHEMA_DUE:
		return &schema_due_shape;
	case SCHEMA_TALLY:
		return &schema_tally_shape;
	case SCHEMA_DATABASE_COUNT:
		break;
	}
	return NULL;
}

static void
add_database(struct buf *to, struct txn *txn, enum schema_database database)
{
	SCOPED(txn_walk) walk = TXN_WALK_NONE;

	txn_walk_begin(&walk, txn, database, SPAN_NONE);
	while (txn_walk_step(&walk)) {
		buf_printf(to, "%s ", schema_names[database]);
		schema_show_key(database, walk.key, to);
		buf_add_byte(to, '\n');
		add_hex(to, "key", walk.key.ptr, walk.key.len);
		add_value(to, shape_of(database, walk.key), walk.value);
	}
}

/* One source, one input, one chunk, submitted and taken. */
static void
create_load(struct fixture *fixture)
{
	struct draft_options options = fixture_draft(fixture);
	struct plan_chunk chunk = fixture_chunk(0, 1);
	struct plan_input input = fixture_input(0, 1);
	struct draft *draft;

	options.source_count = 1;
	OK(draft_begin(&draft, &options, err));
	OK(draft_add_chunk(draft, &chunk, err));
	OK(draft_add_input(draft, &input, "people.csv", err));
	OK(draft_finish(draft, err));
	draft_free(draft);
}

static void
submit(struct store *store)
{
	struct journal_port journal = journal_of(store);
	struct plan_chunk plan = fixture_chunk(0, 1);
	struct chunk chunk = chunk_untouched(&plan);
	struct event events[] = {
		{ .at_ms = INT64_C(1795299250000), .type = EVENT_SUBMIT_STARTED, .chunk = 1,
		    .attempt = 1 },
		{ .at_ms = INT64_C(1795299251000), .type = EVENT_SUBMIT_ACCEPTED, .chunk = 1,
		    .attempt = 1, .import_id = 4711, .word = WORD_QUEUED,
		    .due_ms = INT64_C(1795299256000), .http_status = 200, .handed_bytes = 1440 },
	};

	for (size_t i = 0; i < ARRAY_COUNT(events); i++) {
		struct tally tally = { .attempts = 0 };

		assert_int_equal(chunk_apply(&chunk, &events[i]), 0);
		tally_add(&tally, &chunk, &plan);
		OK(append_turn(&journal, &events[i], 1, &chunk, 1, &tally, 1, err));
	}
}

static void
the_dump_in_the_documentation_is_what_the_code_writes(void **state)
{
	const char *srcdir = getenv("srcdir");
	struct fixture fixture = fixture_begin();
	SCOPED(buf) dump = BUF_INIT;
	SCOPED(buf) document = BUF_INIT;
	struct store *store;

	(void)state;
	create_load(&fixture);
	store = fixture_open(&fixture);
	submit(store);
	{
		SCOPED(txn) txn = TXN_NONE;

		OK(txn_begin(&txn, &store->env, TXN_READ, err));
		for (int i = 0; i < SCHEMA_DATABASE_COUNT; i++)
			add_database(&dump, &txn, (enum schema_database)i);
	}
	store_close(store);
	fixture_end(&fixture);
	OK(folder_read(srcdir ? srcdir : "..", "store/FORMAT.md", 1 << 20, &document, err));
	if (!strstr(buf_text(&document), buf_text(&dump))) {
		fputs(buf_text(&dump), stderr);
		fail_msg("store/FORMAT.md has another dump than the one above");
	}
}

static void
the_documentation_names_every_tag(void **state)
{
	static const char *const kinds[] = { "NUMBER", "TIME", "TEXT", "DIGEST", "BYTES", "SPAN" };
	static const struct record_shape *const shapes[] = { &schema_format_shape, &schema_load_shape,
		&schema_head_shape, &schema_input_shape, &schema_plan_shape, &schema_chunk_shape,
		&schema_event_shape, &schema_due_shape, &schema_tally_shape };
	const char *srcdir = getenv("srcdir");
	SCOPED(buf) document = BUF_INIT;

	(void)state;
	OK(folder_read(srcdir ? srcdir : "..", "store/FORMAT.md", 1 << 20, &document, err));
	for (size_t i = 0; i < ARRAY_COUNT(shapes); i++) {
		for (size_t j = 0; j < shapes[i]->field_count; j++) {
			const struct record_field *field = &shapes[i]->fields[j];
			char row[128];

			snprintf(row, sizeof(row), "| %u | %s | `%s` |", field->tag,
			    kinds[field->kind], name_of(shapes[i], field->tag));
			if (!strstr(buf_text(&document), row))
				fail_msg("%s: there is no row %s", shapes[i]->name, row);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_dump_in_the_documentation_is_what_the_code_writes),
		cmocka_unit_test(the_documentation_names_every_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
