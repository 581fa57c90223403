#include "platform.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/base/buf.h"
#include "runner/base/limits.h"
#include "runner/base/scoped.h"
#include "runner/base/show.h"
#include "runner/cli/globs.h"
#include "runner/source/wildcard.h"

enum { NEAR_NAMES = 3 };

/* What the folder has where nothing fits, for the message: files that differ in capitals only come
 * first, then in the order of their names. */
struct near {
	bool is_folder_there;
	uint64_t count; /* of files */
	char *names[NEAR_NAMES];
	char folder[PATH_MAX];
};

struct found {
	char **paths; /* each with its own memory */
	size_t count, room;
	struct near near;
};

static void
found_done(struct found *found)
{
	for (size_t i = 0; i < found->count; i++)
		free(found->paths[i]);
	for (size_t i = 0; i < NEAR_NAMES; i++)
		free(found->near.names[i]);
	free(found->paths);
}

SCOPED_BY(found, found_done)

static int
add_path(struct found *found, const char *path, struct err *err)
{
	size_t room = found->room ? 2 * found->room : 64;

	if (found->count == found->room) {
		char **paths = realloc(found->paths, room * sizeof(*paths));

		if (!paths)
			return err_memory(err);
		found->paths = paths;
		found->room = room;
	}
	found->paths[found->count] = strdup(path);
	if (!found->paths[found->count])
		return err_memory(err);
	found->count++;
	return 0;
}

/* ---- a folder */

static bool
fits_in_any_case(const char *pattern, const char *name)
{
	SCOPED(buf) pattern_lower = BUF_INIT;
	SCOPED(buf) name_lower = BUF_INIT;

	for (; *pattern; pattern++)
		buf_add_byte(&pattern_lower, (char)(*pattern >= 'A' && *pattern <= 'Z' ? *pattern | 32 : *pattern));
	for (; *name; name++)
		buf_add_byte(&name_lower, (char)(*name >= 'A' && *name <= 'Z' ? *name | 32 : *name));
	return wildcard_fits(buf_text(&pattern_lower), buf_text(&name_lower));
}

static bool
is_nearer(const char *pattern, const char *a, const char *b)
{
	bool a_fits = fits_in_any_case(pattern, a), b_fits = fits_in_any_case(pattern, b);

	return a_fits != b_fits ? a_fits : strcmp(a, b) < 0;
}

static void
note_near(struct near *near, const char *pattern, const char *name)
{
	char *kept = strdup(name);

	near->count++;
	for (size_t i = 0; i < NEAR_NAMES && kept; i++) {
		char *other = near->names[i];

		if (other && !is_nearer(pattern, kept, other))
			continue;
		near->names[i] = kept;
		kept = other;
	}
	free(kept);
}

/* A link that leads nowhere counts as a file: it is told when it is opened, not passed over. */
static bool
is_wanted(const char *path, bool is_folder)
{
	struct stat facts;

	if (stat(path, &facts))
		return !is_folder;
	return is_folder ? S_ISDIR(facts.st_mode) : S_ISREG(facts.st_mode);
}

struct step {
	const char *component; /* of the pattern, NUL terminated */
	const char *rest;      /* behind its slash; NULL: it is the last */
};

static int walk(struct found *found, const char *folder, const char *rest, struct err *err);

static int
take_entry(struct found *found, const struct step *step, const char *path, const char *name,
    struct err *err)
{
	bool is_folder = step->rest != NULL;

	if (!wildcard_fits(step->component, name)) {
		if (!is_folder && name[0] != '.' && is_wanted(path, false))
			note_near(&found->near, step->component, name);
		return 0;
	}
	if (!is_wanted(path, is_folder))
		return 0;
	return is_folder ? walk(found, path, step->rest, err) : add_path(found, path, err);
}

static int
list_folder(struct found *found, const char *folder, const struct step *step, struct err *err)
{
	DIR *dir = opendir(folder[0] ? folder : ".");
	struct dirent *entry;
	int failed = 0;

	snprintf(found->near.folder, sizeof(found->near.folder), "%s", folder[0] ? folder : ".");
	found->near.is_folder_there |= dir != NULL;
	if (!dir && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	if (!dir)
		return err_system(err, ERR_INPUT, errno, "%s cannot be read", folder);
	while (!failed && found->count <= LIMIT_INPUTS && (entry = readdir(dir))) {
		char path[PATH_MAX];
		bool has_slash = !folder[0] || folder[strlen(folder) - 1] == '/';
		int len = snprintf(path, sizeof(path), "%s%s%s", folder, has_slash ? "" : "/", entry->d_name);

		if (len > 0 && (size_t)len < sizeof(path))
			failed = take_entry(found, step, path, entry->d_name, err);
	}
	closedir(dir);
	return failed;
}

/* `folder` is "" for the folder we are in; `rest` is a pattern within it. */
static int
walk(struct found *found, const char *folder, const char *rest, struct err *err)
{
	char component[PATH_MAX], deeper[PATH_MAX];
	const char *slash = strchr(rest, '/');
	struct step step = { component, slash ? slash + 1 : NULL };
	size_t len = slash ? (size_t)(slash - rest) : strlen(rest);
	int made;

	if (len >= sizeof(component))
		return err_system(err, ERR_INPUT, ENAMETOOLONG, "%s", rest);
	memcpy(component, rest, len);
	component[len] = '\0';
	if (strpbrk(component, "*?[\\"))
		return list_folder(found, folder, &step, err);
	made = snprintf(deeper, sizeof(deeper), "%s%s%s", folder, component, slash ? "/" : "");
	if (folder[0] && folder[strlen(folder) - 1] != '/')
		made = snprintf(deeper, sizeof(deeper), "%s/%s%s", folder, component, slash ? "/" : "");
	if (made < 0 || (size_t)made >= sizeof(deeper))
		return err_system(err, ERR_INPUT, ENAMETOOLONG, "%s", rest);
	if (slash)
		return walk(found, deeper, step.rest, err);
	return is_wanted(deeper, false) && access(deeper, F_OK) == 0 ? add_path(found, deeper, err) : 0;
}

/* ---- a pattern */

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int
refuse_nothing(const struct settings_path *pattern, const struct near *near, struct err *err)
{
	SCOPED(buf) names = BUF_INIT;
	char count[SHOW_BYTES];

	if (!near->is_folder_there)
		return err_set(err, ERR_INPUT, "%s is no file: there is no folder %s",
		    pattern->written, near->folder);
	for (size_t i = 0; i < NEAR_NAMES && near->names[i]; i++) {
		buf_add_text(&names, i ? ", " : ": ");
		show_safe(&names, span_of(near->names[i]), 40);
	}
	if (near->count > NEAR_NAMES)
		buf_add_text(&names, ", ...");
	return err_set(err, ERR_INPUT,
	    "%s is no file: nothing fits the pattern\n"
	    "  %s has %s other file%s%s",
	    pattern->written, near->folder, show_count(near->count, count),
	    near->count == 1 ? "" : "s", buf_text(&names));
}

static bool
is_literal(const struct settings_path *pattern)
{
	return !wildcard_is_pattern(pattern->path) || access(pattern->path, F_OK) == 0;
}

/* The paths that it means, sorted. The folder of the job file is no pattern, whatever its name. */
static int
look_up(const struct settings_path *pattern, struct found *found, struct err *err)
{
	const char *path = pattern->path, *written = pattern->written;
	size_t path_len = strlen(path), len = strlen(written);
	char folder[PATH_MAX];

	/* What both end with is what the job file says; in front of it may stand a folder. */
	while (len && path[path_len - 1] == written[len - 1]) {
		path_len--;
		len--;
	}
	if (path_len >= sizeof(folder))
		return err_system(err, ERR_INPUT, ENAMETOOLONG, "%s", written);
	memcpy(folder, path, path_len);
	folder[path_len] = '\0';
	if (walk(found, path[path_len] == '/' && !path_len ? "/" : folder,
		path + path_len + (path[path_len] == '/'), err))
		return -1;
	if (found->count)
		qsort(found->paths, found->count, sizeof(*found->paths), by_bytes);
	return 0;
}

/* ---- the inputs of a source */

struct list {
	struct settings_path *paths; /* of the arena */
	size_t count, room;
};

static int
add_input(struct settings *settings, struct list *list, struct settings_path path, struct err *err)
{
	size_t room = list->room ? 2 * list->room : 16;

	if (list->count == LIMIT_INPUTS)
		return err_set(err, ERR_JOB,
		    "%s:%u: the patterns of  input  mean more than %d files\n"
		    "  Name fewer, or make several sources of them.",
		    path.at.file, path.at.line, LIMIT_INPUTS);
	if (list->count == list->room) {
		struct settings_path *paths = arena_array(&settings->arena, room, sizeof(*paths));

		if (!paths)
			return err_memory(err);
		if (list->count)
			memcpy(paths, list->paths, list->count * sizeof(*paths));
		list->paths = paths;
		list->room = room;
	}
	list->paths[list->count++] = path;
	return 0;
}

/* As the job file would write it: "~/voters/A.txt", "counties/A.txt". */
static const char *
written_of(struct settings *settings, const struct settings_path *pattern, const char *path)
{
	size_t path_len = strlen(pattern->path), len = strlen(pattern->written);

	while (len && pattern->path[path_len - 1] == pattern->written[len - 1]) {
		path_len--;
		len--;
	}
	return arena_join(&settings->arena,
	    arena_text(&settings->arena, (struct span){ pattern->written, len }), path + path_len, NULL);
}

static int
add_pattern(struct settings *settings, struct list *list, const struct settings_path *pattern,
    struct err *err)
{
	SCOPED(found) found = { 0 };

	if (is_literal(pattern))
		return add_input(settings, list, *pattern, err);
	if (look_up(pattern, &found, err))
		return -1;
	if (!found.count)
		return refuse_nothing(pattern, &found.near, err);
	for (size_t i = 0; i < found.count; i++) {
		struct settings_path path = { .at = pattern->at };

		path.path = arena_text(&settings->arena, span_of(found.paths[i]));
		path.written = path.path ? written_of(settings, pattern, path.path) : NULL;
		if (!path.written)
			return err_memory(err);
		if (add_input(settings, list, path, err))
			return -1;
	}
	return 0;
}

static int
expand(struct settings *settings, struct err *err)
{
	for (size_t i = 0; i < settings->source_count; i++) {
		struct settings_source *source = &settings->sources[i];
		struct list list = { 0 };

		for (size_t j = 0; j < source->pattern_count; j++) {
			if (add_pattern(settings, &list, &source->patterns[j], err))
				return -1;
		}
		source->inputs = list.paths;
		source->input_count = list.count;
	}
	return 0;
}

/* Only who plans looks patterns up. */
int
globs_expand(struct settings *settings, struct err *err)
{
	struct err cause = ERR_INIT;

	if (expand(settings, &cause) == 0)
		return 0;
	return err_set(err, cause.kind, "%s\nNothing was sent.", cause.text);
}

/* ---- those of a plan */

struct taking {
	struct settings *settings;
	struct list *lists; /* one a source */
};

static int
take_input(void *context, const struct plan_input *input, const char *written, struct err *err)
{
	struct taking *taking = context;
	struct settings *settings = taking->settings;
	struct settings_path path = { 0 };

	if (input->input >= PLAN_RETRY_INPUTS) /* corrected rows: no input of the job */
		return 0;
	if (input->source >= settings->source_count ||
	    input->input != taking->lists[input->source].count)
		return err_set(err, ERR_JOB, "the load has an input that the job file does not name");
	path.written = arena_text(&settings->arena, span_of(written));
	path.path = settings_path_of(settings, written, getenv("HOME"));
	path.at = settings->sources[input->source].patterns[0].at;
	if (!path.written || !path.path)
		return err_memory(err);
	return add_input(settings, &taking->lists[input->source], path, err);
}

int
globs_take_plan(struct settings *settings, struct store *store, struct err *err)
{
	struct taking taking = { settings, calloc(settings->source_count, sizeof(*taking.lists)) };
	int failed;

	if (!taking.lists)
		return err_memory(err);
	failed = store_each_input(store, take_input, &taking, err);
	for (size_t i = 0; i < settings->source_count && !failed; i++) {
		settings->sources[i].inputs = taking.lists[i].paths;
		settings->sources[i].input_count = taking.lists[i].count;
	}
	free(taking.lists);
	return failed;
}

/* ---- files that came later */

static int
by_path(const void *a, const void *b)
{
	return strcmp(((const struct settings_path *)a)->path, ((const struct settings_path *)b)->path);
}

static uint64_t
count_strange(const struct settings_source *source, const struct settings_path *known,
    const struct settings_path *pattern)
{
	SCOPED(found) found = { 0 };
	uint64_t count = 0;

	if (is_literal(pattern) || look_up(pattern, &found, NULL))
		return 0;
	for (size_t i = 0; i < found.count; i++) {
		const struct settings_path wanted = { .path = found.paths[i] };

		count += !bsearch(&wanted, known, source->input_count, sizeof(*known), by_path);
	}
	return count;
}

void
globs_warn(const struct settings *settings)
{
	for (size_t i = 0; i < settings->source_count; i++) {
		const struct settings_source *source = &settings->sources[i];
		struct settings_path *known = calloc(source->input_count + 1, sizeof(*known));
		uint64_t count = 0;
		char shown[SHOW_BYTES];

		if (!known)
			return;
		memcpy(known, source->inputs, source->input_count * sizeof(*known));
		qsort(known, source->input_count, sizeof(*known), by_path);
		for (size_t j = 0; j < source->pattern_count; j++)
			count += count_strange(source, known, &source->patterns[j]);
		free(known);
		if (count)
			fprintf(stderr,
			    "warning: %s: %s that the load does not know: %s, not sent\n"
			    "  rollcall run --new %s     starts over with all\n",
			    source->name, count == 1 ? "a file fits" : "files fit",
			    show_count(count, shown), settings->command);
	}
}

void
globs_folder(const struct settings_path *pattern, char to[static PATH_MAX])
{
	const char *magic = strpbrk(pattern->path, "*?[\\");
	size_t len = magic ? (size_t)(magic - pattern->path) : strlen(pattern->path);

	while (len && pattern->path[len - 1] != '/')
		len--;
	if (len)
		snprintf(to, PATH_MAX, "%.*s", (int)len, pattern->path);
	else
		snprintf(to, PATH_MAX, ".");
}
