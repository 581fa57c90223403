#include "platform.h"

#include <string.h>

#include "runner/source/block.h"
#include "runner/source/scan.h"

static void
begin_field(struct scan *scan)
{
	scan->field_at = scan->at;
	scan->field_line = scan->line;
}

static void
begin_record(struct scan *scan)
{
	scan->state = SCAN_AT_RECORD;
	scan->record_at = scan->at;
	scan->record_line = scan->line;
	scan->fields = 0;
	begin_field(scan);
}

void
scan_init(struct scan *scan, struct dialect dialect, uint64_t byte, uint64_t line, uint64_t row)
{
	memset(scan, 0, sizeof(*scan));
	scan->dialect = dialect;
	scan->at = byte;
	scan->line = line;
	scan->row = row;
	begin_record(scan);
}

enum scan_verdict
scan_fail(struct scan *scan, enum problem_kind kind, uint64_t byte)
{
	scan->problem = (struct problem){
		.kind = kind,
		.row = scan->row,
		.line = scan->line,
		.byte = byte,
		.column = scan->fields,
	};
	return SCAN_PROBLEM;
}

static enum scan_verdict
fail_record(struct scan *scan, enum problem_kind kind)
{
	scan_fail(scan, kind, scan->record.byte);
	scan->problem.line = scan->record.line;
	scan->problem.fields = scan->record.fields;
	return SCAN_PROBLEM;
}

static void
end_field(struct scan *scan, uint64_t at)
{
	if (scan->ends && scan->fields < scan->ends_room)
		scan->ends[scan->fields] = (uint32_t)(at - scan->record_at);
	scan->fields++;
}

/* scan->at is behind the line end of `line_end_bytes`. */
static enum scan_verdict
end_record(struct scan *scan, unsigned line_end_bytes)
{
	end_field(scan, scan->at - line_end_bytes);
	scan->record = (struct scan_record){
		.row = scan->row,
		.line = scan->record_line,
		.byte = scan->record_at,
		.end = scan->at,
		.content_bytes = (uint32_t)(scan->at - line_end_bytes - scan->record_at),
		.fields = scan->fields,
	};
	if (scan->record.content_bytes == 0)
		return fail_record(scan, PROBLEM_EMPTY_LINE);
	if (scan->columns && scan->fields != scan->columns)
		return fail_record(scan, PROBLEM_FIELD_COUNT);
	scan->row++;
	begin_record(scan);
	return SCAN_RECORD;
}

static bool
is_after_cr(const struct scan *scan)
{
	return scan->state == SCAN_AFTER_CR || scan->state == SCAN_AFTER_QUOTED_CR;
}

/* A byte outside quotation marks that no rule forbids where it stands. */
static enum scan_verdict
take_outside(struct scan *scan, char byte)
{
	bool after_quote = scan->state == SCAN_AFTER_QUOTE;
	bool after_cr = is_after_cr(scan);

	scan->at++;
	if (byte == '\n') {
		scan->line++;
		return end_record(scan, after_cr ? 2 : 1);
	}
	if (byte == scan->dialect.delimiter) {
		end_field(scan, scan->at - 1);
		begin_field(scan);
		scan->state = SCAN_AT_FIELD;
	} else {
		scan->state = byte != '\r' ? SCAN_IN_PLAIN
		    : after_quote           ? SCAN_AFTER_QUOTED_CR
					    : SCAN_AFTER_CR;
	}
	return SCAN_MORE;
}

static enum scan_verdict
take_quoted(struct scan *scan, char byte)
{
	scan->at++;
	if (byte == '\n')
		scan->line++;
	scan->state = byte == '"' ? SCAN_AFTER_QUOTE : SCAN_IN_QUOTES;
	return SCAN_MORE;
}

static enum scan_verdict
open_quote(struct scan *scan)
{
	scan->at++;
	scan->state = SCAN_IN_QUOTES;
	return SCAN_MORE;
}

/* The exact machine. */
static enum scan_verdict
take_byte(struct scan *scan, char byte)
{
	bool is_quote = byte == '"' && scan->dialect.quotes;

	switch (scan->state) {
	case SCAN_IN_QUOTES:
		return take_quoted(scan, byte);
	case SCAN_AFTER_QUOTE:
		if (is_quote)
			return open_quote(scan); /* the second of two: the field goes on */
		if (byte != scan->dialect.delimiter && byte != '\n' && byte != '\r')
			return scan_fail(scan, PROBLEM_AFTER_QUOTE, scan->at);
		break;
	case SCAN_AFTER_CR:
		if (byte != '\n' && !scan->dialect.returns)
			return scan_fail(scan, PROBLEM_BARE_CR, scan->at - 1);
		if (is_quote && !scan->dialect.strays)
			return scan_fail(scan, PROBLEM_STRAY_QUOTE, scan->at);
		break;
	case SCAN_AFTER_QUOTED_CR:
		if (byte != '\n')
			return scan_fail(scan, PROBLEM_BARE_CR, scan->at - 1);
		break;
	case SCAN_AT_RECORD:
	case SCAN_AT_FIELD:
		if (is_quote)
			return open_quote(scan);
		break;
	case SCAN_IN_PLAIN:
		if (is_quote && !scan->dialect.strays)
			return scan_fail(scan, PROBLEM_STRAY_QUOTE, scan->at);
		break;
	}
	return take_outside(scan, byte);
}

static enum scan_verdict
take_bytes(struct scan *scan, const char *bytes, size_t len)
{
	enum scan_verdict verdict = SCAN_MORE;

	for (size_t i = 0; i < len && verdict == SCAN_MORE; i++)
		verdict = take_byte(scan, bytes[i]);
	return verdict;
}

/* A block as the rules see it. "Outside" means outside quotation marks; an opening one is inside, a
 * closing one is outside. */
struct view {
	uint64_t open, close;
	uint64_t delimiter, lf, cr; /* outside */
	uint64_t every_lf;
	uint64_t inside;
};

static struct view
view_block(const struct scan *scan, const char *bytes)
{
	struct block block = block_read(bytes, scan->dialect.delimiter);
	uint64_t quote = scan->dialect.quotes ? block.quote : 0;
	uint64_t inside = block_parity(quote) ^ (scan->state == SCAN_IN_QUOTES ? ~UINT64_C(0) : 0);

	return (struct view){
		.open = quote & inside,
		.close = quote & ~inside,
		.delimiter = block.delimiter & ~inside,
		.lf = block.lf & ~inside,
		.cr = block.cr & ~inside,
		.every_lf = block.lf,
		.inside = inside,
	};
}

/* The bytes at which the block breaks a rule, or might. */
static uint64_t
strays(const struct scan *scan, const struct view *view)
{
	bool at_record = scan->state == SCAN_AT_RECORD;
	bool at_field = at_record || scan->state == SCAN_AT_FIELD;
	uint64_t after_close = view->close << 1 | (scan->state == SCAN_AFTER_QUOTE);
	uint64_t after_end = (view->delimiter | view->lf) << 1 | at_field;
	uint64_t after_cr = view->cr << 1;

	return (view->open & ~(after_end | after_close)) |
	    (after_close & ~(view->open | view->delimiter | view->lf | view->cr)) |
	    (after_cr & ~view->lf) | ((view->lf | view->cr) & (uint64_t)at_record);
}

static void
take_fields(struct scan *scan, const struct view *view, uint64_t taken)
{
	uint64_t delimiters = view->delimiter & taken;
	unsigned last;

	if (delimiters == 0)
		return;
	last = 63u - (unsigned)__builtin_clzll(delimiters);
	scan->field_at = scan->at + last + 1;
	scan->field_line = scan->line;
	for (uint64_t lf = view->every_lf & block_below(last); lf; lf &= lf - 1)
		scan->field_line++;
	if (!scan->ends) {
		scan->fields += block_count(delimiters);
		return;
	}
	for (; delimiters; delimiters &= delimiters - 1)
		end_field(scan, scan->at + (unsigned)__builtin_ctzll(delimiters));
}

static enum scan_state
state_after(const struct view *view)
{
	const uint64_t last = UINT64_C(1) << (BLOCK_BYTES - 1);

	if (view->inside & last)
		return SCAN_IN_QUOTES;
	if (view->close & last)
		return SCAN_AFTER_QUOTE;
	if (view->delimiter & last)
		return SCAN_AT_FIELD;
	if (!(view->cr & last))
		return SCAN_IN_PLAIN;
	return view->close << 1 & last ? SCAN_AFTER_QUOTED_CR : SCAN_AFTER_CR;
}

/* Takes the block up to its first record end if that keeps the rules, and tells so; leaves it to
 * take_bytes() if not. */
static bool
take_block(struct scan *scan, const char *bytes, enum scan_verdict *verdict)
{
	struct view view;
	uint64_t taken = ~UINT64_C(0);
	unsigned end;

	if (is_after_cr(scan))
		return false;
	view = view_block(scan, bytes);
	if (view.lf)
		taken = view.lf ^ (view.lf - 1);
	if (strays(scan, &view) & taken)
		return false;
	take_fields(scan, &view, taken);
	for (uint64_t lf = view.every_lf & taken; lf; lf &= lf - 1)
		scan->line++;
	if (!view.lf) {
		scan->at += BLOCK_BYTES;
		scan->state = state_after(&view);
		*verdict = SCAN_MORE;
		return true;
	}
	end = (unsigned)__builtin_ctzll(view.lf);
	scan->at += end + 1;
	*verdict = end_record(scan, end && view.cr >> (end - 1) & 1 ? 2 : 1);
	return true;
}

enum scan_verdict
scan_run(struct scan *scan, const char *bytes, size_t len, size_t *used)
{
	const uint64_t from = scan->at;
	enum scan_verdict verdict = scan->problem.kind ? SCAN_PROBLEM : SCAN_MORE;

	while (verdict == SCAN_MORE && scan->at - from < len) {
		const char *at = bytes + (scan->at - from);
		size_t left = len - (size_t)(scan->at - from);

		if (left >= BLOCK_BYTES && take_block(scan, at, &verdict))
			continue;
		verdict = take_bytes(scan, at, left < BLOCK_BYTES ? left : BLOCK_BYTES);
	}
	*used = (size_t)(scan->at - from);
	return verdict;
}

enum scan_verdict
scan_finish(struct scan *scan)
{
	if (scan->problem.kind)
		return SCAN_PROBLEM;
	switch (scan->state) {
	case SCAN_AT_RECORD:
		return SCAN_END;
	case SCAN_IN_QUOTES:
		scan_fail(scan, PROBLEM_UNCLOSED_QUOTE, scan->field_at);
		scan->problem.line = scan->field_line;
		return SCAN_PROBLEM;
	case SCAN_AFTER_CR:
		if (!scan->dialect.returns)
			return scan_fail(scan, PROBLEM_BARE_CR, scan->at - 1);
		break;
	case SCAN_AFTER_QUOTED_CR:
		return scan_fail(scan, PROBLEM_BARE_CR, scan->at - 1);
	case SCAN_AT_FIELD:
	case SCAN_IN_PLAIN:
	case SCAN_AFTER_QUOTE:
		break;
	}
	return end_record(scan, 0);
}
