/* wildcard.h - patterns of names: * is any text, ? one byte, [a-z] one of them, [!a-z] none of them, \ takes
 * the next byte as it is. Byte by byte, the same in every locale. */
#ifndef RUNNER_SOURCE_WILDCARD_H
#define RUNNER_SOURCE_WILDCARD_H

#include <stdbool.h>

/* Has one of * ? [ in it. */
bool wildcard_is_pattern(const char *text);

/* `*` and the others also stand for a slash. A name that begins with a period is only fitted by a
 * pattern that begins with one. */
bool wildcard_fits(const char *pattern, const char *name);

#endif
