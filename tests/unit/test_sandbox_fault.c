#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "sandbox/fault.h"

static struct faults *
faults_of(const char *spec)
{
	struct faults *faults = faults_new(3, NULL);

	assert_non_null(faults);
	assert_int_equal(faults_add(faults, span_of(spec), NULL), 0);
	return faults;
}

/* Which of the first `count` submits are struck, as x and - ; text has count + 1 bytes. */
static const char *
pattern(struct faults *faults, enum fault_request request, size_t count, char *text)
{
	for (size_t i = 0; i < count; i++)
		text[i] = faults_strike(faults, request).given ? 'x' : '-';
	text[count] = '\0';
	return text;
}

static void
which_requests_are_struck_is_counted_from_one(void **state)
{
	static const struct {
		const char *spec, *want;
	} cases[] = {
		{ "submit:drop", "xxxxxxxx" },      { "any:drop", "xxxxxxxx" },
		{ "submit:2:drop", "-x------" },    { "submit:2-4:drop", "-xxx----" },
		{ "submit:6-:drop", "-----xxx" },   { "submit:every=3:drop", "--x--x--" },
		{ "submit:rate=0:drop", "--------" }, { "submit:rate=1:drop", "xxxxxxxx" },
		{ "submit:rate=1.0:drop", "xxxxxxxx" }, { "status:drop", "--------" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct faults *faults = faults_of(cases[i].spec);
		char text[9];

		assert_string_equal(pattern(faults, FAULT_SUBMIT, 8, text), cases[i].want);
		faults_free(faults);
	}
}

static void
every_request_has_its_name(void **state)
{
	(void)state;
	for (unsigned wanted = 0; wanted < FAULT_REQUESTS; wanted++) {
		char spec[64];
		struct faults *faults;

		snprintf(spec, sizeof(spec), "%s:drop", fault_request_name(wanted));
		faults = faults_of(spec);
		for (unsigned request = 0; request < FAULT_REQUESTS; request++)
			assert_int_equal(faults_strike(faults, request).drop, request == wanted);
		faults_free(faults);
	}
}

static void
a_rate_is_near_what_it_says_and_the_same_for_the_same_seed(void **state)
{
	struct faults *one = faults_of("submit:rate=0.25:drop");
	struct faults *two = faults_of("submit:rate=0.25:drop");
	unsigned struck = 0;

	(void)state;
	for (int i = 0; i < 10000; i++) {
		bool strikes = faults_strike(one, FAULT_SUBMIT).drop;

		struck += strikes;
		assert_int_equal(strikes, faults_strike(two, FAULT_SUBMIT).drop);
	}
	assert_in_range(struck, 2200, 2800);
	faults_free(one);
	faults_free(two);
}

static void
actions_take_their_values(void **state)
{
	struct faults *faults = faults_of(
	    "submit:status=503,header=A: b\\, c,header=D: e,delay=250ms,drop-body=7,id=huge,"
	    "body={\"x\":1}\\n");
	struct fault_effect effect = faults_strike(faults, FAULT_SUBMIT);

	(void)state;
	assert_int_equal(effect.status, 503);
	assert_int_equal(effect.header_count, 2);
	assert_string_equal(effect.headers[0], "A: b, c");
	assert_string_equal(effect.headers[1], "D: e");
	assert_int_equal(effect.delay_ms, 250);
	assert_int_equal(effect.drop_body, 7);
	assert_int_equal(effect.id, FAULT_ID_HUGE);
	assert_string_equal(effect.body, "{\"x\":1}\n");
	assert_false(fault_has(&effect, FAULT_DO_CUT));
	faults_free(faults);
}

static void
every_word_of_a_choice_has_its_number(void **state)
{
	struct faults *faults = faults_of("submit:counts=within");

	(void)state;
	assert_int_equal(faults_strike(faults, FAULT_SUBMIT).counts, FAULT_COUNTS_WITHIN);
	assert_int_equal(faults_add(faults, span_of("submit:counts=missing"), NULL), 0);
	assert_int_equal(faults_strike(faults, FAULT_SUBMIT).counts, FAULT_COUNTS_MISSING);
	assert_int_equal(faults_add(faults, span_of("submit:id=missing"), NULL), 0);
	assert_int_equal(faults_strike(faults, FAULT_SUBMIT).id, FAULT_ID_MISSING);
	assert_int_equal(faults_add(faults, span_of("submit:failures=broken"), NULL), 0);
	assert_int_equal(faults_strike(faults, FAULT_SUBMIT).failures, FAULT_FAILURES_BROKEN);
	assert_int_equal(faults_add(faults, span_of("submit:head=missing"), NULL), 0);
	assert_int_equal(faults_strike(faults, FAULT_SUBMIT).head, FAULT_HEAD_MISSING);
	faults_free(faults);
}

static void
faults_that_strike_together_add_up_and_the_later_value_counts(void **state)
{
	struct faults *faults = faults_of("any:status=500,take");
	struct fault_effect effect;

	(void)state;
	assert_int_equal(faults_add(faults, span_of("list:2:status=403,html"), NULL), 0);
	assert_int_equal(faults_strike(faults, FAULT_LIST).status, 500);
	effect = faults_strike(faults, FAULT_LIST);
	assert_int_equal(effect.status, 403);
	assert_true(effect.take);
	assert_true(effect.html);
	faults_free(faults);
}

static void
cleared_faults_strike_no_more_and_their_texts_stay(void **state)
{
	struct faults *faults = faults_of("submit:body=still here");
	struct fault_effect effect = faults_strike(faults, FAULT_SUBMIT);

	(void)state;
	faults_clear(faults);
	assert_int_equal(faults_strike(faults, FAULT_SUBMIT).given, 0);
	assert_string_equal(effect.body, "still here");
	faults_free(faults);
}

static void
a_request_is_carried_out_unless_another_answers_or_nobody(void **state)
{
	static const struct {
		const char *spec;
		bool carries_out, replaces;
	} cases[] = {
		{ "submit:delay=1s", true, false },       { "submit:status=503", false, true },
		{ "submit:status=201", true, false },     { "submit:take,status=502", true, true },
		{ "submit:html", false, true },           { "submit:drop", false, false },
		{ "submit:take,drop", true, false },      { "submit:drop-head", false, false },
		{ "submit:drop-body=1", false, false },   { "submit:drop-answer=1", true, false },
		{ "submit:stall", false, false },         { "submit:garbage", false, true },
		{ "submit:redirect=/x", false, true },    { "submit:cut=1", true, false },
		{ "submit:nonsense,take", true, true },   { "submit:take-after=1s", false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct faults *faults = faults_of(cases[i].spec);
		struct fault_effect effect = faults_strike(faults, FAULT_SUBMIT);

		assert_int_equal(fault_carries_out(&effect), cases[i].carries_out);
		assert_int_equal(fault_replaces_answer(&effect), cases[i].replaces);
		faults_free(faults);
	}
}

static void
a_wrong_spec_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *spec, *reason;
	} cases[] = {
		{ "", "unknown request \"\"" },
		{ "submt:drop", "did you mean \"submit\"?" },
		{ "submit", "an action is missing" },
		{ "submit:2", "an action is missing" },
		{ "submit:", "unknown action \"\"" },
		{ "submit:take,early", "with early the request is never read, nor carried out" },
		{ "submit:drop-head,twice", "with drop-head the request is never read" },
		{ "submit:take-after=1s,drop-body=1", "with drop-body the request is never read" },
		{ "submit:0:drop", "is none of 2, 2-4" },
		{ "submit:4-2:drop", "is none of 2, 2-4" },
		{ "submit:2x:drop", "is none of 2, 2-4" },
		{ "submit:every=0:drop", "is none of 2, 2-4" },
		{ "submit:rate=1.1:drop", "is none of 2, 2-4" },
		{ "submit:rate=.5:drop", "is none of 2, 2-4" },
		{ "submit:rate=0.:drop", "is none of 2, 2-4" },
		{ "submit:drp", "did you mean \"drop\"?" },
		{ "submit:drop=1", "drop takes no value" },
		{ "submit:drop-body", "drop-body takes BYTES" },
		{ "submit:drop-body=x", "drop-body takes BYTES" },
		{ "submit:delay=5", "delay takes TIME" },
		{ "submit:id=odd", "id takes string|huge" },
		{ "submit:header=x", "header takes NAME: VALUE" },
		{ "submit:status=99", "from 200 to 599" },
		{ "submit:drop,", "unknown action \"\"" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct faults *faults = faults_new(1, NULL);
		struct err err = ERR_INIT;

		assert_int_equal(faults_add(faults, span_of(cases[i].spec), &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
		assert_non_null(strstr(err.text, cases[i].reason));
		assert_int_equal(faults_strike(faults, FAULT_SUBMIT).given, 0);
		faults_free(faults);
	}
}

static void
the_help_has_every_action(void **state)
{
	SCOPED(buf) help = BUF_INIT;

	(void)state;
	fault_help(&help);
#define IN_HELP(name, word, ...) assert_non_null(strstr(buf_text(&help), "  " word));
	FAULT_ACTIONS(IN_HELP)
#undef IN_HELP
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(which_requests_are_struck_is_counted_from_one),
		cmocka_unit_test(every_request_has_its_name),
		cmocka_unit_test(a_rate_is_near_what_it_says_and_the_same_for_the_same_seed),
		cmocka_unit_test(actions_take_their_values),
		cmocka_unit_test(every_word_of_a_choice_has_its_number),
		cmocka_unit_test(faults_that_strike_together_add_up_and_the_later_value_counts),
		cmocka_unit_test(cleared_faults_strike_no_more_and_their_texts_stay),
		cmocka_unit_test(a_request_is_carried_out_unless_another_answers_or_nobody),
		cmocka_unit_test(a_wrong_spec_is_refused_with_the_reason),
		cmocka_unit_test(the_help_has_every_action),
	};

	return cmocka_run_group_tests_name("sandbox/fault", tests, NULL, NULL);
}
