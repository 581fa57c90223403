#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "runner/source/payload.h"
#include "tests/unit/planned.h"

#define PREFIX "{\"import\":{\"type\":\"people\",\"file\":\""
#define SUFFIX "\",\"is_overwritable\":false}}"

static const struct layout_options plain = { .dialect = { ',', true } };

static struct reread_options
csv_of(struct planned *planned, uint32_t index)
{
	return (struct reread_options){
		.reader = &planned->reader,
		.layout = &planned->layout,
		.plan = &planned->chunks[index],
		.path = "voters.csv",
		.job = "nc.cfg",
	};
}

/* The CSV of a chunk as sent; reread_bytes()'s last result. */
static int
reread(struct planned *planned, uint32_t index, size_t window, struct buf *to, struct err *err)
{
	struct reread_options options = csv_of(planned, index);
	SCOPED(reread) again;
	struct span bytes;

	options.window_bytes = window;
	assert_int_equal(reread_init(&again, &options, err), 0);
	do {
		if (reread_bytes(&again, &bytes, err))
			return -1;
		buf_add_span(to, bytes);
	} while (bytes.len);
	return 0;
}

/* The body in reads of `most` bytes; payload_read()'s last result. */
static int
send_as(const struct payload_options *options, size_t most, struct buf *to, struct err *err)
{
	struct payload *payload = malloc(sizeof(*payload));
	size_t got = 1;
	int failed = 0;

	assert_int_equal(payload_init(payload, options, err), 0);
	while (got && !failed) {
		failed = payload_read(payload, buf_reserve(to, most), most, &got, err);
		if (!failed)
			to->len += got;
	}
	if (!failed)
		assert_int_equal(to->len, payload->bytes);
	else
		assert_true(to->len < payload->bytes);
	payload_done(payload);
	free(payload);
	return failed;
}

static int
send(struct planned *planned, uint32_t index, size_t most, struct buf *to, struct err *err)
{
	struct payload_options options = {
		.csv = csv_of(planned, index),
		.type = "people",
		.is_padded = true,
	};

	return send_as(&options, most, to, err);
}

static void
decode(struct buf *to, struct span text)
{
	SCOPED(buf) standard = BUF_INIT;
	int len;

	buf_add_span(&standard, text);
	for (size_t i = 0; i < standard.len; i++) {
		char c = standard.ptr[i];

		standard.ptr[i] = c == '-' ? '+' : c == '_' ? '/' : c;
	}
	len = EVP_DecodeBlock((unsigned char *)buf_reserve(to, text.len),
	    (const unsigned char *)buf_text(&standard), (int)standard.len);
	assert_true(len >= 0);
	for (size_t i = text.len; i && text.ptr[i - 1] == '='; i--)
		len--; /* EVP_DecodeBlock() counts padding as bytes */
	to->len += (size_t)len;
}

static void
fill(struct buf *text, unsigned rows, const char *row)
{
	for (unsigned i = 0; i < rows; i++)
		buf_printf(text, "%u,%s\n", i, row);
}

static void
a_chunk_read_again_is_the_chunk_that_was_planned(void **state)
{
	const char *text = "\xEF\xBB\xBFid,b\r\n1,\"x\n\"\r\n2,y\r\n3,z";
	struct err err = ERR_INIT;
	SCOPED(planned) planned;

	(void)state;
	planned_init(&planned, text, &plain, 16);
	assert_int_equal(planned.count, 2);
	for (size_t window = 1; window < 40; window++) {
		SCOPED(buf) first = BUF_INIT;
		SCOPED(buf) second = BUF_INIT;

		assert_int_equal(reread(&planned, 0, window, &first, &err), 0);
		assert_string_equal(buf_text(&first), "id,b\r\n1,\"x\n\"\r\n");
		assert_int_equal(reread(&planned, 1, window, &second, &err), 0);
		assert_string_equal(buf_text(&second), "id,b\r\n2,y\r\n3,z");
	}
}

static void
rendered_chunks_read_again_are_those_that_were_planned(void **state)
{
	static const struct layout_column columns[] = { { "b", "last_name" }, { "id", "email" } };
	static const struct layout_constant constants[] = { { "tag_list", "a, b" } };
	const struct layout_options options = { { '\t', true }, NULL, 0, columns, 2, constants, 1 };
	SCOPED(planned) planned;
	SCOPED(buf) text = BUF_INIT;
	struct err err = ERR_INIT;

	(void)state;
	buf_add_text(&text, "id\tb\n");
	for (unsigned i = 0; i < 100; i++)
		buf_printf(&text, "%u\t\"NAME,\n%u\"\n", i, i);
	planned_init(&planned, buf_text(&text), &options, 400);
	assert_true(planned.count > 4);
	for (size_t window = 1; window < 500; window = window * 2 + 1) {
		for (uint32_t i = 0; i < planned.count; i++) {
			SCOPED(buf) sent = BUF_INIT;

			assert_int_equal(reread(&planned, i, window, &sent, &err), 0);
			assert_int_equal(sent.len, planned.chunks[i].csv_bytes);
		}
	}
}

static void
rows_come_back_with_their_places_and_values(void **state)
{
	static const struct layout_column columns[] = { { "b", "last_name" }, { "id", "email" } };
	static const struct layout_constant constants[] = { { "tag_list", "a, b" } };
	const struct layout_options options = { { ',', true }, NULL, 0, columns, 2, constants, 1 };
	struct reread_options again_options;
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(reread) again;
	struct reread_row row;
	bool is_end = false;

	(void)state;
	planned_init(&planned, "id,x,b\n1,\"\n\",\"S\"\"M\"\"\"\n2,,J\n3,,K\n", &options, 53);
	assert_int_equal(planned.count, 2);
	again_options = csv_of(&planned, 1);
	assert_int_equal(reread_init(&again, &again_options, &err), 0);
	assert_int_equal(reread_row(&again, &row, &is_end, &err), 0);
	assert_int_equal(row.row, 2);
	assert_int_equal(row.line, 4);
	assert_int_equal(row.field_count, 3);
	assert_true(span_is(row.fields[0], "J"));
	assert_true(span_is(row.fields[1], "2"));
	assert_true(span_is(row.fields[2], "a, b"));
	assert_int_equal(reread_row(&again, &row, &is_end, &err), 0);
	assert_false(is_end);
	assert_int_equal(reread_row(&again, &row, &is_end, &err), 0);
	assert_true(is_end);
	assert_int_equal(row.row, 3);
}

static void
values_are_without_their_quotation_marks(void **state)
{
	struct reread_options options;
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(reread) again;
	struct reread_row row;
	bool is_end = false;

	(void)state;
	planned_init(&planned, "a,b,c\n\"x\"\"y\",\"\",\"\"\"\"\n", &plain, 100);
	options = csv_of(&planned, 0);
	assert_int_equal(reread_init(&again, &options, &err), 0);
	assert_int_equal(reread_row(&again, &row, &is_end, &err), 0);
	assert_true(span_is(row.fields[0], "x\"y"));
	assert_true(span_is(row.fields[1], ""));
	assert_true(span_is(row.fields[2], "\""));
}

static void
a_record_is_read_again_as_it_is_sent(void **state)
{
	struct reread_options options;
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(reread) again;
	struct reread_record record;
	bool is_end = false;

	(void)state;
	planned_init(&planned, "a,b,c\n\"x\"\"y\",\"\",\"\"\"\"\n", &plain, 100);
	options = csv_of(&planned, 0);
	assert_int_equal(reread_init(&again, &options, &err), 0);
	assert_int_equal(reread_record(&again, &record, &is_end, &err), 0);
	assert_true(span_is(record.sent, "\"x\"\"y\",\"\",\"\"\"\"\n"));
	assert_int_equal(record.rows, 1);
	assert_int_equal(record.left_out, 0);
	assert_int_equal(reread_record(&again, &record, &is_end, &err), 0);
	assert_true(is_end);
}

static void
an_allowed_empty_input_is_its_header(void **state)
{
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(buf) sent = BUF_INIT;

	(void)state;
	planned_init(&planned, "id,b", &plain, 100);
	assert_int_equal(reread(&planned, 0, 3, &sent, &err), 0);
	assert_string_equal(buf_text(&sent), "id,b");
}

static void
a_body_is_what_the_api_asks_for_in_reads_of_every_size(void **state)
{
	const char *text = "id,b\n1,\xC3\xBF\n";
	struct err err = ERR_INIT;
	SCOPED(planned) planned;

	(void)state;
	planned_init(&planned, text, &plain, 100);
	for (size_t most = 1; most < 100; most++) {
		SCOPED(buf) sent = BUF_INIT;

		assert_int_equal(send(&planned, 0, most, &sent, &err), 0);
		buf_add_byte(&sent, '\0');
		assert_string_equal(sent.ptr, PREFIX "aWQsYgoxLMO_Cg==" SUFFIX);
	}
}

static void
padding_and_overwriting_follow_the_job(void **state)
{
	struct payload_options options = { .type = "ballot", .is_overwritable = true };
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(buf) body = BUF_INIT;

	(void)state;
	planned_init(&planned, "id,b\n1,\xC3\xBF\n", &plain, 100);
	options.csv = csv_of(&planned, 0);
	assert_int_equal(send_as(&options, 7, &body, &err), 0);
	buf_add_byte(&body, '\0');
	assert_string_equal(body.ptr,
	    "{\"import\":{\"type\":\"ballot\",\"file\":\"aWQsYgoxLMO_Cg\","
	    "\"is_overwritable\":true}}");
}

/* Larger than every window and piece. */
static void
a_large_body_decodes_to_the_csv_and_its_sha256_is_known_at_the_end(void **state)
{
	struct payload_options options = { .type = "people", .is_padded = true };
	struct payload *payload = malloc(sizeof(*payload));
	unsigned char wanted[DIGEST_SHA_BYTES];
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(digest_sha) sha = { NULL };
	SCOPED(buf) text = BUF_INIT;
	SCOPED(buf) body = BUF_INIT;
	SCOPED(buf) csv = BUF_INIT;
	size_t got = 1;

	(void)state;
	buf_add_text(&text, "id,b\n");
	fill(&text, 20000, "WILLIAMSON \xC3\xA9");
	planned_init(&planned, buf_text(&text), &plain, 1u << 20);
	assert_int_equal(planned.count, 1);
	options.csv = csv_of(&planned, 0);
	assert_int_equal(payload_init(payload, &options, &err), 0);
	while (got) {
		if (body.len < payload->bytes / 2)
			assert_null(payload_sha256(payload));
		assert_int_equal(
		    payload_read(payload, buf_reserve(&body, 1000), 1000, &got, &err), 0);
		body.len += got;
	}
	assert_int_equal(body.len, payload->bytes);
	decode(&csv,
	    (struct span){ body.ptr + strlen(PREFIX), body.len - strlen(PREFIX) - strlen(SUFFIX) });
	assert_int_equal(csv.len, text.len);
	assert_memory_equal(csv.ptr, text.ptr, text.len);
	assert_int_equal(digest_sha_init(&sha), 0);
	digest_sha_add(&sha, text.ptr, text.len);
	digest_sha_result(&sha, wanted);
	assert_memory_equal(payload_sha256(payload), wanted, sizeof(wanted));
	payload_done(payload);
	free(payload);
}

static void
a_wide_header_is_sent_in_pieces_too(void **state)
{
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(buf) text = BUF_INIT;
	SCOPED(buf) body = BUF_INIT;

	(void)state;
	for (unsigned i = 0; i < 2000; i++)
		buf_printf(&text,
		    "%sA_COLUMN_WITH_A_RATHER_LONG_NAME_THAT_GOES_ON_AND_ON_FOR_EVER_%u",
		    i ? "," : "", i);
	for (unsigned i = 0; i < 2000; i++)
		buf_add_byte(&text, i ? ',' : '\n');
	planned_init(&planned, buf_text(&text), &plain, 1u << 20);
	assert_true(planned.layout.header.len > 2 * PAYLOAD_PIECE_BYTES);
	assert_int_equal(send(&planned, 0, 4096, &body, &err), 0);
}

static void
expect_abort(struct planned *planned, uint32_t index)
{
	struct err err = ERR_INIT;
	SCOPED(buf) body = BUF_INIT;

	assert_int_equal(send(planned, index, 1, &body, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "voters.csv changed since this load began"));
	assert_non_null(strstr(err.text, "rollcall run --new nc.cfg"));
}

/* Whichever byte of the chunk is another, the transfer ends before the body does. */
static void
a_byte_changed_since_the_plan_ends_the_transfer_unfinished(void **state)
{
	SCOPED(buf) text = BUF_INIT;
	SCOPED(planned) planned;

	(void)state;
	buf_add_text(&text, "id,b\n");
	fill(&text, 9, "A");
	planned_init(&planned, buf_text(&text), &plain, 1000);
	for (size_t i = 0; i < text.len; i++) {
		char before = text.ptr[i];

		if (i < planned.layout.header.len)
			continue; /* the layout keeps the header that was read */
		text.ptr[i] = '7' + (before == '7');
		expect_abort(&planned, 0);
		text.ptr[i] = before;
	}
}

static void
a_large_chunk_changed_at_its_end_keeps_its_last_piece_back(void **state)
{
	struct err err = ERR_INIT;
	SCOPED(buf) text = BUF_INIT;
	SCOPED(buf) body = BUF_INIT;
	SCOPED(planned) planned;
	uint64_t whole;

	(void)state;
	buf_add_text(&text, "id,b\n");
	fill(&text, 20000, "WILLIAMSON");
	planned_init(&planned, buf_text(&text), &plain, 1u << 20);
	whole = base64url_length(text.len, true);
	text.ptr[text.len - 2] = 'X';
	assert_int_equal(send(&planned, 0, 5000, &body, &err), -1);
	assert_true(body.len > whole / 2); /* it was on its way */
	assert_true(body.len + 1 < whole);
}

static void
a_file_that_became_shorter_ends_the_transfer_unfinished(void **state)
{
	SCOPED(planned) planned;

	(void)state;
	planned_init(&planned, "id,b\n1,2\n3,4\n", &plain, 1000);
	planned.input.len--;
	expect_abort(&planned, 0);
	planned.input.len = 5;
	expect_abort(&planned, 0);
	planned.input.len = 0;
	expect_abort(&planned, 0);
}

static void
a_rendered_chunk_that_became_another_ends_the_transfer_unfinished(void **state)
{
	static const struct layout_column columns[] = { { "b", "last_name" } };
	const struct layout_options options = { { ',', true }, NULL, 0, columns, 1, NULL, 0 };
	char text[] = "id,b\n1,2\n3,4\n";
	SCOPED(planned) planned;
	static const struct {
		size_t at;
		char byte;
	} changes[] = { { 7, '"' }, { 7, 'x' }, { 7, '\xFF' }, { 8, ',' }, { 6, ';' } };

	(void)state;
	planned_init(&planned, text, &options, 1000);
	for (size_t i = 0; i < ARRAY_COUNT(changes); i++) {
		char before = text[changes[i].at];

		text[changes[i].at] = changes[i].byte;
		expect_abort(&planned, 0);
		text[changes[i].at] = before;
	}
}

static void
what_is_not_sent_may_change(void **state)
{
	static const struct layout_column columns[] = { { "b", "last_name" } };
	const struct layout_options options = { { ',', true }, NULL, 0, columns, 1, NULL, 0 };
	char text[] = "id,b\n1,2\n3,4\n";
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(buf) body = BUF_INIT;

	(void)state;
	planned_init(&planned, text, &options, 1000);
	text[5] = '9';
	assert_int_equal(send(&planned, 0, 10, &body, &err), 0);
}

static void
after_a_failure_nothing_more_is_given_out(void **state)
{
	struct payload_options options = { .type = "people" };
	struct payload *payload = malloc(sizeof(*payload));
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	char body[100];
	size_t got;

	(void)state;
	planned_init(&planned, "id,b\n1,2\n", &plain, 100);
	planned.input.len--;
	options.csv = csv_of(&planned, 0);
	assert_int_equal(payload_init(payload, &options, &err), 0);
	while (payload_read(payload, body, sizeof(body), &got, &err) == 0)
		assert_true(got > 0);
	planned.input.len++;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(payload_read(payload, body, sizeof(body), &got, &err), -1);
	assert_null(payload_sha256(payload));
	payload_done(payload);
	free(payload);
}

static void
an_unreadable_input_ends_the_transfer_with_its_own_words(void **state)
{
	struct err err = ERR_INIT;
	SCOPED(planned) planned;
	SCOPED(buf) body = BUF_INIT;

	(void)state;
	planned_init(&planned, "id,b\n1,2\n", &plain, 100);
	planned.input.fails_from = 5;
	assert_int_equal(send(&planned, 0, 10, &body, &err), -1);
	assert_string_equal(err.text, "voters.csv: the disk is gone");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_chunk_read_again_is_the_chunk_that_was_planned),
		cmocka_unit_test(rendered_chunks_read_again_are_those_that_were_planned),
		cmocka_unit_test(rows_come_back_with_their_places_and_values),
		cmocka_unit_test(values_are_without_their_quotation_marks),
		cmocka_unit_test(a_record_is_read_again_as_it_is_sent),
		cmocka_unit_test(an_allowed_empty_input_is_its_header),
		cmocka_unit_test(a_body_is_what_the_api_asks_for_in_reads_of_every_size),
		cmocka_unit_test(padding_and_overwriting_follow_the_job),
		cmocka_unit_test(
		    a_large_body_decodes_to_the_csv_and_its_sha256_is_known_at_the_end),
		cmocka_unit_test(a_wide_header_is_sent_in_pieces_too),
		cmocka_unit_test(a_byte_changed_since_the_plan_ends_the_transfer_unfinished),
		cmocka_unit_test(a_large_chunk_changed_at_its_end_keeps_its_last_piece_back),
		cmocka_unit_test(a_file_that_became_shorter_ends_the_transfer_unfinished),
		cmocka_unit_test(a_rendered_chunk_that_became_another_ends_the_transfer_unfinished),
		cmocka_unit_test(what_is_not_sent_may_change),
		cmocka_unit_test(after_a_failure_nothing_more_is_given_out),
		cmocka_unit_test(an_unreadable_input_ends_the_transfer_with_its_own_words),
	};

	return cmocka_run_group_tests_name("payload", tests, NULL, NULL);
}
