/* charset.h - the encodings that an input may be in, by the names that people give them.
 *
 * A short list on purpose: what voter files come in, and converters without state (others have had
 * overflows). Here, because config reads the name and runner/source the bytes. Pure. */
#ifndef RUNNER_BASE_CHARSET_H
#define RUNNER_BASE_CHARSET_H

#include "runner/base/span.h"

enum charset_kind {
	CHARSET_UTF8,
	CHARSET_BYTES, /* a byte is a character; the first 128 are those of ASCII */
	CHARSET_UTF16, /* read as UTF-8, from a copy that was converted */
};

struct charset {
	const char *name;  /* as we write it: "windows-1252" */
	const char *iconv; /* as iconv(3) knows it */
	enum charset_kind kind;
};

/* By its name or an alias of it ("latin1", "cp1252"); case, and - _ or a blank in it, do not count.
 * NULL if it is none of ours. */
const struct charset *charset_find(struct span name);

/* The name nearest to an unknown one, or an empty span. */
struct span charset_suggest(struct span name);

#endif
