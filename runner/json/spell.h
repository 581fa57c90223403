/* spell.h - the same JSON, spelt so that every json-c reads it alike. Pure.
 *
 * 0.17 and 0.18 (Debian 13), when strict, take bytes from 0x80 up in text for control bytes, and refuse a
 * document for one whole number that no integer holds; 0.16 (Debian 12) does neither. So letters
 * beyond ASCII become \u escapes, and such a number becomes 0.5: a number still, that no getter of
 * read.h takes. */
#ifndef RUNNER_JSON_SPELL_H
#define RUNNER_JSON_SPELL_H

#include <stddef.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"

/* The spelling is at most this many times as long: "\xC3\xA9" is "\u00e9". */
#define SPELL_GROWTH 3

/* Appends `text`, which is valid UTF-8 with whole escapes (read.c has looked), to `to` (check it for
 * memory). Stops as soon as `most` bytes were appended; returns how many of `text` that took: the place
 * in `text` of one in the spelling. */
size_t spell(struct buf *to, struct span text, size_t most);

#endif
