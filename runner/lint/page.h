/* page.h - the findings as one HTML page that needs nothing else: no script, no file, no network.
 * Readable at 400 px, and on paper. */
#ifndef RUNNER_LINT_PAGE_H
#define RUNNER_LINT_PAGE_H

#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/lint/lint.h"

struct page {
	const char *job, *nation;
	const char *when; /* as text */
	const char *const *sources; /* their names */
	uint32_t source_count;
	const char *(*input)(const void *ctx, uint32_t source, uint32_t input);
	const void *ctx;
};

void page_write(struct buf *to, const struct page *page, const struct lint *lint);

#endif
