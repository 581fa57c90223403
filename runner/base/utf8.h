/* utf8.h - one well-formed UTF-8 character (RFC 3629: no overlong forms, no surrogates, up to
 * U+10FFFF). For short texts; whole files are checked by runner/source/utf8.h. */
#ifndef RUNNER_BASE_UTF8_H
#define RUNNER_BASE_UTF8_H

#include <stddef.h>

#include "runner/base/span.h"

/* Bytes of the character at the front of `text`, 1 to 4; 0 if there is none or it is broken. */
size_t utf8_character(struct span text);

#endif
