/* filter.h - `only`: which rows of a source are sent. */
#ifndef CONFIG_FILTER_H
#define CONFIG_FILTER_H

#include "config/reader.h"

int filter_read(const struct reader *reader, const struct option *option, const struct tree *node,
    struct settings_source *source);

#endif
