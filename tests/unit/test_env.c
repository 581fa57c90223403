#include "platform.h"

#include "tests/unit/store_fixture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>

#include "store/env.h"
#include "store/txn.h"

static const char *const names[] = { "one", "two" };

static struct env_options
options_of(const struct fixture *fixture, enum env_mode mode)
{
	return (struct env_options){
		.folder = fixture->folder,
		.mode = mode,
		.databases = names,
		.database_count = ARRAY_COUNT(names),
		.map_bytes = FIXTURE_MAP_BYTES,
	};
}

static void
put(struct env *env, const char *key, const char *value)
{
	SCOPED(txn) txn = TXN_NONE;

	OK(txn_begin(&txn, env, TXN_WRITE, err));
	txn_put(&txn, 0, span_of(key), span_of(value));
	OK(txn_commit(&txn, err));
}

static bool
has(struct env *env, unsigned database, const char *key, const char *wanted)
{
	SCOPED(txn) txn = TXN_NONE;
	struct span value;
	bool found;

	OK(txn_begin(&txn, env, TXN_READ, err));
	found = txn_get(&txn, database, span_of(key), &value) && span_is(value, wanted);
	OK(txn_check(&txn, err));
	return found;
}

static void
what_was_committed_is_there_when_opened_again(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	struct env env;

	(void)state;
	OK(env_open(&env, &options, err));
	put(&env, "k", "v");
	env_close(&env);
	options.mode = ENV_WRITE;
	OK(env_open(&env, &options, err));
	assert_true(has(&env, 0, "k", "v"));
	assert_false(has(&env, 1, "k", "v"));
	env_close(&env);
	fixture_end(&fixture);
}

static void
a_txn_that_is_not_committed_leaves_nothing(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	SCOPED(env) env = ENV_NONE;

	(void)state;
	OK(env_open(&env, &options, err));
	{
		SCOPED(txn) txn = TXN_NONE;

		OK(txn_begin(&txn, &env, TXN_WRITE, err));
		txn_put(&txn, 0, span_of("k"), span_of("v"));
	}
	assert_int_equal(env.open_txns, 0);
	assert_false(has(&env, 0, "k", "v"));
	fixture_end(&fixture);
}

static void
after_a_failure_every_call_does_nothing_and_the_commit_tells(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	SCOPED(env) env = ENV_NONE;
	struct txn txn;
	struct span value;

	(void)state;
	OK(env_open(&env, &options, err));
	OK(txn_begin(&txn, &env, TXN_WRITE, err));
	txn_put(&txn, 0, span_of("k"), span_of("v"));
	txn_put(&txn, 0, SPAN_NONE, span_of("no key")); /* LMDB refuses it */
	txn_put(&txn, 0, span_of("l"), span_of("w"));
	assert_false(txn_get(&txn, 0, span_of("k"), &value));
	assert_int_equal(txn_count(&txn, 0), 0);
	REFUSED(txn_commit(&txn, err), ERR_IO, "MDB_BAD_VALSIZE");
	assert_false(has(&env, 0, "k", "v"));
	assert_false(has(&env, 0, "l", "w"));
	fixture_end(&fixture);
}

static void
a_key_that_is_not_the_greatest_cannot_be_appended(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	SCOPED(env) env = ENV_NONE;
	struct txn txn;

	(void)state;
	OK(env_open(&env, &options, err));
	OK(txn_begin(&txn, &env, TXN_WRITE, err));
	txn_append(&txn, 0, span_of("b"), span_of("1"));
	txn_append(&txn, 0, span_of("a"), span_of("2"));
	REFUSED(txn_commit(&txn, err), ERR_IO, "MDB_KEYEXIST");
	fixture_end(&fixture);
}

static void
a_walk_begins_at_its_key_and_ends_at_the_end(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	SCOPED(env) env = ENV_NONE;
	SCOPED(txn) txn = TXN_NONE;
	SCOPED(txn_walk) walk = TXN_WALK_NONE;

	(void)state;
	OK(env_open(&env, &options, err));
	put(&env, "a", "1");
	put(&env, "c", "3");
	put(&env, "d", "4");
	OK(txn_begin(&txn, &env, TXN_READ, err));
	txn_walk_begin(&walk, &txn, 0, span_of("b"));
	assert_true(txn_walk_step(&walk) && span_is(walk.key, "c"));
	assert_true(txn_walk_step(&walk) && span_is(walk.value, "4"));
	assert_false(txn_walk_step(&walk));
	OK(txn_check(&txn, err));
	fixture_end(&fixture);
}

/* ---- growth */

struct load {
	const char *bytes;
	size_t count;
	unsigned fills;
};

static int
fill(void *ctx, struct txn *txn, struct err *err)
{
	struct load *load = ctx;
	char key[24];

	(void)err;
	load->fills++;
	for (size_t i = 0; i < load->count; i++) {
		snprintf(key, sizeof(key), "%08zu", i);
		txn_put(txn, 0, span_of(key), span_of(load->bytes));
	}
	return 0;
}

static void
a_full_map_doubles_until_the_batch_fits_and_the_batch_is_written_once(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	static char bytes[1000];
	struct load load = { bytes, 1000, 0 };
	SCOPED(env) env = ENV_NONE;
	uint64_t tiny = 64 << 10;

	(void)state;
	memset(bytes, 'x', sizeof(bytes) - 1);
	options.map_bytes = tiny;
	OK(env_open(&env, &options, err));
	OK(txn_write(&env, fill, &load, err));
	assert_true(load.fills > 3);
	assert_true(env_map_bytes(&env) == tiny << (load.fills - 1));
	{
		SCOPED(txn) txn = TXN_NONE;

		OK(txn_begin(&txn, &env, TXN_READ, err));
		assert_int_equal(txn_count(&txn, 0), 1000);
	}
	fixture_end(&fixture);
}

static void
a_map_that_cannot_grow_is_an_error_and_the_env_is_left_alone(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	struct env env;
	struct txn txn;

	(void)state;
	options.map_bytes = 64 << 10;
	OK(env_open(&env, &options, err));
	env.is_broken = true; /* as env_grow leaves it when the address space is used up */
	REFUSED(txn_begin(&txn, &env, TXN_READ, err), ERR_IO, "its map is lost");
	env_close(&env);
	fixture_end(&fixture);
}

static int
refuse(void *ctx, struct txn *txn, struct err *err)
{
	(void)ctx;
	txn_put(txn, 0, span_of("k"), span_of("v"));
	return err_set(err, ERR_BUG, "not today");
}

static void
a_batch_that_is_called_off_leaves_nothing(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	SCOPED(env) env = ENV_NONE;

	(void)state;
	OK(env_open(&env, &options, err));
	REFUSED(txn_write(&env, refuse, NULL, err), ERR_BUG, "not today");
	assert_false(has(&env, 0, "k", "v"));
	fixture_end(&fixture);
}

/* ---- what may not be opened */

static void
a_file_without_bytes_is_refused_and_not_made_new(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	enum env_mode modes[] = { ENV_WRITE, ENV_READ };
	struct env env;
	char path[64];
	struct stat st;

	(void)state;
	OK(env_open(&env, &options, err));
	env_close(&env);
	snprintf(path, sizeof(path), "%s/data.mdb", fixture.folder);
	assert_int_equal(truncate(path, 0), 0);
	for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
		options.mode = modes[i];
		REFUSED(env_open(&env, &options, err), ERR_IO, "data.mdb has no bytes");
	}
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
	fixture_end(&fixture);
}

static void
a_file_shorter_than_its_last_page_is_refused_at_every_page(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	struct env env;
	char path[64];
	struct stat st;
	static char bytes[1000];
	struct load load = { bytes, 100, 0 };

	(void)state;
	memset(bytes, 'x', sizeof(bytes) - 1);
	OK(env_open(&env, &options, err));
	OK(txn_write(&env, fill, &load, err));
	env_close(&env);
	snprintf(path, sizeof(path), "%s/data.mdb", fixture.folder);
	assert_int_equal(stat(path, &st), 0);
	options.mode = ENV_READ;
	for (off_t size = st.st_size - 1; size >= 2 * 4096; size -= 4096) {
		assert_int_equal(truncate(path, size), 0);
		REFUSED(env_open(&env, &options, err), ERR_IO, "its pages need");
	}
	for (off_t size = 4096; size > 0; size /= 2) {
		assert_int_equal(truncate(path, size), 0);
		REFUSED(env_open(&env, &options, err), ERR_IO, "");
	}
	fixture_end(&fixture);
}

static void
a_store_that_is_not_there_is_an_input_error(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_WRITE);
	struct env env;

	(void)state;
	REFUSED(env_open(&env, &options, err), ERR_INPUT, "data.mdb: No such file");
	options.folder = "not/there";
	REFUSED(env_open(&env, &options, err), ERR_INPUT, "not/there: No such file");
	fixture_end(&fixture);
}

static void
a_missing_database_is_damage(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	static const char *const other[] = { "one", "three" };
	struct env env;

	(void)state;
	OK(env_open(&env, &options, err));
	env_close(&env);
	options.mode = ENV_WRITE;
	options.databases = other;
	REFUSED(env_open(&env, &options, err), ERR_IO, "a database is missing");
	fixture_end(&fixture);
}

/* ---- the system around it */

static void
every_descriptor_of_the_store_is_closed_on_exec(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	SCOPED(env) env = ENV_NONE;
	unsigned found = 0;
	DIR *dir;
	struct dirent *entry;

	(void)state;
	OK(env_open(&env, &options, err));
	dir = opendir("/proc/self/fd");
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		char target[512] = "";

		if (readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1) < 0 ||
		    !strstr(target, fixture.folder))
			continue;
		found++;
		assert_true(fcntl(atoi(entry->d_name), F_GETFD) & FD_CLOEXEC);
	}
	closedir(dir);
	assert_true(found >= 2);
	fixture_end(&fixture);
}

static void
files_are_for_their_owner_only(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	static const char *const files[] = { "data.mdb", "lock.mdb" };
	struct env env;

	(void)state;
	OK(env_open(&env, &options, err));
	env_close(&env);
	for (size_t i = 0; i < ARRAY_COUNT(files); i++) {
		char path[64];
		struct stat st;

		snprintf(path, sizeof(path), "%s/%s", fixture.folder, files[i]);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0600);
	}
	fixture_end(&fixture);
}

static void
a_reserve_sets_blocks_aside_and_leaves_the_size(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	SCOPED(env) env = ENV_NONE;
	struct stat before, after;
	char path[64];

	(void)state;
	OK(env_open(&env, &options, err));
	snprintf(path, sizeof(path), "%s/data.mdb", fixture.folder);
	assert_int_equal(stat(path, &before), 0);
	OK(env_reserve(&env, err));
	OK(env_reserve(&env, err));
	assert_int_equal(stat(path, &after), 0);
	assert_int_equal(after.st_size, before.st_size);
	assert_true(after.st_blocks >= before.st_blocks + (1 << 20) / 512);
	fixture_end(&fixture);
}

/* In a process of its own: the limit stays. */
static int
meet_the_file_limit(struct env *env)
{
	struct rlimit limit = { 256 << 10, 256 << 10 };
	static char bytes[1000];
	struct load load = { bytes, 1000, 0 };
	struct err err = ERR_INIT;

	memset(bytes, 'x', sizeof(bytes) - 1);
	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit))
		return 1;
	if (txn_write(env, fill, &load, &err) != -1)
		return 2;
	return err.kind == ERR_IO && strstr(err.text, "ulimit -f") ? 0 : 3;
}

static void
a_file_that_may_not_grow_is_an_error_that_says_so(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0) {
		struct env env;

		if (env_open(&env, &options, NULL))
			_exit(4);
		_exit(meet_the_file_limit(&env));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	fixture_end(&fixture);
}

static volatile sig_atomic_t alarms;

static void
count_alarm(int number)
{
	(void)number;
	alarms++;
}

static void
signals_without_restart_do_not_break_a_commit(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	struct itimerval often = { { 0, 100 }, { 0, 100 } };
	struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct sigaction action = { .sa_handler = count_alarm };
	SCOPED(env) env = ENV_NONE;

	(void)state;
	OK(env_open(&env, &options, err));
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	for (int i = 0; i < 100 || alarms < 20; i++)
		put(&env, "k", "v");
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	fixture_end(&fixture);
}

static void
each_kind_of_failure_is_worded(void **state)
{
	struct fixture fixture = fixture_begin();
	struct env_options options = options_of(&fixture, ENV_CREATE);
	SCOPED(env) env = ENV_NONE;

	(void)state;
	OK(env_open(&env, &options, err));
	REFUSED(env_error(&env, ENOSPC, "committing", err), ERR_IO, "disk full (");
	REFUSED(env_error(&env, EIO, "committing", err), ERR_IO, "Input/output error");
	REFUSED(env_error(&env, ENOMEM, "committing", err), ERR_IO, "out of memory");
	REFUSED(env_error(&env, EACCES, "committing", err), ERR_IO, "committing: Permission");
	REFUSED(env_error(&env, -30796, "committing", err), ERR_IO, "is damaged"); /* CORRUPTED */
	fixture_end(&fixture);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_committed_is_there_when_opened_again),
		cmocka_unit_test(a_txn_that_is_not_committed_leaves_nothing),
		cmocka_unit_test(after_a_failure_every_call_does_nothing_and_the_commit_tells),
		cmocka_unit_test(a_key_that_is_not_the_greatest_cannot_be_appended),
		cmocka_unit_test(a_walk_begins_at_its_key_and_ends_at_the_end),
		cmocka_unit_test(
		    a_full_map_doubles_until_the_batch_fits_and_the_batch_is_written_once),
		cmocka_unit_test(a_map_that_cannot_grow_is_an_error_and_the_env_is_left_alone),
		cmocka_unit_test(a_batch_that_is_called_off_leaves_nothing),
		cmocka_unit_test(a_file_without_bytes_is_refused_and_not_made_new),
		cmocka_unit_test(a_file_shorter_than_its_last_page_is_refused_at_every_page),
		cmocka_unit_test(a_store_that_is_not_there_is_an_input_error),
		cmocka_unit_test(a_missing_database_is_damage),
		cmocka_unit_test(every_descriptor_of_the_store_is_closed_on_exec),
		cmocka_unit_test(files_are_for_their_owner_only),
		cmocka_unit_test(a_reserve_sets_blocks_aside_and_leaves_the_size),
		cmocka_unit_test(a_file_that_may_not_grow_is_an_error_that_says_so),
		cmocka_unit_test(signals_without_restart_do_not_break_a_commit),
		cmocka_unit_test(each_kind_of_failure_is_worded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
