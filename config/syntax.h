/* syntax.h - libconfig's grammar, looked at before libconfig does.
 *
 * libconfig says "syntax error" and a line, often not the line of the mistake; it joins two texts
 * without a comma between them, wraps large numbers, reads 010 as ten. Here each of these is found
 * where it is and worded. What passes is accepted by libconfig 1.5 and 1.7 alike, so that a job file
 * means the same on both; 1.7's comma before a closing bracket is refused.
 *
 * Also refused, as always a mistake in a job file: a text that goes on in the next line, two texts
 * side by side in a list, `\x00`, a name given twice, more than SYNTAX_DEPTH brackets. */
#ifndef CONFIG_SYNTAX_H
#define CONFIG_SYNTAX_H

#include "config/arena.h"
#include "config/script.h"
#include "config/tree.h"
#include "runner/base/err.h"

enum {
	/* A job file needs seven: sources, source, only, rule, values and two to spare. */
	SYNTAX_DEPTH = 16,
	/* Settings of one group: far above ours, and names are compared one with another. */
	SYNTAX_GROUP = 256,
};

/* The whole text as one group; its texts (tree.h) are still to be filled in. The spans point into
 * the script. */
int syntax_read(
    const struct script *script, struct arena *arena, struct tree **root, struct err *err);

#endif
