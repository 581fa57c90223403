/* content.h - what a row says, as numbers that are compared instead of its text. FNV-1a. */
#ifndef RUNNER_REPORT_CONTENT_H
#define RUNNER_REPORT_CONTENT_H

#include <stddef.h>
#include <stdint.h>

#include "runner/base/span.h"

/* Of one cell: enough to tell the few rows apart that are made from one record. */
uint32_t content_cell(struct span cell);

/* Of all cells of a row, in the order of the header as sent. */
uint64_t content_row(const struct span *cells, size_t count);

#endif
