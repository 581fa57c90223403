/* transcript.h - what a scanner said about a text, as text, so that two of them can be compared and
 * a difference can be read. For tests of runner/source. */
#ifndef TESTS_UNIT_TRANSCRIPT_H
#define TESTS_UNIT_TRANSCRIPT_H

#include <stddef.h>

#include "runner/base/buf.h"
#include "runner/source/dialect.h"

/* The scanner's answers for a text fed in windows of `window` bytes, every record with its fields
 * (the first LIMIT_COLUMNS of them):
 *     row 1 line 1 bytes 0-9 content 8: 0-3 4-8
 *     end | KIND row R line L byte B column C fields F */
void transcript_of_scan(
    struct buf *to, const char *text, size_t len, size_t window, struct dialect dialect);

/* The same by the grammar, without a state machine, on the whole text: the reference. */
void transcript_of_grammar(struct buf *to, const char *text, size_t len, struct dialect dialect);

/* A seeded text: mostly records that keep the rules of `dialect`, sometimes broken at one place. */
void transcript_random_text(struct buf *to, unsigned *seed, struct dialect dialect);

/* A seeded number below `below`. */
unsigned transcript_roll(unsigned *seed, unsigned below);

#endif
