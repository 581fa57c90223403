/* identity.h - the settings that a load belongs to (product.md section 3).
 *
 * A text, one `NAME=VALUE` a line, of: nation (its address), sources (their names in order) and, for
 * each, sources.NAME.SETTING, limits.chunk, limits.rows, and the maps that columns use. The caller hashes it into the birth
 * certificate; a run with another text would send other chunks, and is refused by the setting's name.
 *
 * Not part of it, and free to change between runs: the token; nation.ca_file, proxy and
 * base64_padding, which change the way but not the CSV; max_rejected and in_doubt; all speeds, waits
 * and reports. Inputs count as written, so that a job can move with its folder.
 *
 * The text is the same for the same settings, in whatever words: 1kB or 1000, a default written out
 * or left out. A setting that a later version adds appears only where it is not its default, so that
 * the loads of older versions stay what they are. */
#ifndef CONFIG_IDENTITY_H
#define CONFIG_IDENTITY_H

#include "config/settings.h"
#include "runner/base/buf.h"
#include "runner/base/span.h"

/* Appends the text. */
void identity_write(const struct settings *settings, struct buf *to);

/* The name of the first setting that differs ("sources.people.columns"), lent from one of the two
 * texts; empty if they are the same. */
struct span identity_difference(struct span before, struct span now);

/* The value of a setting ("sources.people.type"), lent from the text; its ptr is NULL if there is
 * none. */
struct span identity_value(struct span text, const char *name);

#endif
