#include "platform.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/nation/token.h"

#define SECRET "s3cret-T0ken"

struct folder {
	char name[32];
	char path[64]; /* of the token file in it */
};

static void
make_folder(struct folder *folder)
{
	strcpy(folder->name, "token-XXXXXX");
	assert_non_null(mkdtemp(folder->name));
	snprintf(folder->path, sizeof(folder->path), "%s/token", folder->name);
}

static void
remove_folder(struct folder *folder)
{
	unlink(folder->path);
	assert_int_equal(rmdir(folder->name), 0);
}

static void
write_token(const struct folder *folder, const void *bytes, size_t len, mode_t mode)
{
	int fd = open(folder->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, bytes, len), (ssize_t)len);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

/* Reads it from a closed file of these bytes. */
static int
read_bytes(const void *bytes, size_t len, struct token *token, struct err *err)
{
	struct token_source source = { .scheme = TOKEN_FILE };
	struct folder folder;
	int failed;

	make_folder(&folder);
	write_token(&folder, bytes, len, 0600);
	source.rest = folder.path;
	failed = token_read(&source, token, err);
	remove_folder(&folder);
	return failed;
}

static int
read_text(const char *text, struct token *token, struct err *err)
{
	return read_bytes(text, strlen(text), token, err);
}

static void
assert_refused(int failed, const struct err *err, const char *reason)
{
	assert_int_equal(failed, -1);
	assert_int_equal(err->kind, ERR_ACCESS);
	assert_non_null(strstr(err->text, reason));
	assert_null(strstr(err->text, "s3cret"));
}

/* ---- what a source yields ---- */

static void
a_bare_token_may_end_with_line_ends(void **state)
{
	static const char *const texts[] = { SECRET, SECRET "\n", SECRET "\r\n", SECRET "\n\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		SCOPED(token) token = TOKEN_INIT;

		assert_int_equal(read_text(texts[i], &token, NULL), 0);
		assert_string_equal(token.text, SECRET);
		assert_int_equal(token.expires_ms, -1);
		assert_false(token.is_refreshable);
	}
}

static void
a_token_with_any_other_byte_is_refused_without_being_shown(void **state)
{
	static const char *const texts[] = { SECRET " ",    " " SECRET,	  SECRET "\nHost: evil\n",
					     SECRET "\ts",  SECRET "\x7f", SECRET "\xc3\xa9",
					     SECRET "\x01", "Bearer " SECRET };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		SCOPED(token) token = TOKEN_INIT;
		struct err err = ERR_INIT;

		assert_refused(read_text(texts[i], &token, &err), &err, "of the token is");
		assert_string_equal(token.text, "");
	}
}

static void
a_nul_is_no_end_of_a_token(void **state)
{
	SCOPED(token) token = TOKEN_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_refused(read_bytes("abc\0def", 7, &token, &err), &err, "byte 4 of the token");
}

static void
an_empty_source_is_refused(void **state)
{
	static const char *const texts[] = { "", "\n", "\r\n\r\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		SCOPED(token) token = TOKEN_INIT;
		struct err err = ERR_INIT;

		assert_refused(read_text(texts[i], &token, &err), &err, "the token is empty");
	}
}

static void
the_longest_token_fits_and_one_byte_more_does_not(void **state)
{
	SCOPED(token) token = TOKEN_INIT;
	struct err err = ERR_INIT;
	char text[TOKEN_SOURCE_BYTES + 1];

	(void)state;
	memset(text, 'x', sizeof(text));
	assert_int_equal(read_bytes(text, TOKEN_BYTES - 1, &token, NULL), 0);
	assert_int_equal(strlen(token.text), TOKEN_BYTES - 1);
	assert_refused(read_bytes(text, TOKEN_BYTES, &token, &err), &err, "longer than 4095");
	assert_refused(read_bytes(text, sizeof(text), &token, &err), &err, "no token");
}

static void
json_gives_the_token_and_when_it_ends(void **state)
{
	SCOPED(token) token = TOKEN_INIT;

	(void)state;
	assert_int_equal(read_text("{\"access_token\":\"" SECRET "\",\"token_type\":\"bearer\","
				   "\"expires_in\":86400,\"created_at\":1795311847,"
				   "\"refresh_token\":\"r\",\"client_id\":\"c\","
				   "\"client_secret\":\"s\"}\n",
			     &token, NULL),
	    0);
	assert_string_equal(token.text, SECRET);
	assert_int_equal(token.expires_ms, INT64_C(1795398247000));
	assert_true(token.is_refreshable);
}

static void
json_that_says_less_is_enough(void **state)
{
	static const char *const texts[] = {
		"{\"access_token\":\"" SECRET "\"}",
		" {\"access_token\":\"" SECRET "\",\"expires_in\":\"86400\",\"created_at\":1}",
		"{\"access_token\":\"" SECRET "\",\"expires_in\":86400}",
		"{\"access_token\":\"" SECRET "\",\"expires_in\":-5,\"created_at\":1}",
		"{\"access_token\":\"" SECRET "\",\"expires_in\":9223372036854775807,"
		"\"created_at\":9223372036854775807,\"refresh_token\":\"r\"}",
		"{\"access_token\":\"" SECRET "\",\"refresh_token\":\"r\",\"client_id\":\"\","
		"\"client_secret\":\"s\"}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		SCOPED(token) token = TOKEN_INIT;

		assert_int_equal(read_text(texts[i], &token, NULL), 0);
		assert_string_equal(token.text, SECRET);
		assert_int_equal(token.expires_ms, -1);
		assert_false(token.is_refreshable);
	}
}

static void
json_without_a_good_access_token_is_refused(void **state)
{
	static const struct {
		const char *text;
		const char *reason;
	} cases[] = {
		{ "{\"access_token\":\"" SECRET "\"", "looks like JSON" },
		{ "{\"token\":\"" SECRET "\"}", "no text access_token" },
		{ "{\"access_token\":null}", "no text access_token" },
		{ "{\"access_token\":5}", "no text access_token" },
		{ "{\"access_token\":\"\"}", "access_token: the token is empty" },
		{ "{\"access_token\":\"" SECRET "\\r\\nHost: evil\"}", "byte 13 of the token" },
		{ "{\"access_token\":\"" SECRET "\\u0000\"}", "byte 13 of the token" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		SCOPED(token) token = TOKEN_INIT;
		struct err err = ERR_INIT;

		assert_refused(read_text(cases[i].text, &token, &err), &err, cases[i].reason);
	}
}

static void
what_a_refresh_needs_is_read_or_as_good_as_absent(void **state)
{
	static const char *const odd[] = { "null", "5", "true", "[]", "\"\"", "\"a b\"",
					   "\"a\\nb\"", "\"\\u0000\"", "\"\\u00e9\"" };
	static const char *const names[] = { "refresh_token", "client_id", "client_secret" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(odd); i++)
		for (size_t j = 0; j < ARRAY_COUNT(names); j++) {
			SCOPED(token) token = TOKEN_INIT;
			SCOPED(buf) text = BUF_INIT;

			buf_printf(&text, "{\"access_token\":\"" SECRET "\"");
			for (size_t k = 0; k < ARRAY_COUNT(names); k++)
				buf_printf(&text, ",\"%s\":%s", names[k],
				    k == j ? odd[i] : "\"good\"");
			buf_add_byte(&text, '}');
			assert_int_equal(read_text(buf_text(&text), &token, NULL), 0);
			assert_false(token.is_refreshable);
		}
}

static void
the_older_refresh_token_is_read_too(void **state)
{
	SCOPED(token) token = TOKEN_INIT;

	(void)state;
	assert_int_equal(read_text("{\"access_token\":\"" SECRET "\",\"refresh_token\":\"new\","
				   "\"previous_refresh_token\":\"old\",\"client_id\":\"c\","
				   "\"client_secret\":\"s\"}",
			     &token, NULL),
	    0);
	assert_string_equal(token.refresh, "new");
	assert_string_equal(token.older, "old");
	assert_true(token.is_refreshable);
}

static int64_t
wait_of(int64_t created_ms, int64_t life_ms, int64_t wall_ms)
{
	struct token token = { .created_ms = created_ms, .life_ms = life_ms,
			       .is_refreshable = true };

	return token_refresh_wait_ms(&token, wall_ms);
}

static void
a_token_is_refreshed_at_four_fifths_of_its_life(void **state)
{
	(void)state;
	assert_int_equal(wait_of(1000000, 10000, 1000000), 8000);
	assert_int_equal(wait_of(1000000, 10000, 1007999), 1);
	assert_int_equal(wait_of(1000000, 10000, 1008000), 0);
	assert_int_equal(wait_of(1000000, 10000, 9000000), 0);
}

static void
a_clock_that_jumped_does_not_make_a_token_wait_longer_than_its_life(void **state)
{
	(void)state;
	assert_int_equal(wait_of(1000000, 10000, 0), 8000);
	assert_int_equal(wait_of(-1, 10000, 5), 8000);
}

static void
a_token_that_does_not_say_when_it_ends_is_not_refreshed_by_the_clock(void **state)
{
	struct token token = { .created_ms = 1, .life_ms = 10000 };

	(void)state;
	assert_int_equal(wait_of(1000, -1, 1000), -1);
	assert_int_equal(wait_of(1000, 0, 1000), -1);
	assert_int_equal(token_refresh_wait_ms(&token, 5), -1); /* nor one that cannot be */
}

static void
a_token_that_is_done_leaves_no_byte_behind(void **state)
{
	struct token token = TOKEN_INIT;

	(void)state;
	assert_int_equal(read_text(SECRET, &token, NULL), 0);
	token_done(&token);
	for (size_t i = 0; i < sizeof(token.text); i++)
		assert_int_equal(token.text[i], 0);
}

/* ---- files ---- */

static int
read_path(const char *path, struct err *err)
{
	SCOPED(token) token = TOKEN_INIT;
	struct token_source source = { .scheme = TOKEN_FILE, .rest = path };

	return token_read(&source, &token, err);
}

static void
a_file_that_others_may_open_is_refused_with_the_cure(void **state)
{
	static const mode_t modes[] = { 0640, 0604, 0660, 0602, 0610, 0644, 0666 };
	struct folder folder;

	(void)state;
	make_folder(&folder);
	for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
		struct err err = ERR_INIT;

		write_token(&folder, SECRET, strlen(SECRET), modes[i]);
		assert_refused(read_path(folder.path, &err), &err, "chmod 600");
	}
	write_token(&folder, SECRET, strlen(SECRET), 0400);
	assert_int_equal(read_path(folder.path, NULL), 0);
	remove_folder(&folder);
}

static void
what_is_no_regular_file_is_refused_at_once(void **state)
{
	struct err err = ERR_INIT;
	struct folder folder;

	(void)state;
	make_folder(&folder);
	assert_refused(read_path(folder.name, &err), &err, "not a regular file");
	assert_int_equal(mkfifo(folder.path, 0600), 0);
	assert_refused(read_path(folder.path, &err), &err, "not a regular file");
	unlink(folder.path);
	assert_refused(read_path(folder.path, &err), &err, "No such file");
	assert_int_equal(symlink("elsewhere", folder.path), 0);
	assert_refused(read_path(folder.path, &err), &err, "symbolic link");
	remove_folder(&folder);
}

static void
a_credential_is_a_file_of_its_folder_which_the_service_shares(void **state)
{
	struct token_source source = { .scheme = TOKEN_CREDENTIAL, .rest = "token" };
	SCOPED(token) token = TOKEN_INIT;
	struct err err = ERR_INIT;
	struct folder folder;

	(void)state;
	make_folder(&folder);
	write_token(&folder, SECRET "\n", strlen(SECRET) + 1, 0440);
	unsetenv("CREDENTIALS_DIRECTORY");
	assert_refused(token_read(&source, &token, &err), &err, "LoadCredential=token:");
	setenv("CREDENTIALS_DIRECTORY", folder.name, 1);
	assert_int_equal(token_read(&source, &token, NULL), 0);
	assert_string_equal(token.text, SECRET);
	write_token(&folder, SECRET, strlen(SECRET), 0444);
	assert_refused(token_read(&source, &token, &err), &err, "open to others");
	source.rest = "other"; /* not a matter of auth --set */
	assert_refused(token_read(&source, &token, &err), &err,
	    "credential other: systemd gave none of that name");
	source.rest = "../token";
	assert_refused(token_read(&source, &token, &err), &err, "not the name of a file");
	unsetenv("CREDENTIALS_DIRECTORY");
	remove_folder(&folder);
}

/* ---- environment and commands ---- */

static void
a_variable_gives_the_token_or_is_named(void **state)
{
	struct token_source source = { .scheme = TOKEN_ENV, .rest = "ROLLCALL_TEST_TOKEN" };
	SCOPED(token) token = TOKEN_INIT;
	struct err err = ERR_INIT;

	(void)state;
	unsetenv("ROLLCALL_TEST_TOKEN");
	assert_refused(token_read(&source, &token, &err), &err, "no ROLLCALL_TEST_TOKEN");
	setenv("ROLLCALL_TEST_TOKEN", "", 1);
	assert_refused(token_read(&source, &token, &err), &err,
	    "environment variable ROLLCALL_TEST_TOKEN: the token is empty");
	setenv("ROLLCALL_TEST_TOKEN", SECRET, 1);
	assert_int_equal(token_read(&source, &token, NULL), 0);
	assert_string_equal(token.text, SECRET);
	unsetenv("ROLLCALL_TEST_TOKEN");
}

struct told {
	const char *line;
	const char *output; /* NULL: the command fails */
};

static int
tell(void *ctx, const char *line, struct buf *output, struct err *err)
{
	const struct told *told = ctx;

	assert_string_equal(line, told->line);
	if (!told->output)
		return err_set(err, ERR_IO, "it ended with 2");
	buf_add_text(output, told->output);
	return 0;
}

static void
a_command_gives_the_token_on_its_stdout_or_fails_with_its_reason(void **state)
{
	struct told told = { "pass show nb", SECRET "\n" };
	struct token_source source = { .scheme = TOKEN_COMMAND, .rest = "pass show nb", .run = tell, .ctx = &told };
	SCOPED(token) token = TOKEN_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(token_read(&source, &token, NULL), 0);
	assert_string_equal(token.text, SECRET);
	told.output = NULL;
	assert_refused(token_read(&source, &token, &err), &err, "it ended with 2");
	assert_string_equal(token.text, SECRET); /* untouched */
}

static void
only_a_file_can_be_refreshed(void **state)
{
	struct told told = { "x", "{\"access_token\":\"" SECRET "\",\"refresh_token\":\"r\","
				  "\"client_id\":\"c\",\"client_secret\":\"s\"}" };
	struct token_source source = { .scheme = TOKEN_COMMAND, .rest = "x", .run = tell, .ctx = &told };
	SCOPED(token) token = TOKEN_INIT;

	(void)state;
	assert_int_equal(token_read(&source, &token, NULL), 0);
	assert_false(token.is_refreshable);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bare_token_may_end_with_line_ends),
		cmocka_unit_test(a_token_with_any_other_byte_is_refused_without_being_shown),
		cmocka_unit_test(a_nul_is_no_end_of_a_token),
		cmocka_unit_test(an_empty_source_is_refused),
		cmocka_unit_test(the_longest_token_fits_and_one_byte_more_does_not),
		cmocka_unit_test(json_gives_the_token_and_when_it_ends),
		cmocka_unit_test(json_that_says_less_is_enough),
		cmocka_unit_test(json_without_a_good_access_token_is_refused),
		cmocka_unit_test(what_a_refresh_needs_is_read_or_as_good_as_absent),
		cmocka_unit_test(the_older_refresh_token_is_read_too),
		cmocka_unit_test(a_token_is_refreshed_at_four_fifths_of_its_life),
		cmocka_unit_test(
		    a_clock_that_jumped_does_not_make_a_token_wait_longer_than_its_life),
		cmocka_unit_test(
		    a_token_that_does_not_say_when_it_ends_is_not_refreshed_by_the_clock),
		cmocka_unit_test(a_token_that_is_done_leaves_no_byte_behind),
		cmocka_unit_test(a_file_that_others_may_open_is_refused_with_the_cure),
		cmocka_unit_test(what_is_no_regular_file_is_refused_at_once),
		cmocka_unit_test(a_credential_is_a_file_of_its_folder_which_the_service_shares),
		cmocka_unit_test(a_variable_gives_the_token_or_is_named),
		cmocka_unit_test(a_command_gives_the_token_on_its_stdout_or_fails_with_its_reason),
		cmocka_unit_test(only_a_file_can_be_refreshed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
