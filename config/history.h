/* history.h - votes as columns, or as a list in one: a ballot row for each.
 *
 *     history = ( { columns = "GENERAL-*"; election = "date MM/DD/YYYY after '-'"; method = "map m"; } );
 *     history = ( { column = "VoterHistory"; separator = ";"; election = "map elections"; } ); */
#ifndef CONFIG_HISTORY_H
#define CONFIG_HISTORY_H

#include "config/reader.h"

int history_read(const struct reader *reader, const struct option *option, const struct tree *node,
    struct settings_source *source);

/* Once maps and type are known: reads the steps, and checks them together. */
int history_finish(const struct reader *reader, size_t source);

/* Whether the field is one that the source's history makes. */
bool history_sends(const struct settings_source *source, const char *field);

#endif
