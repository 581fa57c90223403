/* The head of an answer, a line each, as the client hands it on: times and waits in every form. The
 * first byte chooses the status, the second our clock. */
#include "platform.h"

#include <string.h>

#include "runner/base/utf8.h"
#include "runner/nation/answer.h"
#include "tests/fuzz/fuzz.h"

/* 30,000 years: what is longer reads as this. */
#define MOST_MS INT64_C(1000000000000000)

static const uint32_t statuses[] = { 200, 401, 429, 503, 302, 408 };
static const int64_t clocks[] = { 0, INT64_C(1790000000000), INT64_C(4000000000000), -5000 };

static void
may_be_shown(const char *shown)
{
	struct span text = span_of(shown);

	while (text.len > 0) {
		size_t bytes = utf8_character(text);

		FUZZ_MUST(bytes > 0 && (unsigned char)*text.ptr >= 0x20 && *text.ptr != 0x7f);
		text.ptr += bytes;
		text.len -= bytes;
	}
}

static struct reply
read_head(struct span lines, uint32_t status, int64_t wall_ms, bool has_line_ends)
{
	struct reply reply = { .status = status };
	struct answer_head head;

	answer_head_init(&head);
	while (lines.ptr) {
		struct span line = span_next(&lines, '\n');

		if (has_line_ends && lines.ptr)
			line.len++;
		answer_head_line(&head, line);
	}
	answer_head_fill(&head, wall_ms, &reply);
	return reply;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct reply with, without;
	struct span lines;
	uint32_t status;
	int64_t wall_ms;

	if (len < 2)
		return 0;
	status = statuses[bytes[0] % ARRAY_COUNT(statuses)];
	lines = (struct span){ (const char *)bytes + 2, len - 2 };
	wall_ms = clocks[bytes[1] % ARRAY_COUNT(clocks)];
	with = read_head(lines, status, wall_ms, true);
	without = read_head(lines, status, wall_ms, false);
	may_be_shown(with.request_id);
	FUZZ_MUST(with.retry_after_ms >= -1 && with.retry_after_ms <= MOST_MS);
	FUZZ_MUST(with.server_date_ms == -1 || with.server_date_ms % 1000 == 0);
	FUZZ_MUST(with.retry_after_ms == without.retry_after_ms);
	FUZZ_MUST(with.server_date_ms == without.server_date_ms);
	FUZZ_MUST(strcmp(with.request_id, without.request_id) == 0);
	return 0;
}
