#include "platform.h"

#include <string.h>

#include "config/settings.h"

/* Where one setting, or the group or source that holds it, stands. */
struct settings_mark {
	const char *option;
	size_t source;
	struct settings_place at;
};

void
settings_init(struct settings *settings)
{
	*settings = (struct settings){ .path = "", .folder = ".", .name = "", .command = "" };
}

void
settings_done(struct settings *settings)
{
	arena_done(&settings->arena);
	settings_init(settings);
}

const char *
settings_type_name(enum settings_type type)
{
	return type == SETTINGS_PEOPLE ? "people" : "ballot";
}

const char *
settings_path_of(struct settings *settings, const char *written, const char *home)
{
	const char *folder = settings->folder;

	if (written[0] == '~')
		return home ? arena_join(&settings->arena, home, written + 1, NULL) : NULL;
	if (written[0] == '/' || strcmp(folder, ".") == 0)
		return arena_join(&settings->arena, written, NULL);
	return arena_join(
	    &settings->arena, folder, strcmp(folder, "/") == 0 ? "" : "/", written, NULL);
}

int
settings_mark_add(struct settings *settings, const char *option, size_t source,
    struct settings_place at)
{
	enum { FIRST_ROOM = 32 };
	size_t room = settings->mark_room ? settings->mark_room * 2 : FIRST_ROOM;
	struct settings_mark *marks;

	if (settings->mark_count == settings->mark_room) {
		marks = arena_array(&settings->arena, room, sizeof(*marks));
		if (!marks)
			return -1;
		if (settings->mark_count)
			memcpy(marks, settings->marks, settings->mark_count * sizeof(*marks));
		settings->marks = marks;
		settings->mark_room = room;
	}
	settings->marks[settings->mark_count++] = (struct settings_mark){ option, source, at };
	return 0;
}

static bool
stands_in_a_source(struct span option)
{
	return span_starts(option, "sources.") || span_is(option, "sources");
}

static const struct settings_mark *
find_mark(const struct settings *settings, struct span option, size_t source)
{
	for (size_t i = 0; i < settings->mark_count; i++) {
		const struct settings_mark *mark = &settings->marks[i];

		if (span_is(option, mark->option) &&
		    (!stands_in_a_source(option) || mark->source == source))
			return mark;
	}
	return NULL;
}

struct settings_place
settings_where(const struct settings *settings, const char *option, size_t source)
{
	struct span rest = span_of(option);
	struct span group = span_next(&rest, '.');
	const struct settings_mark *mark = find_mark(settings, span_of(option), source);

	if (!mark)
		mark = find_mark(settings, group, source);
	return mark ? mark->at : (struct settings_place){ settings->path, 1 };
}
