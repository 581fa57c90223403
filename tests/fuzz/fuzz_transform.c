/* Any text through any job: the rendering path against a slow reader of its own. No record is lost or
 * invented, each is sent or left out by a reason that is counted, what is planned is read again with the
 * same digest, and its values are those that a straightforward reading gives. */
#include "platform.h"

#include <string.h>

#include "runner/source/pass.h"
#include "runner/source/reread.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/input.h"

enum { MOST_BYTES = 2000, MOST_CHUNKS = MOST_BYTES };

static const struct recipe_entry entries[] = {
	{ "a", RECIPE_SEND, "A" }, { "b", RECIPE_BLANK, "" }, { "c", RECIPE_REJECT, "" },
	{ "d", RECIPE_KEEP, "" },
};
static const struct recipe_map maps[] = {
	{ "open", entries, 4, false, { 0 } },
	{ "closed", entries, 4, true, { "*", RECIPE_REJECT, "" } },
};

/* A step for each of 16 bytes. */
static const struct recipe_step menu[16] = {
	{ .kind = RECIPE_TRIM }, { .kind = RECIPE_SQUEEZE }, { .kind = RECIPE_UPPER },
	{ .kind = RECIPE_LOWER }, { .kind = RECIPE_NAME_CASE }, { .kind = RECIPE_DIGITS },
	{ .kind = RECIPE_ZERO_FILL, .count = 5 }, { .kind = RECIPE_FIRST, .count = 3 },
	{ .kind = RECIPE_DEFAULT, .text = "none" }, { .kind = RECIPE_BEHIND, .text = "-" },
	{ .kind = RECIPE_MAP, .words = "map open", .map = &maps[0] },
	{ .kind = RECIPE_MAP, .words = "map closed", .map = &maps[1] },
	{ .kind = RECIPE_DATE, .words = "date", .form = DATES_M_D_YYYY },
	{ .kind = RECIPE_DATE, .words = "date", .form = DATES_YYYYMMDD, .rejects = true },
	{ .kind = RECIPE_DATE, .words = "date", .form = DATES_DD_MON_YYYY },
	{ .kind = RECIPE_TRIM },
};

static const char *const in[] = { "a", "1" };
static const char *const pattern[] = { "*a*" };
static const struct recipe_rule rules[] = {
	{ .words = "0 in", .column = "c0", .test = RECIPE_IN, .values = in, .value_count = 2 },
	{ .words = "0 not in", .column = "c0", .test = RECIPE_NOT_IN, .values = in, .value_count = 2 },
	{ .words = "0 not blank", .column = "c0", .test = RECIPE_NOT_BLANK },
	{ .words = "0 matches", .column = "c0", .test = RECIPE_MATCHES, .values = pattern,
	    .value_count = 1 },
};

static const char *const header[] = { "c0", "c1" };

static const struct recipe_step day[] = { { .kind = RECIPE_DATE, .words = "date",
	.form = DATES_YYYYMMDD, .rejects = true } };
static const struct recipe_history histories[2][1] = {
	{ { .words = "c*", .columns = "c*", .election = { day, 0 } } },
	{ { .words = "c1", .column = "c1", .separator = ";", .election = { day, 1 },
	    .method = { menu, 1 }, .has_method = true } },
};

struct plan {
	struct plan_chunk chunks[MOST_CHUNKS];
	size_t count;
	uint64_t reasons; /* rows that were left out, by the counts */
};

struct trial {
	struct reader reader;
	struct layout_options layout;
	size_t window;
	struct plan *plan;
};

static int
keep_chunk(void *ctx, const struct plan_chunk *chunk, struct err *err)
{
	struct plan *plan = ctx;

	(void)err;
	FUZZ_MUST(plan->count < MOST_CHUNKS);
	plan->chunks[plan->count++] = *chunk;
	return 0;
}

static int
keep_reasons(
    void *ctx, const struct layout *layout, const struct reasons_count *counts, struct err *err)
{
	struct plan *plan = ctx;

	(void)err;
	for (uint32_t i = 0; i < layout->reasons.count; i++) {
		if (layout->reasons.items[i].kind == REASONS_LEFT_OUT)
			plan->reasons += counts[i].rows;
	}
	return 0;
}

enum place { FIELD_BEGINS, IN_PLAIN, IN_QUOTES, BEHIND_QUOTE };

static enum place
place_behind(enum place place, char byte, struct dialect dialect)
{
	bool is_quote = byte == '"' && dialect.quotes;

	if (place == IN_QUOTES)
		return is_quote ? BEHIND_QUOTE : IN_QUOTES;
	if (is_quote && place != IN_PLAIN)
		return IN_QUOTES;
	if (byte == dialect.delimiter || byte == '\n')
		return FIELD_BEGINS;
	return place == BEHIND_QUOTE ? BEHIND_QUOTE : IN_PLAIN;
}

/* Another reading of the same bytes: how many records, once they are known to be good. */
static uint64_t
count_records(struct span text, struct dialect dialect)
{
	enum place place = FIELD_BEGINS;
	uint64_t records = 0;

	for (size_t i = 0; i < text.len; i++) {
		records += text.ptr[i] == '\n' && place != IN_QUOTES;
		place = place_behind(place, text.ptr[i], dialect);
	}
	return records + (text.len && text.ptr[text.len - 1] != '\n');
}

struct again {
	uint64_t rows, left_out, last;
};

/* The records of a chunk, whose bytes together are `whole`. */
static struct again
read_records(const struct reread_options *options, struct span whole)
{
	struct again again = { .last = options->plan->first_row - 1 };
	struct err err = ERR_INIT;
	SCOPED(reread) reread = { 0 };
	SCOPED(buf) pieces = BUF_INIT;
	struct reread_record record;
	bool is_end;

	FUZZ_MUST(reread_init(&reread, options, &err) == 0);
	buf_add_span(&pieces, buf_span(&options->layout->header));
	for (;;) {
		FUZZ_MUST(reread_record(&reread, &record, &is_end, &err) == 0);
		again.left_out += record.left_out;
		if (is_end)
			break;
		FUZZ_MUST(record.row.row == again.last + record.left_out + 1);
		again.last = record.row.row;
		again.rows += record.rows;
		buf_add_span(&pieces, record.sent);
	}
	FUZZ_MUST(span_equal(whole, buf_span(&pieces)));
	return again;
}

static uint64_t
count_rows(const struct reread_options *options)
{
	struct err err = ERR_INIT;
	SCOPED(reread) reread = { 0 };
	struct reread_row row;
	uint64_t rows = 0;
	bool is_end;

	FUZZ_MUST(reread_init(&reread, options, &err) == 0);
	for (;; rows++) {
		FUZZ_MUST(reread_row(&reread, &row, &is_end, &err) == 0);
		if (is_end)
			return rows;
		FUZZ_MUST(row.field_count == options->layout->output_count);
	}
}

/* The chunk as bytes has its digest; record by record it gives the same bytes, in order. */
static void
a_chunk_is_read_again_as_it_was_planned(
    const struct trial *trial, const struct layout *layout, const struct plan_chunk *chunk)
{
	struct reread_options options = { .reader = &trial->reader, .layout = layout,
		.plan = chunk, .path = "text", .job = "job", .window_bytes = trial->window };
	struct err err = ERR_INIT;
	SCOPED(reread) bytes = { 0 };
	SCOPED(buf) whole = BUF_INIT;
	struct again again;
	struct span part;

	FUZZ_MUST(reread_init(&bytes, &options, &err) == 0);
	do {
		FUZZ_MUST(reread_bytes(&bytes, &part, &err) == 0);
		buf_add_span(&whole, part);
	} while (part.len);
	again = read_records(&options, buf_span(&whole));
	FUZZ_MUST(again.rows == plan_rows_sent(chunk));
	FUZZ_MUST(again.left_out == chunk->rows_left_out);
	FUZZ_MUST(count_rows(&options) == again.rows);
}

static void
what_is_planned_is_read_again(const struct trial *trial, uint64_t records)
{
	struct rows_options options = { .reader = &trial->reader,
		.dialect = trial->layout.dialect,
		.encoding = trial->layout.encoding,
		.first_row = 1,
		.most_record_bytes = MOST_BYTES };
	const struct plan *plan = trial->plan;
	struct err err = ERR_INIT;
	SCOPED(layout) layout = { 0 };
	SCOPED(rows) rows = { 0 };
	uint64_t seen = 0, left_out = 0, next = 0;

	FUZZ_MUST(rows_init(&rows, &options, &err) == 0);
	FUZZ_MUST(layout_read(&layout, &trial->layout, &rows, "text", &err) == 0);
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_chunk *chunk = &plan->chunks[i];

		FUZZ_MUST(i == 0 || (chunk->first_byte == next && plan_rows_sent(chunk)));
		FUZZ_MUST(chunk->first_row == seen + 1);
		next = chunk->end_byte;
		seen += chunk->rows;
		left_out += chunk->rows_left_out;
		a_chunk_is_read_again_as_it_was_planned(trial, &layout, chunk);
	}
	FUZZ_MUST(seen == records);
	FUZZ_MUST(left_out == plan->reasons);
}

static void
no_record_is_lost(struct trial *trial, struct span text)
{
	struct pass_options options = {
		.path = "text",
		.layout = &trial->layout,
		.first_number = 1,
		.limit_bytes = MOST_BYTES,
		.limit_rows = (uint32_t)trial->window % 3,
		.is_empty_allowed = true,
		.window_bytes = trial->window,
		.on_chunk = keep_chunk,
		.on_reasons = keep_reasons,
		.ctx = trial->plan,
	};
	struct pass_result result;
	struct err err = ERR_INIT;

	trial->plan->count = 0;
	trial->plan->reasons = 0;
	if (pass_run(&options, &trial->reader, &result, &err)) {
		FUZZ_MUST(err.kind == ERR_DATA);
		return;
	}
	if (text.len >= 3 && memcmp(text.ptr, "\xEF\xBB\xBF", 3) == 0 && !trial->layout.encoding)
		text = (struct span){ text.ptr + 3, text.len - 3 };
	FUZZ_MUST(result.input.rows == count_records(text, trial->layout.dialect));
	what_is_planned_is_read_again(trial, result.input.rows);
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static struct plan plan;
	static struct encoding latin;
	struct err err = ERR_INIT;
	struct recipe_step steps[2];
	struct layout_column columns[2];
	struct input input;
	struct trial trial = { .plan = &plan };

	if (len < 5 || len > MOST_BYTES)
		return 0;
	if (!latin.name)
		FUZZ_MUST(encoding_make(&latin, "windows-1252", &err) == 0);
	trial.window = 1u + bytes[1];
	input = (struct input){ .text = (const char *)bytes + 5, .len = len - 5, .most = trial.window };
	trial.reader = input_reader(&input);
	steps[0] = menu[bytes[2] & 15];
	steps[1] = menu[bytes[2] >> 4];
	columns[0] = (struct layout_column){ bytes[3] & 1 ? "{c0} {c1}" : "c0", "x", { steps, 2 } };
	columns[1] = (struct layout_column){ "c1", "y", { steps, bytes[3] >> 1 & 1 } };
	trial.layout = (struct layout_options){
		.dialect = { bytes[0] & 1 ? '\t' : ',', !(bytes[0] & 2), bytes[0] & 4,
		    bytes[0] & 16 },
		.header = header,
		.header_count = 2,
		.columns = columns,
		.column_count = 2,
		.encoding = bytes[0] & 8 ? &latin : NULL,
		.rules = &rules[bytes[4] & 3],
		.rule_count = bytes[4] >> 2 & 1,
		.cleans_returns = bytes[0] & 16,
		.cleans_quotes = bytes[0] & 4,
		.histories = histories[bytes[4] >> 3 & 1],
		.history_count = bytes[4] >> 4 & 1,
	};
	no_record_is_lost(&trial, (struct span){ input.text, input.len });
	return 0;
}
