/* Failure CSVs as the nation writes them: records end somewhere, fields lie within them, and it does
 * not matter in which windows the bytes come. */
#include "platform.h"

#include "runner/report/loose.h"
#include "tests/fuzz/fuzz.h"

static void
fields_lie_within(const struct loose *loose, size_t used)
{
	size_t at = 0;

	FUZZ_MUST(loose->count >= 1 && loose->count <= LOOSE_FIELDS_MOST);
	for (size_t i = 0; i < loose->count; i++) {
		const struct loose_field *field = &loose->fields[i];

		FUZZ_MUST(field->raw >= at && field->raw <= field->raw_end);
		FUZZ_MUST(field->raw_end <= used);
		FUZZ_MUST(field->text <= field->text_end && field->text_end <= loose->text.len);
		at = field->raw_end;
	}
}

/* The length of the first record, if only the first `seen` bytes, then one more at a time, are
 * there. */
static size_t
take_in_windows(struct loose *loose, struct span bytes, size_t seen)
{
	size_t used = 0;

	for (; seen < bytes.len; seen++) {
		if (loose_take(loose, (struct span){ bytes.ptr, seen }, false, &used))
			return used;
	}
	FUZZ_MUST(loose_take(loose, bytes, true, &used));
	return used;
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct span rest = { (const char *)bytes, len };
	struct loose loose;
	size_t used;

	FUZZ_MUST(loose_init(&loose, NULL) == 0);
	while (rest.len > 0) {
		FUZZ_MUST(loose_take(&loose, rest, true, &used));
		FUZZ_MUST(used >= 1 && used <= rest.len);
		fields_lie_within(&loose, used);
		if (rest.len < 512)
			FUZZ_MUST(take_in_windows(&loose, rest, 1) == used);
		rest.ptr += used;
		rest.len -= used;
	}
	loose_done(&loose);
	return 0;
}
