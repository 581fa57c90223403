#include "platform.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "runner/base/buf.h"
#include "runner/source/digest.h"
#include "runner/source/source.h"
#include "runner/source/survey.h"

/* Every test works in a new folder of its own. */
struct fixture {
	char folder[64];
	char *home;
};

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	strcpy(fixture->folder, "test_source.XXXXXX");
	fixture->home = getcwd(NULL, 0);
	*state = fixture;
	return mkdtemp(fixture->folder) && chdir(fixture->folder) == 0 ? 0 : -1;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;
	char command[128];
	int failed;

	snprintf(command, sizeof(command), "rm -rf '%s'", fixture->folder);
	failed = chdir(fixture->home) || system(command);
	free(fixture->home);
	free(fixture);
	return failed ? -1 : 0;
}

static void
put(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
	assert_int_equal(fclose(file), 0);
}

/* As if it had been written at another time. */
static void
touch(const char *name)
{
	const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 5 } };

	assert_int_equal(utimensat(AT_FDCWD, name, times, 0), 0);
}

static void
expect_unopenable(const char *name, const char *words)
{
	struct file file = FILE_NONE;
	struct err err = ERR_INIT;

	assert_int_equal(file_open(&file, (struct file_name){ name, "x.csv" }, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(err.text, words);
	assert_int_equal(file.fd, -1);
}

static void
only_files_are_opened_and_all_else_is_named(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	expect_unopenable("missing", "x.csv cannot be opened: No such file or directory");
	expect_unopenable(
	    "folder", "x.csv is a folder: an input is a file, which can be read again");
	expect_unopenable("pipe", "x.csv is a pipe: an input is a file, which can be read again");
	expect_unopenable("socket", "x.csv cannot be opened: No such device or address");
	expect_unopenable(
	    "/dev/null", "x.csv is a device: an input is a file, which can be read again");
	close(fd);
}

static void
a_file_is_read_by_position_and_does_not_reach_children(void **state)
{
	struct err err = ERR_INIT;
	SCOPED(file) file = FILE_NONE;
	struct reader reader;
	char bytes[8];
	size_t got;

	(void)state;
	put("a.csv", "0123456789");
	assert_int_equal(file_open(&file, (struct file_name){ "a.csv", "a.csv" }, &err), 0);
	assert_int_equal(fcntl(file.fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	reader = file_reader(&file);
	assert_int_equal(reader_read(&reader, 7, bytes, sizeof(bytes), &got, &err), 0);
	assert_int_equal(got, 3);
	assert_memory_equal(bytes, "789", 3);
	assert_int_equal(reader_read(&reader, 10, bytes, sizeof(bytes), &got, &err), 0);
	assert_int_equal(got, 0);
	assert_int_equal(reader_read(&reader, 2, bytes, 2, &got, &err), 0);
	assert_memory_equal(bytes, "23", 2);
}

static void
an_unreadable_place_is_named(void **state)
{
	struct err err = ERR_INIT;
	struct file file = { .fd = -1, .written = "x.csv" };
	struct reader reader = file_reader(&file);
	char byte;
	size_t got;

	(void)state;
	assert_int_equal(reader_read(&reader, 1204771, &byte, 1, &got, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_string_equal(
	    err.text, "x.csv cannot be read at byte 1,204,771: Bad file descriptor");
}

static void
a_file_that_changes_while_it_is_read_is_noticed(void **state)
{
	struct err err = ERR_INIT;
	SCOPED(file) file = FILE_NONE;

	(void)state;
	put("a.csv", "0123456789");
	touch("a.csv");
	assert_int_equal(file_open(&file, (struct file_name){ "a.csv", "a.csv" }, &err), 0);
	assert_int_equal(file_check_unchanged(&file, &err), 0);
	put("a.csv", "9876543210");
	assert_int_equal(file_check_unchanged(&file, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
}

/* A survey with all that it told. */
struct told {
	struct plan_chunk chunks[32];
	size_t chunk_count;
	struct plan_input inputs[8];
	size_t input_count, layout_count;
	struct err err;
};

static int
tell_layout(
    void *ctx, uint32_t source, uint32_t input, const struct layout *layout, struct err *err)
{
	struct told *told = ctx;

	(void)source;
	(void)err;
	(void)input;
	assert_true(layout->output_count > 0);
	told->layout_count++;
	return 0;
}

static int
tell_chunk(void *ctx, const struct plan_chunk *chunk, struct err *err)
{
	struct told *told = ctx;

	(void)err;
	assert_true(told->chunk_count < ARRAY_COUNT(told->chunks));
	told->chunks[told->chunk_count++] = *chunk;
	return 0;
}

static int
tell_input(
    void *ctx, const struct plan_input *input, const struct pass_result *result, struct err *err)
{
	struct told *told = ctx;

	(void)result;
	(void)err;
	assert_true(told->input_count < ARRAY_COUNT(told->inputs));
	told->inputs[told->input_count++] = *input;
	return 0;
}

static int
survey(struct told *told, const struct survey_source *sources, size_t count, uint32_t limit_rows)
{
	struct survey_options options = {
		.sources = sources,
		.source_count = count,
		.limit_bytes = 1u << 20,
		.limit_rows = limit_rows,
		.on_layout = tell_layout,
		.on_chunk = tell_chunk,
		.on_input = tell_input,
		.ctx = told,
	};

	memset(told, 0, sizeof(*told));
	return survey_run(&options, &told->err);
}

static struct survey_source
people_of(const struct file_name *inputs, size_t count)
{
	return (struct survey_source){
		.name = "people",
		.layout = { .dialect = { ',', true } },
		.inputs = inputs,
		.input_count = count,
	};
}

static void
chunks_are_numbered_through_the_inputs_of_a_source(void **state)
{
	static const struct file_name first[] = { { "a.csv", "a.csv" }, { "b.csv", "b.csv" } };
	static const struct file_name second[] = { { "c.csv", "c.csv" } };
	const struct survey_source sources[] = { people_of(first, 2), people_of(second, 1) };
	static const struct {
		uint32_t source, input, number;
		uint64_t row;
	} wanted[] = { { 0, 0, 1, 1 }, { 0, 0, 2, 3 }, { 0, 1, 3, 1 }, { 1, 0, 1, 1 } };
	struct told told;

	(void)state;
	put("a.csv", "id\n1\n2\n3\n");
	put("b.csv", "id\n4\n");
	put("c.csv", "id\n5\n6\n");
	assert_int_equal(survey(&told, sources, 2, 2), 0);
	assert_int_equal(told.chunk_count, ARRAY_COUNT(wanted));
	for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
		assert_int_equal(told.chunks[i].source, wanted[i].source);
		assert_int_equal(told.chunks[i].input, wanted[i].input);
		assert_int_equal(told.chunks[i].number, wanted[i].number);
		assert_int_equal(told.chunks[i].first_row, wanted[i].row);
	}
	assert_int_equal(told.layout_count, 3);
	assert_int_equal(told.input_count, 3);
}

static void
inputs_are_remembered_with_what_tells_a_change(void **state)
{
	static const struct file_name inputs[] = { { "a.csv", "a.csv" } };
	const struct survey_source source = people_of(inputs, 1);
	struct stat facts;
	struct told told;

	(void)state;
	put("a.csv", "id\n1\n2\n3\n");
	touch("a.csv");
	assert_int_equal(stat("a.csv", &facts), 0);
	assert_int_equal(survey(&told, &source, 1, 0), 0);
	assert_int_equal(told.inputs[0].size, 9);
	assert_int_equal(told.inputs[0].rows, 3);
	assert_int_equal(told.inputs[0].mtime_ns, INT64_C(1000000000000000005));
	assert_int_equal(told.inputs[0].inode, facts.st_ino);
}

static void
expect_twins(const char *first, const char *second, const char *words)
{
	const struct file_name inputs[] = { { first, first }, { second, second } };
	const struct survey_source source = people_of(inputs, 2);
	struct told told;

	assert_int_equal(survey(&told, &source, 1, 0), -1);
	assert_int_equal(told.err.kind, ERR_DATA);
	assert_string_equal(told.err.text, words);
}

static void
two_names_of_one_file_are_refused(void **state)
{
	(void)state;
	put("a.csv", "id\n1\n");
	assert_int_equal(link("a.csv", "hard.csv"), 0);
	assert_int_equal(symlink("a.csv", "soft.csv"), 0);
	expect_twins("a.csv", "hard.csv",
	    "source people: a.csv and hard.csv are the same file\n"
	    "  Every row would be sent twice.  Take one of them out of  input.\n"
	    "Nothing was sent.");
	expect_twins("soft.csv", "./a.csv",
	    "source people: soft.csv and ./a.csv are the same file\n"
	    "  Every row would be sent twice.  Take one of them out of  input.\n"
	    "Nothing was sent.");
}

static void
two_files_with_the_same_rows_are_refused(void **state)
{
	(void)state;
	put("a.csv", "id\n1\n");
	put("b.csv", "\xEF\xBB\xBFid\n1\n");
	expect_twins("a.csv", "b.csv",
	    "source people: a.csv and b.csv hold the same rows\n"
	    "  Every row would be sent twice.  Take one of them out of  input.\n"
	    "Nothing was sent.");
}

static void
two_sources_may_read_one_file_and_two_inputs_may_be_empty(void **state)
{
	static const struct file_name inputs[] = { { "a.csv", "a.csv" }, { "none.csv", "none.csv" },
		{ "nil.csv", "nil.csv" } };
	static const struct layout_column columns[] = { { "id", "external_id" } };
	struct survey_source sources[] = { people_of(inputs, 3), people_of(inputs, 1) };
	struct told told;

	(void)state;
	put("a.csv", "id\n1\n");
	put("none.csv", "id\n");
	put("nil.csv", "id\n");
	sources[0].is_empty_allowed = true;
	sources[1].layout.columns = columns;
	sources[1].layout.column_count = 1;
	assert_int_equal(survey(&told, sources, 2, 0), 0);
	assert_int_equal(told.chunk_count, 4);
	assert_int_equal(told.chunks[1].rows, 0);
}

static void
two_sources_that_send_the_same_rows_are_refused(void **state)
{
	static const struct file_name inputs[] = { { "a.csv", "a.csv" } };
	struct survey_source sources[] = { people_of(inputs, 1), people_of(inputs, 1) };
	struct told told;

	(void)state;
	put("a.csv", "id\n1\n");
	assert_int_equal(survey(&told, sources, 2, 0), -1);
	assert_int_equal(told.err.kind, ERR_DATA);
}

static void
bad_input_ends_a_survey_with_the_name_in_the_job(void **state)
{
	static const struct file_name inputs[] = { { "a.csv", "~/a.csv" } };
	const struct survey_source source = people_of(inputs, 1);
	struct told told;

	(void)state;
	put("a.csv", "id\n1,2\n");
	assert_int_equal(survey(&told, &source, 1, 0), -1);
	assert_int_equal(told.err.kind, ERR_DATA);
	assert_true(strncmp(told.err.text, "~/a.csv has a row with 2 fields", 31) == 0);
}

/* A job of one source over one planned file, ready to be sent. */
struct loaded {
	struct file_name input;
	uint64_t size;
	struct source_job job;
	struct source source;
	struct source_port port;
	struct told told;
};

static void
load(struct loaded *loaded, const char *text, struct layout_options layout, uint32_t limit_rows)
{
	struct survey_source source;

	put("a.csv", text);
	loaded->input = (struct file_name){ "a.csv", "voters/a.csv" };
	source = people_of(&loaded->input, 1);
	source.layout = layout;
	source.is_empty_allowed = true;
	assert_int_equal(survey(&loaded->told, &source, 1, limit_rows), 0);
	loaded->size = loaded->told.inputs[0].size;
	loaded->job = (struct source_job){
		.type = "people",
		.layout = layout,
		.inputs = &loaded->input,
		.sizes = &loaded->size,
		.input_count = 1,
	};
	loaded->source = (struct source){
		.jobs = &loaded->job,
		.job_count = 1,
		.is_padded = true,
		.job = "nc.cfg",
	};
	loaded->port = source_port(&loaded->source);
}

static int
read_body(struct body *body, struct buf *to, struct err *err)
{
	size_t got = 1;

	while (got) {
		if (body->read(body, buf_reserve(to, 9), 9, &got, err))
			return -1;
		to->len += got;
	}
	return 0;
}

static const struct layout_options plain = { .dialect = { ',', true } };

static void
a_planned_chunk_is_sent_with_its_sha256(void **state)
{
	unsigned char wanted[DIGEST_SHA_BYTES];
	struct digest digest = { .is_known = true };
	struct digest again = { .is_known = false };
	struct loaded loaded;
	struct err err = ERR_INIT;
	struct body *body;
	SCOPED(digest_sha) sha = { NULL };
	SCOPED(buf) sent = BUF_INIT;

	(void)state;
	load(&loaded, "id\n1\n2\n3\n", plain, 2);
	assert_int_equal(loaded.port.open(loaded.port.ctx, &loaded.told.chunks[1], &body, &err), 0);
	body->sha256(body, &digest);
	assert_false(digest.is_known);
	assert_int_equal(read_body(body, &sent, &err), 0);
	assert_int_equal(sent.len, body->bytes);
	buf_add_byte(&sent, '\0');
	assert_string_equal(sent.ptr,
	    "{\"import\":{\"type\":\"people\",\"file\":\"aWQKMwo=\",\"is_overwritable\":false}}");
	body->sha256(body, &digest);
	assert_true(digest.is_known);
	assert_int_equal(digest_sha_init(&sha), 0);
	digest_sha_add(&sha, "id\n3\n", 5);
	digest_sha_result(&sha, wanted);
	assert_memory_equal(digest.bytes, wanted, sizeof(wanted));
	assert_int_equal(
	    loaded.port.sha256(loaded.port.ctx, &loaded.told.chunks[1], &again, &err), 0);
	assert_true(again.is_known);
	assert_memory_equal(again.bytes, wanted, sizeof(wanted));
	body->close(body);
}

static void
several_bodies_are_read_side_by_side(void **state)
{
	struct loaded loaded;
	struct err err = ERR_INIT;
	struct body *bodies[2];
	char byte[2];
	size_t got[2] = { 1, 1 };
	SCOPED(buf) first = BUF_INIT;
	SCOPED(buf) second = BUF_INIT;

	(void)state;
	load(&loaded, "id\n1\n2\n", plain, 1);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(
		    loaded.port.open(loaded.port.ctx, &loaded.told.chunks[i], &bodies[i], &err), 0);
	while (got[0] || got[1]) {
		for (size_t i = 0; i < 2; i++)
			assert_int_equal(bodies[i]->read(bodies[i], &byte[i], 1, &got[i], &err), 0);
		buf_add(&first, &byte[0], got[0]);
		buf_add(&second, &byte[1], got[1]);
	}
	assert_non_null(strstr(buf_text(&first), "aWQKMQo="));
	assert_non_null(strstr(buf_text(&second), "aWQKMgo="));
	bodies[0]->close(bodies[0]);
	bodies[1]->close(bodies[1]);
}

static void
a_head_is_the_header_and_the_first_rows(void **state)
{
	struct loaded loaded;
	struct err err = ERR_INIT;

	(void)state;
	load(&loaded, "id\n1\n2\n3\n", plain, 2);
	for (size_t most = 0; most < 12; most++) {
		const char *csv = "id\n1\n2\n";
		SCOPED(buf) head = BUF_INIT;
		size_t header_bytes = 99;

		assert_int_equal(loaded.port.head(loaded.port.ctx, &loaded.told.chunks[0], most,
				     &head, &header_bytes, &err),
		    0);
		assert_int_equal(head.len, most < strlen(csv) ? most : strlen(csv));
		assert_memory_equal(buf_text(&head), csv, head.len);
		assert_int_equal(header_bytes, most < 3 ? most : 3);
	}
}

static void
rows_are_read_again_with_their_places(void **state)
{
	struct source_rows *rows;
	struct reread_row row;
	struct loaded loaded;
	struct err err = ERR_INIT;
	bool is_end = false;

	(void)state;
	load(&loaded, "id,b\n1,x\n2,\"y\n\"\n3,z\n", plain, 2);
	assert_int_equal(source_rows_open(&loaded.source, &loaded.told.chunks[1], &rows, &err), 0);
	assert_int_equal(source_rows_next(rows, &row, &is_end, &err), 0);
	assert_int_equal(row.row, 3);
	assert_int_equal(row.line, 5);
	assert_true(span_is(row.fields[1], "z"));
	assert_int_equal(source_rows_next(rows, &row, &is_end, &err), 0);
	assert_true(is_end);
	source_rows_close(rows);
	source_rows_close(NULL);
}

static void
expect_changed(struct loaded *loaded, const char *how)
{
	const struct plan_chunk *chunk = &loaded->told.chunks[0];
	struct err err = ERR_INIT;
	struct digest digest = { .is_known = false };
	struct body *body;
	int failed = loaded->port.open(loaded->port.ctx, chunk, &body, &err);
	SCOPED(buf) sent = BUF_INIT;

	if (!failed) {
		failed = read_body(body, &sent, &err);
		assert_true(sent.len < body->bytes);
		body->close(body);
	}
	assert_int_equal(failed, -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_true(strncmp(err.text, how, strlen(how)) == 0);
	assert_int_equal(loaded->port.sha256(loaded->port.ctx, chunk, &digest, &err), -1);
	assert_false(digest.is_known);
	assert_int_equal(err.kind, ERR_INPUT);
}

static void
a_file_of_another_size_is_refused_with_both_sizes(void **state)
{
	struct loaded loaded;

	(void)state;
	load(&loaded, "id\n1\n2\n", plain, 0);
	put("a.csv", "id\n1\n2\n3\n");
	expect_changed(&loaded,
	    "voters/a.csv changed since this load began (7 -> 9 bytes)\n"
	    "  What was sent came from the old file; going on would mix two files.  Choose:\n"
	    "    put the old file back, or\n"
	    "    rollcall run --new nc.cfg     start over");
	put("a.csv", "id\n1\n");
	expect_changed(&loaded, "voters/a.csv changed since this load began (7 -> 5 bytes)\n");
}

static void
a_file_of_the_same_size_is_judged_by_its_bytes(void **state)
{
	struct loaded loaded;
	struct err err = ERR_INIT;
	struct body *body;
	SCOPED(buf) sent = BUF_INIT;

	(void)state;
	load(&loaded, "id\n1\n2\n", plain, 0);
	put("a.csv", "id\n1\n9\n");
	expect_changed(&loaded, "voters/a.csv changed since this load began (chunk 1 is not");
	put("a.csv", "no\n1\n2\n");
	expect_changed(&loaded, "voters/a.csv changed since this load began (chunk 1 is not");
	put("a.csv", "\"d\n1\n2\n");
	expect_changed(&loaded, "voters/a.csv changed since this load began (its first line");
	assert_int_equal(unlink("a.csv"), 0);
	put("a.csv", "id\n1\n2\n");
	touch("a.csv");
	assert_int_equal(loaded.port.open(loaded.port.ctx, &loaded.told.chunks[0], &body, &err), 0);
	assert_int_equal(read_body(body, &sent, &err), 0);
	body->close(body);
}

static void
a_column_that_went_away_means_that_the_file_changed(void **state)
{
	static const struct layout_column columns[] = { { "id", "state_file_id" },
		{ "st", "registered_address.state" } };
	struct layout_options mapped = { { ',', true }, NULL, 0, columns, 2, NULL, 0 };
	struct loaded loaded;

	(void)state;
	load(&loaded, "id,st\n1,NC\n", mapped, 0);
	put("a.csv", "id,xx\n1,NC\n");
	expect_changed(&loaded, "voters/a.csv changed since this load began (its first line");
}

static void
a_file_that_is_gone_is_66(void **state)
{
	struct loaded loaded;

	(void)state;
	load(&loaded, "id\n1\n2\n", plain, 0);
	assert_int_equal(unlink("a.csv"), 0);
	expect_changed(&loaded, "voters/a.csv cannot be opened: No such file or directory");
}

static void
nothing_stays_open_behind_a_body(void **state)
{
	struct loaded loaded;
	struct err err = ERR_INIT;
	struct body *body;
	int before = dup(0), after;

	(void)state;
	assert_int_equal(close(before), 0);
	load(&loaded, "id\n1\n2\n", plain, 0);
	assert_int_equal(loaded.port.open(loaded.port.ctx, &loaded.told.chunks[0], &body, &err), 0);
	body->close(body);
	put("a.csv", "id\n");
	assert_int_equal(
	    loaded.port.open(loaded.port.ctx, &loaded.told.chunks[0], &body, &err), -1);
	after = dup(0);
	assert_int_equal(after, before);
	close(after);
}

int
main(void)
{
#define IN_A_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		IN_A_FOLDER(only_files_are_opened_and_all_else_is_named),
		IN_A_FOLDER(a_file_is_read_by_position_and_does_not_reach_children),
		IN_A_FOLDER(an_unreadable_place_is_named),
		IN_A_FOLDER(a_file_that_changes_while_it_is_read_is_noticed),
		IN_A_FOLDER(chunks_are_numbered_through_the_inputs_of_a_source),
		IN_A_FOLDER(inputs_are_remembered_with_what_tells_a_change),
		IN_A_FOLDER(two_names_of_one_file_are_refused),
		IN_A_FOLDER(two_files_with_the_same_rows_are_refused),
		IN_A_FOLDER(two_sources_may_read_one_file_and_two_inputs_may_be_empty),
		IN_A_FOLDER(two_sources_that_send_the_same_rows_are_refused),
		IN_A_FOLDER(bad_input_ends_a_survey_with_the_name_in_the_job),
		IN_A_FOLDER(a_planned_chunk_is_sent_with_its_sha256),
		IN_A_FOLDER(several_bodies_are_read_side_by_side),
		IN_A_FOLDER(a_head_is_the_header_and_the_first_rows),
		IN_A_FOLDER(rows_are_read_again_with_their_places),
		IN_A_FOLDER(a_file_of_another_size_is_refused_with_both_sizes),
		IN_A_FOLDER(a_file_of_the_same_size_is_judged_by_its_bytes),
		IN_A_FOLDER(a_column_that_went_away_means_that_the_file_changed),
		IN_A_FOLDER(a_file_that_is_gone_is_66),
		IN_A_FOLDER(nothing_stays_open_behind_a_body),
	};

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
