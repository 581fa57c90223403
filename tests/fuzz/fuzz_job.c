/* A job file: settings, or a message that may be shown on any terminal. Two readers of the same
 * text, libconfig's and ours, disagreeing is a message too. */
#include "platform.h"

#include "config/job.h"
#include "runner/base/utf8.h"
#include "tests/fuzz/fuzz.h"

static void
may_be_shown(struct span text)
{
	while (text.len > 0) {
		size_t bytes = utf8_character(text);

		FUZZ_MUST(bytes > 0);
		FUZZ_MUST((unsigned char)*text.ptr >= 0x20 || *text.ptr == '\n');
		text.ptr += bytes;
		text.len -= bytes;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct job_options options = { .path = "job.cfg", .home = "/home/ann" };
	struct span text = { (const char *)bytes, len };
	SCOPED(settings) settings;
	struct err err = ERR_INIT;

	settings_init(&settings);
	if (job_read_text(&options, text, &settings, &err)) {
		FUZZ_MUST(err.kind == ERR_JOB || err.kind == ERR_DATA);
		FUZZ_MUST(err.text[0]);
		may_be_shown(span_of(err.text));
	} else {
		FUZZ_MUST(settings.source_count > 0);
	}
	return 0;
}
