/* Packed inputs and UTF-16: whatever the bytes, an end or a refusal, the same in windows of any size, and
 * never more than a bound, which a bomb would pass. The first byte says which name and encoding the
 * input has, the second how large the windows are. */
#include "platform.h"

#include <string.h>

#include "runner/base/buf.h"
#include "runner/source/unpack.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/input.h"

/* Small, because memory in large pieces is what costs most under AddressSanitizer. */
enum { MOST_BYTES = 128 << 10, ZSTD_WINDOW_LOG = 17 };

/* How much goes at a time: into the stages, from one to the next, out of them. */
struct windows {
	size_t read, stage, out;
};

struct out {
	struct buf text;
	bool is_refused;
};

static void
unpack(struct span bytes, unsigned kind, struct windows windows, struct out *out)
{
	static const char *const paths[] = { "a.gz", "a.zst", "a.zip", "a.csv" };
	static const char *const encodings[] = { "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE" };
	struct input input = { .text = bytes.ptr, .len = bytes.len, .most = windows.read };
	struct reader reader = input_reader(&input);
	const struct unpack_options options = {
		.from = { &reader, bytes.len, paths[kind % 4], kind & 16 ? "*.csv" : "",
			windows.stage, ZSTD_WINDOW_LOG },
		.encoding = encodings[kind / 4 % 4],
	};
	struct err err = ERR_INIT;
	struct stage *stage;
	size_t got = 1;

	out->is_refused = unpack_open(&options, &stage, &err) != 0;
	if (!out->is_refused) {
		while (got && !out->is_refused && out->text.len < MOST_BYTES) {
			char *to = buf_reserve(&out->text, windows.out);

			out->is_refused = stage->read(stage, to, windows.out, &got, &err) != 0;
			if (!out->is_refused) {
				FUZZ_MUST(got <= windows.out);
				out->text.len += got;
			}
		}
		stage_close(stage);
	}
	FUZZ_MUST(!out->is_refused || err.kind == ERR_DATA || err.kind == ERR_JOB);
	FUZZ_MUST(!out->is_refused || strstr(err.text, "Nothing was sent."));
}

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct out whole = { BUF_INIT, false }, pieces = { BUF_INIT, false };
	struct span rest;
	size_t shared;

	if (len < 2)
		return 0;
	rest = (struct span){ (const char *)bytes + 2, len - 2 };
	unpack(rest, bytes[0], (struct windows){ 0, 8 << 10, 8 << 10 }, &whole);
	unpack(rest, bytes[0], (struct windows){ 1 + bytes[1] / 16, 16, 1 + bytes[1] % 16 }, &pieces);
	shared = whole.text.len < pieces.text.len ? whole.text.len : pieces.text.len;
	FUZZ_MUST(shared == 0 || memcmp(whole.text.ptr, pieces.text.ptr, shared) == 0);
	if (whole.text.len < MOST_BYTES && pieces.text.len < MOST_BYTES) {
		FUZZ_MUST(whole.is_refused == pieces.is_refused);
		FUZZ_MUST(whole.is_refused || whole.text.len == pieces.text.len);
	}
	buf_done(&whole.text);
	buf_done(&pieces.text);
	return 0;
}
