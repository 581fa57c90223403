#include "platform.h"

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/limits.h"
#include "runner/source/scan.h"
#include "tests/unit/transcript.h"

static const char *const kind_names[] = {
	[PROBLEM_NONE] = "none",
	[PROBLEM_NUL] = "nul",
	[PROBLEM_UTF8] = "utf8",
	[PROBLEM_MEANING] = "meaning",
	[PROBLEM_MARK] = "mark",
	[PROBLEM_STRAY_QUOTE] = "stray quote",
	[PROBLEM_AFTER_QUOTE] = "after quote",
	[PROBLEM_UNCLOSED_QUOTE] = "unclosed quote",
	[PROBLEM_BARE_CR] = "bare cr",
	[PROBLEM_FIELD_COUNT] = "field count",
	[PROBLEM_EMPTY_LINE] = "empty line",
	[PROBLEM_TOO_LARGE] = "too large",
};

static void
add_problem(struct buf *to, const struct problem *problem)
{
	buf_printf(to, "%s row %u line %u byte %u column %u fields %u\n", kind_names[problem->kind],
	    (unsigned)problem->row, (unsigned)problem->line, (unsigned)problem->byte,
	    problem->column, problem->fields);
}

static void
add_record(struct buf *to, const struct scan_record *record, const uint32_t *ends)
{
	uint32_t begin = 0;

	buf_printf(to, "row %u line %u bytes %u-%u content %u:", (unsigned)record->row,
	    (unsigned)record->line, (unsigned)record->byte, (unsigned)record->end,
	    record->content_bytes);
	for (uint32_t i = 0; i < record->fields && i < LIMIT_COLUMNS; i++) {
		buf_printf(to, " %u-%u", begin, ends[i]);
		begin = ends[i] + 1;
	}
	buf_add_byte(to, '\n');
}

void
transcript_of_scan(
    struct buf *to, const char *text, size_t len, size_t window, struct dialect dialect)
{
	static uint32_t ends[LIMIT_COLUMNS];
	enum scan_verdict verdict = SCAN_MORE;
	struct scan scan;
	size_t at = 0, used;

	scan_init(&scan, dialect, 0, 1, 0);
	scan.ends = ends;
	scan.ends_room = LIMIT_COLUMNS;
	while (at < len && verdict != SCAN_PROBLEM) {
		size_t most = window - at % window;

		verdict = scan_run(&scan, text + at, len - at < most ? len - at : most, &used);
		at += used;
		if (verdict == SCAN_RECORD) {
			add_record(to, &scan.record, ends);
			scan.columns = scan.record.fields;
		}
	}
	if (verdict != SCAN_PROBLEM)
		verdict = scan_finish(&scan);
	if (verdict == SCAN_RECORD) {
		add_record(to, &scan.record, ends);
		verdict = scan_finish(&scan);
	}
	if (verdict == SCAN_PROBLEM)
		add_problem(to, &scan.problem);
	else
		buf_add_text(to, "end\n");
}

/* The reference: where the grammar is, and what it has found of the record under way. */
struct grammar {
	const char *text;
	size_t len;
	struct dialect dialect;
	size_t at;
	struct scan_record record;
	uint32_t ends[LIMIT_COLUMNS];
	struct problem problem;
};

static uint64_t
line_of(const struct grammar *grammar, size_t at)
{
	uint64_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += grammar->text[i] == '\n';
	return line;
}

static bool
is_wrong(struct grammar *grammar, enum problem_kind kind, size_t at)
{
	grammar->problem = (struct problem){
		.kind = kind,
		.row = grammar->record.row,
		.line = line_of(grammar, at),
		.byte = at,
		.column = grammar->record.fields,
	};
	return false;
}

static bool
has_line_end(const struct grammar *grammar, size_t at, size_t *line_end)
{
	*line_end = 0;
	if (at < grammar->len && grammar->text[at] == '\n')
		*line_end = 1;
	if (at + 1 < grammar->len && grammar->text[at] == '\r' && grammar->text[at + 1] == '\n')
		*line_end = 2;
	return *line_end != 0;
}

static bool
is_field_end(const struct grammar *grammar, size_t at)
{
	return at == grammar->len || grammar->text[at] == grammar->dialect.delimiter ||
	    grammar->text[at] == '\n' || grammar->text[at] == '\r';
}

static bool
is_data(const struct grammar *grammar, size_t at)
{
	size_t line_end;

	return grammar->dialect.returns && at < grammar->len && grammar->text[at] == '\r' &&
	    !has_line_end(grammar, at, &line_end);
}

static bool
read_quoted(struct grammar *grammar)
{
	size_t begin = grammar->at++;

	for (;;) {
		while (grammar->at < grammar->len && grammar->text[grammar->at] != '"')
			grammar->at++;
		if (grammar->at == grammar->len)
			return is_wrong(grammar, PROBLEM_UNCLOSED_QUOTE, begin);
		grammar->at++;
		if (grammar->at == grammar->len || grammar->text[grammar->at] != '"')
			break;
		grammar->at++;
	}
	if (!is_field_end(grammar, grammar->at))
		return is_wrong(grammar, PROBLEM_AFTER_QUOTE, grammar->at);
	return true;
}

static bool
read_plain(struct grammar *grammar)
{
	for (; !is_field_end(grammar, grammar->at) || is_data(grammar, grammar->at);
		grammar->at++) {
		if (grammar->text[grammar->at] == '"' && grammar->dialect.quotes &&
		    !grammar->dialect.strays)
			return is_wrong(grammar, PROBLEM_STRAY_QUOTE, grammar->at);
	}
	return true;
}

static bool
read_field(struct grammar *grammar)
{
	bool is_quoted = grammar->dialect.quotes && grammar->at < grammar->len &&
	    grammar->text[grammar->at] == '"';
	size_t line_end;

	if (!(is_quoted ? read_quoted(grammar) : read_plain(grammar)))
		return false;
	if (grammar->at < grammar->len && grammar->text[grammar->at] == '\r' &&
	    !has_line_end(grammar, grammar->at, &line_end))
		return is_wrong(grammar, PROBLEM_BARE_CR, grammar->at);
	if (grammar->record.fields < LIMIT_COLUMNS)
		grammar->ends[grammar->record.fields] =
		    (uint32_t)(grammar->at - grammar->record.byte);
	grammar->record.fields++;
	return true;
}

static bool
read_record(struct grammar *grammar, uint32_t columns)
{
	struct scan_record *record = &grammar->record;
	size_t line_end;

	record->byte = grammar->at;
	record->line = line_of(grammar, grammar->at);
	record->fields = 0;
	if (!read_field(grammar))
		return false;
	while (grammar->at < grammar->len &&
	    grammar->text[grammar->at] == grammar->dialect.delimiter) {
		grammar->at++;
		if (!read_field(grammar))
			return false;
	}
	record->content_bytes = (uint32_t)(grammar->at - record->byte);
	has_line_end(grammar, grammar->at, &line_end);
	grammar->at += line_end;
	record->end = grammar->at;
	if (record->content_bytes == 0)
		is_wrong(grammar, PROBLEM_EMPTY_LINE, record->byte);
	else if (columns && record->fields != columns)
		is_wrong(grammar, PROBLEM_FIELD_COUNT, record->byte);
	else
		return true;
	grammar->problem.fields = record->fields;
	return false;
}

void
transcript_of_grammar(struct buf *to, const char *text, size_t len, struct dialect dialect)
{
	static struct grammar grammar;
	uint32_t columns = 0;

	grammar = (struct grammar){ .text = text, .len = len, .dialect = dialect };
	while (grammar.at < len) {
		if (!read_record(&grammar, columns)) {
			add_problem(to, &grammar.problem);
			return;
		}
		add_record(to, &grammar.record, grammar.ends);
		columns = grammar.record.fields;
		grammar.record.row++;
	}
	buf_add_text(to, "end\n");
}

unsigned
transcript_roll(unsigned *seed, unsigned below)
{
	*seed = *seed * 1664525u + 1013904223u;
	return (*seed >> 8) % below;
}

static void
add_random_field(struct buf *to, unsigned *seed, struct dialect dialect)
{
	static const char *const plain[] = { "", "a", "Núñez", "WILLIAMSON", " ", "1/7", "0",
		"795 JOHNSON CLUB APT. 394 BEHIND THE OLD MILL" };
	static const char *const quoted[] = { "", "a", "\"\"", "\n", "\r\n", "\r", ",", "\t",
		"\"\"\"\"", "SMITH, JR.", "said \"\"no\"\", twice", "line\nline",
		"A LONG TEXT, WITH A COMMA, FOR MORE THAN A BLOCK OF THE SCANNER" };

	if (dialect.quotes && transcript_roll(seed, 3) == 0) {
		buf_add_byte(to, '"');
		for (unsigned i = transcript_roll(seed, 3); i; i--)
			buf_add_text(to, quoted[transcript_roll(seed, ARRAY_COUNT(quoted))]);
		buf_add_byte(to, '"');
	} else {
		buf_add_text(to, plain[transcript_roll(seed, ARRAY_COUNT(plain))]);
	}
}

void
transcript_random_text(struct buf *to, unsigned *seed, struct dialect dialect)
{
	static const char breakers[] = "\"\"\"\n\r,|x\t";
	unsigned columns = 2 + transcript_roll(seed, 6);
	unsigned rows = transcript_roll(seed, 12);
	bool has_crlf = transcript_roll(seed, 2);

	for (unsigned row = 0; row < rows; row++) {
		for (unsigned column = 0; column < columns; column++) {
			if (column)
				buf_add_byte(to, dialect.delimiter);
			add_random_field(to, seed, dialect);
		}
		if (row + 1 < rows || transcript_roll(seed, 2))
			buf_add_text(to, has_crlf ? "\r\n" : "\n");
	}
	if (to->len && transcript_roll(seed, 2))
		to->ptr[transcript_roll(seed, (unsigned)to->len)] =
		    breakers[transcript_roll(seed, sizeof(breakers) - 1)];
}
