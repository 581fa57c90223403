#include "platform.h"

#include <string.h>

#include "runner/base/buf.h"
#include "store/audited.h"
#include "store/handle.h"

void
audited_find(struct audited *audited, const char *format, ...)
{
	SCOPED(buf) text = BUF_INIT;
	va_list args;

	va_start(args, format);
	buf_vprintf(&text, format, args);
	va_end(args);
	audited->findings++;
	audited->options->find(audited->options->ctx, buf_text(&text));
}

/* Readers put "STORE is damaged: " first; here every line is about that. */
void
audited_find_error(struct audited *audited, const struct err *err)
{
	static const char words[] = "is damaged: ";
	const char *at = strstr(err->text, words);

	audited_find(audited, "%s", at ? at + strlen(words) : err->text);
}

const char *
audited_name(const struct audited *audited, uint32_t source)
{
	const struct store_load *load = &audited->store->load;

	return source < load->source_count ? load->sources[source] : "?";
}

bool
audited_plan(struct audited *audited, uint32_t source, uint32_t number, struct plan_chunk *plan)
{
	struct schema_key key = schema_chunk_key(source, number);
	struct span value;

	return txn_get(&audited->txn, SCHEMA_PLAN, schema_span(&key), &value) &&
	       schema_read_plan(&audited->store->env, schema_span(&key), value, plan, NULL) == 0;
}

bool
audited_is_added(const struct plan_chunk *plan)
{
	return plan->parent || plan_is_retry(plan);
}
