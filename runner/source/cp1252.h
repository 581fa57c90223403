/* cp1252.h - windows-1252, in which most voter files that are not UTF-8 were written: to show a
 * person what broken bytes would say. Nothing is guessed from it. */
#ifndef RUNNER_SOURCE_CP1252_H
#define RUNNER_SOURCE_CP1252_H

#include "runner/base/buf.h"
#include "runner/base/span.h"

/* Appends the bytes as UTF-8. -1, with nothing appended, if one of them has no meaning there. */
int cp1252_show(struct buf *to, struct span bytes);

#endif
