/* parse.h - libconfig, and the only place that knows it (1.5 and later).
 *
 * Hands the script's text to it and takes over what its texts and truths mean (escapes, joined
 * texts). Everything else about a value, where it stands and how it is written, is known from
 * config/syntax.h. libconfig's own complaint, and its reading differing from ours, are errors too:
 * two readers must agree before anything is sent. */
#ifndef CONFIG_PARSE_H
#define CONFIG_PARSE_H

#include "config/arena.h"
#include "config/script.h"
#include "config/tree.h"
#include "runner/base/err.h"

/* Fills in `text` and `truth` below `root`, which syntax_read() made of the same script. */
int parse_values(
    const struct script *script, struct arena *arena, struct tree *root, struct err *err);

#endif
