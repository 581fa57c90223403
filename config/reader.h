/* reader.h - what the parts of the job file's reader share: config/job.c walks the groups,
 * config/value.c reads single values, config/source.c the lists of a source, config/rules.c checks
 * what values mean together. Each fails with -1 and the complaint in reader->err. */
#ifndef CONFIG_READER_H
#define CONFIG_READER_H

#include "config/options.h"
#include "config/script.h"
#include "config/settings.h"
#include "config/tree.h"
#include "runner/base/err.h"

struct reader {
	const struct script *script;
	const struct tree *root;
	struct settings *settings; /* being filled in; its arena owns what is kept */
	const char *home;          /* or NULL */
	struct err *err;
};

/* The group of the n-th source. There is one for every settings->sources[]. */
const struct tree *reader_source(const struct reader *reader, size_t index);

/* A copy that lives as long as the settings: 0, or -1 with "out of memory". */
int reader_keep(const struct reader *reader, struct span text, const char **kept);

/* Fills in `path` from a path as written there. */
int reader_path(const struct reader *reader, const struct tree *node, struct settings_path *path);

/* "`sources.format`" for complaints. */
#define READER_NAME_BYTES 64
const char *reader_name(const struct option *option, char to[static READER_NAME_BYTES]);

/* Refuses a value of another kind than `kind`, with an example of a right one. */
int reader_expect(const struct reader *reader, const struct option *option,
    const struct tree *node, enum tree_kind kind);

#endif
