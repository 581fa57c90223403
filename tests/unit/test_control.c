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
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/base/span.h"
#include "runner/files/put.h"
#include "runner/sys/control.h"

struct scene {
	char folder[32];
	int folder_fd;
	int control_fd; /* of the folder control/ */
	struct control *control;
	struct control_port port;
};

static int
set_up(void **state)
{
	struct scene *scene = calloc(1, sizeof(*scene));

	if (!scene)
		return -1;
	strcpy(scene->folder, "control-XXXXXX");
	if (!mkdtemp(scene->folder))
		return -1;
	scene->folder_fd = open(scene->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	scene->control = control_open(scene->folder_fd, NULL);
	if (!scene->control)
		return -1;
	scene->port = control_port(scene->control);
	scene->control_fd = openat(scene->folder_fd, "control", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*state = scene;
	return 0;
}

static int
tear_down(void **state)
{
	static const char *const left[] = { "1.answer", "2.answer", "3.answer", "1.json", "2.json",
					    "3.json" };
	struct scene *scene = *state;

	control_close(scene->control);
	for (size_t i = 0; i < ARRAY_COUNT(left); i++) {
		unlinkat(scene->control_fd, left[i], 0);
		unlinkat(scene->control_fd, left[i], AT_REMOVEDIR);
	}
	close(scene->control_fd);
	unlinkat(scene->folder_fd, "control", AT_REMOVEDIR);
	close(scene->folder_fd);
	rmdir(scene->folder);
	free(scene);
	return 0;
}

static struct wish
hear(struct scene *scene)
{
	struct wish wish;

	assert_int_equal(scene->port.hear(scene->port.ctx, &wish, NULL), 0);
	return wish;
}

static void
ask(struct scene *scene, const char *name, const char *text)
{
	assert_int_equal(put_whole(scene->control_fd, name, span_of(text), NULL), 0);
}

static void
expect_answer(struct scene *scene, const char *name, const char *expected)
{
	char text[256] = "";
	int fd = openat(scene->control_fd, name, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(read(fd, text, sizeof(text) - 1) >= 0);
	close(fd);
	if (expected[0])
		assert_non_null(strstr(text, expected));
	else
		assert_string_equal(text, "");
}

#define SKIP_31 "{\"event\":\"resolved_skip\",\"source\":0,\"chunk\":31,\"text\":\"seen\"}"

static void
signals_are_wishes(void **state)
{
	struct scene *scene = *state;

	raise(SIGHUP);
	assert_int_equal(hear(scene).kind, WISH_LIMITS);
	raise(SIGUSR1);
	assert_int_equal(hear(scene).kind, WISH_PROGRESS);
	assert_int_equal(control_signal(scene->control), 0);
	raise(SIGTERM);
	assert_int_equal(hear(scene).kind, WISH_STOP);
	raise(SIGTERM);
	assert_int_equal(hear(scene).kind, WISH_CUT);
	assert_int_equal(control_signal(scene->control), SIGTERM);
	assert_int_equal(hear(scene).kind, WISH_NONE);
}

static void
a_wish_is_heard_once_and_answered(void **state)
{
	struct scene *scene = *state;
	struct wish wish;

	ask(scene, "2.json", SKIP_31);
	wish = hear(scene);
	assert_int_equal(wish.kind, WISH_RESOLVE);
	assert_int_equal(wish.event.type, EVENT_RESOLVED_SKIP);
	assert_int_equal(wish.event.chunk, 31);
	scene->port.answer(scene->port.ctx, wish.ticket, NULL);
	expect_answer(scene, "2.answer", "");
	assert_int_equal(hear(scene).kind, WISH_NONE);
}

static void
what_cannot_be_read_is_answered_and_keeps_no_other_waiting(void **state)
{
	struct scene *scene = *state;
	struct wish wish;

	assert_int_equal(mkdirat(scene->control_fd, "1.json", 0700), 0);
	ask(scene, "2.json", "{\"event\":\"run_started\"}");
	ask(scene, "3.json", SKIP_31);
	wish = hear(scene);
	assert_int_equal(wish.kind, WISH_RESOLVE);
	assert_int_equal(wish.ticket, 3);
	expect_answer(scene, "1.answer", "Is a directory");
	expect_answer(scene, "2.answer", "no wish that this runner knows");
	scene->port.answer(scene->port.ctx, wish.ticket, "not now");
	expect_answer(scene, "3.answer", "not now");
	assert_int_equal(hear(scene).kind, WISH_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(signals_are_wishes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wish_is_heard_once_and_answered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
		    what_cannot_be_read_is_answered_and_keeps_no_other_waiting, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("control", tests, NULL, NULL);
}
