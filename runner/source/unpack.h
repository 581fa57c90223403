/* unpack.h - what form an input has, and its text out of it: unpacked by the packer that its name says,
 * then converted if it is UTF-16.
 *
 * A name's ending and the first bytes must say the same: a .gz that is plain text, or a text that was
 * packed and not named so, is refused with what to do. Nothing else is guessed. */
#ifndef RUNNER_SOURCE_UNPACK_H
#define RUNNER_SOURCE_UNPACK_H

#include <stdbool.h>

#include "runner/source/stage.h"

enum unpack_packing { UNPACK_NONE, UNPACK_GZIP, UNPACK_ZSTD, UNPACK_ZIP };

struct unpack_options {
	struct stage_options from;
	const char *encoding; /* as settings have it: "UTF-16", "UTF-16LE", "UTF-16BE", or any other */
};

/* By the ending of a name. */
enum unpack_packing unpack_of_name(const char *path);

/* The setting is one of the UTF-16 family, so that the text of every stage is UTF-8. */
bool unpack_is_utf16(const char *encoding);

/* *is_plain: the input is its own text, to be read as it lies. -1: ERR_DATA, or the reader's. */
int unpack_look(const struct unpack_options *options, bool *is_plain, struct err *err);

/* The text from its beginning; also of one that is plain. */
int unpack_open(const struct unpack_options *options, struct stage **stage, struct err *err);

#endif
