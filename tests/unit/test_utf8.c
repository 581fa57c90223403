#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "runner/base/scoped.h"
#include "runner/base/utf8.h"
#include "runner/source/utf8.h"

struct answer {
	size_t good;
	enum problem_kind problem;
	uint64_t problem_at;
};

static struct answer
ask(const char *bytes, size_t len, size_t window)
{
	struct answer answer = { 0 };
	struct utf8 utf8;

	utf8_init(&utf8, 1000);
	for (size_t at = 0; at < len; at += window) {
		size_t most = len - at < window ? len - at : window;
		size_t good = utf8_run(&utf8, bytes + at, most);

		answer.good += good;
		if (good < most)
			break;
	}
	utf8_finish(&utf8);
	answer.problem = utf8.problem;
	answer.problem_at = utf8.problem ? utf8.problem_at - 1000 : 0;
	return answer;
}

/* In every window, and behind 0 to 130 bytes, so that blocks are met at every place. */
static void
expect(const char *bytes, size_t len, struct answer wanted)
{
	char text[200];

	for (size_t shift = 0; shift < 131; shift++) {
		memset(text, 'x', shift);
		memcpy(text + shift, bytes, len);
		for (size_t window = 1; window <= shift + len; window++) {
			struct answer answer = ask(text, shift + len, window);

			assert_int_equal(answer.problem, wanted.problem);
			assert_int_equal(answer.good, wanted.good + shift);
			if (wanted.problem)
				assert_int_equal(answer.problem_at, wanted.problem_at + shift);
		}
	}
}

static void
characters_of_every_length_are_good_wherever_a_window_cuts_them(void **state)
{
	const char *text = "Núñez € 😀 \x7F";

	(void)state;
	expect(text, strlen(text), (struct answer){ .good = strlen(text) });
	expect("", 0, (struct answer){ .good = 0 });
}

static void
a_nul_byte_is_found(void **state)
{
	(void)state;
	expect("a\0b", 3, (struct answer){ 1, PROBLEM_NUL, 1 });
}

static void
a_broken_character_is_told_by_its_first_byte(void **state)
{
	(void)state;
	expect("N\xFA\xF1"
	       "ez",
	    5, (struct answer){ 1, PROBLEM_UTF8, 1 });
	expect("a\x80", 2, (struct answer){ 1, PROBLEM_UTF8, 1 });
	expect("a\xE2\x82,", 4, (struct answer){ 3, PROBLEM_UTF8, 1 });
	expect("a\xC3\0", 3, (struct answer){ 2, PROBLEM_UTF8, 1 });
	expect("a\xF0\x9F\x98", 4, (struct answer){ 4, PROBLEM_UTF8, 1 });
	expect("\xC3", 1, (struct answer){ 1, PROBLEM_UTF8, 0 });
}

static void
every_pair_and_every_triple_is_judged_as_the_character_function_judges(void **state)
{
	static const unsigned char thirds[] = { 0x00, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF };

	(void)state;
	for (unsigned first = 1; first < 256; first++) {
		for (unsigned second = 1; second < 256; second++) {
			for (unsigned k = 0; k < ARRAY_COUNT(thirds); k++) {
				char bytes[4] = { (char)first, (char)second, (char)thirds[k],
					'\x80' };
				size_t len = utf8_character((struct span){ bytes, sizeof(bytes) });
				struct answer answer = ask(bytes, sizeof(bytes), 4);

				assert_int_equal(len > 0,
				    answer.good > 0 &&
					(answer.problem == PROBLEM_NONE || answer.problem_at > 0));
				if (len)
					assert_true(answer.good >= len);
			}
		}
	}
}

static void
a_broken_place_can_be_forgiven_to_count_on(void **state)
{
	const char *text = "a\xFF"
			   "b\xC3"
			   "c\xC3\xC3\xA9";
	size_t len = strlen(text), at = 0, problems = 0;
	struct utf8 utf8;

	(void)state;
	utf8_init(&utf8, 0);
	for (;;) {
		at += utf8_run(&utf8, text + at, len - at);
		if (!utf8.problem)
			break;
		problems++;
		at += utf8_forgive(&utf8);
	}
	assert_int_equal(at, len);
	assert_int_equal(problems, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(characters_of_every_length_are_good_wherever_a_window_cuts_them),
		cmocka_unit_test(a_nul_byte_is_found),
		cmocka_unit_test(a_broken_character_is_told_by_its_first_byte),
		cmocka_unit_test(
		    every_pair_and_every_triple_is_judged_as_the_character_function_judges),
		cmocka_unit_test(a_broken_place_can_be_forgiven_to_count_on),
	};

	return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
