#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "runner/source/split.h"
#include "tests/unit/planned.h"

static const struct layout_options plain = { .dialect = { ',', true } };

#define HEADER "id,first_name\n"

static struct reread_options
csv_of(struct planned *planned, const struct plan_chunk *plan)
{
	return (struct reread_options){
		.reader = &planned->reader,
		.layout = &planned->layout,
		.plan = plan,
		.path = "voters.csv",
		.job = "nc.cfg",
	};
}

/* All bytes of a chunk as sent; fails the test if they are not what the plan says. */
static void
read_again(struct planned *planned, const struct plan_chunk *plan, struct buf *to)
{
	const struct reread_options options = csv_of(planned, plan);
	struct err err = ERR_INIT;
	SCOPED(reread) again;
	struct span bytes;

	assert_int_equal(reread_init(&again, &options, &err), 0);
	do {
		if (reread_bytes(&again, &bytes, &err))
			fail_msg("%s", err.text);
		buf_add_span(to, bytes);
	} while (bytes.len);
}

/* The text as one chunk, split: what both pieces have behind their headers is the text. */
static void
expect(const char *text, const struct layout_options *layout, const char *first,
    const char *second)
{
	SCOPED(planned) planned;
	SCOPED(buf) one = BUF_INIT;
	SCOPED(buf) two = BUF_INIT;
	struct plan_chunk pieces[PLAN_PIECES];
	struct reread_options csv;
	struct err err = ERR_INIT;

	planned_init(&planned, text, layout, 10000);
	assert_int_equal(planned.count, 1);
	csv = csv_of(&planned, &planned.chunks[0]);
	assert_int_equal(split_chunk(&csv, 31, pieces, &err), 0);
	read_again(&planned, &pieces[0], &one);
	read_again(&planned, &pieces[1], &two);
	assert_string_equal(buf_text(&one), first);
	assert_string_equal(buf_text(&two), second);
	for (uint32_t i = 0; i < PLAN_PIECES; i++) {
		assert_int_equal(pieces[i].number, 31 + i);
		assert_int_equal(pieces[i].parent, 1);
	}
	assert_int_equal(pieces[0].first_byte, planned.chunks[0].first_byte);
	assert_int_equal(pieces[1].end_byte, planned.chunks[0].end_byte);
	assert_int_equal(pieces[0].rows + pieces[1].rows, planned.chunks[0].rows);
	assert_int_equal(pieces[1].first_row, 1 + pieces[0].rows);
}

static void
the_cut_is_before_the_row_that_would_pass_the_middle(void **state)
{
	(void)state;
	expect(HEADER "1,Ann\n2,Bob\n3,Cid\n4,Dan\n", &plain, HEADER "1,Ann\n2,Bob\n",
	    HEADER "3,Cid\n4,Dan\n");
	expect(HEADER "1,Ann\n2,Bob\n3,Cid\n4,Dan\n5,E\n", &plain, HEADER "1,Ann\n2,Bob\n",
	    HEADER "3,Cid\n4,Dan\n5,E\n");
	expect(HEADER "1,A\n2,Bobobobobobobobobobobobobobobobobob\n3,C\n", &plain,
	    HEADER "1,A\n", HEADER "2,Bobobobobobobobobobobobobobobobobob\n3,C\n");
}

static void
neither_piece_is_empty_however_large_the_first_or_last_row(void **state)
{
	(void)state;
	expect(HEADER "1,Annannannannannannannannannannann\n2,B\n", &plain,
	    HEADER "1,Annannannannannannannannannannann\n", HEADER "2,B\n");
	expect(HEADER "1,A\n2,Bobobobobobobobobobobobobobobobob\n", &plain, HEADER "1,A\n",
	    HEADER "2,Bobobobobobobobobobobobobobobobob\n");
}

static void
line_ends_in_quotes_and_a_last_line_without_one_stay_as_they_are(void **state)
{
	(void)state;
	expect(HEADER "1,\"A\nn\nn\"\r\n2,\"B,\"\"b\"\"\"\r\n3,C", &plain,
	    HEADER "1,\"A\nn\nn\"\r\n", HEADER "2,\"B,\"\"b\"\"\"\r\n3,C");
}

static void
lines_are_counted_as_in_the_file(void **state)
{
	SCOPED(planned) planned;
	struct plan_chunk pieces[PLAN_PIECES];
	struct reread_options csv;
	struct err err = ERR_INIT;

	(void)state;
	planned_init(&planned, HEADER "1,\"A\nn\nn\"\n2,Bob\n", &plain, 10000);
	csv = csv_of(&planned, &planned.chunks[0]);
	assert_int_equal(split_chunk(&csv, 2, pieces, &err), 0);
	assert_int_equal(pieces[0].first_line, 2);
	assert_int_equal(pieces[1].first_line, 5);
}

/* A chunk in the middle of its file, in a layout of its own, is split again and again. */
static void
pieces_of_pieces_are_what_the_chunk_was(void **state)
{
	static const struct layout_options tabs = { .dialect = { '\t', true } };
	SCOPED(planned) planned;
	SCOPED(buf) whole = BUF_INIT;
	SCOPED(buf) joined = BUF_INIT;
	struct plan_chunk pieces[PLAN_PIECES], quarters[PLAN_PIECES];
	struct reread_options csv;
	struct err err = ERR_INIT;
	size_t header;

	(void)state;
	planned_init(&planned, "id\tfirst_name\n1\tA\n2\tB\n3\tC\n4\tD\n5\tE\n6\tF\n", &tabs, 32);
	assert_true(planned.count > 1);
	header = planned.layout.header.len;
	read_again(&planned, &planned.chunks[1], &whole);
	csv = csv_of(&planned, &planned.chunks[1]);
	assert_int_equal(split_chunk(&csv, 7, pieces, &err), 0);
	csv = csv_of(&planned, &pieces[1]);
	buf_add_span(&joined, buf_span(&planned.layout.header));
	for (int i = 0; i < PLAN_PIECES; i++) {
		SCOPED(buf) piece = BUF_INIT;

		if (i == 1 && pieces[1].rows > 1) {
			assert_int_equal(split_chunk(&csv, 9, quarters, &err), 0);
			assert_int_equal(quarters[0].parent, 8);
			for (int j = 0; j < PLAN_PIECES; j++) {
				SCOPED(buf) quarter = BUF_INIT;

				read_again(&planned, &quarters[j], &quarter);
				buf_add(&joined, quarter.ptr + header, quarter.len - header);
			}
			continue;
		}
		read_again(&planned, &pieces[i], &piece);
		buf_add(&joined, piece.ptr + header, piece.len - header);
	}
	assert_string_equal(buf_text(&joined), buf_text(&whole));
}

static void
an_input_that_is_not_what_was_planned_is_not_split(void **state)
{
	SCOPED(planned) planned;
	struct plan_chunk pieces[PLAN_PIECES];
	struct plan_chunk plan;
	struct reread_options csv;
	struct err err = ERR_INIT;

	(void)state;
	planned_init(&planned, HEADER "1,Ann\n2,Bob\n3,Cid\n", &plain, 10000);
	plan = planned.chunks[0];
	plan.digest[3] ^= 1;
	csv = csv_of(&planned, &plan);
	assert_int_equal(split_chunk(&csv, 2, pieces, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_non_null(strstr(err.text, "voters.csv changed since this load began"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_cut_is_before_the_row_that_would_pass_the_middle),
		cmocka_unit_test(neither_piece_is_empty_however_large_the_first_or_last_row),
		cmocka_unit_test(line_ends_in_quotes_and_a_last_line_without_one_stay_as_they_are),
		cmocka_unit_test(lines_are_counted_as_in_the_file),
		cmocka_unit_test(pieces_of_pieces_are_what_the_chunk_was),
		cmocka_unit_test(an_input_that_is_not_what_was_planned_is_not_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
