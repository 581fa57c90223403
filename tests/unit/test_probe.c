#include "platform.h"

#include "runner/core/probe.h"
#include "tests/unit/core_test.h"

#define HEADER "id,first_name\r\n"
#define ROWS   "1,Joe\r\n2,Ann\r\n"

#define SINCE INT64_C(1000000)

static struct probe_wanted
wanted(void)
{
	return (struct probe_wanted){
		.type = "people",
		.head = span_of(HEADER ROWS),
		.header_bytes = sizeof(HEADER) - 1,
		.rows = 2,
		.lines = 5,
		.since_ms = SINCE,
		.own_expected = 1,
		.has_witness = true,
	};
}

/* An entry of the list as NationBuilder's documentation shows it. */
static struct listed
entry(uint64_t import_id, const char *content_head)
{
	return (struct listed){
		.import_id = import_id,
		.type = span_of("People"),
		.content_head = span_of(content_head),
		.has_content_head = content_head != NULL,
		.created_ms = SINCE + (int64_t)import_id,
		.lines_count = 2,
	};
}

#define OURS  "id, first_name\r\n, 1, Joe\r\n, 2, Ann"
#define OTHER "id, first_name\r\n, 7, Eve\r\n"

/* A list of one page: our own import 5 and these strangers. */
static enum probe_result
result_with(const struct probe_wanted *want, const struct listed *strangers, size_t count)
{
	struct listed own = entry(5, OTHER);
	struct probe probe;

	probe_init(&probe, want);
	for (size_t i = 0; i < count; i++)
		probe_entry(&probe, &strangers[i], PROBE_STRANGER);
	probe_entry(&probe, &own, PROBE_OWN);
	assert_int_equal(probe_page_end(&probe, false), PROBE_COMPLETE);
	return probe_result(&probe);
}

static enum probe_result
result_of(struct listed stranger)
{
	struct probe_wanted want = wanted();

	return result_with(&want, &stranger, 1);
}

/* ---- is it there? ---- */

static void
one_import_that_begins_like_the_chunk_is_it(void **state)
{
	struct probe_wanted want = wanted();
	struct listed own = entry(5, OTHER), ours = entry(6, OURS);
	struct probe probe;

	(void)state;
	probe_init(&probe, &want);
	probe_entry(&probe, &ours, PROBE_STRANGER);
	probe_entry(&probe, &own, PROBE_OWN);
	assert_int_equal(probe_page_end(&probe, false), PROBE_COMPLETE);
	assert_int_equal(probe_result(&probe), PROBE_IS_FOUND);
	assert_int_equal(probe.candidate, 6);
}

static void
how_the_nation_spaces_and_quotes_a_head_makes_no_difference(void **state)
{
	static const char *const heads[] = {
		HEADER ROWS,
		"id,first_name\n1,Joe\n2,Ann\n",
		"\"id\",\"first_name\"\n\"1\",\"Joe\"\n",
		"  id ,\tfirst_name, 1,Joe",
		HEADER "1,J", /* cut, but beyond the header */
		HEADER ROWS "3,Bob\r\n4,Eve\r\n", /* more than we look at of our own */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(heads); i++)
		assert_int_equal(result_of(entry(6, heads[i])), PROBE_IS_FOUND);
}

static void
an_import_with_other_rows_or_another_header_is_not_it(void **state)
{
	static const char *const heads[] = { OTHER, "email\r\njoe@example.org\r\n",
					     HEADER "1,Jim\r\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(heads); i++)
		assert_int_equal(result_of(entry(6, heads[i])), PROBE_IS_ABSENT);
}

static void
a_head_that_cannot_be_read_or_ends_too_soon_might_be_it(void **state)
{
	static const char *const heads[] = {
		NULL,
		"",
		"id, fir",
		HEADER,
		HEADER "1,J...",
		HEADER "7\xE2\x80\xA6",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(heads); i++)
		assert_int_equal(result_of(entry(6, heads[i])), PROBE_IS_UNCLEAR);
}

static void
two_imports_that_begin_like_it_cannot_be_told_apart(void **state)
{
	const struct listed two[] = { entry(7, OURS), entry(6, OURS) };
	struct probe_wanted want = wanted();

	(void)state;
	assert_int_equal(result_with(&want, two, 2), PROBE_IS_UNCLEAR);
}

static void
one_that_is_alike_beside_one_that_cannot_be_told_is_not_enough(void **state)
{
	const struct listed two[] = { entry(7, NULL), entry(6, OURS) };
	struct probe_wanted want = wanted();

	(void)state;
	assert_int_equal(result_with(&want, two, 2), PROBE_IS_UNCLEAR);
}

static void
an_import_without_a_number_that_we_can_hold_is_not_taken(void **state)
{
	(void)state;
	assert_int_equal(result_of(entry(0, OURS)), PROBE_IS_UNCLEAR);
}

/* ---- rivals: chunks that the nation may have unknown to us ---- */

static void
letters_in_common_are_counted_without_decoration(void **state)
{
	(void)state;
	assert_int_equal(probe_shared_letters(span_of("a,b\nc"), span_of("\"a\", b, x")), 2);
	assert_int_equal(probe_shared_letters(span_of("abc"), span_of("ab")), 2);
	assert_int_equal(probe_shared_letters(span_of(""), span_of("ab")), 0);
}

static void
what_a_rival_begins_with_too_tells_nothing(void **state)
{
	struct probe_wanted want = wanted();
	struct listed short_head = entry(6, HEADER "1,Joe\r\n");
	struct listed long_head = entry(6, HEADER "1,Joe\r\n2,A");

	(void)state;
	want.shared_letters =
	    probe_shared_letters(want.head, span_of(HEADER "1,Joe\r\n9,Zoe\r\n"));
	assert_int_equal(result_with(&want, &short_head, 1), PROBE_IS_UNCLEAR);
	assert_int_equal(result_with(&want, &long_head, 1), PROBE_IS_FOUND);
}

static void
a_rival_that_begins_the_same_as_far_as_we_know_is_never_told_apart(void **state)
{
	struct probe_wanted want = wanted();
	struct listed ours = entry(6, OURS);

	(void)state;
	want.shared_letters = probe_shared_letters(want.head, want.head);
	assert_int_equal(result_with(&want, &ours, 1), PROBE_IS_UNCLEAR);
}

/* ---- what cannot be it ---- */

static struct listed
of_type(const char *type)
{
	struct listed listed = entry(6, OURS);

	listed.type = span_of(type);
	return listed;
}

static void
an_import_of_the_other_type_is_not_it(void **state)
{
	(void)state;
	assert_int_equal(result_of(of_type("Ballot")), PROBE_IS_ABSENT);
	assert_int_equal(result_of(of_type("ballots")), PROBE_IS_ABSENT);
	assert_int_equal(result_of(of_type("PEOPLE")), PROBE_IS_FOUND);
}

static void
an_import_of_a_type_that_no_document_has_may_be_it(void **state)
{
	(void)state;
	assert_int_equal(result_of(of_type("")), PROBE_IS_FOUND);
	assert_int_equal(result_of(of_type("Import::V1")), PROBE_IS_FOUND);
}

static void
lines_may_count_the_header_or_not_and_records_or_physical_lines(void **state)
{
	static const struct {
		int64_t lines_count;
		enum probe_result result;
	} cases[] = {
		{ 2, PROBE_IS_FOUND }, { 3, PROBE_IS_FOUND }, { 4, PROBE_IS_ABSENT },
		{ 5, PROBE_IS_FOUND }, { 6, PROBE_IS_FOUND }, /* 5 physical lines */
		{ 1, PROBE_IS_ABSENT }, { 7, PROBE_IS_ABSENT },
		{ -1, PROBE_IS_FOUND }, { 0, PROBE_IS_FOUND }, /* not told yet */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct listed listed = entry(6, OURS);

		listed.lines_count = cases[i].lines_count;
		assert_int_equal(result_of(listed), cases[i].result);
	}
}

/* The last chunk of a file, or a piece of one: how many line ends stand in its fields is not known. */
static void
where_the_lines_are_not_known_any_count_from_the_rows_on_may_be_it(void **state)
{
	static const struct {
		int64_t lines_count;
		enum probe_result result;
	} cases[] = {
		{ 1, PROBE_IS_ABSENT }, { 2, PROBE_IS_FOUND }, { 7, PROBE_IS_FOUND },
		{ 0, PROBE_IS_FOUND },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct probe_wanted want = wanted();
		struct listed listed = entry(6, OURS);

		want.lines = 0;
		listed.lines_count = cases[i].lines_count;
		assert_int_equal(result_with(&want, &listed, 1), cases[i].result);
	}
}

static void
what_may_have_been_sent_in_pieces_is_unclear_where_the_list_shows_the_first(void **state)
{
	static const struct {
		const char *head;
		int64_t lines_count;
		enum probe_result result;
	} cases[] = {
		{ OURS, 1, PROBE_IS_UNCLEAR }, { NULL, 1, PROBE_IS_UNCLEAR },
		{ OTHER, 1, PROBE_IS_ABSENT }, { OURS, 7, PROBE_IS_ABSENT },
		{ OURS, 2, PROBE_IS_FOUND },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct probe_wanted want = wanted();
		struct listed listed = entry(6, OURS);

		want.may_be_split = true;
		listed.has_content_head = cases[i].head != NULL;
		listed.content_head = span_of(cases[i].head ? cases[i].head : "");
		listed.lines_count = cases[i].lines_count;
		assert_int_equal(result_with(&want, &listed, 1), cases[i].result);
	}
}

static void
an_import_from_before_the_post_is_not_it(void **state)
{
	struct listed listed = entry(6, OURS);

	(void)state;
	listed.created_ms = SINCE - 1;
	assert_int_equal(result_of(listed), PROBE_IS_ABSENT);
	listed.created_ms = SINCE;
	assert_int_equal(result_of(listed), PROBE_IS_FOUND);
	listed.created_ms = -1; /* unreadable: it may be from any time */
	assert_int_equal(result_of(listed), PROBE_IS_FOUND);
}

/* ---- absence ---- */

static void
absence_needs_a_witness_of_our_own(void **state)
{
	struct probe_wanted want = wanted();
	struct probe probe;

	(void)state;
	want.has_witness = false; /* the one that is shown may be of any time */
	assert_int_equal(result_with(&want, NULL, 0), PROBE_NEEDS_WITNESS);
	want.has_witness = true;
	probe_init(&probe, &want);
	assert_int_equal(probe_page_end(&probe, false), PROBE_COMPLETE);
	assert_int_equal(probe_result(&probe), PROBE_NEEDS_WITNESS);
}

static void
every_import_of_our_own_must_stand_there_and_counts_once(void **state)
{
	struct probe_wanted want = wanted();
	struct listed own = entry(5, OTHER);
	struct probe probe;

	(void)state;
	want.own_expected = 2;
	probe_init(&probe, &want);
	probe_entry(&probe, &own, PROBE_OWN);
	probe_entry(&probe, &own, PROBE_OWN_AGAIN);
	probe_page_end(&probe, false);
	assert_int_equal(probe_result(&probe), PROBE_NEEDS_WITNESS);
	probe_init(&probe, &want);
	probe_entry(&probe, &own, PROBE_OWN);
	probe_entry(&probe, &own, PROBE_OWN);
	probe_page_end(&probe, false);
	assert_int_equal(probe_result(&probe), PROBE_IS_ABSENT);
}

/* Heads that the nation writes in a way we do not know: ours would look different too. */
static void
what_looks_different_may_be_ours_unless_a_head_of_our_own_can_be_read(void **state)
{
	static const struct {
		const char *own_head;
		enum probe_result result;
	} cases[] = {
		{ OTHER, PROBE_IS_ABSENT },
		{ NULL, PROBE_NEEDS_LIKENESS },
		{ "[[\"id\"", PROBE_NEEDS_LIKENESS },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct probe_wanted want = wanted();
		struct listed own = entry(5, cases[i].own_head);
		struct listed stranger = entry(6, "[[\"id\",\"first_name\"],[\"7\"");
		struct probe probe;

		probe_init(&probe, &want);
		probe_entry(&probe, &stranger, PROBE_STRANGER);
		probe_entry(&probe, &own, PROBE_OWN);
		probe_page_end(&probe, false);
		assert_int_equal(probe_result(&probe), cases[i].result);
	}
}

/* ---- pages ---- */

static struct listed
created(uint64_t import_id, int64_t created_ms)
{
	struct listed listed = entry(import_id, OTHER);

	listed.created_ms = created_ms;
	return listed;
}

static enum probe_next
read_page(struct probe *probe, const struct listed *entries, size_t count, bool has_more)
{
	for (size_t i = 0; i < count; i++)
		probe_entry(probe, &entries[i], PROBE_STRANGER);
	return probe_page_end(probe, has_more);
}

static void
a_falling_list_is_read_until_it_is_past_the_time_in_question(void **state)
{
	const struct listed first[] = { created(9, SINCE + 9), created(8, SINCE + 9) };
	const struct listed second[] = { created(7, SINCE), created(6, SINCE - 1) };
	struct probe_wanted want = wanted();
	struct probe probe;

	(void)state;
	probe_init(&probe, &want);
	assert_int_equal(probe.page, 1);
	assert_int_equal(read_page(&probe, first, 2, true), PROBE_NEXT_PAGE);
	assert_int_equal(probe.page, 2);
	assert_int_equal(read_page(&probe, second, 2, true), PROBE_FIRST_PAGE);
	assert_int_equal(probe.page, 1);
	assert_int_equal(read_page(&probe, first, 2, true), PROBE_COMPLETE);
}

static void
a_list_that_does_not_fall_strictly_is_read_to_its_end(void **state)
{
	static const struct {
		uint64_t import_id;
		int64_t created_ms;
	} unruly[] = {
		{ 8, SINCE - 1 },  /* the same id again */
		{ 9, SINCE - 1 },  /* a higher id below */
		{ 0, SINCE - 1 },  /* no id */
		{ 7, -1 },	   /* no time */
		{ 7, SINCE + 20 }, /* a later time below */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(unruly); i++) {
		const struct listed page[] = { created(8, SINCE + 9),
					       created(unruly[i].import_id, unruly[i].created_ms),
					       created(3, SINCE - 5) };
		struct probe_wanted want = wanted();
		struct probe probe;

		probe_init(&probe, &want);
		assert_int_equal(read_page(&probe, page, 3, true), PROBE_NEXT_PAGE);
	}
}

static void
a_list_with_the_oldest_first_is_read_to_its_end(void **state)
{
	const struct listed old[] = { created(1, SINCE - 9), created(2, SINCE - 8) };
	struct probe_wanted want = wanted();
	struct probe probe;

	(void)state;
	probe_init(&probe, &want);
	assert_int_equal(read_page(&probe, old, 2, true), PROBE_NEXT_PAGE);
	probe_init(&probe, &want); /* one entry a page: it might be a falling list */
	assert_int_equal(read_page(&probe, old, 1, true), PROBE_NEXT_PAGE);
	assert_int_equal(read_page(&probe, old + 1, 1, true), PROBE_NEXT_PAGE);
}

static void
a_list_that_changed_meanwhile_is_read_all_over_but_not_for_ever(void **state)
{
	const struct listed pages[] = { created(9, SINCE + 9), created(10, SINCE + 10) };
	struct probe_wanted want = wanted();
	struct probe probe;

	(void)state;
	probe_init(&probe, &want);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(read_page(&probe, pages, 1, true), PROBE_NEXT_PAGE);
		assert_int_equal(read_page(&probe, NULL, 0, false), PROBE_FIRST_PAGE);
		assert_int_equal(read_page(&probe, pages + 1, 1, true),
		    i < 3 ? PROBE_START_OVER : PROBE_TOO_LONG);
	}
}

static void
what_was_seen_before_the_list_changed_does_not_count(void **state)
{
	const struct listed ours = entry(9, OURS);
	struct probe_wanted want = wanted();
	struct probe probe;

	(void)state;
	probe_init(&probe, &want);
	read_page(&probe, &ours, 1, true);
	read_page(&probe, NULL, 0, false);
	assert_int_equal(read_page(&probe, NULL, 0, true), PROBE_START_OVER);
	assert_int_equal(probe.alike, 0);
	assert_int_equal(probe.page, 1);
}

static void
a_page_that_is_read_again_is_not_counted_twice(void **state)
{
	const struct listed ours = entry(9, OURS);
	struct probe_wanted want = wanted();
	struct probe probe;

	(void)state;
	probe_init(&probe, &want);
	read_page(&probe, &ours, 1, true);
	read_page(&probe, NULL, 0, false);
	assert_int_equal(read_page(&probe, &ours, 1, true), PROBE_COMPLETE);
	assert_int_equal(probe.alike, 1);
	assert_int_equal(probe_result(&probe), PROBE_IS_FOUND);
}

static void
a_list_of_more_than_200_pages_is_too_long(void **state)
{
	struct probe_wanted want = wanted();
	struct probe probe;

	(void)state;
	probe_init(&probe, &want);
	for (int page = 1; page < 200; page++)
		assert_int_equal(probe_page_end(&probe, true), PROBE_NEXT_PAGE);
	assert_int_equal(probe_page_end(&probe, true), PROBE_TOO_LONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_import_that_begins_like_the_chunk_is_it),
		cmocka_unit_test(how_the_nation_spaces_and_quotes_a_head_makes_no_difference),
		cmocka_unit_test(an_import_with_other_rows_or_another_header_is_not_it),
		cmocka_unit_test(a_head_that_cannot_be_read_or_ends_too_soon_might_be_it),
		cmocka_unit_test(two_imports_that_begin_like_it_cannot_be_told_apart),
		cmocka_unit_test(one_that_is_alike_beside_one_that_cannot_be_told_is_not_enough),
		cmocka_unit_test(an_import_without_a_number_that_we_can_hold_is_not_taken),
		cmocka_unit_test(letters_in_common_are_counted_without_decoration),
		cmocka_unit_test(what_a_rival_begins_with_too_tells_nothing),
		cmocka_unit_test(a_rival_that_begins_the_same_as_far_as_we_know_is_never_told_apart),
		cmocka_unit_test(an_import_of_the_other_type_is_not_it),
		cmocka_unit_test(an_import_of_a_type_that_no_document_has_may_be_it),
		cmocka_unit_test(lines_may_count_the_header_or_not_and_records_or_physical_lines),
		cmocka_unit_test(where_the_lines_are_not_known_any_count_from_the_rows_on_may_be_it),
		cmocka_unit_test(
		    what_may_have_been_sent_in_pieces_is_unclear_where_the_list_shows_the_first),
		cmocka_unit_test(an_import_from_before_the_post_is_not_it),
		cmocka_unit_test(absence_needs_a_witness_of_our_own),
		cmocka_unit_test(every_import_of_our_own_must_stand_there_and_counts_once),
		cmocka_unit_test(
		    what_looks_different_may_be_ours_unless_a_head_of_our_own_can_be_read),
		cmocka_unit_test(a_falling_list_is_read_until_it_is_past_the_time_in_question),
		cmocka_unit_test(a_list_that_does_not_fall_strictly_is_read_to_its_end),
		cmocka_unit_test(a_list_with_the_oldest_first_is_read_to_its_end),
		cmocka_unit_test(a_list_that_changed_meanwhile_is_read_all_over_but_not_for_ever),
		cmocka_unit_test(what_was_seen_before_the_list_changed_does_not_count),
		cmocka_unit_test(a_page_that_is_read_again_is_not_counted_twice),
		cmocka_unit_test(a_list_of_more_than_200_pages_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
