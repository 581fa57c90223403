#include "platform.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/options.h"

/* ---- the table itself ---- */

struct count {
	size_t all;
	const struct option *stop_at;
};

static int
count_one(const struct option *option, void *context)
{
	struct count *count = context;

	count->all++;
	return option == count->stop_at ? 7 : 0;
}

static void
every_setting_is_visited_until_one_is_enough(void **state)
{
	struct count all = { 0, NULL };
	struct count some = { 0, options_find("", span_of("sources")) };

	(void)state;
	assert_int_equal(options_each(count_one, &all), 0);
	assert_int_equal(options_each(count_one, &some), 7);
	assert_int_equal(some.all, 3);
	assert_true(all.all > 60);
}

static int
check_row(const struct option *option, void *context)
{
	bool has_range = option->kind == OPTIONS_COUNT || option->kind == OPTIONS_SIZE ||
	    option->kind == OPTIONS_TIME;

	(void)context;
	if (options_find(option->group, span_of(option->name)) != option)
		fail_msg("%s.%s stands twice in the table", option->group, option->name);
	if (option->group[0] && !options_find("", span_of(option->group)))
		fail_msg("%s.%s is in no group", option->group, option->name);
	if (has_range && !(option->least && option->most && option->why))
		fail_msg("%s.%s has no range, or no reason for it", option->group, option->name);
	if ((option->kind == OPTIONS_WORD) != (option->words != NULL))
		fail_msg("%s.%s: words", option->group, option->name);
	if (option->is_required && (option->fallback || !option->example))
		fail_msg("%s.%s is required: no default, but an example", option->group,
		    option->name);
	if (option->kind == OPTIONS_LATER && (!option->fallback || option->binds))
		fail_msg("%s.%s: what is refused but for its default needs one", option->group,
		    option->name);
	assert_true(option->summary && option->summary[0]);
	return 0;
}

static void
every_row_of_the_table_is_whole(void **state)
{
	(void)state;
	options_each(check_row, NULL);
}

static void
a_setting_is_found_in_its_own_group_only(void **state)
{
	(void)state;
	assert_non_null(options_find("limits", span_of("chunk")));
	assert_null(options_find("", span_of("chunk")));
	assert_null(options_find("limits", span_of("Chunk")));
	assert_null(options_find("limits", span_of("")));
}

static void
shown(const char *group, const char *name, const char *expected)
{
	const struct option *option = options_find(group, span_of(name));
	SCOPED(buf) text = BUF_INIT;

	options_show_name(option, &text);
	buf_add_text(&text, ": ");
	options_show_value(option, &text);
	assert_string_equal(buf_text(&text), expected);
}

static void
help_says_kind_range_and_default(void **state)
{
	(void)state;
	shown("", "version", "version: a whole number, 1 to 1; required");
	shown("limits", "chunk", "limits.chunk: a size, 64 to 50MB; default 37.5MB");
	shown("sources", "format",
	    "sources.format: one of \"csv\" \"tab\" \"pipe\" \"semicolon\"; default csv");
	shown("nation", "proxy", "nation.proxy: a text; default \"\"");
	shown("schedule", "windows", "schedule.windows: not available in this version; default []");
	shown("sources", "name", "sources.name: a text");
	shown("", "nation", "nation: a group { }; required");
	shown("", "sources", "sources: a list of groups ( { } ); required");
	shown("sources", "overwrite", "sources.overwrite: true or false; default false");
	shown("retry", "settle", "retry.settle: a time, 1ms to 24h; default 5min");
	shown("limits", "requests", "limits.requests: a rate; default 200/10s");
	shown("sources", "max_rejected", "sources.max_rejected: a percentage or a count; default 0");
	shown("sources", "input", "sources.input: a text or a list of texts; required");
	shown("sources", "header", "sources.header: a list of texts; default []");
	shown("sources", "columns", "sources.columns: a list of pairs or threes; default ()");
	shown("report", "dir", "report.dir: a path; default .");
}

/* ---- rollcall.cfg(5) ---- */

static int
read_manual(void **state)
{
	static struct buf manual;
	char path[4096], bytes[4096];
	const char *top = getenv("TOP_SRCDIR");
	FILE *file;
	size_t got;

	snprintf(path, sizeof(path), "%s/man/rollcall.cfg.5", top ? top : ".");
	file = fopen(path, "r");
	if (!file)
		return -1;
	while ((got = fread(bytes, 1, sizeof(bytes), file)) > 0)
		buf_add(&manual, bytes, got);
	fclose(file);
	*state = &manual;
	return buf_failed(&manual);
}

static int
forget_manual(void **state)
{
	buf_done(*state);
	return 0;
}

/* What follows `mark` in `text`, up to the first of two `end`s; its ptr is NULL if there is none. */
static struct span
part_of(struct span text, const char *mark, const char *end, const char *other_end)
{
	const char *at = memmem(text.ptr, text.len, mark, strlen(mark));
	struct span part = SPAN_NONE;

	if (!at)
		return part;
	part.ptr = at + strlen(mark);
	part.len = (size_t)(text.ptr + text.len - part.ptr);
	for (int i = 0; i < 2; i++) {
		const char *stop = i ? other_end : end;
		const char *found = memmem(part.ptr, part.len, stop, strlen(stop));

		if (found)
			part.len = (size_t)(found - part.ptr);
	}
	return part;
}

static bool
holds(struct span text, const char *words)
{
	return memmem(text.ptr, text.len, words, strlen(words)) != NULL;
}

static void
must_hold(const struct option *option, struct span item, const char *words)
{
	if (!holds(item, words))
		fail_msg("rollcall.cfg(5) does not say \"%s\" of %s.%s", words, option->group,
		    option->name);
}

static int
check_manual_of(const struct option *option, void *context)
{
	const struct buf *manual = context;
	SCOPED(buf) mark = BUF_INIT;
	struct span section, item;

	buf_printf(&mark, "\n.Ss %s\n", option->group[0] ? option->group : "Top level");
	section = part_of(buf_span(manual), buf_text(&mark), "\n.Ss ", "\n.Sh ");
	buf_clear(&mark);
	buf_printf(&mark, "\n.It Ic %s\n", option->name);
	item = section.ptr ? part_of(section, buf_text(&mark), "\n.It Ic ", "\n.El\n.Pp") : SPAN_NONE;
	if (!item.ptr)
		fail_msg("rollcall.cfg(5) has no %s.%s", option->group, option->name);
	if (option->kind == OPTIONS_LATER)
		must_hold(option, item, "Not available in this version.");
	else if (holds(item, "Not available in this version."))
		fail_msg("rollcall.cfg(5) denies %s.%s", option->group, option->name);
	if (option->is_required)
		must_hold(option, item, "Required");
	if (option->kind != OPTIONS_LATER && option->fallback)
		must_hold(option, item, option->fallback);
	if (option->kind != OPTIONS_LATER && option->least && option->group[0]) {
		must_hold(option, item, option->least);
		must_hold(option, item, option->most);
	}
	for (const struct options_word *word = option->words; word && word->name; word++)
		must_hold(option, item, word->name);
	return 0;
}

static void
the_manual_describes_every_setting_with_words_range_and_default(void **state)
{
	options_each(check_manual_of, *state);
}

struct names {
	struct span item;
	bool is_known;
};

static int
compare_name(const struct option *option, void *context)
{
	struct names *names = context;

	names->is_known |= span_is(names->item, option->name);
	return 0;
}

static void
the_manual_describes_no_setting_that_does_not_exist(void **state)
{
	static const char mark[] = "\n.It Ic ";
	struct span rest = buf_span(*state);
	size_t count = 0;

	while (holds(rest, mark)) {
		struct names names = { part_of(rest, mark, "\n", "\n"), false };

		options_each(compare_name, &names);
		if (!names.is_known)
			fail_msg("rollcall.cfg(5) invents %.*s", SPAN_ARG(names.item));
		rest.len -= (size_t)(names.item.ptr - rest.ptr);
		rest.ptr = names.item.ptr;
		count++;
	}
	assert_true(count > 60);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_setting_is_visited_until_one_is_enough),
		cmocka_unit_test(every_row_of_the_table_is_whole),
		cmocka_unit_test(a_setting_is_found_in_its_own_group_only),
		cmocka_unit_test(help_says_kind_range_and_default),
		cmocka_unit_test(the_manual_describes_every_setting_with_words_range_and_default),
		cmocka_unit_test(the_manual_describes_no_setting_that_does_not_exist),
	};

	return cmocka_run_group_tests(tests, read_manual, forget_manual);
}
