#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_fixture.h"
#include "runner/report/sent_source.h"

/* A header of 13 bytes, then records of 8, 12 (a line end inside), 8 and 7 bytes. */
#define INPUT "id;name;note\n" "01;Ann;\n" "02;\"O\nB\";x\n" "03;Lee;\n" "04;Al;z\n"

/* A file of its own, read as a source that renames, drops and adds columns. */
struct input {
	struct fixture_folder folder;
	char path[96];
	struct file_name name;
	uint64_t size;
	struct layout_column columns[2];
	struct layout_constant constant;
	struct source_job job;
	struct source source;
};

static void
input_open(struct input *input)
{
	*input = (struct input){ .folder = fixture_folder_open(), .size = strlen(INPUT) };
	fixture_write(&input->folder, "in.csv", INPUT);
	snprintf(input->path, sizeof(input->path), "%s/in.csv", input->folder.path);
	input->name = (struct file_name){ input->path, "in.csv" };
	input->columns[0] = (struct layout_column){ "name", "last_name" };
	input->columns[1] = (struct layout_column){ "id", "state_file_id" };
	input->constant = (struct layout_constant){ "tag_list", "a, b" };
	input->job = (struct source_job){
		.type = "people",
		.layout = { .dialect = { .delimiter = ';', .quotes = true },
			    .columns = input->columns, .column_count = 2,
			    .constants = &input->constant, .constant_count = 1 },
		.inputs = &input->name,
		.sizes = &input->size,
		.input_count = 1,
	};
	input->source = (struct source){ .jobs = &input->job, .job_count = 1,
		.job_path = "nc.cfg" };
}

/* The second and the third record. */
static const struct plan_chunk middle = { .number = 2, .first_byte = 21, .end_byte = 39,
	.first_row = 2, .first_line = 3, .rows = 2 };

static void
expect_row(struct sent_reader *reader, uint64_t number, uint64_t line, const char *name,
    const char *id)
{
	struct sent_row row;
	struct err err = ERR_INIT;
	bool is_end;

	assert_int_equal(reader->next(reader, &row, &is_end, &err), 0);
	assert_false(is_end);
	assert_int_equal(row.row, number);
	assert_int_equal(row.line, line);
	assert_int_equal(row.field_count, 3);
	assert_true(span_is(row.fields[0], name));
	assert_true(span_is(row.fields[1], id));
	assert_true(span_is(row.fields[2], "a, b"));
}

static void
the_rows_of_a_chunk_come_back_as_they_were_sent(void **state)
{
	struct input input;
	struct sent_port port;
	struct sent_reader *reader;
	struct sent_row row;
	struct err err = ERR_INIT;
	bool is_end;

	(void)state;
	input_open(&input);
	port = sent_source_port(&input.source);
	assert_int_equal(port.open(port.ctx, &middle, &reader, &err), 0);
	expect_row(reader, 2, 3, "O\nB", "02");
	expect_row(reader, 3, 5, "Lee", "03");
	assert_int_equal(reader->next(reader, &row, &is_end, &err), 0);
	assert_true(is_end);
	reader->close(reader);
	fixture_folder_done(&input.folder);
}

static void
the_columns_are_those_of_the_header_as_sent(void **state)
{
	SCOPED(sent_columns) columns = SENT_COLUMNS_NONE;
	struct input input;
	struct err err = ERR_INIT;

	(void)state;
	input_open(&input);
	assert_int_equal(sent_source_columns(&input.source, 0, &columns, &err), 0);
	assert_int_equal(columns.count, 3);
	assert_true(span_is(columns.names[0], "last_name"));
	assert_true(span_is(columns.names[1], "state_file_id"));
	assert_true(span_is(columns.names[2], "tag_list"));
	fixture_folder_done(&input.folder);
}

static void
an_input_that_is_gone_is_no_reader_and_has_no_columns(void **state)
{
	SCOPED(sent_columns) columns = SENT_COLUMNS_NONE;
	struct input input;
	struct sent_port port;
	struct sent_reader *reader;
	struct err err = ERR_INIT;

	(void)state;
	input_open(&input);
	port = sent_source_port(&input.source);
	assert_int_equal(unlinkat(input.folder.fd, "in.csv", 0), 0);
	assert_int_equal(port.open(port.ctx, &middle, &reader, &err), -1);
	assert_int_equal(err.kind, ERR_INPUT);
	assert_int_equal(sent_source_columns(&input.source, 0, &columns, &err), -1);
	assert_int_equal(columns.count, 0);
	fixture_folder_done(&input.folder);
}

static void
the_columns_come_from_the_first_input_that_is_still_there(void **state)
{
	SCOPED(sent_columns) columns = SENT_COLUMNS_NONE;
	struct input input;
	struct err err = ERR_INIT;
	struct file_name names[2];
	uint64_t sizes[2];

	(void)state;
	input_open(&input);
	names[0] = (struct file_name){ "no-such-file.csv", "gone.csv" };
	names[1] = input.name;
	sizes[0] = sizes[1] = input.size;
	input.job.inputs = names;
	input.job.sizes = sizes;
	input.job.input_count = 2;
	assert_int_equal(sent_source_columns(&input.source, 0, &columns, &err), 0);
	assert_int_equal(columns.count, 3);
	fixture_folder_done(&input.folder);
}

/* From the file to rejected.csv: the failure CSV names a row, its place in the file is found. */
static void
a_rejected_row_is_found_in_its_file(void **state)
{
	static const char *const written[] = { "in.csv" };
	SCOPED(sent_columns) columns = SENT_COLUMNS_NONE;
	struct fixture_chunk chunk = { .plan = middle };
	struct fixture_journal journal = { &chunk, 1 };
	struct journal_port port = fixture_journal_port(&journal);
	struct report_source people = { .name = "people", .type = "people", .inputs = written,
		.input_count = 1 };
	struct report_job job = { "nc", "n", &people, 1, "nc.cfg" };
	struct report_options options = { .job = &job, .journal = &port };
	struct source_port source;
	struct sent_port sent;
	struct report_result result;
	struct input input;
	struct err err = ERR_INIT;
	char *text;

	(void)state;
	input_open(&input);
	assert_int_equal(sent_source_columns(&input.source, 0, &columns, &err), 0);
	people.columns = columns.names;
	people.column_count = columns.count;
	chunk.chunk = (struct chunk){ .number = 2, .state = CHUNK_DONE, .import_id = 9,
		.has_counts = 1, .rows_succeeded = 1, .rows_failed = 1,
		.sha256 = { .is_known = true } };
	source = source_port(&input.source);
	sent = sent_source_port(&input.source);
	options.source = &source;
	options.sent = &sent;
	options.folder = options.answers = input.folder.fd;
	fixture_write(&input.folder, "people-2.failed.csv",
	    "last_name,state_file_id,tag_list,error\n\"O\nB\",02,\"a, b\",bad\n");
	assert_int_equal(report_write(&options, &result, &err), 0);
	text = fixture_read(&input.folder, "rejected.csv");
	assert_string_equal(text,
	    "source,chunk,import_id,source_file,source_line,source_row,reason,"
	    "last_name,state_file_id,tag_list\n"
	    "people,2,9,in.csv,3,2,bad,\"O\nB\",02,\"a, b\"\n");
	free(text);
	fixture_folder_done(&input.folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rows_of_a_chunk_come_back_as_they_were_sent),
		cmocka_unit_test(the_columns_are_those_of_the_header_as_sent),
		cmocka_unit_test(an_input_that_is_gone_is_no_reader_and_has_no_columns),
		cmocka_unit_test(the_columns_come_from_the_first_input_that_is_still_there),
		cmocka_unit_test(a_rejected_row_is_found_in_its_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
