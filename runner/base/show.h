/* show.h - values as a person reads them. Each writes into the caller's array and returns it. */
#ifndef RUNNER_BASE_SHOW_H
#define RUNNER_BASE_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"

/* Fits every result of the functions below. */
#define SHOW_BYTES 32

char *show_count(uint64_t count, char to[static SHOW_BYTES]);    /* 1,204,771 */
char *show_short(uint64_t count, char to[static SHOW_BYTES]);    /* 812  8.41M  13.5M  999k */
char *show_size(uint64_t bytes, char to[static SHOW_BYTES]);     /* 512 B  37.5 MB  4.0 GB */
char *show_duration(uint64_t ms, char to[static SHOW_BYTES]);    /* 250 ms  4 s  2 min  1 h 05 min */

void show_hex(const void *bytes, size_t len, char *to); /* 2 * len + 1 bytes, lower case */
int show_unhex(struct span text, void *to, size_t len); /* exactly len bytes; 0 or -1 */

/* Appends text that came from outside so that no byte of it can act on a terminal: control bytes,
 * DEL, C1 controls and broken UTF-8 become \xNN, line ends a space; at most `most` bytes are
 * taken, a cut shows as "...". */
void show_safe(struct buf *to, struct span text, size_t most);

/* Appends whole lines of ours that may hold text from outside (a file's name, what a person wrote):
 * as show_safe(), but line ends stay. */
void show_lines(struct buf *to, struct span text);

/* Appends `text` as one word of a shell's command line: as it is, or in quotation marks. */
void show_word(struct buf *to, struct span text);

/* The UTF-8 character at the front acts on a terminal or turns what stands beside it: a control byte,
 * DEL, a C1 control, U+2028 to U+202E, U+2066 to U+2069. */
bool show_acts(struct span text);

#endif
