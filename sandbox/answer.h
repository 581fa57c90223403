/* answer.h - what the nation says about its imports, to the letter of nationbuilder-api.md, and
 * the odd things that a struct fault_effect makes of it.
 *
 * Pure: bodies of answers, out of a model. All append to `to`. */
#ifndef SANDBOX_ANSWER_H
#define SANDBOX_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"
#include "sandbox/fault.h"
#include "sandbox/model.h"

/* V1: {"import":{…}}, after a POST and for GET /api/v1/imports/ID. */
void answer_import(const struct model *model, const struct model_import *import,
		   const struct fault_effect *effect, struct buf *to);

/* V1: {"result":{…}}. */
void answer_result(const struct model *model, const struct model_import *import,
		   const struct fault_effect *effect, struct buf *to);

/* V2. */
struct answer_page {
	uint64_t number;     /* from 1 */
	uint64_t size;
	struct span fields;  /* fields[imports], comma-separated; empty: all */
};

#define ANSWER_PAGE_SIZE      20
#define ANSWER_PAGE_SIZE_MOST 100

/* Imports that a list shows: those for which this says true; NULL: all. */
struct answer_filter {
	bool (*shows)(void *context, const struct model_import *import);
	void *context;
};

void answer_list(const struct model *model, const struct answer_page *page,
		 const struct answer_filter *filter, const struct fault_effect *effect,
		 struct buf *to);
void answer_detail(const struct model_import *import, struct span fields,
		   const struct fault_effect *effect, struct buf *to);

/* The V2 id of an import, which is that of V1 but for other-ids. */
uint64_t answer_v2_id(const struct model_import *import, const struct fault_effect *effect);
/* The V1 id behind a V2 id. */
uint64_t answer_v1_id(uint64_t v2_id, const struct fault_effect *effect);

/* {"code":…,"message":…}, with "validation_errors" where `invalid` is not NULL. */
void answer_error(const char *code, const char *message, const char *invalid, struct buf *to);
/* V2 form: {"errors":[{"title":…,"detail":…}]} */
void answer_errors(const char *title, const char *detail, struct buf *to);

#endif
