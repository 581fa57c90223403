/* fields.h - the fields that a nation's imports are known to take; which an import must have is
 * runner/base/required.h. NationBuilder publishes no current list: a job can allow others with
 * `extra_fields`, and `custom_fields.NAME` is always one. Pure. */
#ifndef CONFIG_FIELDS_H
#define CONFIG_FIELDS_H

#include <stdbool.h>

#include "config/settings.h"
#include "runner/base/span.h"

/* Field names are data: letters count. */
bool fields_known(enum settings_type type, struct span name);

/* The known field that an unknown name was probably meant to be, or an empty span. */
struct span fields_suggest(enum settings_type type, struct span name);

#endif
