/* order.h - what a POST asks for, besides its file: the one place that reads JSON. */
#ifndef SANDBOX_ORDER_H
#define SANDBOX_ORDER_H

#include <stdbool.h>

#include "runner/base/buf.h"
#include "runner/base/span.h"
#include "sandbox/model.h"

/* {"import":{"type":…,"file":"","is_overwritable":…}}. 0, or -1 with the reason: *is_json says
 * whether it was JSON at all. */
int order_read(struct span document, enum model_type *type, bool *is_overwritable,
	       const char **reason, bool *is_json);

/* One text member of a token request, which is a form or a JSON object. Empty if absent. */
void order_member(struct span document, bool is_json, const char *name, struct buf *to);

#endif
