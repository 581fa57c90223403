/* The scanner against the grammar, whatever the text, the dialect and the windows it comes in. */
#include "platform.h"

#include "tests/fuzz/fuzz.h"
#include "tests/unit/transcript.h"

/* Two bytes of choices, then the text. */
int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char delimiters[] = { ',', '\t', '|', ';' };
	SCOPED(buf) said = BUF_INIT;
	SCOPED(buf) wanted = BUF_INIT;
	struct dialect dialect;
	const char *text;

	if (len < 2)
		return 0;
	dialect = (struct dialect){ delimiters[bytes[0] & 3], bytes[0] >> 2 & 1,
		bytes[0] >> 3 & 1, bytes[0] >> 4 & 1 };
	text = (const char *)bytes + 2;
	transcript_of_scan(&said, text, len - 2, 1u + bytes[1], dialect);
	transcript_of_grammar(&wanted, text, len - 2, dialect);
	FUZZ_MUST(span_equal(buf_span(&said), buf_span(&wanted)));
	return 0;
}
