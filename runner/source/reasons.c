#include "platform.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "runner/base/buf.h"
#include "runner/base/show.h"
#include "runner/source/reasons.h"

/* A rule may name hundreds of values; a line of a report need not. */
enum { WORDS_BYTES = 200 };

static const struct {
	const char *word, *shown;
} kinds[REASONS_KIND_COUNT] = {
	[REASONS_LEFT_OUT] = { "left_out", "left out" },
	[REASONS_BLANKED] = { "blanked", "sent blank" },
	[REASONS_KEPT] = { "kept", "kept as is" },
	[REASONS_SKIPPED] = { "skipped", "skipped" },
};

const char *
reasons_word(enum reasons_kind kind)
{
	return kinds[kind].word;
}

const char *
reasons_show(enum reasons_kind kind)
{
	return kinds[kind].shown;
}

static int
keep(struct reasons *reasons, enum reasons_kind kind, const char *words, struct err *err)
{
	size_t bytes = (reasons->count + (size_t)1) * sizeof(*reasons->items);
	struct reasons_item *items = realloc(reasons->items, bytes);
	char *copy = strdup(words);

	if (items)
		reasons->items = items;
	if (!items || !copy) {
		free(copy);
		return err_memory(err);
	}
	items[reasons->count] = (struct reasons_item){ kind, copy };
	return (int)reasons->count++;
}

int
reasons_add(
    struct reasons *reasons, enum reasons_kind kind, struct err *err, const char *format, ...)
{
	SCOPED(buf) words = BUF_INIT;
	SCOPED(buf) line = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vprintf(&words, format, args);
	va_end(args);
	show_safe(&line, buf_span(&words), WORDS_BYTES);
	if (buf_check(&words, err) || buf_check(&line, err))
		return -1;
	return keep(reasons, kind, buf_text(&line), err);
}

void
reasons_done(struct reasons *reasons)
{
	for (uint32_t i = 0; i < reasons->count; i++)
		free(reasons->items[i].words);
	free(reasons->items);
	*reasons = (struct reasons){ NULL, 0 };
}

static void
add_example(struct reasons_count *count, const struct reasons_example *example)
{
	for (uint32_t i = 0; i < count->example_count; i++) {
		if (strcmp(count->examples[i].value, example->value) == 0)
			return;
	}
	if (count->example_count < REASONS_EXAMPLES)
		count->examples[count->example_count++] = *example;
}

void
reasons_note(struct reasons_count *count, uint64_t row, uint64_t line, struct span value)
{
	struct reasons_example example = { .row = row, .line = line };

	count->rows++;
	if (count->example_count == REASONS_EXAMPLES)
		return;
	span_copy(example.value, sizeof(example.value), value);
	add_example(count, &example);
}

void
reasons_sum(struct reasons_count *to, const struct reasons_count *from)
{
	to->rows += from->rows;
	for (uint32_t i = 0; i < from->example_count; i++)
		add_example(to, &from->examples[i]);
}
