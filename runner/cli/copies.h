/* copies.h - NAME.run/inputs/: the texts of inputs that are not their own, unpacked or converted once, so
 * that every chunk can be read again at any time.
 *
 * A copy is there whole or not at all, 0600, named SOURCE-N.txt by the place of its input within the
 * source, from 1. It can always be made again from its input, and the plan's digests prove that it has
 * the same bytes; so it goes when the load is done. */
#ifndef RUNNER_CLI_COPIES_H
#define RUNNER_CLI_COPIES_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/source/input.h"

struct copies_place {
	const char *folder; /* NAME.run */
	const char *source; /* name */
	uint32_t input;     /* from 0 */
};

/* "NAME.run/inputs/people-1.txt". -1: ERR_CREATE, the path is too long. */
int copies_path(const struct copies_place *place, char to[static PATH_MAX], struct err *err);

/* Takes the place of one that is there. -1: ERR_DATA, the input is not whole; ERR_INPUT; ERR_IO, no
 * room, then nothing is left of it. */
int copies_make(const struct copies_place *place, struct input *from, struct err *err);

/* One that is not there is fine. */
void copies_unmake(const struct copies_place *place);

/* All of them, whole or not, with the folder. */
int copies_remove(const char *folder, struct err *err);

#endif
