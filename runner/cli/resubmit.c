#include "platform.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "runner/base/required.h"
#include "runner/base/show.h"
#include "runner/base/span.h"
#include "runner/cli/resubmit.h"

bool
resubmit_is_set(const struct settings *settings)
{
	for (size_t i = 0; i < settings->source_count; i++) {
		if (settings->sources[i].in_doubt == SETTINGS_RESUBMIT)
			return true;
	}
	return false;
}

static int
refuse(const struct settings *settings, size_t source, const char *what, struct err *err)
{
	struct settings_place place = settings_where(settings, "sources.in_doubt", source);

	return err_set(err, ERR_JOB,
	    "%s\n"
	    "  and without one a person who is sent twice would be doubled.  Choose:\n"
	    "    set  in_doubt = \"probe\";  in %s line %u,\n"
	    "    or send only rows that have an id.",
	    what, place.file, place.line);
}

/* ---- columns */

struct columns {
	const struct span *names;
	size_t count;
};

static bool
has_column(const void *context, const char *name)
{
	const struct columns *columns = context;

	return span_find(columns->names, columns->count, span_of(name)) < columns->count;
}

int
resubmit_check_columns(const struct settings *settings, size_t source,
    const struct span *names, size_t count, struct err *err)
{
	const struct columns columns = { names, count };
	const struct required_set set = { .has = has_column, .context = &columns };
	char what[256];

	if (settings->sources[source].in_doubt != SETTINGS_RESUBMIT || required_identify(&set))
		return 0;
	snprintf(what, sizeof(what), "source %s: no column is a unique id", settings->sources[source].name);
	return refuse(settings, source, what, err);
}

/* ---- rows */

struct cells {
	const struct layout *layout;
	const struct span *values;
};

/* "Anything but the two-letter state will create duplicate profiles." */
static bool
has_cell(const void *context, const char *name)
{
	const struct cells *cells = context;
	int output = layout_find(cells->layout, name);
	struct span value = output < 0 ? SPAN_NONE : span_trim(cells->values[output]);

	return strcmp(name, "registered_address.state") == 0 ? value.len == 2 : value.len > 0;
}

int
resubmit_check_row(const struct settings *settings, size_t source, uint32_t input,
    const struct layout *layout, const struct row *row, const struct span *values,
    struct err *err)
{
	const struct cells cells = { layout, values };
	const struct required_set set = { .has = has_cell, .context = &cells };
	char what[PATH_MAX + 128], number[SHOW_BYTES], line[SHOW_BYTES];

	if (settings->sources[source].in_doubt != SETTINGS_RESUBMIT || required_identify(&set))
		return 0;
	snprintf(what, sizeof(what), "%s: row %s (line %s) has no unique id",
	    settings->sources[source].inputs[input].written, show_count(row->row, number),
	    show_count(row->line, line));
	return refuse(settings, source, what, err);
}
