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
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/nation/renewal.h"
#include "runner/nation/tokenfile.h"

#define FILE_OF(access, refresh)                                                                   \
	"{\"access_token\":\"" access "\",\"refresh_token\":\"" refresh                            \
	"\",\"client_id\":\"c\",\"client_secret\":\"s\"}"
#define GRANT "{\"access_token\":\"a2\",\"refresh_token\":\"r2\",\"expires_in\":100}"

/* A token file in a folder of its own, and a renewal of it. */
struct scene {
	char folder[32], path[64], lock[64], unfinished[64];
	struct token_source source;
	struct renewal *renewal;
	struct buf form;
	struct reply reply;
	int64_t mono_ms;
	unsigned at_step; /* of the steps: SIGKILL there; 0: never */
	const char *blocked_at; /* the step at which a folder comes to stand in the file's place */
	unsigned step;
};

static struct now
clock_of(void *ctx)
{
	const struct scene *scene = ctx;

	return (struct now){ .wall_ms = 5000000, .mono_ms = scene->mono_ms };
}

static void
step_of(void *ctx, const char *step)
{
	struct scene *scene = ctx;

	if (++scene->step == scene->at_step)
		raise(SIGKILL);
	if (scene->blocked_at && strcmp(step, scene->blocked_at) == 0) {
		unlink(scene->path);
		mkdir(scene->path, 0700);
	}
}

static void
put_file(const struct scene *scene, const char *text)
{
	int fd = open(scene->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void
open_renewal(struct scene *scene)
{
	SCOPED(token) token = TOKEN_INIT;
	const struct renewal_options options = {
		.source = &scene->source,
		.token = &token,
		.clock = { scene, clock_of },
		.steps = { scene, step_of },
	};

	assert_int_equal(token_read(&scene->source, &token, NULL), 0);
	scene->renewal = renewal_new(&options, NULL);
	assert_non_null(scene->renewal);
}

static void
begin_scene(struct scene *scene, const char *text)
{
	*scene = (struct scene){ .source = { .scheme = TOKEN_FILE } };
	strcpy(scene->folder, "renewal-XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	snprintf(scene->path, sizeof(scene->path), "%s/token", scene->folder);
	snprintf(scene->lock, sizeof(scene->lock), "%s/token.lock", scene->folder);
	snprintf(scene->unfinished, sizeof(scene->unfinished), "%s/.token.new", scene->folder);
	scene->source.rest = scene->path;
	put_file(scene, text);
	open_renewal(scene);
}

static void
end_scene(struct scene *scene)
{
	renewal_free(scene->renewal);
	token_wipe(&scene->form);
	unlink(scene->path);
	unlink(scene->lock);
	assert_int_equal(rmdir(scene->folder), 0); /* nothing unfinished is left */
}

static enum renewal_next
step(struct scene *scene)
{
	token_wipe(&scene->form);
	scene->form = (struct buf)BUF_INIT;
	return renewal_step(scene->renewal, &scene->form);
}

static bool
asks_with(const struct scene *scene, const char *refresh)
{
	SCOPED(buf) pair = BUF_INIT;

	buf_printf(&pair, "&refresh_token=%s&", refresh);
	return strstr(buf_text(&scene->form), buf_text(&pair)) != NULL;
}

static void
answer(struct scene *scene, uint32_t status, const char *body)
{
	const struct reply reply = { .kind = REQUEST_TOKEN, .status = status };

	renewal_hear(scene->renewal, &reply, span_of(body));
}

static void
assert_end(struct scene *scene, enum renewed renewed, enum err_kind fault)
{
	assert_int_equal(step(scene), RENEWAL_DONE);
	renewal_end(scene->renewal, &scene->reply);
	assert_int_equal(scene->reply.renewed, renewed);
	assert_int_equal(scene->reply.fault, fault);
}

/* What the file has, or asserts. */
static struct token
read_file(const struct scene *scene)
{
	struct token token = TOKEN_INIT;
	struct stat file;

	assert_int_equal(token_read(&scene->source, &token, NULL), 0);
	assert_int_equal(stat(scene->path, &file), 0);
	assert_int_equal(file.st_mode & 07777, 0600);
	return token;
}

static void
refresh_once(struct scene *scene)
{
	renewal_begin(scene->renewal);
	assert_int_equal(step(scene), RENEWAL_ASK);
	answer(scene, 200, GRANT);
	assert_end(scene, RENEWED_BY_US, ERR_NONE);
}

static void
a_refresh_is_in_the_file_before_it_is_used(void **state)
{
	struct scene scene;
	struct token token;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_ASK);
	assert_true(asks_with(&scene, "r1"));
	assert_string_equal(renewal_token(scene.renewal)->text, "a1");
	answer(&scene, 200, GRANT);
	token = read_file(&scene);
	assert_string_equal(token.text, "a2");
	assert_string_equal(token.refresh, "r2");
	assert_string_equal(token.older, "r1");
	assert_end(&scene, RENEWED_BY_US, ERR_NONE);
	assert_string_equal(renewal_token(scene.renewal)->text, "a2");
	assert_int_equal(scene.reply.renew_ms, 80000);
	end_scene(&scene);
}

static void
the_older_refresh_token_goes_once_the_new_access_token_has_worked(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	refresh_once(&scene);
	renewal_worked(scene.renewal);
	assert_string_equal(read_file(&scene).older, "");
	assert_string_equal(read_file(&scene).refresh, "r2");
	end_scene(&scene);
}

static void
what_a_killed_process_left_is_removed_once_a_token_has_worked(void **state)
{
	struct scene scene;
	int fd;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	fd = open(scene.unfinished, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(fd);
	renewal_worked(scene.renewal);
	assert_int_equal(access(scene.unfinished, F_OK), -1);
	assert_string_equal(read_file(&scene).refresh, "r1");
	end_scene(&scene);
}

static void
put_unfinished(struct scene *scene, const char *text)
{
	char path[sizeof(scene->path)];

	memcpy(path, scene->path, sizeof(path));
	memcpy(scene->path, scene->unfinished, sizeof(path));
	put_file(scene, text);
	memcpy(scene->path, path, sizeof(path));
}

static void
what_a_killed_process_had_written_whole_is_newer_than_the_file(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	put_unfinished(&scene, FILE_OF("a2", "r2"));
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_BY_OTHERS, ERR_NONE);
	assert_string_equal(read_file(&scene).refresh, "r2");
	put_unfinished(&scene, FILE_OF("a3", "r3"));
	renewal_worked(scene.renewal);
	assert_string_equal(read_file(&scene).refresh, "r3");
	end_scene(&scene);
}

static void
a_file_that_was_changed_since_stays(void **state)
{
	const struct timespec past[] = { { 1000, 0 }, { 1000, 0 } };
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	put_unfinished(&scene, FILE_OF("a0", "r0"));
	assert_int_equal(utimensat(AT_FDCWD, scene.unfinished, past, 0), 0);
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_ASK);
	assert_true(asks_with(&scene, "r1"));
	end_scene(&scene);
}

/* The clock was wrong when one of the two was written: what a token came of tells which is newer. */
static void
what_came_of_the_token_in_the_file_is_newer_whatever_the_clock_said(void **state)
{
	static const char *const files[] = {
		FILE_OF("a1", "r1"),
		"{\"access_token\":\"a1\",\"refresh_token\":\"r0\",\"previous_refresh_token\":\"r1\","
		"\"client_id\":\"c\",\"client_secret\":\"s\"}", /* r0 was refused */
	};
	const struct timespec past[] = { { 1000, 0 }, { 1000, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
		struct scene scene;

		begin_scene(&scene, files[i]);
		put_unfinished(&scene, "{\"access_token\":\"a2\",\"refresh_token\":\"r2\","
				       "\"previous_refresh_token\":\"r1\"}");
		assert_int_equal(utimensat(AT_FDCWD, scene.unfinished, past, 0), 0);
		renewal_begin(scene.renewal);
		assert_end(&scene, RENEWED_BY_OTHERS, ERR_NONE);
		assert_string_equal(read_file(&scene).refresh, "r2");
		end_scene(&scene);
	}
}

static void
what_it_had_written_by_half_is_thrown_away(void **state)
{
	static const char whole[] = FILE_OF("a2", "r2");

	(void)state;
	for (size_t len = 0; len < strlen(whole); len++) {
		char half[sizeof(whole)] = "";
		struct scene scene;

		memcpy(half, whole, len);
		begin_scene(&scene, FILE_OF("a1", "r1"));
		put_unfinished(&scene, half);
		renewal_begin(scene.renewal);
		assert_int_equal(step(&scene), RENEWAL_ASK);
		assert_string_equal(read_file(&scene).refresh, "r1");
		end_scene(&scene);
	}
}

static void
a_file_that_is_in_order_gets_no_lock_beside_it(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	renewal_worked(scene.renewal);
	assert_int_equal(access(scene.lock, F_OK), -1);
	end_scene(&scene);
}

static void
an_older_token_is_left_alone_where_the_file_has_gone_on(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	refresh_once(&scene);
	put_file(&scene, "{\"access_token\":\"a3\",\"refresh_token\":\"r3\","
			 "\"previous_refresh_token\":\"r2\"}");
	renewal_worked(scene.renewal);
	assert_string_equal(read_file(&scene).older, "r2");
	end_scene(&scene);
}

static void
what_another_load_put_into_the_file_is_taken_without_asking(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	put_file(&scene, FILE_OF("a9", "r9"));
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_BY_OTHERS, ERR_NONE);
	assert_string_equal(renewal_token(scene.renewal)->text, "a9");
	end_scene(&scene);
}

static void
the_lock_of_another_is_waited_for_and_not_for_ever(void **state)
{
	struct scene scene;
	int fd;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	fd = open(scene.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_WAIT);
	scene.mono_ms += 59999;
	assert_int_equal(step(&scene), RENEWAL_WAIT);
	scene.mono_ms += 1;
	assert_end(&scene, RENEWED_LATER, ERR_LATER);
	close(fd);
	refresh_once(&scene);
	end_scene(&scene);
}

static void
a_refusal_of_the_newer_one_tries_the_older_one(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, "{\"access_token\":\"a1\",\"refresh_token\":\"r1\","
			    "\"previous_refresh_token\":\"r0\",\"client_id\":\"c\","
			    "\"client_secret\":\"s\"}");
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_ASK);
	assert_true(asks_with(&scene, "r1"));
	answer(&scene, 401, "{\"code\":\"invalid_grant\"}");
	assert_int_equal(step(&scene), RENEWAL_ASK);
	assert_true(asks_with(&scene, "r0"));
	answer(&scene, 200, GRANT);
	assert_end(&scene, RENEWED_BY_US, ERR_NONE);
	assert_string_equal(read_file(&scene).older, "r0");
	end_scene(&scene);
}

static void
a_refusal_leaves_the_file_as_it_is(void **state)
{
	static const uint32_t statuses[] = { 400, 401, 403 };

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(statuses); i++) {
		struct scene scene;

		begin_scene(&scene, FILE_OF("a1", "r1"));
		renewal_begin(scene.renewal);
		assert_int_equal(step(&scene), RENEWAL_ASK);
		answer(&scene, statuses[i], "{\"error\":\"invalid_grant\"}");
		assert_end(&scene, RENEWED_NOT, ERR_ACCESS);
		assert_non_null(strstr(scene.reply.message, "invalid_grant"));
		assert_string_equal(read_file(&scene).refresh, "r1");
		end_scene(&scene);
	}
}

static void
what_may_pass_is_tried_again_and_what_does_not_ends(void **state)
{
	static const struct {
		uint32_t status;
		enum renewed renewed;
		enum err_kind fault;
	} cases[] = {
		{ 408, RENEWED_LATER, ERR_UNREACHABLE }, { 409, RENEWED_LATER, ERR_UNREACHABLE },
		{ 421, RENEWED_LATER, ERR_UNREACHABLE }, { 425, RENEWED_LATER, ERR_UNREACHABLE },
		{ 429, RENEWED_LATER, ERR_UNREACHABLE }, { 500, RENEWED_LATER, ERR_UNREACHABLE },
		{ 503, RENEWED_LATER, ERR_UNREACHABLE }, { 524, RENEWED_LATER, ERR_UNREACHABLE },
		{ 302, RENEWED_NOT, ERR_NONSENSE },	  { 404, RENEWED_NOT, ERR_NONSENSE },
		{ 405, RENEWED_NOT, ERR_NONSENSE },	  { 422, RENEWED_NOT, ERR_NONSENSE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct scene scene;

		begin_scene(&scene, FILE_OF("a1", "r1"));
		renewal_begin(scene.renewal);
		assert_int_equal(step(&scene), RENEWAL_ASK);
		answer(&scene, cases[i].status, "");
		assert_end(&scene, cases[i].renewed, cases[i].fault);
		end_scene(&scene);
	}
}

static void
a_lost_answer_is_asked_for_again_with_what_the_file_has(void **state)
{
	const struct reply lost = { .transport = TRANSPORT_BROKEN, .transport_text = "reset" };
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_ASK);
	renewal_hear(scene.renewal, &lost, SPAN_NONE);
	assert_end(&scene, RENEWED_LATER, ERR_UNREACHABLE);
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_ASK);
	assert_true(asks_with(&scene, "r1"));
	renewal_cut(scene.renewal, "cut");
	assert_end(&scene, RENEWED_LATER, ERR_LATER);
	end_scene(&scene);
}

static void
the_third_answer_that_makes_no_sense_ends(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	for (int i = 1; i <= 3; i++) {
		renewal_begin(scene.renewal);
		assert_int_equal(step(&scene), RENEWAL_ASK);
		answer(&scene, 200, "<html>");
		assert_end(&scene, i < 3 ? RENEWED_LATER : RENEWED_NOT, ERR_NONSENSE);
	}
	end_scene(&scene);
}

static void
without_a_refresh_token_the_file_is_only_read_again(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, "bare");
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_NOT, ERR_ACCESS);
	assert_non_null(strstr(scene.reply.message, "no refresh_token"));
	put_file(&scene, "other");
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_BY_OTHERS, ERR_NONE);
	assert_int_equal(scene.reply.renew_ms, -1);
	end_scene(&scene);
}

/* As in a folder that is read-only, where a lock cannot be made. */
static void
without_a_lock_the_file_is_still_read_again(void **state)
{
	struct scene scene;

	(void)state;
	begin_scene(&scene, "b1\n");
	assert_int_equal(mkdir(scene.lock, 0700), 0);
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_NOT, ERR_ACCESS);
	assert_non_null(strstr(scene.reply.message, "cannot refresh it"));
	put_file(&scene, FILE_OF("a2", "r2"));
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_BY_OTHERS, ERR_NONE);
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_NOT, ERR_CREATE);
	assert_non_null(strstr(scene.reply.message, "token.lock"));
	assert_int_equal(rmdir(scene.lock), 0);
	end_scene(&scene);
}

static void
links_in_the_place_of_our_files_are_not_followed(void **state)
{
	struct scene scene;
	struct stat file;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	assert_int_equal(symlink("elsewhere", scene.unfinished), 0);
	refresh_once(&scene);
	assert_int_equal(lstat(scene.path, &file), 0);
	assert_true(S_ISREG(file.st_mode));
	unlink(scene.lock);
	assert_int_equal(symlink("elsewhere", scene.lock), 0);
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_NOT, ERR_CREATE);
	end_scene(&scene);
}

/* A file system that takes no more: RLIMIT_FSIZE, with the signal ignored. */
static void
what_cannot_be_saved_is_not_used(void **state)
{
	const struct rlimit nothing = { 10, RLIM_INFINITY };
	struct rlimit before;
	struct scene scene;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_ASK);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	setrlimit(RLIMIT_FSIZE, &nothing);
	answer(&scene, 200, GRANT);
	setrlimit(RLIMIT_FSIZE, &before);
	assert_end(&scene, RENEWED_NOT, ERR_IO);
	assert_string_equal(renewal_token(scene.renewal)->text, "a1");
	assert_string_equal(read_file(&scene).refresh, "r1");
	end_scene(&scene);
}

/* It may be the only one that the nation still takes. */
static void
what_was_written_whole_and_cannot_be_put_into_place_is_kept_for_the_next(void **state)
{
	struct scene scene;
	char kept[256];

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	scene.blocked_at = "a token written";
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_ASK);
	answer(&scene, 200, GRANT);
	assert_end(&scene, RENEWED_NOT, ERR_CREATE);
	snprintf(kept, sizeof(kept),
	    "the new token is kept in %s, and could not be put into place: Is a directory",
	    scene.unfinished);
	assert_string_equal(scene.reply.message, kept);
	assert_string_equal(renewal_token(scene.renewal)->text, "a1");
	assert_int_equal(access(scene.unfinished, F_OK), 0);

	renewal_begin(scene.renewal); /* as long as the folder stands there */
	assert_end(&scene, RENEWED_NOT, ERR_CREATE);
	assert_string_equal(scene.reply.message, kept);
	assert_int_equal(access(scene.unfinished, F_OK), 0);

	scene.blocked_at = NULL;
	assert_int_equal(rmdir(scene.path), 0);
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_BY_OTHERS, ERR_NONE);
	assert_string_equal(read_file(&scene).refresh, "r2");
	end_scene(&scene);
}

/* As where no descriptor, or no memory, is left. */
static void
what_cannot_be_read_now_is_not_thrown_away(void **state)
{
	struct rlimit before, nothing;
	struct scene scene;
	int lowest;

	(void)state;
	begin_scene(&scene, FILE_OF("a1", "r1"));
	put_unfinished(&scene, FILE_OF("a2", "r2"));
	getrlimit(RLIMIT_NOFILE, &before);
	lowest = dup(0);
	close(lowest);
	nothing = (struct rlimit){ (rlim_t)lowest + 2, before.rlim_max }; /* the folder, the lock */
	setrlimit(RLIMIT_NOFILE, &nothing);
	renewal_begin(scene.renewal);
	assert_int_equal(step(&scene), RENEWAL_DONE);
	setrlimit(RLIMIT_NOFILE, &before);
	renewal_end(scene.renewal, &scene.reply);
	assert_int_equal(scene.reply.fault, ERR_IO);
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_BY_OTHERS, ERR_NONE);
	assert_string_equal(read_file(&scene).refresh, "r2");
	end_scene(&scene);
}

/* The child is killed at the step; false: it has no such step. */
static bool
kill_at(struct scene *scene, unsigned at_step)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		scene->at_step = at_step;
		scene->step = 0;
		refresh_once(scene);
		renewal_worked(scene->renewal);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status);
}

static void
killed_at_any_step_the_file_is_whole_and_has_a_token_that_may_work(void **state)
{
	unsigned at_step = 1;
	bool was_killed;

	(void)state;
	do {
		struct scene scene;
		struct token token;

		begin_scene(&scene, FILE_OF("a1", "r1"));
		was_killed = kill_at(&scene, at_step++);
		token = read_file(&scene);
		if (strcmp(token.text, "a1") == 0) {
			assert_string_equal(token.refresh, "r1");
		} else {
			assert_string_equal(token.refresh, "r2");
			/* Only what has worked has no older one beside it. */
			assert_true(strcmp(token.older, "r1") == 0 || at_step > 7);
		}
		renewal_free(scene.renewal);
		open_renewal(&scene);
		renewal_worked(scene.renewal);
		end_scene(&scene);
	} while (was_killed);
	assert_int_equal(at_step, 9 + 2); /* nine steps, and the one that is not there */
}

/* ---- other sources ---- */

struct command {
	const char *output; /* NULL: it fails */
	int polls;          /* before it has ended */
};

static int
run_command(void *ctx, const char *line, struct buf *output, struct err *err)
{
	(void)ctx;
	(void)line;
	(void)err;
	buf_add_text(output, "c1\n");
	return 0;
}

static int
begin_command(void *ctx, const char *line, struct err *err)
{
	(void)ctx;
	(void)err;
	assert_string_equal(line, "pass show nb");
	return 0;
}

static int
fd_of_command(void *ctx)
{
	(void)ctx;
	return 17;
}

static int
end_command(void *ctx, struct buf *output, struct err *err)
{
	struct command *command = ctx;

	if (command->polls-- > 0)
		return 1;
	if (!command->output)
		return err_set(err, ERR_IO, "it ended with 2");
	buf_add_text(output, command->output);
	return 0;
}

static void
renew_command(struct command command, enum renewed renewed, const char *words)
{
	struct scene scene = {
		.source = { TOKEN_COMMAND, "pass show nb", run_command, begin_command,
		    fd_of_command, end_command, &command },
	};

	open_renewal(&scene);
	renewal_begin(scene.renewal);
	for (int polls = command.polls; polls > 0; polls--) {
		assert_int_equal(step(&scene), RENEWAL_WAIT);
		assert_int_equal(renewal_fd(scene.renewal), 17);
	}
	assert_end(&scene, renewed, renewed == RENEWED_NOT ? ERR_ACCESS : ERR_NONE);
	assert_non_null(strstr(scene.reply.message, words));
	renewal_free(scene.renewal);
}

static void
a_command_is_run_again_without_waiting_for_it(void **state)
{
	(void)state;
	renew_command((struct command){ "c2\n", 3 }, RENEWED_BY_US, "run again");
	renew_command((struct command){ "c1\n", 0 }, RENEWED_NOT, "the same token again");
	renew_command((struct command){ NULL, 1 }, RENEWED_NOT, "it ended with 2");
	renew_command((struct command){ "two words", 0 }, RENEWED_NOT, "byte 4 of the token");
}

static void
a_variable_cannot_change_under_a_process(void **state)
{
	struct scene scene = { .source = { .scheme = TOKEN_ENV, .rest = "ROLLCALL_TEST_TOKEN" } };

	(void)state;
	setenv("ROLLCALL_TEST_TOKEN", "e1", 1);
	open_renewal(&scene);
	renewal_begin(scene.renewal);
	assert_end(&scene, RENEWED_NOT, ERR_ACCESS);
	renewal_free(scene.renewal);
	unsetenv("ROLLCALL_TEST_TOKEN");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_refresh_is_in_the_file_before_it_is_used),
		cmocka_unit_test(the_older_refresh_token_goes_once_the_new_access_token_has_worked),
		cmocka_unit_test(what_a_killed_process_left_is_removed_once_a_token_has_worked),
		cmocka_unit_test(what_a_killed_process_had_written_whole_is_newer_than_the_file),
		cmocka_unit_test(a_file_that_was_changed_since_stays),
		cmocka_unit_test(what_came_of_the_token_in_the_file_is_newer_whatever_the_clock_said),
		cmocka_unit_test(what_it_had_written_by_half_is_thrown_away),
		cmocka_unit_test(a_file_that_is_in_order_gets_no_lock_beside_it),
		cmocka_unit_test(an_older_token_is_left_alone_where_the_file_has_gone_on),
		cmocka_unit_test(what_another_load_put_into_the_file_is_taken_without_asking),
		cmocka_unit_test(the_lock_of_another_is_waited_for_and_not_for_ever),
		cmocka_unit_test(a_refusal_of_the_newer_one_tries_the_older_one),
		cmocka_unit_test(a_refusal_leaves_the_file_as_it_is),
		cmocka_unit_test(what_may_pass_is_tried_again_and_what_does_not_ends),
		cmocka_unit_test(a_lost_answer_is_asked_for_again_with_what_the_file_has),
		cmocka_unit_test(the_third_answer_that_makes_no_sense_ends),
		cmocka_unit_test(without_a_refresh_token_the_file_is_only_read_again),
		cmocka_unit_test(without_a_lock_the_file_is_still_read_again),
		cmocka_unit_test(links_in_the_place_of_our_files_are_not_followed),
		cmocka_unit_test(what_cannot_be_saved_is_not_used),
		cmocka_unit_test(
		    what_was_written_whole_and_cannot_be_put_into_place_is_kept_for_the_next),
		cmocka_unit_test(what_cannot_be_read_now_is_not_thrown_away),
		cmocka_unit_test(killed_at_any_step_the_file_is_whole_and_has_a_token_that_may_work),
		cmocka_unit_test(a_command_is_run_again_without_waiting_for_it),
		cmocka_unit_test(a_variable_cannot_change_under_a_process),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
