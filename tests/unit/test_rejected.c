#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report_fixture.h"
#include "runner/report/report.h"

enum { COLUMNS = 3 };

/* ---- rows as they were sent */

struct row {
	uint64_t line;
	const char *fields[COLUMNS];
};

struct sent_rows {
	const struct row *rows;
	size_t count;
	size_t fails_after; /* this many rows can be read; SIZE_MAX: all of them */
	unsigned fails_from; /* at this opening, from 1 */
	unsigned opened;
};

struct sent_cursor {
	struct sent_reader reader;
	struct sent_rows *from;
	size_t at;
	struct span fields[COLUMNS];
};

static int
next_row(struct sent_reader *reader, struct sent_row *row, bool *is_end, struct err *err)
{
	struct sent_cursor *cursor = (struct sent_cursor *)reader;
	const struct row *source;

	if (cursor->at == cursor->from->fails_after &&
	    cursor->from->opened >= cursor->from->fails_from)
		return err_set(err, ERR_INPUT, "in.csv: Input/output error");
	*is_end = cursor->at == cursor->from->count;
	if (*is_end)
		return 0;
	source = &cursor->from->rows[cursor->at++];
	for (size_t i = 0; i < COLUMNS; i++)
		cursor->fields[i] = span_of(source->fields[i]);
	*row = (struct sent_row){ cursor->fields, COLUMNS, cursor->at, source->line };
	return 0;
}

static void
close_rows(struct sent_reader *reader)
{
	free(reader);
}

static int
open_rows(void *ctx, const struct plan_chunk *plan, struct sent_reader **reader, struct err *err)
{
	struct sent_rows *rows = ctx;
	struct sent_cursor *cursor = calloc(1, sizeof(*cursor));

	(void)plan;
	if (!cursor)
		abort();
	rows->opened++;
	if (rows->fails_after == 0) {
		free(cursor);
		return err_set(err, ERR_INPUT, "in.csv: no such file");
	}
	cursor->reader = (struct sent_reader){ next_row, close_rows };
	cursor->from = rows;
	*reader = &cursor->reader;
	return 0;
}

/* ---- a load of one chunk that has a failure CSV */

static const char *const inputs[] = { "in.csv" };
static const struct span columns[] = { { "id", 2 }, { "last_name", 9 }, { "city", 4 } };
static const struct report_source people = {
	.name = "people",
	.type = "people",
	.inputs = inputs,
	.input_count = 1,
	.columns = columns,
	.column_count = COLUMNS,
};
static const struct report_job job = { "nc", "n", &people, 1, "nc.cfg" };

static const struct row source_rows[] = {
	{ 2, { "001", "Ann", "Oslo" } },
	{ 3, { "1", "Ann", "Oslo" } }, /* but for its zeros the same */
	{ 4, { "2", "Lee, Jr", "Bergen" } },
	{ 5, { "3", "O\nBrien", "Rome" } },
	{ 7, { "4", "Dup", "X" } },
	{ 8, { "4", "Dup", "X" } },
	{ 9, { "5", "5'10\" T", "Y" } },
	{ 10, { "6", "", " Z " } },
	{ 11, { "7", "=cmd", "-1" } },
	{ 12, { "8", "last", "" } },
};

#define HEADER                                                                                     \
	"source,chunk,import_id,source_file,source_line,source_row,reason,id,last_name,city\n"

struct outcome {
	char *rejected; /* without the header line */
	char *note;
};

static void
outcome_done(struct outcome *outcome)
{
	free(outcome->rejected);
	free(outcome->note);
}

/* The last cell of the one line of report.csv; notes here hold no comma but inside quotes. */
static char *
cut_note(const char *report)
{
	const char *line = strchr(report, '\n') + 1;
	const char *quoted = strstr(line, ",\"");
	const char *cell = quoted ? quoted + 1 : strrchr(line, ',') + 1;

	return strndup(cell, strlen(cell) - 1);
}

static struct outcome
reject(const char *answer, uint64_t rows_failed, struct sent_rows *rows)
{
	struct fixture_chunk chunk = {
		.plan = { .number = 1, .first_row = 1, .rows = (uint32_t)rows->count },
		.chunk = { .number = 1, .state = CHUNK_DONE, .import_id = 9, .has_counts = 1,
			   .rows_succeeded = rows->count - rows_failed,
			   .rows_failed = rows_failed, .sha256 = { .is_known = true } },
	};
	struct fixture_journal journal = { &chunk, 1 };
	struct journal_port port = fixture_journal_port(&journal);
	struct sent_port sent = { rows, open_rows };
	struct fixture_folder folder = fixture_folder_open();
	struct report_options options = { .job = &job, .journal = &port, .sent = &sent,
		.folder = folder.fd, .answers = folder.fd };
	struct report_result result;
	struct err err = ERR_INIT;
	struct outcome outcome;
	char *text;

	if (answer)
		fixture_write(&folder, "people-1.failed.csv", answer);
	assert_int_equal(report_write(&options, &result, &err), 0);
	text = fixture_read(&folder, "rejected.csv");
	assert_int_equal(strncmp(text, HEADER, strlen(HEADER)), 0);
	outcome.rejected = strdup(text + strlen(HEADER));
	free(text);
	text = fixture_read(&folder, "report.csv");
	outcome.note = cut_note(text);
	free(text);
	fixture_folder_done(&folder);
	return outcome;
}

static struct sent_rows
all_rows(void)
{
	return (struct sent_rows){ source_rows, ARRAY_COUNT(source_rows), SIZE_MAX, 1, 0 };
}

struct example {
	const char *what;
	const char *answer;
	uint64_t rows_failed;
	const char *rejected;
	const char *note;
};

static void
expect_each(const struct example *examples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sent_rows rows = all_rows();
		struct outcome outcome =
		    reject(examples[i].answer, examples[i].rows_failed, &rows);

		if (strcmp(outcome.rejected, examples[i].rejected) != 0 ||
		    strcmp(outcome.note, examples[i].note) != 0)
			fail_msg("%s:\n%s(note: %s)\nis not\n%s(note: %s)", examples[i].what,
			    outcome.rejected, outcome.note, examples[i].rejected,
			    examples[i].note);
		outcome_done(&outcome);
	}
}

/* The header line of most examples. */
#define LAST_IS_ERROR "id,last_name,city,error\n"

#define ANN(reason)  "people,1,9,in.csv,2,1," reason ",001,Ann,Oslo\n"
#define ANN1(reason) "people,1,9,in.csv,3,2," reason ",1,Ann,Oslo\n"
#define LEE(reason)  "people,1,9,in.csv,4,3," reason ",2,\"Lee, Jr\",Bergen\n"
#define OBR(reason)  "people,1,9,in.csv,5,4," reason ",3,\"O\nBrien\",Rome\n"
#define DUP1(reason) "people,1,9,in.csv,7,5," reason ",4,Dup,X\n"
#define DUP2(reason) "people,1,9,in.csv,8,6," reason ",4,Dup,X\n"
#define TALL(reason) "people,1,9,in.csv,9,7," reason ",5,\"5'10\"\" T\",Y\n"
#define ZED(reason)  "people,1,9,in.csv,10,8," reason ",6,,\" Z \"\n"
#define CMD(reason)  "people,1,9,in.csv,11,9," reason ",7,=cmd,-1\n"
#define LAST(reason) "people,1,9,in.csv,12,10," reason ",8,last,\n"

static void
well_formed_answers_are_mapped_wherever_the_reason_stands(void **state)
{
	static const struct example examples[] = {
		{ "reason last", LAST_IS_ERROR "001,Ann,Oslo,bad\n", 1, ANN("bad"), "" },
		{ "reason first", "error,id,last_name,city\nbad,001,Ann,Oslo\n", 1, ANN("bad"),
		  "" },
		{ "reason in the middle", "id,error,last_name,city\n001,bad,Ann,Oslo\n", 1,
		  ANN("bad"), "" },
		{ "columns in another order", "why,city,last_name,id\nbad,Oslo,Ann,001\n", 1,
		  ANN("bad"), "" },
		{ "quoted", "\"id\",\"last_name\",\"city\",\"error\"\n"
		  "\"001\",\"Ann\",\"Oslo\",\"bad\"\n",
		  1, ANN("bad"), "" },
		{ "CR LF", "id,last_name,city,error\r\n001,Ann,Oslo,bad\r\n", 1, ANN("bad"), "" },
		{ "CR LF in the header only", "id,last_name,city,error\r\n001,Ann,Oslo,bad\n", 1,
		  ANN("bad"), "" },
		{ "no line end at the end", LAST_IS_ERROR "001,Ann,Oslo,bad", 1,
		  ANN("bad"), "" },
		{ "byte order mark", "\xEF\xBB\xBFid,last_name,city,error\n001,Ann,Oslo,bad\n", 1,
		  ANN("bad"), "" },
		{ "byte order mark and quotes",
		  "\xEF\xBB\xBF\"id\",last_name,city,error\n001,Ann,Oslo,bad\n", 1,
		  ANN("bad"), "" },
		{ "TAB", "id\tlast_name\tcity\terror\n2\tLee, Jr\tBergen\tno, never\n", 1,
		  LEE("\"no, never\""), "" },
		{ "TAB, reason first", "error\tid\tlast_name\tcity\nbad\t001\tAnn\tOslo\n", 1,
		  ANN("bad"), "" },
		{ "semicolon", "id;last_name;city;error\n2;Lee, Jr;Bergen;bad\n", 1, LEE("bad"),
		  "" },
		{ "bar", "id|last_name|city|error\n2|Lee, Jr|Bergen|bad\n", 1, LEE("bad"), "" },
		{ "commas in cells", LAST_IS_ERROR "2,\"Lee, Jr\",Bergen,\"a, b\"\n", 1,
		  LEE("\"a, b\""), "" },
		{ "line end in a cell", LAST_IS_ERROR "3,\"O\nBrien\",Rome,bad\n", 1,
		  OBR("bad"), "" },
		{ "quotes in a cell", LAST_IS_ERROR "5,\"5'10\"\" T\",Y,bad\n", 1,
		  TALL("bad"), "" },
		{ "blank lines", "\n\nid,last_name,city,error\n\n001,Ann,Oslo,bad\n\r\n\n", 1,
		  ANN("bad"), "" },
		{ "a reason of several lines, well quoted",
		  LAST_IS_ERROR "001,Ann,Oslo,\"ERROR: x\nDETAIL: y\r\n\"\n", 1,
		  ANN("ERROR: x DETAIL: y"), "" },
		{ "an empty reason", LAST_IS_ERROR "001,Ann,Oslo,\n", 1, ANN(""), "" },
		{ "out of order",
		  LAST_IS_ERROR "8,last,,c\n001,Ann,Oslo,a\n2,\"Lee, Jr\",Bergen,b\n",
		  3, ANN("a") LEE("b") LAST("c"), "" },
		{ "nothing", "", 0, "", "" },
		{ "a header line only", LAST_IS_ERROR, 0, "", "" },
		{ "no file", NULL, 0, "", "" },
	};

	(void)state;
	expect_each(examples, ARRAY_COUNT(examples));
}

static void
headers_are_recognised_however_they_are_spelt(void **state)
{
	static const struct example examples[] = {
		{ "capitals and blanks", "ID,Last Name,City,Error\n001,Ann,Oslo,bad\n", 1,
		  ANN("bad"), "" },
		{ "blanks around", " id , last_name , city , error \n001,Ann,Oslo,bad\n", 1,
		  ANN("bad"), "" },
		{ "no header line", "001,Ann,Oslo,bad\n1,Ann,Oslo,worse\n", 2,
		  ANN("bad") ANN1("worse"), "" },
		{ "no name for the reason", "id,last_name,city\n001,Ann,Oslo,bad\n", 1, ANN("bad"),
		  "" },
		{ "no reason at all", "id,last_name,city\n001,Ann,Oslo\n", 1, ANN(""), "" },
		{ "a column is missing", "id,city,error\n001,Oslo,bad\n", 1, ANN("bad"), "" },
		{ "two columns more", "line,id,last_name,city,error message\n2,001,Ann,Oslo,bad\n",
		  1, ANN("bad; 2"), "" },
		{ "two columns more, none called a reason",
		  "line,id,last_name,city,what\n2,001,Ann,Oslo,bad\n", 1, ANN("bad; 2"), "" },
	};

	(void)state;
	expect_each(examples, ARRAY_COUNT(examples));
}

static void
a_column_that_is_called_like_the_reason_is_told_from_it_by_its_place(void **state)
{
	static const struct span odd_columns[] = { { "id", 2 }, { "reason", 6 }, { "city", 4 } };
	static const struct report_source odd = { .name = "people", .type = "people",
		.inputs = inputs, .input_count = 1, .columns = odd_columns,
		.column_count = COLUMNS };
	const struct report_job odd_job = { "nc", "n", &odd, 1, "nc.cfg" };
	struct fixture_chunk chunk = {
		.plan = { .number = 1, .first_row = 1, .rows = ARRAY_COUNT(source_rows) },
		.chunk = { .number = 1, .state = CHUNK_DONE, .import_id = 9, .has_counts = 1,
			   .rows_failed = 1 },
	};
	struct fixture_journal journal = { &chunk, 1 };
	struct journal_port port = fixture_journal_port(&journal);
	struct sent_rows rows = all_rows();
	struct sent_port sent = { &rows, open_rows };
	struct fixture_folder folder = fixture_folder_open();
	struct source_port source = { 0 };
	struct report_options options = { .job = &odd_job, .journal = &port, .sent = &sent,
		.source = &source, .folder = folder.fd, .answers = folder.fd };
	struct report_result result;
	struct err err = ERR_INIT;
	char *text;

	(void)state;
	chunk.chunk.sha256.is_known = true;
	fixture_write(
	    &folder, "people-1.failed.csv", "reason,id,reason,city\nbad,001,Ann,Oslo\n");
	assert_int_equal(report_write(&options, &result, &err), 0);
	text = fixture_read(&folder, "rejected.csv");
	assert_string_equal(text,
	    "source,chunk,import_id,source_file,source_line,source_row,reason,id,reason,city\n" ANN(
		"bad"));
	free(text);
	fixture_folder_done(&folder);
}

static void
reasons_with_broken_quotes_and_several_lines_are_put_together(void **state)
{
	static const struct example examples[] = {
		{ "unquoted, several lines",
		  LAST_IS_ERROR "001,Ann,Oslo,ERROR: dup\nDETAIL: Key exists.\n"
		  "1,Ann,Oslo,other\n",
		  2, ANN("ERROR: dup DETAIL: Key exists.") ANN1("other"), "" },
		{ "unquoted, several lines, commas in them",
		  LAST_IS_ERROR "001,Ann,Oslo,ERROR: dup\nDETAIL: Key (a, b)=(1, 2).\n", 1,
		  ANN("\"ERROR: dup DETAIL: Key (a, b)=(1, 2).\""), "" },
		{ "a piece with as many commas as a row",
		  LAST_IS_ERROR "001,Ann,Oslo,ERROR: dup\nDETAIL: (a, b, c)=(1) yes.\n"
		  "1,Ann,Oslo,other\n",
		  2, ANN("\"ERROR: dup DETAIL: (a, b, c)=(1) yes.\"") ANN1("other"), "" },
		{ "a mark that closes too early",
		  LAST_IS_ERROR "001,Ann,Oslo,\"ERROR: violates \"idx\"\nDETAIL: Key.\"\n"
		  "1,Ann,Oslo,other\n",
		  2, ANN("\"ERROR: violates \"\"idx\"\" DETAIL: Key.\"") ANN1("other"), "" },
		{ "a mark that is never closed",
		  LAST_IS_ERROR "001,Ann,Oslo,\"ERROR: dup\n1,Ann,Oslo,other\n", 2,
		  ANN("ERROR: dup") ANN1("other"), "" },
		{ "a mark that swallows the next row",
		  LAST_IS_ERROR "001,Ann,Oslo,\"ERROR: dup\n1,Ann,Oslo,\"other \"x\"\n", 2,
		  ANN("ERROR: dup") ANN1("\"other \"\"x\""), "" },
		{ "a mark in a piece that swallows the next row",
		  LAST_IS_ERROR "001,Ann,Oslo,ERROR: x\n: INSERT INTO s (\"a\",\"b\") "
		  "VALUES (1)\n1,Ann,Oslo,\"other\"\n",
		  2, ANN("\"ERROR: x : INSERT INTO s (\"\"a\"\",\"\"b\"\") VALUES (1)\"")
		      ANN1("other"), "" },
		{ "marks inside that are not doubled",
		  LAST_IS_ERROR "001,Ann,Oslo,\"violates \"idx\" here\"\n", 1,
		  ANN("\"violates \"\"idx\"\" here\""), "" },
		{ "an unquoted reason with commas",
		  LAST_IS_ERROR "001,Ann,Oslo,a, b, and c\n", 1, ANN("\"a, b, and c\""),
		  "" },
		{ "an unquoted reason with commas, first",
		  "error,id,last_name,city\na, b, and c,001,Ann,Oslo\n", 1, ANN("\"a, b, and c\""),
		  "" },
		{ "an unquoted reason with commas, in the middle",
		  "id,error,last_name,city\n001,a, b, and c,Ann,Oslo\n", 1, ANN("\"a, b, and c\""),
		  "" },
		{ "several lines, first",
		  "error,id,last_name,city\nERROR: dup\nDETAIL: Key.,001,Ann,Oslo\n"
		  "other,1,Ann,Oslo\n",
		  2, ANN("ERROR: dup DETAIL: Key.") ANN1("other"), "" },
		{ "several lines, broken quotes, first",
		  "error,id,last_name,city\n\"ERROR: \"idx\"\nDETAIL: Key.\",001,Ann,Oslo\n"
		  "other,1,Ann,Oslo\n",
		  2, ANN("\"ERROR: \"\"idx\"\" DETAIL: Key.\"") ANN1("other"), "" },
		{ "several lines, in the middle",
		  "id,error,last_name,city\n001,ERROR: dup\nDETAIL: Key.,Ann,Oslo\n"
		  "1,x,Ann,Oslo\n",
		  2, ANN("ERROR: dup DETAIL: Key.") ANN1("x"), "" },
		{ "several lines, broken quotes, in the middle",
		  "id,error,last_name,city\n001,\"ERROR: \"idx\"\nDETAIL: Key.\",Ann,Oslo\n"
		  "1,x,Ann,Oslo\n",
		  2, ANN("\"ERROR: \"\"idx\"\" DETAIL: Key.\"") ANN1("x"), "" },
		{ "pieces before the first row",
		  LAST_IS_ERROR "notice: 1\n001,Ann,Oslo,bad\n", 1, ANN("notice: 1 bad"),
		  "" },
		{ "an empty text in a PostgreSQL error",
		  LAST_IS_ERROR "001,Ann,Oslo,invalid input for integer: \"\"\n", 1,
		  ANN("\"invalid input for integer: \"\"\"\"\""), "" },
	};

	(void)state;
	expect_each(examples, ARRAY_COUNT(examples));
}

static void
rows_are_told_apart_by_every_byte_that_counts(void **state)
{
	static const struct example examples[] = {
		{ "leading zeros", LAST_IS_ERROR "1,Ann,Oslo,bad\n", 1, ANN1("bad"), "" },
		{ "one of two duplicates", LAST_IS_ERROR "4,Dup,X,bad\n", 1, DUP1("bad"),
		  "" },
		{ "both duplicates, in order",
		  LAST_IS_ERROR "4,Dup,X,first\n4,Dup,X,second\n", 2,
		  DUP1("first") DUP2("second"), "" },
		{ "more duplicates than the source has",
		  LAST_IS_ERROR "4,Dup,X,a\n4,Dup,X,b\n4,Dup,X,c\n", 3,
		  DUP1("a") DUP2("b") "people,1,9,in.csv,,,c,4,Dup,X\n",
		  "1 rejected row not found in the source" },
		{ "blanks were taken off", LAST_IS_ERROR "6,,Z,bad\n", 1, ZED("bad"), "" },
		{ "blanks are there", LAST_IS_ERROR "6,, Z ,bad\n", 1, ZED("bad"), "" },
		{ "a line end became CR LF", LAST_IS_ERROR "3,\"O\r\nBrien\",Rome,bad\n",
		  1, OBR("bad"), "" },
		{ "empty cells at the end were cut off", "error,id,last_name,city\nbad,8,last\n", 1,
		  LAST("bad"), "" },
		{ "data cells stay raw, the reason does not",
		  LAST_IS_ERROR "7,=cmd,-1,=cmd|calc\n", 1, CMD("'=cmd|calc"), "" },
	};

	(void)state;
	expect_each(examples, ARRAY_COUNT(examples));
}

static void
what_the_nation_changed_or_miscounted_is_declared(void **state)
{
	static const struct example examples[] = {
		{ "a row that was never sent", LAST_IS_ERROR "99,Ann,Oslo,bad\n", 1,
		  "people,1,9,in.csv,,,bad,99,Ann,Oslo\n",
		  "1 rejected row not found in the source" },
		{ "two changed rows, one found",
		  LAST_IS_ERROR "1,ANN,Oslo,a\n001,Ann,Oslo,b\n001,ANN,Oslo,c\n", 3,
		  ANN("b") "people,1,9,in.csv,,,a,1,ANN,Oslo\npeople,1,9,in.csv,,,c,001,ANN,Oslo\n",
		  "2 rejected rows not found in the source" },
		{ "fewer rows than counted", LAST_IS_ERROR "001,Ann,Oslo,bad\n", 2,
		  ANN("bad"), "\"the failure CSV has 1 row, the nation counts 2\"" },
		{ "more rows than counted",
		  LAST_IS_ERROR "001,Ann,Oslo,bad\n1,Ann,Oslo,bad\n", 1,
		  ANN("bad") ANN1("bad"), "\"the failure CSV has 2 rows, the nation counts 1\"" },
		{ "rows, but none counted", LAST_IS_ERROR "99,A,B,bad\n", 0,
		  "people,1,9,in.csv,,,bad,99,A,B\n",
		  "\"1 rejected row not found in the source; the failure CSV has 1 row, the nation "
		  "counts 0\"" },
		{ "no file", NULL, 2, "", "no failure CSV for 2 rejected rows" },
		{ "an empty file", "", 1, "",
		  "\"the failure CSV has 0 rows, the nation counts 1\"" },
		{ "a cut row", LAST_IS_ERROR "1,An", 1, "people,1,9,in.csv,,,,1,An,\n",
		  "1 rejected row not found in the source" },
		{ "no CSV at all", "<html>\n<body>Sorry, we are down</body>\n</html>\n", 1,
		  "people,1,9,in.csv,,,\"<body>Sorry, we are down</body> </html>\",<html>,,\n",
		  "1 rejected row not found in the source" },
		{ "bytes that are no text",
		  LAST_IS_ERROR "001,Ann,Oslo,bad\x1b[31m \xff\n", 1,
		  ANN("bad\\x1B[31m \\xFF"), "" },
	};

	(void)state;
	expect_each(examples, ARRAY_COUNT(examples));
}

static void
rows_of_a_source_that_is_gone_have_no_place(void **state)
{
	struct sent_rows rows = all_rows();
	struct outcome outcome;

	(void)state;
	rows.fails_after = 0;
	outcome = reject(
	    LAST_IS_ERROR "1,Ann,Oslo,a\n001,Ann,Oslo,b\n", 2, &rows);
	assert_string_equal(outcome.rejected,
	    "people,1,9,in.csv,,,a,1,Ann,Oslo\npeople,1,9,in.csv,,,b,001,Ann,Oslo\n");
	assert_string_equal(outcome.note,
	    "2 rejected rows not found in the source (it could not be read again)");
	outcome_done(&outcome);
}

static void
a_source_that_breaks_off_gives_the_places_that_it_can(void **state)
{
	struct sent_rows rows = all_rows();
	struct outcome outcome;

	(void)state;
	rows.fails_after = 2;
	outcome = reject(
	    LAST_IS_ERROR "8,last,,a\n001,Ann,Oslo,b\n", 2, &rows);
	assert_string_equal(
	    outcome.rejected, ANN("b") "people,1,9,in.csv,,,a,8,last,\n");
	assert_string_equal(outcome.note,
	    "1 rejected row not found in the source (it could not be read again)");
	outcome_done(&outcome);
}

/* The first reading finds all places, the second one, for the rows themselves, breaks off. */
static void
a_source_that_breaks_off_between_its_readings_loses_no_row(void **state)
{
	struct sent_rows rows = all_rows();
	struct outcome outcome;

	(void)state;
	rows.fails_after = 1;
	rows.fails_from = 2;
	outcome = reject(LAST_IS_ERROR "1,Ann,Oslo,a\n001,Ann,Oslo,b\n", 2, &rows);
	assert_string_equal(outcome.rejected, ANN("b") "people,1,9,in.csv,,,a,1,Ann,Oslo\n");
	assert_string_equal(outcome.note,
	    "1 rejected row not found in the source (it could not be read again)");
	outcome_done(&outcome);
}

static void
a_very_long_reason_is_cut(void **state)
{
	enum { LONG = 200000, KEPT = 4096 };
	struct sent_rows rows = all_rows();
	SCOPED(buf) answer = BUF_INIT;
	SCOPED(buf) reason = BUF_INIT;
	SCOPED(buf) expected = BUF_INIT;
	struct outcome outcome;

	(void)state;
	for (int i = 0; i < LONG; i++)
		buf_add_byte(&reason, 'x');
	buf_printf(&answer, LAST_IS_ERROR "001,Ann,Oslo,%s\n1,Ann,Oslo,b\n", buf_text(&reason));
	buf_printf(&expected, ANN("%.*s...") ANN1("b"), KEPT, buf_text(&reason));
	outcome = reject(buf_text(&answer), 2, &rows);
	assert_string_equal(outcome.rejected, buf_text(&expected));
	assert_string_equal(outcome.note, "");
	outcome_done(&outcome);
}

static void
a_chunk_without_rejected_rows_is_not_read_again(void **state)
{
	struct sent_rows rows = all_rows();
	struct outcome outcome = reject(LAST_IS_ERROR, 0, &rows);

	(void)state;
	assert_int_equal(rows.opened, 0);
	outcome_done(&outcome);
}

/* Every row of a large chunk rejected, in another order, among duplicates: each finds its place. */
static void
every_row_of_a_large_chunk_finds_its_own_place(void **state)
{
	enum { ROWS = 20000, KINDS = 7000 };
	static struct row many[ROWS];
	static char ids[ROWS][8];
	struct sent_rows rows = { many, ROWS, SIZE_MAX, 1, 0 };
	SCOPED(buf) answer = BUF_INIT;
	SCOPED(buf) expected = BUF_INIT;
	struct outcome outcome;

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%zu", i % KINDS);
		many[i] = (struct row){ i + 2, { ids[i], "a\"b", "x" } };
		buf_printf(&expected, "people,1,9,in.csv,%zu,%zu,bad,%zu,\"a\"\"b\",x\n", i + 2,
		    i + 1, i % KINDS);
	}
	buf_add_text(&answer, LAST_IS_ERROR);
	for (size_t i = ROWS; i-- > 0;)
		buf_printf(&answer, "%s,\"a\"\"b\",x,bad\n", ids[i]);
	outcome = reject(buf_text(&answer), ROWS, &rows);
	assert_string_equal(outcome.rejected, buf_text(&expected));
	assert_string_equal(outcome.note, "");
	outcome_done(&outcome);
}

/* No input can be read, so not even the header as sent is known. */
static void
rows_of_unknown_columns_are_listed_with_all_that_is_known(void **state)
{
	static const struct report_source unknown = { .name = "people", .type = "people",
		.inputs = inputs, .input_count = 1 };
	const struct report_job lost = { "nc", "n", &unknown, 1, "nc.cfg" };
	struct fixture_chunk chunk = {
		.plan = { .number = 1, .first_row = 1, .rows = 10 },
		.chunk = { .number = 1, .state = CHUNK_DONE, .import_id = 9, .has_counts = 1,
			   .rows_failed = 2, .sha256 = { .is_known = true } },
	};
	struct fixture_journal journal = { &chunk, 1 };
	struct journal_port port = fixture_journal_port(&journal);
	struct sent_rows rows = all_rows();
	struct sent_port sent = { &rows, open_rows };
	struct fixture_folder folder = fixture_folder_open();
	struct report_options options = { .job = &lost, .journal = &port, .sent = &sent,
		.folder = folder.fd, .answers = folder.fd };
	struct report_result result;
	struct err err = ERR_INIT;
	char *text;

	(void)state;
	rows.fails_after = 0;
	fixture_write(&folder, "people-1.failed.csv", "001,Ann,Oslo,bad\n1,Ann,Oslo,worse\n");
	assert_int_equal(report_write(&options, &result, &err), 0);
	text = fixture_read(&folder, "rejected.csv");
	assert_string_equal(text,
	    "source,chunk,import_id,source_file,source_line,source_row,reason\n"
	    "people,1,9,in.csv,,,\"001,Ann,Oslo,bad\"\n"
	    "people,1,9,in.csv,,,\"1,Ann,Oslo,worse\"\n");
	free(text);
	fixture_folder_done(&folder);
}

static void
a_header_of_several_sources_has_each_column_once(void **state)
{
	static const struct span ballot_columns[] = { { "city", 4 }, { "id", 2 }, { "vote", 4 } };
	const struct report_source sources[] = {
		people,
		{ .name = "ballots", .type = "ballot", .inputs = inputs, .input_count = 1,
		  .columns = ballot_columns, .column_count = COLUMNS },
	};
	const struct report_job both = { "nc", "n", sources, ARRAY_COUNT(sources), "nc.cfg" };
	struct fixture_chunk chunks[2] = { 0 };
	struct fixture_journal journal = { chunks, 2 };
	struct journal_port port = fixture_journal_port(&journal);
	struct sent_rows rows = all_rows();
	struct sent_port sent = { &rows, open_rows };
	struct fixture_folder folder = fixture_folder_open();
	struct report_options options = { .job = &both, .journal = &port, .sent = &sent,
		.folder = folder.fd, .answers = folder.fd };
	struct report_result result;
	struct err err = ERR_INIT;
	char *text;

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		chunks[i].plan = (struct plan_chunk){ .source = i, .number = 1, .first_row = 1,
			.rows = ARRAY_COUNT(source_rows) };
		chunks[i].chunk = (struct chunk){ .source = i, .number = 1, .state = CHUNK_DONE,
			.import_id = 9 + i, .has_counts = 1, .rows_failed = 1,
			.sha256 = { .is_known = true } };
	}
	fixture_write(&folder, "people-1.failed.csv", "id,last_name,city,e\n001,Ann,Oslo,bad\n");
	fixture_write(&folder, "ballots-1.failed.csv", "city,id,vote,e\n4,Dup,X,late\n");
	assert_int_equal(report_write(&options, &result, &err), 0);
	text = fixture_read(&folder, "rejected.csv");
	assert_string_equal(text,
	    "source,chunk,import_id,source_file,source_line,source_row,reason,"
	    "id,last_name,city,vote\n"
	    "people,1,9,in.csv,2,1,bad,001,Ann,Oslo,\n"
	    "ballots,1,10,in.csv,7,5,late,Dup,,4,X\n");
	free(text);
	fixture_folder_done(&folder);
}

/* A failure CSV that arrived before its counts did belongs to no report yet. */
static void
an_answer_counts_once_its_counts_are_recorded(void **state)
{
	struct fixture_chunk chunk = {
		.plan = { .number = 1, .first_row = 1, .rows = 10 },
		.chunk = { .number = 1, .state = CHUNK_FINISHED, .import_id = 9,
			   .sha256 = { .is_known = true } },
	};
	struct fixture_journal journal = { &chunk, 1 };
	struct journal_port port = fixture_journal_port(&journal);
	struct fixture_folder folder = fixture_folder_open();
	struct report_options options = { .job = &job, .journal = &port, .folder = folder.fd,
		.answers = folder.fd };
	struct report_result result;
	struct err err = ERR_INIT;
	char *text;

	(void)state;
	fixture_write(&folder, "people-1.failed.csv", "id,last_name,city,e\n001,Ann,Oslo,bad\n");
	assert_int_equal(report_write(&options, &result, &err), 0);
	text = fixture_read(&folder, "rejected.csv");
	assert_string_equal(text, HEADER);
	free(text);
	fixture_folder_done(&folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed_answers_are_mapped_wherever_the_reason_stands),
		cmocka_unit_test(headers_are_recognised_however_they_are_spelt),
		cmocka_unit_test(
		    a_column_that_is_called_like_the_reason_is_told_from_it_by_its_place),
		cmocka_unit_test(reasons_with_broken_quotes_and_several_lines_are_put_together),
		cmocka_unit_test(rows_are_told_apart_by_every_byte_that_counts),
		cmocka_unit_test(what_the_nation_changed_or_miscounted_is_declared),
		cmocka_unit_test(rows_of_a_source_that_is_gone_have_no_place),
		cmocka_unit_test(a_source_that_breaks_off_gives_the_places_that_it_can),
		cmocka_unit_test(a_source_that_breaks_off_between_its_readings_loses_no_row),
		cmocka_unit_test(a_very_long_reason_is_cut),
		cmocka_unit_test(rows_of_unknown_columns_are_listed_with_all_that_is_known),
		cmocka_unit_test(a_chunk_without_rejected_rows_is_not_read_again),
		cmocka_unit_test(every_row_of_a_large_chunk_finds_its_own_place),
		cmocka_unit_test(a_header_of_several_sources_has_each_column_once),
		cmocka_unit_test(an_answer_counts_once_its_counts_are_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
