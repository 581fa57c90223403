#include "platform.h"

#include "tests/unit/store_fixture.h"

#include "runner/base/crc32c.h"
#include "runner/base/wire.h"
#include "store/record.h"
#include "store/schema.h"

static const struct record_shape *const shapes[] = { &schema_format_shape, &schema_load_shape,
	&schema_head_shape, &schema_input_shape, &schema_plan_shape, &schema_chunk_shape,
	&schema_event_shape, &schema_due_shape, &schema_tally_shape };

static const char key_text[] = "a key";
static const struct span key = { key_text, sizeof(key_text) - 1 };

/* What a member of a kind can hold at the ends of its range and between. */
static size_t
set_member(const struct record_field *field, void *record, size_t choice)
{
	static const uint64_t numbers[] = { 1, 0x7F, 0x80, 0xFF, 0x100, UINT32_MAX, UINT64_MAX };
	static const int64_t times[] = { 1, -1, INT64_MAX, INT64_MIN };
	unsigned char *member = (unsigned char *)record + field->offset;
	struct digest digest = { .is_known = true };
	struct span span = { "text\nof any length", choice == 0 ? 1 : 18 };
	uint32_t narrow;

	switch (field->kind) {
	case RECORD_NUMBER:
		narrow = (uint32_t)numbers[choice];
		if (field->bytes == sizeof(narrow))
			memcpy(member, &narrow, sizeof(narrow));
		else
			memcpy(member, &numbers[choice], sizeof(numbers[choice]));
		return ARRAY_COUNT(numbers);
	case RECORD_TIME:
		memcpy(member, &times[choice], sizeof(times[choice]));
		return ARRAY_COUNT(times);
	case RECORD_TEXT:
		memset(member, 'x', choice == 0 ? 1 : field->bytes - 1);
		return 2;
	case RECORD_DIGEST:
		memset(digest.bytes, choice == 0 ? 0 : 0xA5, sizeof(digest.bytes));
		memcpy(member, &digest, sizeof(digest));
		return 2;
	case RECORD_BYTES:
		member[choice == 0 ? 0 : field->bytes - 1] = 0x5A;
		return 2;
	case RECORD_SPAN:
		memcpy(member, &span, sizeof(span));
		return 2;
	}
	return 0;
}

static void
every_member_of_every_shape_survives_a_round_trip(void **state)
{
	(void)state;
	for (size_t s = 0; s < ARRAY_COUNT(shapes); s++) {
		for (size_t f = 0; f < shapes[s]->field_count; f++) {
			const struct record_field *field = &shapes[s]->fields[f];

			for (size_t choice = 0, choices = 1; choice < choices; choice++) {
				SCOPED(buf) value = BUF_INIT;
				void *from = calloc(1, shapes[s]->bytes);
				void *to = malloc(shapes[s]->bytes);

				choices = set_member(field, from, choice);
				record_write(shapes[s], key, from, SPAN_NONE, &value);
				memset(to, 0xEE, shapes[s]->bytes);
				OK(record_read(shapes[s], key, buf_span(&value), to, err));
				assert_null(record_difference(shapes[s], from, to));
				assert_int_equal(value.ptr[1] & 0xFF, field->tag);
				free(from);
				free(to);
			}
		}
	}
}

static void
a_record_of_zeros_is_a_version_and_a_check_sum(void **state)
{
	(void)state;
	for (size_t s = 0; s < ARRAY_COUNT(shapes); s++) {
		SCOPED(buf) value = BUF_INIT;
		void *zeros = calloc(1, shapes[s]->bytes);

		record_write(shapes[s], key, zeros, SPAN_NONE, &value);
		assert_int_equal(value.len, 5);
		free(zeros);
	}
}

static void
tags_ascend_and_those_of_core_stay_below_128(void **state)
{
	(void)state;
	for (size_t s = 0; s < ARRAY_COUNT(shapes); s++) {
		int last = 0;

		for (size_t f = 0; f < shapes[s]->field_count; f++) {
			assert_true(shapes[s]->fields[f].tag > last);
			last = shapes[s]->fields[f].tag;
		}
	}
	assert_int_equal(schema_event_shape.fields[schema_event_shape.field_count - 1].tag, 128);
}

/* A whole event: something in every member. */
static void
write_whole_event(struct buf *value)
{
	struct schema_event event;

	memset(&event, 0, sizeof(event));
	for (size_t f = 0; f < schema_event_shape.field_count; f++)
		set_member(&schema_event_shape.fields[f], &event, 1);
	record_write(&schema_event_shape, key, &event, SPAN_NONE, value);
	assert_false(buf_failed(value));
}

static void
every_truncation_is_refused(void **state)
{
	SCOPED(buf) value = BUF_INIT;
	struct schema_event event;

	(void)state;
	write_whole_event(&value);
	for (size_t len = 0; len < value.len; len++) {
		struct span cut = { value.ptr, len };

		REFUSED(record_read(&schema_event_shape, key, cut, &event, err), ERR_IO,
		    len < 5 ? "cut off" : "check sum differs");
	}
}

static void
every_flipped_bit_is_refused_and_the_output_untouched(void **state)
{
	SCOPED(buf) value = BUF_INIT;
	struct schema_event event, before;

	(void)state;
	write_whole_event(&value);
	memset(&event, 0xEE, sizeof(event));
	memcpy(&before, &event, sizeof(event));
	for (size_t bit = 0; bit < value.len * 8; bit++) {
		value.ptr[bit / 8] = (char)(value.ptr[bit / 8] ^ (1 << bit % 8));
		REFUSED(record_read(&schema_event_shape, key, buf_span(&value), &event, err),
		    ERR_IO, "check sum differs");
		value.ptr[bit / 8] = (char)(value.ptr[bit / 8] ^ (1 << bit % 8));
	}
	assert_memory_equal(&event, &before, sizeof(event));
}

static void
a_record_under_another_key_or_in_another_database_is_refused(void **state)
{
	SCOPED(buf) value = BUF_INIT;
	struct schema_due due = { 1 };
	struct schema_format format = { 1 };

	(void)state;
	record_write(&schema_due_shape, key, &due, SPAN_NONE, &value);
	REFUSED(record_read(&schema_due_shape, span_of("b key"), buf_span(&value), &due, err),
	    ERR_IO, "check sum differs");
	REFUSED(record_read(&schema_format_shape, key, buf_span(&value), &format, err), ERR_IO,
	    "check sum differs");
}

/* Puts version and check sum around fields that are given byte for byte. */
static void
seal(const struct record_shape *shape, const char *fields, size_t len, int version,
    struct buf *value)
{
	unsigned char crc[4];
	uint32_t sum;

	buf_clear(value);
	buf_add_byte(value, (char)version);
	buf_add(value, fields, len);
	sum = crc32c(0, &shape->letter, 1);
	sum = crc32c(sum, key.ptr, key.len);
	wire_put32(crc, crc32c(sum, value->ptr, value->len));
	buf_add(value, crc, sizeof(crc));
}

static void
malformed_fields_are_refused_although_the_check_sum_is_right(void **state)
{
	static const struct {
		const char *fields;
		size_t len;
		const char *words;
	} bad[] = {
		{ "\1", 1, "malformed" },                    /* no length */
		{ "\1\2\1", 3, "malformed" },                /* fewer bytes than told */
		{ "\1\x80", 2, "malformed" },                /* a length without its end */
		{ "\1\x81\0\1", 4, "malformed" },            /* a length not in its shortest form */
		{ "\1\0", 2, "version is malformed" },       /* an empty number */
		{ "\1\2\0\1", 4, "version is malformed" },   /* a number with a leading zero */
		{ "\1\5\1\1\1\1\1", 7, "version is malformed" }, /* wider than its member */
		{ "\1\1\1\1\1\1", 6, "out of order" },       /* twice */
		{ "\2\1\1\1\1\1", 6, "out of order" },
		{ "\0\1\1", 3, "out of order" },             /* tag 0 */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		SCOPED(buf) value = BUF_INIT;
		struct schema_format format;

		seal(&schema_format_shape, bad[i].fields, bad[i].len, 1, &value);
		REFUSED(record_read(&schema_format_shape, key, buf_span(&value), &format, err),
		    ERR_IO, bad[i].words);
	}
}

static void
malformed_members_of_each_kind_are_refused(void **state)
{
	static const struct {
		const struct record_shape *shape;
		const char *fields;
		size_t len;
		const char *words;
	} bad[] = {
		{ &schema_event_shape, "\1\7\1\1\1\1\1\1\1", 9, "at_ms is malformed" },
		{ &schema_event_shape, "\1\10\0\0\0\0\0\0\0\0", 10, "at_ms is malformed" },
		{ &schema_event_shape, "\24\3a\0b", 5, "text is malformed" },
		{ &schema_event_shape, "\30\2ab", 4, "sha256 is malformed" },
		{ &schema_plan_shape, "\11\2ab", 4, "digest is malformed" },
		{ &schema_load_shape, "\1\0", 2, "load_id is malformed" },
	};
	union {
		struct schema_event event;
		struct plan_chunk plan;
		struct schema_load load;
	} to;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		SCOPED(buf) value = BUF_INIT;

		seal(bad[i].shape, bad[i].fields, bad[i].len, 1, &value);
		REFUSED(record_read(bad[i].shape, key, buf_span(&value), &to, err), ERR_IO,
		    bad[i].words);
	}
}

static void
a_text_as_long_as_its_member_has_no_room_for_its_end(void **state)
{
	SCOPED(buf) fields = BUF_INIT;
	SCOPED(buf) value = BUF_INIT;
	struct schema_event event;
	char host[sizeof(event.event.host)];

	(void)state;
	memset(host, 'h', sizeof(host));
	buf_add(&fields, "\26\100", 2); /* tag 22, 64 bytes */
	buf_add(&fields, host, sizeof(host));
	seal(&schema_event_shape, fields.ptr, fields.len, 1, &value);
	REFUSED(record_read(&schema_event_shape, key, buf_span(&value), &event, err), ERR_IO,
	    "host is malformed");
}

static void
a_record_of_another_version_says_so(void **state)
{
	SCOPED(buf) value = BUF_INIT;
	struct schema_due due;

	(void)state;
	seal(&schema_due_shape, "\1\1\4", 3, 2, &value);
	REFUSED(record_read(&schema_due_shape, key, buf_span(&value), &due, err), ERR_IO,
	    "its version is 2, this rollcall reads 1");
}

static void
unknown_fields_are_passed_over_and_survive_a_rewrite_in_their_places(void **state)
{
	/* head: events 1, hash 2; unknown here: 3, 200 */
	static const char fields[] = "\1\1\5\3\2hi\310\1!";
	static const char after[] = "\1\1\6\3\2hi\310\1!";
	SCOPED(buf) old = BUF_INIT;
	SCOPED(buf) new = BUF_INIT;
	struct schema_head head;

	(void)state;
	seal(&schema_head_shape, fields, sizeof(fields) - 1, 1, &old);
	OK(record_read(&schema_head_shape, key, buf_span(&old), &head, err));
	assert_int_equal(head.events, 5);
	head.events = 6;
	record_write(&schema_head_shape, key, &head, buf_span(&old), &new);
	assert_int_equal(new.len, 1 + sizeof(after) - 1 + 4);
	assert_memory_equal(new.ptr + 1, after, sizeof(after) - 1);
	OK(record_read(&schema_head_shape, key, buf_span(&new), &head, err));
	assert_int_equal(head.events, 6);
}

static void
an_unknown_field_below_a_known_one_is_put_before_it(void **state)
{
	static const char fields[] = "\177\1u";
	SCOPED(buf) old = BUF_INIT;
	SCOPED(buf) new = BUF_INIT;
	struct schema_event event = { .previous = { 1 } };

	(void)state;
	seal(&schema_event_shape, fields, sizeof(fields) - 1, 1, &old);
	record_write(&schema_event_shape, key, &event, buf_span(&old), &new);
	assert_memory_equal(new.ptr + 1, "\177\1u\200\40\1", 6);
	OK(record_read(&schema_event_shape, key, buf_span(&new), &event, err));
}

static void
a_long_text_has_a_length_of_several_bytes(void **state)
{
	static char job[70000];
	SCOPED(buf) value = BUF_INIT;
	struct schema_load load = { .job = { job, sizeof(job) } };
	struct schema_load read;

	(void)state;
	memset(job, 'j', sizeof(job));
	record_write(&schema_load_shape, key, &load, SPAN_NONE, &value);
	assert_int_equal(value.len, 1 + 1 + 3 + sizeof(job) + 4);
	OK(record_read(&schema_load_shape, key, buf_span(&value), &read, err));
	assert_true(span_equal(read.job, load.job));
}

static void
the_first_member_that_differs_is_named(void **state)
{
	struct chunk a = { .attempts = 1, .import_id = 7 };
	struct chunk b = { .attempts = 1, .import_id = 8, .notes = 1 };

	(void)state;
	assert_string_equal(record_difference(&schema_chunk_shape, &a, &b)->name, "import_id");
	assert_null(record_difference(&schema_chunk_shape, &a, &a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_of_every_shape_survives_a_round_trip),
		cmocka_unit_test(a_record_of_zeros_is_a_version_and_a_check_sum),
		cmocka_unit_test(tags_ascend_and_those_of_core_stay_below_128),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_flipped_bit_is_refused_and_the_output_untouched),
		cmocka_unit_test(a_record_under_another_key_or_in_another_database_is_refused),
		cmocka_unit_test(malformed_fields_are_refused_although_the_check_sum_is_right),
		cmocka_unit_test(malformed_members_of_each_kind_are_refused),
		cmocka_unit_test(a_text_as_long_as_its_member_has_no_room_for_its_end),
		cmocka_unit_test(a_record_of_another_version_says_so),
		cmocka_unit_test(
		    unknown_fields_are_passed_over_and_survive_a_rewrite_in_their_places),
		cmocka_unit_test(an_unknown_field_below_a_known_one_is_put_before_it),
		cmocka_unit_test(a_long_text_has_a_length_of_several_bytes),
		cmocka_unit_test(the_first_member_that_differs_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
