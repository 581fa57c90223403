/* layouts.h - what the job says of each source, in the terms of runner/source: dialect, encoding, rules,
 * columns, constants with {load_id} put in. */
#ifndef RUNNER_CLI_LAYOUTS_H
#define RUNNER_CLI_LAYOUTS_H

#include <stddef.h>

#include "config/settings.h"
#include "runner/base/err.h"
#include "runner/base/scoped.h"
#include "runner/source/layout.h"

struct layouts {
	struct layout_options *of; /* one a source; borrows the settings' texts */
	size_t count;
	struct encoding **encodings; /* of sources that are not UTF-8; else NULL */
	char **texts; /* constants that had {load_id} in them */
	size_t text_count;
};

#define LAYOUTS_NONE { NULL, 0, NULL, NULL, 0 }

int layouts_make(struct layouts *layouts, const struct settings *settings, const char *load_id,
    struct err *err);
void layouts_done(struct layouts *layouts);
SCOPED_BY(layouts, layouts_done)

#endif
