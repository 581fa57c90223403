#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/base/show.h"
#include "runner/source/digest.h"
#include "runner/source/pass.h"
#include "tests/unit/input.h"
#include "tests/unit/transcript.h"

static const struct dialect comma = { ',', true };

/* Chunks as they were handed out. */
struct plan {
	struct plan_chunk chunks[400];
	size_t count;
	size_t stop_after; /* 0: never */
	struct buf header;
	struct pass_result result;
	struct err err;
};

static int
keep_layout(void *ctx, const struct layout *layout, struct err *err)
{
	struct plan *plan = ctx;

	buf_clear(&plan->header);
	buf_add_span(&plan->header, buf_span(&layout->header));
	return buf_check(&plan->header, err);
}

static int
keep_chunk(void *ctx, const struct plan_chunk *chunk, struct err *err)
{
	struct plan *plan = ctx;

	assert_true(plan->count < ARRAY_COUNT(plan->chunks));
	plan->chunks[plan->count++] = *chunk;
	if (plan->count == plan->stop_after)
		return err_set(err, ERR_LATER, "stopped");
	return 0;
}

static struct plan *
plan_new(void)
{
	struct plan *plan = calloc(1, sizeof(*plan));

	assert_non_null(plan);
	return plan;
}

static void
plan_free(struct plan *plan)
{
	buf_done(&plan->header);
	free(plan);
}

static int
pass(struct plan *plan, const char *text, size_t len, struct pass_options options)
{
	struct layout_options plain = { .dialect = comma };
	struct input input = { .text = text, .len = len };
	struct reader reader = input_reader(&input);

	plan->count = 0;
	options.path = "voters.csv";
	if (!options.layout)
		options.layout = &plain;
	if (!options.limit_bytes)
		options.limit_bytes = 1u << 20;
	options.first_number = options.first_number ? options.first_number : 1;
	options.on_layout = keep_layout;
	options.on_chunk = keep_chunk;
	options.ctx = plan;
	return pass_run(&options, &reader, &plan->result, &plan->err);
}

static void
expect_refusal(const char *text, struct pass_options options, const char *wanted)
{
	struct plan *plan = plan_new();

	for (size_t window = 1; window < strlen(text) + 2; window++) {
		options.window_bytes = window;
		assert_int_equal(pass(plan, text, strlen(text), options), -1);
		assert_string_equal(plan->err.text, wanted);
		assert_int_equal(plan->err.kind, ERR_DATA);
	}
	plan_free(plan);
}

static void
a_small_input_is_one_chunk_to_its_end(void **state)
{
	const char *text = "id,name\n1,Ann\n2,Bo";
	struct plan *plan = plan_new();
	const struct plan_chunk *chunk = &plan->chunks[0];

	(void)state;
	assert_int_equal(pass(plan, text, strlen(text),
			     (struct pass_options){ .source = 3, .input = 5, .first_number = 7 }),
	    0);
	assert_int_equal(plan->count, 1);
	assert_int_equal(chunk->source, 3);
	assert_int_equal(chunk->input, 5);
	assert_int_equal(chunk->number, 7);
	assert_int_equal(chunk->first_byte, 8);
	assert_int_equal(chunk->end_byte, strlen(text));
	assert_int_equal(chunk->first_row, 1);
	assert_int_equal(chunk->first_line, 2);
	assert_int_equal(chunk->rows, 2);
	assert_int_equal(chunk->rows_left_out, 0);
	assert_int_equal(chunk->csv_bytes, strlen(text));
	plan_free(plan);
}

static void
the_input_is_remembered(void **state)
{
	const char *text = "id\n1\n2\n3\n";
	struct plan *plan = plan_new();
	struct digest_fast all = { NULL };
	unsigned char digest[DIGEST_FAST_BYTES];

	(void)state;
	assert_int_equal(pass(plan, text, strlen(text),
			     (struct pass_options){ .source = 1, .input = 2, .limit_rows = 1 }),
	    0);
	assert_int_equal(plan->result.input.source, 1);
	assert_int_equal(plan->result.input.input, 2);
	assert_int_equal(plan->result.input.size, strlen(text));
	assert_int_equal(plan->result.input.rows, 3);
	assert_int_equal(plan->result.input.chunks, 3);
	assert_true(plan->result.is_verbatim);
	assert_int_equal(digest_fast_init(&all), 0);
	for (size_t i = 0; i < 3; i++)
		digest_fast_add(&all, plan->chunks[i].digest, DIGEST_FAST_BYTES);
	digest_fast_result(&all, digest);
	assert_memory_equal(digest, plan->result.input.digest, DIGEST_FAST_BYTES);
	digest_fast_done(&all);
	plan_free(plan);
}

static void
a_chunk_is_filled_to_its_last_byte_and_no_further(void **state)
{
	const char *text = "id\n11\n22\n33\n44\n"; /* header 3, records 3 */
	struct plan *plan = plan_new();

	(void)state;
	for (uint32_t limit = 6; limit < 20; limit++) {
		uint32_t fit = (limit - 3) / 3;

		assert_int_equal(
		    pass(plan, text, strlen(text), (struct pass_options){ .limit_bytes = limit }),
		    0);
		assert_int_equal(plan->count, (4 + fit - 1) / fit);
		assert_int_equal(plan->chunks[0].rows, fit < 4 ? fit : 4);
	}
	plan_free(plan);
}

static void
a_chunk_holds_at_most_as_many_rows_as_the_job_says(void **state)
{
	const char *text = "id\n11\n22\n33\n44\n55\n";
	struct plan *plan = plan_new();

	(void)state;
	assert_int_equal(
	    pass(plan, text, strlen(text), (struct pass_options){ .limit_rows = 2 }), 0);
	assert_int_equal(plan->count, 3);
	assert_int_equal(plan->chunks[1].first_row, 3);
	assert_int_equal(plan->chunks[1].first_line, 4);
	assert_int_equal(plan->chunks[2].rows, 1);
	plan_free(plan);
}

static void
a_record_larger_than_a_chunk_is_bad_input(void **state)
{
	(void)state;
	expect_refusal("id\n11\n222\n", (struct pass_options){ .limit_bytes = 6 },
	    "voters.csv has a record that is larger than a chunk (6 B)\n"
	    "  row 2 (line 3, byte 6), column id\n"
	    "  Mostly a quotation mark was opened there and never closed.\n"
	    "Nothing was sent.");
}

static void
an_input_without_rows_is_bad_unless_allowed(void **state)
{
	struct plan *plan = plan_new();

	(void)state;
	expect_refusal("id,name\n", (struct pass_options){ .places.empty = "nc.cfg line 9" },
	    "voters.csv has a header line and no rows\n"
	    "  If that is right, set  empty = \"allow\";  in nc.cfg line 9.\n"
	    "Nothing was sent.");
	expect_refusal("", (struct pass_options){ .limit_rows = 1 },
	    "voters.csv is empty\n"
	    "  If that is right, set  empty = \"allow\";  in the job file.\n"
	    "Nothing was sent.");
	assert_int_equal(
	    pass(plan, "id,name", 7, (struct pass_options){ .is_empty_allowed = true }), 0);
	assert_int_equal(plan->count, 1);
	assert_int_equal(plan->chunks[0].rows, 0);
	assert_int_equal(plan->chunks[0].first_byte, 7);
	assert_int_equal(plan->chunks[0].end_byte, 7);
	assert_int_equal(plan->chunks[0].csv_bytes, 7);
	assert_int_equal(pass(plan, "", 0, (struct pass_options){ .is_empty_allowed = true }), 0);
	assert_int_equal(plan->count, 1);
	assert_int_equal(plan->chunks[0].csv_bytes, 0);
	assert_int_equal(plan->result.input.size, 0);
	plan_free(plan);
}

static void
bytes_that_are_not_utf8_are_shown_and_counted(void **state)
{
	const char *text = "id,last_name\n1,Ann\n2,N\xFA\xF1"
			   "ez x\n3,\xC3\xA9\n4,\xE9,\n";
	struct pass_options options = { .places.encoding = "nc.cfg line 31" };

	(void)state;
	expect_refusal("id,last_name\n1,Ann\n2,N\xFA\xF1"
		       "ez x\n3,\xC3\xA9\n4,\xE9\n",
	    options,
	    "voters.csv is not UTF-8\n"
	    "  row 2 (line 3, byte 22), column last_name: bytes 4E FA F1 65 7A\n"
	    "  Read as windows-1252 this is \"Núñez\".  2 rows have such bytes.\n"
	    "  If that looks right, set  encoding = \"windows-1252\";  in nc.cfg line 31.\n"
	    "Nothing was sent.");
	expect_refusal(text, options,
	    "voters.csv is not UTF-8\n"
	    "  row 2 (line 3, byte 22), column last_name: bytes 4E FA F1 65 7A\n"
	    "  Read as windows-1252 this is \"Núñez\".  At least 2 rows have such bytes.\n"
	    "  If that looks right, set  encoding = \"windows-1252\";  in nc.cfg line 31.\n"
	    "Nothing was sent.");
	expect_refusal("id,b\n1,\x81\n", options,
	    "voters.csv is not UTF-8\n"
	    "  row 1 (line 2, byte 7), column b: bytes 81\n"
	    "  Read as macintosh this is \"Å\".  1 row has such bytes.\n"
	    "  If that looks right, set  encoding = \"macintosh\";  in nc.cfg line 31.\n"
	    "Nothing was sent.");
}

static void
every_kind_of_bad_input_is_told_with_its_place_and_a_way_out(void **state)
{
	struct pass_options options = { .places.quoting = "a.cfg:30" };

	(void)state;
	expect_refusal("id,height\n1,5'10\" TALL\n", options,
	    "voters.csv has a quotation mark inside an unquoted field\n"
	    "  row 1 (line 2, byte 16), column height: 5'10\" TALL\n"
	    "  The nation refuses a whole file for this; others guess where rows end.\n"
	    "  If quotation marks are ordinary characters here, set  quoting = \"none\";  "
	    "in a.cfg:30;\n"
	    "  if only those inside values are, set  clean = \"quotation marks\";  there.\n"
	    "Nothing was sent.");
	expect_refusal("id,b\n1,2\n\"x\",\"Bud\" Smith\n", options,
	    "voters.csv has text after a closing quotation mark\n"
	    "  row 2 (line 3, byte 18), column b: \"Bud\" Smith\n"
	    "  The nation refuses a whole file for this; others guess where rows end.\n"
	    "  If quotation marks are ordinary characters here, set  quoting = \"none\";  "
	    "in a.cfg:30;\n"
	    "  else mend the file: put the field in quotation marks and double its own.\n"
	    "Nothing was sent.");
	expect_refusal("id,b\n1,\"2\n3,4\n", options,
	    "voters.csv ends inside quotation marks that were opened and never closed\n"
	    "  row 1 (line 2, byte 7), column b: \"2\n"
	    "  The nation refuses a whole file for this; others guess where rows end.\n"
	    "  If quotation marks are ordinary characters here, set  quoting = \"none\";  "
	    "in a.cfg:30;\n"
	    "  else mend the file: put the field in quotation marks and double its own.\n"
	    "Nothing was sent.");
	expect_refusal("id,b\rc\n1,2\n", options,
	    "voters.csv has a carriage return that no line feed follows\n"
	    "  header line (line 1, byte 4), column 2: b c\n"
	    "  Lines end with LF or CR LF.  Choose:\n"
	    "    take it out, or quote the field;\n"
	    "    if it belongs to a value, set  clean = \"hard returns\";  in a.cfg:30.\n"
	    "Nothing was sent.");
	expect_refusal("id,b\n1,2,3\n", options,
	    "voters.csv has a row with 3 fields instead of 2\n"
	    "  row 1 (line 2, byte 5), column 3\n"
	    "  The header line has 2 columns.\n"
	    "  A value with a delimiter in it must stand in quotation marks.\n"
	    "Nothing was sent.");
	expect_refusal("id,b\n1,2\n\n", options,
	    "voters.csv has an empty line\n"
	    "  row 2 (line 3, byte 9)\n"
	    "  Take it out: a line is a row.\n"
	    "Nothing was sent.");
}

static void
a_nul_byte_is_bad_input(void **state)
{
	struct plan *plan = plan_new();

	(void)state;
	assert_int_equal(
	    pass(plan, "id,b\n1,\0\n", 9, (struct pass_options){ .limit_rows = 0 }), -1);
	assert_string_equal(plan->err.text,
	    "voters.csv has a NUL byte\n"
	    "  row 1 (line 2, byte 7), column b\n"
	    "  It is not a plain text file, or one in UTF-16: convert it to UTF-8.\n"
	    "Nothing was sent.");
	plan_free(plan);
}

static void
large_numbers_are_shown_as_people_read_them(void **state)
{
	struct plan *plan = plan_new();
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	buf_add_text(&text, "id\n");
	for (unsigned i = 0; i < 12345; i++)
		buf_add_text(&text, "\"1\n\"\n");
	buf_add_text(&text, "1,2\n");
	assert_int_equal(
	    pass(plan, text.ptr, text.len, (struct pass_options){ .limit_rows = 0 }), -1);
	assert_non_null(strstr(plan->err.text, "  row 12,346 (line 24,692, byte 61,728), column 2\n"));
	plan_free(plan);
}

static void
values_are_looked_at_where_fields_are_taken_apart(void **state)
{
	static const struct layout_column columns[] = { { "id", "state_file_id" },
		{ "st", "registered_address.state" } };
	struct layout_options mapped = { comma, NULL, 0, columns, 2, NULL, 0 };
	const char *text = "id,st\n1,NC\n2,\n";
	const char *plain = "state_file_id,registered_address.state\n1,NC\n2,\n";
	const char *ballots =
	    "id,ballots.vote_method,election.country_code,election.state,"
	    "election.election_at\n1,voted,US,NC,11/03/2026\n2,mail,US,NC,11/03/2026\n";
	struct plan *plan = plan_new();

	(void)state;
	assert_int_equal(
	    pass(plan, text, strlen(text), (struct pass_options){ .layout = &mapped }), 0);
	assert_true(plan->result.was_looked_at);
	assert_int_equal(plan->result.counts[RULE_STATE].rows, 1);
	assert_int_equal(
	    pass(plan, plain, strlen(plain), (struct pass_options){ .limit_rows = 0 }), 0);
	assert_false(plan->result.was_looked_at);
	assert_int_equal(
	    pass(plan, ballots, strlen(ballots), (struct pass_options){ .type = RULES_BALLOT }), 0);
	assert_true(plan->result.is_verbatim && plan->result.was_looked_at);
	assert_int_equal(plan->result.counts[RULE_VOTE_METHOD].rows, 1);
	plan_free(plan);
}

static void
a_missing_ballot_column_is_found_before_any_chunk(void **state)
{
	struct plan *plan = plan_new();

	(void)state;
	assert_int_equal(
	    pass(plan, "id\n1\n", 5, (struct pass_options){ .type = RULES_BALLOT }), -1);
	assert_int_equal(plan->err.kind, ERR_DATA);
	assert_int_equal(plan->count, 0);
	plan_free(plan);
}

static void
a_visitor_can_stop_the_pass(void **state)
{
	struct plan *plan = plan_new();

	(void)state;
	plan->stop_after = 2;
	assert_int_equal(
	    pass(plan, "id\n1\n2\n3\n4\n", 11, (struct pass_options){ .limit_rows = 1 }), -1);
	assert_int_equal(plan->err.kind, ERR_LATER);
	assert_int_equal(plan->count, 2);
	plan_free(plan);
}

/* Bodies less their headers, put together, are the input behind its header line; each chunk is
 * within the limits, its digest that of header and bytes. */
static void
expect_whole(const struct plan *plan, const char *text, size_t len, size_t begin,
    const struct pass_options *options)
{
	struct digest_fast fast = { NULL };
	uint64_t at = begin, row = 1;

	assert_int_equal(digest_fast_init(&fast), 0);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_chunk *chunk = &plan->chunks[i];
		unsigned char digest[DIGEST_FAST_BYTES];
		uint64_t line = 1;

		for (size_t k = 0; k < chunk->first_byte; k++)
			line += text[k] == '\n';
		assert_int_equal(chunk->number, i + 1);
		assert_int_equal(chunk->first_byte, at);
		assert_int_equal(chunk->first_row, row);
		assert_int_equal(chunk->first_line, line);
		assert_true(chunk->rows > 0 || plan->count == 1);
		assert_true(chunk->csv_bytes <= options->limit_bytes);
		assert_true(options->limit_rows == 0 || chunk->rows <= options->limit_rows);
		assert_int_equal(chunk->csv_bytes, plan->header.len + chunk->end_byte - at);
		digest_fast_begin(&fast);
		digest_fast_add(&fast, plan->header.ptr, plan->header.len);
		digest_fast_add(&fast, text + at, (size_t)(chunk->end_byte - at));
		digest_fast_result(&fast, digest);
		assert_memory_equal(digest, chunk->digest, DIGEST_FAST_BYTES);
		at = chunk->end_byte;
		row += chunk->rows;
	}
	assert_int_equal(at, len);
	assert_int_equal(plan->result.input.rows, row - 1);
	digest_fast_done(&fast);
}

static void
bodies_less_their_headers_put_together_are_the_input(void **state)
{
	static const char *const names[] = { "h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8" };
	struct plan *plan = plan_new();
	unsigned seed = 1121, taken = 0;

	(void)state;
	for (unsigned i = 0; i < 6000; i++) {
		struct layout_options layout = { .dialect = comma };
		struct pass_options options = { .layout = &layout };
		SCOPED(buf) text = BUF_INIT;
		SCOPED(buf) records = BUF_INIT;
		size_t begin = 0;

		transcript_random_text(&records, &seed, comma);
		if (transcript_roll(&seed, 3) == 0)
			buf_add_text(&text, "\xEF\xBB\xBF");
		if (transcript_roll(&seed, 2)) {
			layout.header = names;
			layout.header_count = 2 + transcript_roll(&seed, 6);
			begin = text.len;
		} else {
			unsigned columns = 2 + transcript_roll(&seed, 6);

			for (unsigned k = 0; k < columns; k++)
				buf_printf(&text, "%sn%u", k ? "," : "", k);
			buf_add_text(&text, transcript_roll(&seed, 2) ? "\r\n" : "\n");
			begin = text.len;
		}
		buf_add_span(&text, buf_span(&records));
		options.limit_bytes = 150 + transcript_roll(&seed, 900);
		options.limit_rows = transcript_roll(&seed, 4);
		options.window_bytes = 1 + transcript_roll(&seed, 300);
		options.is_empty_allowed = true;
		if (pass(plan, buf_text(&text), text.len, options))
			continue; /* a wrong number of columns, or broken on purpose */
		if (plan->result.input.rows)
			taken++;
		expect_whole(plan, buf_text(&text), text.len, begin, &options);
	}
	assert_true(taken > 200);
	plan_free(plan);
}

static void
a_plan_does_not_depend_on_windows_or_reads(void **state)
{
	static const struct layout_column columns[] = { { "a", "last_name" },
		{ "b", "first_name" } };
	static const struct layout_constant constants[] = { { "tag_list", "x, y" } };
	struct layout_options mapped = { { '\t', true }, NULL, 0, columns, 2, constants, 1 };
	struct plan *whole = plan_new(), *cut = plan_new();
	SCOPED(buf) text = BUF_INIT;

	(void)state;
	buf_add_text(&text, "b\tjunk\ta\r\n");
	for (unsigned i = 0; i < 60; i++)
		buf_printf(&text, "b%u\t\"x\n\"\t\"a%u, \"\"é\"\"\"\r\n", i, i * i);
	assert_int_equal(pass(whole, text.ptr, text.len,
			     (struct pass_options){ .layout = &mapped, .limit_bytes = 200 }),
	    0);
	assert_true(whole->count > 3);
	for (size_t window = 1; window < 300; window++) {
		assert_int_equal(
		    pass(cut, text.ptr, text.len,
			(struct pass_options){
			    .layout = &mapped, .limit_bytes = 200, .window_bytes = window }),
		    0);
		assert_int_equal(cut->count, whole->count);
		for (size_t i = 0; i < cut->count; i++)
			assert_memory_equal(
			    &cut->chunks[i], &whole->chunks[i], sizeof(cut->chunks[i]));
	}
	plan_free(whole);
	plan_free(cut);
}

static void
an_unreadable_input_is_66_and_not_bad_data(void **state)
{
	struct layout_options layout = { .dialect = comma };
	struct input input = { .text = "id\n1\n", .len = 5, .most = 2, .fails_from = 4 };
	struct reader reader = input_reader(&input);
	struct pass_options options = {
		.path = "voters.csv", .layout = &layout, .limit_bytes = 100
	};
	struct pass_result result;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(pass_run(&options, &reader, &result, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_input_is_one_chunk_to_its_end),
		cmocka_unit_test(the_input_is_remembered),
		cmocka_unit_test(a_chunk_is_filled_to_its_last_byte_and_no_further),
		cmocka_unit_test(a_chunk_holds_at_most_as_many_rows_as_the_job_says),
		cmocka_unit_test(a_record_larger_than_a_chunk_is_bad_input),
		cmocka_unit_test(an_input_without_rows_is_bad_unless_allowed),
		cmocka_unit_test(bytes_that_are_not_utf8_are_shown_and_counted),
		cmocka_unit_test(every_kind_of_bad_input_is_told_with_its_place_and_a_way_out),
		cmocka_unit_test(a_nul_byte_is_bad_input),
		cmocka_unit_test(large_numbers_are_shown_as_people_read_them),
		cmocka_unit_test(values_are_looked_at_where_fields_are_taken_apart),
		cmocka_unit_test(a_missing_ballot_column_is_found_before_any_chunk),
		cmocka_unit_test(a_visitor_can_stop_the_pass),
		cmocka_unit_test(bodies_less_their_headers_put_together_are_the_input),
		cmocka_unit_test(a_plan_does_not_depend_on_windows_or_reads),
		cmocka_unit_test(an_unreadable_input_is_66_and_not_bad_data),
	};

	return cmocka_run_group_tests_name("pass", tests, NULL, NULL);
}
