/* source.h - the lists of a source: inputs, header, columns, constants, extra fields, after. */
#ifndef CONFIG_SOURCE_H
#define CONFIG_SOURCE_H

#include "config/reader.h"

/* One of the options from OPTIONS_INPUTS on. Of OPTIONS_AFTER only the form is checked: the names
 * are those of sources that may stand further below, so config/rules.c looks them up. */
int source_read(const struct reader *reader, const struct option *option,
    const struct tree *node, struct settings_source *source);

#endif
