#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/nation/base64.h"
#include "runner/nation/result.h"

#define NAME "people-3.failed.csv"
#define FILE_NAME "answers/" NAME
#define TEMPORARY "answers/." NAME ".tmp"

/* ---- base64 ---- */

/* Decodes in pieces of `piece` bytes; "BROKEN" if it is. */
static void
assert_decodes(const char *text, size_t piece, const char *expected)
{
	struct base64 base64 = { 0 };
	unsigned char to[64];
	size_t made = 0;

	for (size_t at = 0; at < strlen(text); at += piece) {
		size_t left = strlen(text) - at;
		struct span next = { text + at, left < piece ? left : piece };

		made += base64_decode(&base64, next, to + made);
	}
	made += base64_end(&base64, to + made);
	to[made] = '\0';
	assert_string_equal(base64.is_broken ? "BROKEN" : (const char *)to, expected);
}

static void
base64_is_decoded_in_both_alphabets_padded_or_not_in_any_pieces(void **state)
{
	static const struct {
		const char *text;
		const char *expected;
	} cases[] = {
		{ "", "" },
		{ "Zg==", "f" },
		{ "Zg", "f" },
		{ "Zm8=", "fo" },
		{ "Zm8", "fo" },
		{ "Zm9v", "foo" },
		{ "Zm9vYmFy", "foobar" },
		{ "fn5-fn8_", "~~~~\x7F?" },
		{ "fn5+fn8/", "~~~~\x7F?" },
		{ "fn5+fn8_", "~~~~\x7F?" },
		{ " Zm\r\n9v\tYm\fFy \n", "foobar" },
		{ "Zm8=\n", "fo" },
		{ "Zg=", "f" },
		{ "Z", "BROKEN" },
		{ "Zm9vY", "BROKEN" },
		{ "Zg==Zg==", "BROKEN" },
		{ "Zm9v*", "BROKEN" },
		{ "Zm9v\x80", "BROKEN" },
		{ "Zm,9v", "BROKEN" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		for (size_t piece = 1; piece < 12; piece++)
			assert_decodes(cases[i].text, piece, cases[i].expected);
}

static void
what_was_broken_once_stays_broken(void **state)
{
	struct base64 base64 = { 0 };
	unsigned char to[16];

	(void)state;
	base64_decode(&base64, span_of("*"), to);
	assert_int_equal(base64_decode(&base64, span_of("Zm9v"), to), 0);
	assert_int_equal(base64_end(&base64, to), 0);
	assert_true(base64.is_broken);
}

/* ---- a folder ---- */

struct folder {
	char name[32];
	int fd;
};

static void
make_folder(struct folder *folder)
{
	strcpy(folder->name, "result-XXXXXX");
	assert_non_null(mkdtemp(folder->name));
	folder->fd = open(folder->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(folder->fd >= 0);
}

/* Nothing but what is expected may have been left. */
static void
remove_folder(struct folder *folder)
{
	unlinkat(folder->fd, FILE_NAME, 0);
	if (unlinkat(folder->fd, "answers", AT_REMOVEDIR))
		assert_int_equal(errno, ENOENT);
	close(folder->fd);
	assert_int_equal(rmdir(folder->name), 0);
}

static void
read_failures(const struct folder *folder, struct buf *text)
{
	int fd = openat(folder->fd, FILE_NAME, O_RDONLY | O_CLOEXEC);
	char bytes[4096];
	ssize_t got;

	assert_true(fd >= 0);
	while ((got = read(fd, bytes, sizeof(bytes))) > 0)
		buf_add(text, bytes, (size_t)got);
	close(fd);
}

static bool
has_failures(const struct folder *folder)
{
	return faccessat(folder->fd, FILE_NAME, F_OK, 0) == 0;
}

/* Feeds the body in pieces and ends it. */
static struct reply
take_in_pieces(const struct folder *folder, struct span body, size_t piece, uint32_t status)
{
	struct result *result = result_new(folder->fd, "people", 3);
	struct reply reply = { .status = status };

	assert_non_null(result);
	while (body.len) {
		struct span next = { body.ptr, body.len < piece ? body.len : piece };

		assert_int_equal(result_take(result, next, NULL), 0);
		body.ptr += next.len;
		body.len -= next.len;
	}
	assert_int_equal(result_end(result, &reply, false, NULL), 0);
	result_free(result);
	return reply;
}

static struct reply
take(const struct folder *folder, const char *body)
{
	return take_in_pieces(folder, span_of(body), SIZE_MAX, 200);
}

/* ---- good answers ---- */

static void
a_failure_csv_is_on_disk_decoded_however_the_answer_was_cut_up(void **state)
{
	static const char body[] = "{\"result\":{\"rows_updated\":1,\"failure_csv\" : "
				   "\"YSxi\\nCjEs\\/\\u002F\\u003d\\u003D\",\"rows_succeeded\":2,"
				   "\"note\":\"a \\\"failure_csv\\\": \\\\\",\"rows_failed\":1}}";
	struct folder folder;

	(void)state;
	make_folder(&folder);
	for (size_t piece = 1; piece < sizeof(body); piece++) {
		SCOPED(buf) text = BUF_INIT;
		struct reply reply = take_in_pieces(&folder, span_of(body), piece, 200);

		assert_int_equal(reply.form, ANSWER_JSON);
		assert_int_equal(reply.rows_succeeded, 2);
		assert_int_equal(reply.rows_failed, 1);
		read_failures(&folder, &text);
		assert_int_equal(text.len, 7);
		assert_memory_equal(text.ptr, "a,b\n1,\xFF", 7);
		unlinkat(folder.fd, FILE_NAME, 0);
	}
	remove_folder(&folder);
}

static void
a_failure_csv_larger_than_every_buffer_arrives_whole(void **state)
{
	enum { GROUPS = 100000 };
	SCOPED(buf) body = BUF_INIT;
	SCOPED(buf) text = BUF_INIT;
	struct folder folder;
	struct reply reply;

	(void)state;
	make_folder(&folder);
	buf_add_text(&body, "{\"result\":{\"rows_succeeded\":2,\"rows_failed\":1,\"failure_csv\":\"");
	for (int i = 0; i < GROUPS; i++)
		buf_add_text(&body, "YWJj");
	buf_add_text(&body, "ZA\"}}");
	reply = take_in_pieces(&folder, buf_span(&body), 16384, 200);
	assert_int_equal(reply.form, ANSWER_JSON);
	read_failures(&folder, &text);
	assert_int_equal(text.len, 3 * GROUPS + 1);
	for (size_t i = 0; i < text.len; i++)
		assert_int_equal(text.ptr[i], i == text.len - 1 ? 'd' : "abc"[i % 3]);
	remove_folder(&folder);
}

static void
the_file_is_for_our_eyes_only(void **state)
{
	struct folder folder;
	struct stat file;

	(void)state;
	make_folder(&folder);
	take(&folder, "{\"result\":{\"rows_succeeded\":1,\"rows_failed\":1,\"failure_csv\":\"YQ\"}}");
	assert_int_equal(fstatat(folder.fd, FILE_NAME, &file, 0), 0);
	assert_int_equal(file.st_mode & 07777, 0600);
	assert_int_equal(fstatat(folder.fd, "answers", &file, 0), 0);
	assert_int_equal(file.st_mode & 07777, 0700);
	remove_folder(&folder);
}

static void
a_result_without_failures_makes_no_file(void **state)
{
	static const char *const bodies[] = {
		"{\"result\":{\"rows_succeeded\":1,\"rows_failed\":0,\"failure_csv\":\"\"}}",
		"{\"result\":{\"rows_succeeded\":1,\"rows_failed\":0,\"failure_csv\":null}}",
		"{\"result\":{\"rows_succeeded\":1,\"rows_failed\":0,\"failure_csv\":\" \\n\"}}",
		"{\"result\":{\"rows_succeeded\":1,\"rows_failed\":0}}",
	};
	struct folder folder;

	(void)state;
	make_folder(&folder);
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		assert_int_equal(take(&folder, bodies[i]).form, ANSWER_JSON);
		assert_false(has_failures(&folder));
	}
	remove_folder(&folder);
}

static void
a_later_result_replaces_the_file_or_removes_it(void **state)
{
	SCOPED(buf) text = BUF_INIT;
	struct folder folder;

	(void)state;
	make_folder(&folder);
	take(&folder, "{\"result\":{\"rows_succeeded\":1,\"rows_failed\":1,\"failure_csv\":\"YWFh\"}}");
	take(&folder, "{\"result\":{\"rows_succeeded\":1,\"rows_failed\":1,\"failure_csv\":\"Yg\"}}");
	read_failures(&folder, &text);
	assert_string_equal(buf_text(&text), "b");
	take(&folder, "{\"result\":{\"rows_succeeded\":2,\"rows_failed\":0,\"failure_csv\":null}}");
	assert_false(has_failures(&folder));
	remove_folder(&folder);
}

/* ---- answers that are none ---- */

static void
an_answer_that_is_wrong_in_any_way_leaves_no_file(void **state)
{
	static const char *const bodies[] = {
		"{\"result\":{\"failure_csv\":\"YWJj*\"}}",          /* not base64 */
		"{\"result\":{\"failure_csv\":\"YWJjZ\"}}",          /* a letter left over */
		"{\"result\":{\"failure_csv\":\"YWJj\\\"\"}}",       /* a quotation mark in it */
		"{\"result\":{\"failure_csv\":\"YWJj\\u00\"}}",      /* an escape cut short */
		"{\"result\":{\"failure_csv\":\"YWJj\\u0141\"}}",    /* no ASCII */
		"{\"result\":{\"failure_csv\":\"YWJj\\x41\"}}",      /* no escape of JSON */
		"{\"result\":{\"failure_csv\":\"YWJj\n\"}}",         /* a raw line end */
		"{\"result\":{\"failure_csv\":\"YWJj",               /* no end */
		"{\"result\":{\"failure_csv\":\"YWJj\"}",            /* no end of the object */
		"{\"result\":{\"failure_csv\":\"YWJj\"}}}",          /* too much of an end */
		"{\"result\":{\"failure_csv\":5}}",
		"{\"result\":{\"failure_csv\":[\"YWJj\"]}}",
		"{\"result\":{\"failure_csv\":\"YQ\",\"failure_csv\":\"Yg\"}}", /* which one? */
		"{\"x\":{\"failure_csv\":\"YQ\"},\"result\":{}}",    /* not the result's */
		"{\"x\":{\"failure_csv\":\"YQ\"},\"result\":{\"failure_csv\":null}}",
	};
	struct folder folder;

	(void)state;
	make_folder(&folder);
	for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
		assert_int_equal(take(&folder, bodies[i]).form, ANSWER_BROKEN);
		assert_false(has_failures(&folder));
	}
	remove_folder(&folder);
}

static void
a_failure_csv_without_a_result_is_not_kept(void **state)
{
	struct folder folder;

	(void)state;
	make_folder(&folder);
	assert_int_equal(take(&folder, "{\"failure_csv\":\"YQ\"}").form, ANSWER_JSON);
	assert_false(has_failures(&folder));
	remove_folder(&folder);
}

static void
an_error_keeps_the_file_of_an_earlier_result(void **state)
{
	static const char good[] =
	    "{\"result\":{\"rows_succeeded\":1,\"rows_failed\":1,\"failure_csv\":\"YQ\"}}";
	struct folder folder;
	struct reply reply;

	(void)state;
	make_folder(&folder);
	take(&folder, good);
	reply = take_in_pieces(&folder,
	    span_of("{\"code\":\"not_found\",\"message\":\"Record not found\"}"), 5, 404);
	assert_string_equal(reply.message, "Record not found");
	assert_true(has_failures(&folder));
	unlinkat(folder.fd, FILE_NAME, 0);
	take_in_pieces(&folder, span_of(good), 5, 500); /* nor does an error bring one */
	assert_false(has_failures(&folder));
	remove_folder(&folder);
}

static void
a_result_whose_rest_is_too_long_is_told_so(void **state)
{
	SCOPED(buf) body = BUF_INIT;
	struct folder folder;

	(void)state;
	make_folder(&folder);
	buf_add_text(&body, "{\"result\":{\"failure_csv\":\"YQ\",\"x\":\"");
	for (int i = 0; i < LIMIT_ANSWER_BYTES; i++)
		buf_add_byte(&body, 'x');
	buf_add_text(&body, "\"}}");
	assert_int_equal(
	    take_in_pieces(&folder, buf_span(&body), 4096, 200).form, ANSWER_TOO_LONG);
	assert_false(has_failures(&folder));
	remove_folder(&folder);
}

static void
a_web_page_in_place_of_a_result_is_known_however_long(void **state)
{
	SCOPED(buf) body = BUF_INIT;
	struct folder folder;

	(void)state;
	make_folder(&folder);
	buf_add_text(&body, "<html>");
	for (int i = 0; i < 2 * LIMIT_ANSWER_BYTES; i++)
		buf_add_byte(&body, 'x');
	assert_int_equal(take_in_pieces(&folder, buf_span(&body), 4096, 200).form, ANSWER_HTML);
	remove_folder(&folder);
}

static void
a_result_that_is_given_up_midway_leaves_nothing(void **state)
{
	SCOPED(buf) body = BUF_INIT;
	struct result *result;
	struct folder folder;

	(void)state;
	make_folder(&folder);
	buf_add_text(&body, "{\"result\":{\"failure_csv\":\"");
	for (int i = 0; i < 10000; i++)
		buf_add_text(&body, "YWJj");
	result = result_new(folder.fd, "people", 3);
	assert_int_equal(result_take(result, buf_span(&body), NULL), 0);
	result_free(result);
	remove_folder(&folder); /* fails if answers/ is not empty */
}

/* ---- the disk ---- */

static void
a_disk_that_does_not_take_the_file_is_an_error_that_names_it(void **state)
{
	static const char body[] = "{\"result\":{\"failure_csv\":\"YQ\"}}";
	struct reply reply = { .status = 200 };
	struct err err = ERR_INIT;
	struct result *result;
	struct folder folder;

	(void)state;
	make_folder(&folder);
	assert_int_equal(mkdirat(folder.fd, "answers", 0700), 0);
	assert_int_equal(mkdirat(folder.fd, FILE_NAME, 0700), 0); /* cannot be replaced */
	result = result_new(folder.fd, "people", 3);
	assert_int_equal(result_take(result, span_of(body), &err), 0);
	assert_int_equal(result_end(result, &reply, false, &err), -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, NAME));
	result_free(result);
	unlinkat(folder.fd, FILE_NAME, AT_REMOVEDIR);
	remove_folder(&folder);
}

static void
a_link_in_the_place_of_the_file_is_not_followed(void **state)
{
	SCOPED(buf) body = BUF_INIT;
	struct err err = ERR_INIT;
	struct result *result;
	struct folder folder;
	struct stat file;

	(void)state;
	make_folder(&folder);
	assert_int_equal(mkdirat(folder.fd, "answers", 0700), 0);
	assert_int_equal(symlinkat("elsewhere", folder.fd, TEMPORARY), 0);
	buf_add_text(&body, "{\"result\":{\"failure_csv\":\"");
	for (int i = 0; i < 10000; i++)
		buf_add_text(&body, "YWJj");
	result = result_new(folder.fd, "people", 3);
	assert_int_equal(result_take(result, buf_span(&body), &err), 0);
	assert_int_equal(fstatat(folder.fd, TEMPORARY, &file, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISREG(file.st_mode));
	result_free(result);
	remove_folder(&folder);
}

static void
a_disk_that_is_full_in_the_middle_is_an_error_and_leaves_nothing(void **state)
{
	struct rlimit before, small;
	SCOPED(buf) body = BUF_INIT;
	struct err err = ERR_INIT;
	struct result *result;
	struct folder folder;
	int failed;

	(void)state;
	make_folder(&folder);
	buf_add_text(&body, "{\"result\":{\"failure_csv\":\"");
	for (int i = 0; i < 10000; i++)
		buf_add_text(&body, "YWJj");
	result = result_new(folder.fd, "people", 3);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	small = before;
	small.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	failed = result_take(result, buf_span(&body), &err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(failed, -1);
	assert_int_equal(err.kind, ERR_IO);
	assert_non_null(strstr(err.text, NAME));
	result_free(result);
	remove_folder(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_is_decoded_in_both_alphabets_padded_or_not_in_any_pieces),
		cmocka_unit_test(what_was_broken_once_stays_broken),
		cmocka_unit_test(a_failure_csv_is_on_disk_decoded_however_the_answer_was_cut_up),
		cmocka_unit_test(a_failure_csv_larger_than_every_buffer_arrives_whole),
		cmocka_unit_test(the_file_is_for_our_eyes_only),
		cmocka_unit_test(a_result_without_failures_makes_no_file),
		cmocka_unit_test(a_later_result_replaces_the_file_or_removes_it),
		cmocka_unit_test(an_answer_that_is_wrong_in_any_way_leaves_no_file),
		cmocka_unit_test(a_failure_csv_without_a_result_is_not_kept),
		cmocka_unit_test(an_error_keeps_the_file_of_an_earlier_result),
		cmocka_unit_test(a_result_whose_rest_is_too_long_is_told_so),
		cmocka_unit_test(a_web_page_in_place_of_a_result_is_known_however_long),
		cmocka_unit_test(a_result_that_is_given_up_midway_leaves_nothing),
		cmocka_unit_test(a_disk_that_does_not_take_the_file_is_an_error_that_names_it),
		cmocka_unit_test(a_disk_that_is_full_in_the_middle_is_an_error_and_leaves_nothing),
		cmocka_unit_test(a_link_in_the_place_of_the_file_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
