#include "platform.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/wire/bench.h"

#define TOKEN "s3cret-T0ken"

/* state_file_id,first_name,registered_address.state,email
 * NC1,Ann,NC,ann@x.org
 * NC2,Bob,North Carolina,bob           whose email is none */
#define TWO_ROWS                                                                                   \
	"{\"import\":{\"type\":\"people\",\"file\":\""                                             \
	"c3RhdGVfZmlsZV9pZCxmaXJzdF9uYW1lLHJlZ2lzdGVyZWRfYWRkcmVzcy5zdGF0ZSxlbWFpbApO"             \
	"QzEsQW5uLE5DLGFubkB4Lm9yZwpOQzIsQm9iLE5vcnRoIENhcm9saW5hLGJvYgo="                         \
	"\",\"is_overwritable\":false}}"

struct rehearsal {
	pid_t sandbox;
	char url[64];
	struct bench bench;
};

/* Becomes the sandbox, its stdout the pipe. */
static _Noreturn void
become_sandbox(const char *fault, int output)
{
	const char *folder = getenv("TOP_BUILDDIR");
	char path[512];

	snprintf(path, sizeof(path), "%s/rollcall-sandbox", folder ? folder : ".");
	dup2(output, STDOUT_FILENO);
	if (fault)
		execl(path, path, "--exit-with-parent", "--token", TOKEN, "--fault", fault,
		    (char *)NULL);
	else
		execl(path, path, "--exit-with-parent", "--token", TOKEN, (char *)NULL);
	_exit(127);
}

static void
open_rehearsal(struct rehearsal *rehearsal, const char *fault)
{
	struct client_options options = bench_options();
	FILE *ready;
	int ends[2];

	*rehearsal = (struct rehearsal){ 0 };
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	rehearsal->sandbox = fork();
	if (rehearsal->sandbox == 0)
		become_sandbox(fault, ends[1]);
	close(ends[1]);
	ready = fdopen(ends[0], "r");
	assert_int_equal(fscanf(ready, "READY %63s", rehearsal->url), 1);
	fclose(ready);
	options.url = rehearsal->url;
	options.token = TOKEN;
	bench_open(&rehearsal->bench, &options);
}

static void
close_rehearsal(struct rehearsal *rehearsal)
{
	bench_done(&rehearsal->bench);
	kill(rehearsal->sandbox, SIGTERM);
	assert_int_equal(waitpid(rehearsal->sandbox, NULL, 0), rehearsal->sandbox);
}

static const struct reply *
submit(struct rehearsal *rehearsal)
{
	struct span text = span_of(TWO_ROWS);

	bench_submit(&rehearsal->bench, bench_new_body(&rehearsal->bench, text, text.len));
	return bench_hear(&rehearsal->bench);
}

static uint64_t
submit_well(struct rehearsal *rehearsal)
{
	const struct reply *reply = submit(rehearsal);

	assert_int_equal(reply->transport, TRANSPORT_OK);
	assert_int_equal(reply->form, ANSWER_JSON);
	assert_int_equal(reply->id_form, ID_VALID);
	return reply->import_id;
}

static const struct reply *
ask_status(struct rehearsal *rehearsal, uint64_t import_id)
{
	struct nation_port *port = &rehearsal->bench.port;

	assert_int_equal(port->status(port->ctx, 7, import_id, &rehearsal->bench.err), 0);
	return bench_hear(&rehearsal->bench);
}

static const struct reply *
ask_result(struct rehearsal *rehearsal, uint64_t import_id)
{
	struct nation_port *port = &rehearsal->bench.port;

	while (ask_status(rehearsal, import_id)->word != WORD_FINISHED)
		assert_int_equal(rehearsal->bench.reply.status, 200);
	assert_int_equal(port->result(port->ctx, 7, import_id, 0, 3, &rehearsal->bench.err), 0);
	return bench_hear(&rehearsal->bench);
}

static const struct reply *
ask_list(struct rehearsal *rehearsal)
{
	struct nation_port *port = &rehearsal->bench.port;

	assert_int_equal(port->list(port->ctx, 7, 1, &rehearsal->bench.err), 0);
	return bench_hear(&rehearsal->bench);
}

/* The failure CSV on disk; empty if there is none. */
static void
read_failures(const struct rehearsal *rehearsal, char *to, size_t to_bytes)
{
	int fd = openat(rehearsal->bench.folder_fd, "answers/people-3.failed.csv",
	    O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? 0 : read(fd, to, to_bytes - 1);

	assert_true(got >= 0);
	to[got] = '\0';
	if (fd >= 0)
		close(fd);
}

/* ---- a nation that works ---- */

static void
an_import_goes_from_its_post_to_its_failures(void **state)
{
	struct rehearsal rehearsal;
	const struct reply *reply;
	char failures[1024];

	(void)state;
	open_rehearsal(&rehearsal, NULL);
	reply = ask_result(&rehearsal, submit_well(&rehearsal));
	assert_int_equal(reply->form, ANSWER_JSON);
	assert_int_equal(reply->rows_succeeded, 1);
	assert_int_equal(reply->rows_failed, 1);
	assert_true(reply->server_date_ms > 0);
	assert_true(strlen(reply->request_id) > 0);
	read_failures(&rehearsal, failures, sizeof(failures));
	assert_non_null(strstr(failures, "NC2,Bob,North Carolina,bob"));
	assert_null(strstr(failures, "NC1"));
	close_rehearsal(&rehearsal);
}

static void
the_list_shows_what_was_sent(void **state)
{
	struct rehearsal rehearsal;
	const struct reply *reply;
	uint64_t import_id;

	(void)state;
	open_rehearsal(&rehearsal, NULL);
	assert_int_equal(ask_list(&rehearsal)->entry_count, 0);
	import_id = submit_well(&rehearsal);
	reply = ask_list(&rehearsal);
	assert_true(reply->is_list);
	assert_false(reply->has_more);
	assert_int_equal(reply->entry_count, 1);
	assert_int_equal(reply->entries[0].import_id, import_id);
	assert_true(span_is(reply->entries[0].type, "People"));
	assert_true(span_starts(reply->entries[0].content_head, "state_file_id"));
	assert_true(reply->entries[0].created_ms > 0);
	assert_int_equal(reply->entries[0].lines_count, 2);
	close_rehearsal(&rehearsal);
}

static void
a_wrong_token_is_refused_with_the_nations_words(void **state)
{
	struct rehearsal rehearsal;
	const struct reply *reply;

	(void)state;
	open_rehearsal(&rehearsal, NULL);
	assert_int_equal(client_use_token(rehearsal.bench.client, "another", NULL), 0);
	reply = submit(&rehearsal);
	assert_int_equal(reply->status, 401);
	assert_true(strlen(reply->message) > 0);
	assert_int_equal(client_use_token(rehearsal.bench.client, TOKEN, NULL), 0);
	assert_int_equal(ask_list(&rehearsal)->entry_count, 0);
	close_rehearsal(&rehearsal);
}

static void
an_unknown_import_is_not_found(void **state)
{
	struct rehearsal rehearsal;
	const struct reply *reply;

	(void)state;
	open_rehearsal(&rehearsal, NULL);
	reply = ask_status(&rehearsal, 999999);
	assert_int_equal(reply->status, 404);
	assert_string_equal(reply->message, "Record not found");
	close_rehearsal(&rehearsal);
}

/* ---- a nation that does not ---- */

static void
every_form_of_the_failure_csv_gives_the_same_file(void **state)
{
	static const char *const faults[] = { "result:base64=std,wrap", "result:base64=url,nopad",
					      "result:base64=std,nopad,wrap" };
	char first[1024] = "", failures[1024];

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(faults); i++) {
		struct rehearsal rehearsal;

		open_rehearsal(&rehearsal, faults[i]);
		assert_int_equal(
		    ask_result(&rehearsal, submit_well(&rehearsal))->form, ANSWER_JSON);
		read_failures(&rehearsal, failures, sizeof(failures));
		assert_non_null(strstr(failures, "NC2"));
		if (i == 0)
			strcpy(first, failures);
		assert_string_equal(failures, first);
		close_rehearsal(&rehearsal);
	}
}

static void
a_failure_csv_that_is_none_leaves_no_file(void **state)
{
	static const struct {
		const char *fault;
		enum answer_form form;
	} cases[] = {
		{ "result:failures=null", ANSWER_JSON },
		{ "result:failures=empty", ANSWER_JSON },
		{ "result:failures=missing", ANSWER_JSON },
		{ "result:failures=broken", ANSWER_BROKEN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct rehearsal rehearsal;
		char failures[1024];

		open_rehearsal(&rehearsal, cases[i].fault);
		assert_int_equal(
		    ask_result(&rehearsal, submit_well(&rehearsal))->form, cases[i].form);
		read_failures(&rehearsal, failures, sizeof(failures));
		assert_string_equal(failures, "");
		close_rehearsal(&rehearsal);
	}
}

static void
an_odd_id_is_no_id(void **state)
{
	static const char *const kinds[] = { "string", "huge", "negative", "zero",
					     "float",  "true", "null",	   "missing" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
		struct rehearsal rehearsal;
		char fault[64];

		snprintf(fault, sizeof(fault), "submit:id=%s", kinds[i]);
		open_rehearsal(&rehearsal, fault);
		assert_int_not_equal(submit(&rehearsal)->id_form, ID_VALID);
		assert_int_equal(rehearsal.bench.reply.import_id, 0);
		close_rehearsal(&rehearsal);
	}
}

static void
an_import_that_was_taken_without_an_answer_was_sent_once(void **state)
{
	static const char *const faults[] = { "submit:take,drop", "submit:take,drop,fin",
					      "submit:drop-answer=5", "submit:drop-answer=5,fin" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(faults); i++) {
		struct rehearsal rehearsal;
		const struct reply *reply;

		open_rehearsal(&rehearsal, faults[i]);
		reply = submit(&rehearsal);
		assert_int_not_equal(reply->transport, TRANSPORT_OK);
		assert_int_equal(reply->handed_bytes, reply->body_bytes);
		assert_int_equal(reply->id_form, ID_ABSENT);
		assert_int_equal(ask_list(&rehearsal)->entry_count, 1);
		close_rehearsal(&rehearsal);
	}
}

static void
a_connection_that_closes_unannounced_costs_no_get(void **state)
{
	static const char *const faults[] = { "any:close-after", "any:close-next" };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(faults); i++) {
		struct rehearsal rehearsal;
		uint64_t import_id;

		open_rehearsal(&rehearsal, faults[i]);
		import_id = submit_well(&rehearsal);
		for (int ask = 0; ask < 3; ask++)
			assert_int_equal(ask_status(&rehearsal, import_id)->status, 200);
		assert_int_equal(ask_list(&rehearsal)->entry_count, 1);
		close_rehearsal(&rehearsal);
	}
}

static void
what_is_not_the_nation_is_known_as_such(void **state)
{
	struct rehearsal rehearsal;

	(void)state;
	open_rehearsal(&rehearsal, "submit:html");
	assert_int_equal(submit(&rehearsal)->form, ANSWER_HTML);
	close_rehearsal(&rehearsal);
	open_rehearsal(&rehearsal, "submit:garbage");
	assert_int_equal(submit(&rehearsal)->transport, TRANSPORT_GARBLED);
	close_rehearsal(&rehearsal);
	open_rehearsal(&rehearsal, "submit:redirect=https://elsewhere.example/");
	assert_int_equal(submit(&rehearsal)->status, 302);
	close_rehearsal(&rehearsal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_import_goes_from_its_post_to_its_failures),
		cmocka_unit_test(the_list_shows_what_was_sent),
		cmocka_unit_test(a_wrong_token_is_refused_with_the_nations_words),
		cmocka_unit_test(an_unknown_import_is_not_found),
		cmocka_unit_test(every_form_of_the_failure_csv_gives_the_same_file),
		cmocka_unit_test(a_failure_csv_that_is_none_leaves_no_file),
		cmocka_unit_test(an_odd_id_is_no_id),
		cmocka_unit_test(an_import_that_was_taken_without_an_answer_was_sent_once),
		cmocka_unit_test(a_connection_that_closes_unannounced_costs_no_get),
		cmocka_unit_test(what_is_not_the_nation_is_known_as_such),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
