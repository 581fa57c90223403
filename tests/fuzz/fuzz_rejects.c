/* A failure CSV of any shape against the rows of one chunk: its first two bytes are the nation's
 * count of rejected rows, the rest is the file. */
#include "platform.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner/base/scoped.h"
#include "runner/report/failures.h"
#include "runner/report/rejects.h"
#include "tests/fuzz/fuzz.h"

enum { COLUMNS = 3, ROWS = 6, COUNT_BYTES = 2 };

static const struct span columns[COLUMNS] = { { "id", 2 }, { "last_name", 9 }, { "city", 4 } };
static const char *const sent[ROWS][COLUMNS] = {
	{ "001", "Ann", "Oslo" }, { "1", "Ann", "Oslo" }, { "2", "Lee, Jr", "" },
	{ "3", "O\nBrien", "Rome" }, { "4", "Dup", "X" }, { "4", "Dup", "X" },
};

struct cursor {
	struct sent_reader reader;
	size_t at;
	struct span fields[COLUMNS];
};

static int
next_row(struct sent_reader *reader, struct sent_row *row, bool *is_end, struct err *err)
{
	struct cursor *cursor = (struct cursor *)reader;

	(void)err;
	*is_end = cursor->at == ROWS;
	if (*is_end)
		return 0;
	for (size_t i = 0; i < COLUMNS; i++)
		cursor->fields[i] = span_of(sent[cursor->at][i]);
	cursor->at++;
	*row = (struct sent_row){ cursor->fields, COLUMNS, cursor->at, cursor->at + 1 };
	return 0;
}

static void
close_rows(struct sent_reader *reader)
{
	(void)reader;
}

static int
open_rows(void *ctx, const struct plan_chunk *plan, struct sent_reader **reader, struct err *err)
{
	struct cursor *cursor = ctx;

	(void)plan;
	(void)err;
	cursor->reader = (struct sent_reader){ next_row, close_rows };
	cursor->at = 0;
	*reader = &cursor->reader;
	return 0;
}

static void
each_row_sent_is_rejected_at_most_once(const struct rejects *rejects)
{
	bool seen[ROWS + 1] = { false };

	FUZZ_MUST(rejects->found <= ROWS && rejects->found <= rejects->count);
	for (size_t i = 0; i < rejects->count; i++) {
		uint32_t row = rejects->rows[i].row;

		FUZZ_MUST((row != 0) == (i < rejects->found));
		FUZZ_MUST(row <= ROWS && (row == 0 || !seen[row]));
		FUZZ_MUST(i == 0 || row == 0 || row > rejects->rows[i - 1].row);
		seen[row] = true;
	}
}

static void
no_byte_belongs_to_two_rows(const struct rejects *rejects, uint64_t size)
{
	for (size_t i = 0; i < rejects->count; i++) {
		const struct failures_extent *one = &rejects->rows[i].extent;

		FUZZ_MUST(one->from <= one->begin && one->begin < one->to && one->to <= size);
		for (size_t j = 0; j < i; j++) {
			const struct failures_extent *other = &rejects->rows[j].extent;

			FUZZ_MUST(one->to <= other->from || other->to <= one->from);
		}
	}
}

/* What is taken for a row has its columns. */
static void
a_reason_is_one_line_of_its_own_row(struct failures *failures, const struct rejects *rejects)
{
	for (size_t i = 0; i < rejects->count; i++) {
		SCOPED(buf) reason = BUF_INIT;
		struct err err = ERR_INIT;

		FUZZ_MUST(failures_read(failures, &rejects->rows[i].extent, &err) == 0);
		FUZZ_MUST(failures_reason(
			      failures, &rejects->rows[i].extent, &reason, &err) == 0);
		FUZZ_MUST(reason.len == 0 ||
			  (!memchr(reason.ptr, '\n', reason.len) &&
			   !memchr(reason.ptr, '\r', reason.len)));
		for (size_t j = 0; j < COLUMNS; j++)
			FUZZ_MUST(failures_column(failures, j).len <= failures->size);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	int file = memfd_create("failures", MFD_CLOEXEC);
	struct cursor cursor;
	const struct sent_port port = { &cursor, open_rows };
	const struct plan_chunk plan = { .number = 1 };
	struct failures failures;
	struct rejects rejects;
	struct err err = ERR_INIT;
	struct rejects_options options = { &failures, &port, &plan, 0 };

	FUZZ_MUST(file >= 0);
	if (len >= COUNT_BYTES) {
		options.rows_failed = (uint64_t)bytes[0] << 8 | bytes[1];
		bytes += COUNT_BYTES;
		len -= COUNT_BYTES;
	}
	FUZZ_MUST(len == 0 || write(file, bytes, len) == (ssize_t)len);
	FUZZ_MUST(failures_open(&failures, file, columns, COLUMNS, &err) == 0);
	FUZZ_MUST(rejects_find(&rejects, &options, &err) == 0);
	each_row_sent_is_rejected_at_most_once(&rejects);
	no_byte_belongs_to_two_rows(&rejects, failures.size);
	a_reason_is_one_line_of_its_own_row(&failures, &rejects);
	rejects_done(&rejects);
	failures_done(&failures);
	close(file);
	return 0;
}
