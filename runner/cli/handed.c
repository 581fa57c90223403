#include "platform.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/base/suggest.h"
#include "runner/cli/handed.h"
#include "runner/source/complaint.h"

int
handed_wrong(const struct handed *handed, struct err *err, const char *format, ...)
{
	SCOPED(buf) text = BUF_INIT;
	char line[SHOW_BYTES];
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	return err_set(err, ERR_DATA, "%s line %s: %s\nNothing was changed, nothing was sent.",
	    handed->file->written, show_count(handed->row.line, line), buf_text(&text));
}

/* ---- bytes */

/* Whatever is asked for twice or out of turn (a complaint looks back) is in the digest once. */
static int
read_on(void *ctx, uint64_t at, void *to, size_t most, size_t *got, struct err *err)
{
	struct handed *handed = ctx;

	if (reader_read(&handed->inner, at, to, most, got, err))
		return -1;
	if (at <= handed->digested && at + *got > handed->digested) {
		size_t known = (size_t)(handed->digested - at);

		digest_sha_add(&handed->sha, (const char *)to + known, *got - known);
		handed->digested = at + *got;
	}
	return 0;
}

int
handed_digest(struct handed *handed, struct digest *digest, struct err *err)
{
	char block[16 * 1024];
	size_t got;

	do {
		if (reader_read(&handed->outer, handed->digested, block, sizeof(block), &got, err))
			return -1;
	} while (got);
	if (file_check_unchanged(handed->file, err))
		return -1;
	digest_sha_result(&handed->sha, digest->bytes);
	digest->is_known = true;
	return 0;
}

static int
complain(struct handed *handed, struct err *err)
{
	struct rows *rows = &handed->rows;
	struct complaint complaint = {
		.path = handed->file->written,
		.reader = &handed->outer,
		.dialect = DIALECT_SENT,
		.columns = rows->scan.columns,
		.limit_bytes = LIMIT_CHUNK_MOST_BYTES,
		.is_corrected = true,
	};
	const struct problem problem = rows->scan.problem;

	if (problem.kind == PROBLEM_UTF8) {
		rows_take_apart(rows, false);
		if (rows_count_broken(rows, &complaint.broken_rows, &complaint.is_all, err))
			return -1;
	}
	return complaint_about(&complaint, &problem, err);
}

static int
pull(struct handed *handed, bool *is_end, struct err *err)
{
	enum rows_verdict verdict;

	if (rows_pull(&handed->rows, &handed->row, &verdict, err))
		return -1;
	*is_end = verdict == ROWS_END;
	return verdict == ROWS_PROBLEM ? complain(handed, err) : 0;
}

/* Quotation marks away, doubled ones single. */
static void
unquote(struct buf *to, struct span raw)
{
	buf_clear(to);
	if (raw.len < 2 || raw.ptr[0] != '"') {
		buf_add_span(to, raw);
		return;
	}
	for (size_t i = 1; i + 1 < raw.len; i++) {
		buf_add_byte(to, raw.ptr[i]);
		if (raw.ptr[i] == '"')
			i++; /* the second of two */
	}
}

/* ---- the header line */

static int
find_name(const struct handed *handed, struct span name, int after)
{
	for (int i = after + 1; i < (int)handed->column_count; i++) {
		if (span_equal(buf_span(&handed->names[i]), name))
			return i;
	}
	return HANDED_NO_COLUMN;
}

/* Whether a column of the file is one of the seven. */
static bool
is_leading(const struct handed *handed, int column)
{
	for (int i = 0; i < REJECTED_CSV_LEADING; i++) {
		if (handed->leading[i] == column)
			return true;
	}
	return false;
}

/* A column as sent may be called like one of the seven: the seven come first. */
int
handed_find(const struct handed *handed, struct span name)
{
	int column = find_name(handed, name, HANDED_NO_COLUMN);

	if (column != HANDED_NO_COLUMN && is_leading(handed, column))
		column = find_name(handed, name, column);
	return column;
}

static bool
is_sent_by(const struct report_source *source, struct span name)
{
	return span_find(source->columns, source->column_count, name) < source->column_count;
}

static int
refuse_column(const struct handed *handed, struct span name, struct err *err)
{
	const struct report_job *job = handed->job;
	struct suggest suggest = suggest_for(name);
	SCOPED(buf) shown = BUF_INIT;
	struct span nearest;

	for (size_t i = 0; i < job->source_count; i++) {
		for (size_t j = 0; j < job->sources[i].column_count; j++)
			suggest_offer(&suggest, job->sources[i].columns[j]);
	}
	nearest = suggest_nearest(&suggest);
	show_safe(&shown, name, 80);
	return handed_wrong(handed, err, "no source of the job sends a column \"%s\"%s%.*s%s",
	    buf_text(&shown), nearest.ptr ? "; did you mean \"" : "", SPAN_ARG(nearest),
	    nearest.ptr ? "\"?" : "");
}

static int
check_column(const struct handed *handed, int column, struct err *err)
{
	struct span name = buf_span(&handed->names[column]);
	SCOPED(buf) shown = BUF_INIT;

	if (is_leading(handed, column))
		return 0;
	show_safe(&shown, name, 80);
	if (handed_find(handed, name) != column)
		return handed_wrong(handed, err, "there are two columns \"%s\"", buf_text(&shown));
	for (size_t i = 0; i < handed->job->source_count; i++) {
		if (is_sent_by(&handed->job->sources[i], name))
			return 0;
	}
	return refuse_column(handed, name, err);
}

static int
take_names(struct handed *handed, struct err *err)
{
	uint32_t count = handed->row.fields;

	handed->names = calloc(count + 1, sizeof(*handed->names));
	handed->values = calloc(count + 1, sizeof(*handed->values));
	if (!handed->names || !handed->values)
		return err_memory(err);
	handed->column_count = count;
	for (uint32_t i = 0; i < count; i++) {
		unquote(&handed->names[i], rows_field(&handed->row, i));
		if (buf_check(&handed->names[i], err))
			return -1;
	}
	return 0;
}

/* What a spreadsheet of another country puts between the columns. */
static const char *
other_delimiter(const struct handed *handed)
{
	struct span line = handed->row.content;

	if (handed->column_count != 1 || line.len == 0)
		return NULL;
	return memchr(line.ptr, ';', line.len)	  ? "semicolons"
	       : memchr(line.ptr, '\t', line.len) ? "TABs"
						  : NULL;
}

static int
refuse_header(const struct handed *handed, const char *missing, struct err *err)
{
	const char *delimiter = other_delimiter(handed);

	if (delimiter)
		return handed_wrong(handed, err,
		    "there are %s between the columns\n"
		    "  Save it with commas, and in UTF-8.", delimiter);
	return handed_wrong(handed, err,
	    "there is no column \"%s\"\n"
	    "  It must have the columns that rollcall rejects writes, with commas"
	    " between.", missing);
}

static int
check_names(struct handed *handed, struct err *err)
{
	for (int i = 0; i < REJECTED_CSV_LEADING; i++) {
		const char *name = rejected_csv_columns[i];

		handed->leading[i] = find_name(handed, span_of(name), HANDED_NO_COLUMN);
		if (handed->leading[i] == HANDED_NO_COLUMN)
			return refuse_header(handed, name, err);
	}
	for (uint32_t i = 0; i < handed->column_count; i++) {
		if (check_column(handed, (int)i, err))
			return -1;
	}
	return 0;
}

static int
read_header(struct handed *handed, struct err *err)
{
	bool is_end;

	if (pull(handed, &is_end, err))
		return -1;
	if (is_end)
		return err_set(err, ERR_DATA, "%s is empty\nNothing was changed, nothing was sent.",
		    handed->file->written);
	if (take_names(handed, err) || check_names(handed, err))
		return -1;
	rows_expect(&handed->rows, handed->column_count);
	return 0;
}

int
handed_open(struct handed *handed, const struct report_job *job, struct file *file,
    struct err *err)
{
	const struct rows_options options = {
		.reader = &handed->outer,
		.dialect = DIALECT_SENT,
		.most_record_bytes = LIMIT_CHUNK_MOST_BYTES,
	};

	*handed = (struct handed){ .job = job, .file = file, .inner = file_reader(file) };
	handed->outer = (struct reader){ handed, read_on };
	if (digest_sha_init(&handed->sha))
		return err_memory(err);
	return rows_init(&handed->rows, &options, err) || read_header(handed, err) ? -1 : 0;
}

void
handed_done(struct handed *handed)
{
	for (uint32_t i = 0; i < handed->column_count; i++) {
		buf_done(&handed->names[i]);
		buf_done(&handed->values[i]);
	}
	free(handed->names);
	free(handed->values);
	rows_done(&handed->rows);
	digest_sha_done(&handed->sha);
	*handed = (struct handed){ .job = NULL };
}

/* ---- rows */

int
handed_next(struct handed *handed, bool *is_end, struct err *err)
{
	if (pull(handed, is_end, err))
		return -1;
	for (uint32_t i = 0; !*is_end && i < handed->column_count; i++) {
		unquote(&handed->values[i], rows_field(&handed->row, i));
		if (buf_check(&handed->values[i], err))
			return -1;
	}
	return 0;
}

struct span
handed_leading(const struct handed *handed, enum rejected_csv_column column)
{
	return handed_value(handed, handed->leading[column]);
}

struct span
handed_value(const struct handed *handed, int column)
{
	return buf_span(&handed->values[column]);
}

int
handed_check_others(const struct handed *handed, const struct report_source *source,
    struct err *err)
{
	for (uint32_t i = 0; i < handed->column_count; i++) {
		struct span name = buf_span(&handed->names[i]);

		if (handed->values[i].len && !is_leading(handed, (int)i) &&
		    !is_sent_by(source, name))
			return handed_wrong(handed, err,
			    "this row is of %s, which sends no column \"%.*s\": it must be empty",
			    source->name, SPAN_ARG(name));
	}
	return 0;
}
