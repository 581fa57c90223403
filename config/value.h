/* value.h - one value of a job file into its member of the settings, by the option table. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "config/reader.h"

/* `base` is the settings, or the source that the option belongs to. */
int value_read(const struct reader *reader, const struct option *option,
    const struct tree *node, void *base);

/* What the job file leaves out. An option without a default is left alone. */
int value_default(const struct reader *reader, const struct option *option, void *base);

#endif
