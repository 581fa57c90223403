#include "platform.h"

#include <stdlib.h>
#include <string.h>

#include "runner/base/show.h"
#include "runner/lint/findings.h"

const char *
findings_word(enum findings_kind kind)
{
	static const char *const words[] = {
#define X(name, word, text) word,
		FINDINGS_KINDS(X)
#undef X
	};

	return words[kind];
}

const char *
findings_text(enum findings_kind kind)
{
	static const char *const texts[] = {
#define X(name, word, text) text,
		FINDINGS_KINDS(X)
#undef X
	};

	return texts[kind];
}

void
findings_done(struct findings *findings)
{
	free(findings->all);
	*findings = (struct findings){ .all = NULL };
}

struct finding *
findings_add(struct findings *findings, enum findings_kind kind, uint32_t source, struct span field,
    struct err *err)
{
	struct finding *finding;

	if (findings->count == findings->room) {
		size_t room = findings->room ? 2 * findings->room : 32;
		struct finding *all = realloc(findings->all, room * sizeof(*all));

		if (!all) {
			err_memory(err);
			return NULL;
		}
		findings->all = all;
		findings->room = room;
	}
	finding = &findings->all[findings->count++];
	*finding = (struct finding){ .kind = kind, .source = source };
	span_copy(finding->field, sizeof(finding->field), field);
	return finding;
}

/* Cut between characters. */
static void
copy_value(char to[static FINDINGS_VALUE_BYTES], struct span value)
{
	static const char cut[] = "...";
	size_t len = FINDINGS_VALUE_BYTES - sizeof(cut);

	if (span_copy(to, FINDINGS_VALUE_BYTES, value))
		return;
	while (len > 0 && ((unsigned char)to[len] & 0xC0) == 0x80)
		len--;
	memcpy(to + len, cut, sizeof(cut));
}

struct finding_example *
findings_example(struct finding *finding, struct span value)
{
	struct finding_example *example;
	char copy[FINDINGS_VALUE_BYTES];

	if (finding->example_count == FINDINGS_EXAMPLES)
		return NULL;
	copy_value(copy, value);
	for (uint32_t i = 0; copy[0] && i < finding->example_count; i++) {
		if (strcmp(finding->examples[i].value, copy) == 0)
			return NULL;
	}
	example = &finding->examples[finding->example_count++];
	*example = (struct finding_example){ .row = 0 };
	memcpy(example->value, copy, sizeof(copy));
	return example;
}

static int
compare(const void *one, const void *other)
{
	const struct finding *a = one, *b = other;

	if (a->source != b->source)
		return a->source < b->source ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->rows != b->rows)
		return a->rows > b->rows ? -1 : 1;
	return strcmp(a->field, b->field);
}

void
findings_sort(struct findings *findings)
{
	if (findings->count)
		qsort(findings->all, findings->count, sizeof(*findings->all), compare);
}

/* ---- in words ---- */

static void
show_value(struct buf *to, const char *value)
{
	buf_add_byte(to, '"');
	show_safe(to, span_of(value), FINDINGS_VALUE_BYTES);
	buf_add_byte(to, '"');
}

void
findings_show(struct buf *to, const struct finding *finding, uint32_t index,
    const char *(*input)(const void *ctx, uint32_t source, uint32_t input), const void *ctx)
{
	const struct finding_example *example = &finding->examples[index];
	char line[SHOW_BYTES], rows[SHOW_BYTES];

	if (finding->kind == FINDINGS_UNKNOWN) {
		buf_printf(to, "did you mean %s?", example->value);
		return;
	}
	if (example->value[0])
		show_value(to, example->value);
	if (finding->kind == FINDINGS_SPELLINGS) {
		buf_printf(to, " in %s row%s, first in line %s", show_count(example->rows, rows),
		    example->rows == 1 ? "" : "s", show_count(example->line, line));
		return;
	}
	buf_printf(to, "%sline %s of ", example->value[0] ? ", " : "",
	    show_count(example->line, line));
	show_safe(to, span_of(input(ctx, finding->source, example->input)), SIZE_MAX);
	if (finding->kind != FINDINGS_DUPLICATE)
		return;
	buf_printf(to, ", line %s of ", show_count(example->other.line, line));
	show_safe(to, span_of(input(ctx, example->other.source, example->other.input)), SIZE_MAX);
	if (example->rows > 2)
		buf_printf(to, ", %s rows in all", show_count(example->rows, rows));
}
