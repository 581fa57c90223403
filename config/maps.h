/* maps.h - the tables of values of a job file: maps = { party = ( ( "DEM", "D" ), ... ); }. */
#ifndef CONFIG_MAPS_H
#define CONFIG_MAPS_H

#include "config/reader.h"

int maps_read(const struct reader *reader, const struct option *option, const struct tree *node);

/* NULL if the job has none of this name. */
const struct recipe_map *maps_find(const struct settings *settings, struct span name);

#endif
