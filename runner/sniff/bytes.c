#include "platform.h"

#include <string.h>

#include "runner/sniff/bytes.h"
#include "runner/source/block.h"

/* What a byte from 0x80 up means: c a letter that is common in names (or an apostrophe), l another
 * letter or mark that a voter file may have, s a sign that it has not, u nothing. Sixteen a line. */
static const char windows_1252[] =
    "susssssssslslulu" /* 80 */
    "uccllsllsslslull" /* 90 */
    "lssssssssslsssss" /* A0 */
    "sssslssssslsllls" /* B0 */
    "lcllcllccclllcll" /* C0 */
    "lclcllcsllclclll" /* D0 */
    "lcllcllccclclclc" /* E0 */
    "lclcclcsllclclll" /* F0 */;

static const char macintosh[] =
    "clccccccllcllccc" /* 80 */
    "lccllccclcclcllc" /* 90 */
    "ssssssslssssssll" /* A0 */
    "ssssssssssssssll" /* B0 */
    "ssssssssssllllll" /* C0 */
    "llllccssllssssss" /* D0 */
    "sssssllclcclllcl" /* E0 */
    "slcllsssssssssss" /* F0 */;

void
bytes_init(struct bytes *bytes)
{
	memset(bytes, 0, sizeof(*bytes));
	utf8_init(&bytes->utf8, 0);
}

/* Goes on behind every broken character: later bytes are still to be counted. */
static void
check_utf8(struct bytes *bytes, const char *text, size_t len)
{
	while (!bytes->is_broken && len) {
		size_t good = utf8_run(&bytes->utf8, text, len);
		size_t skip;

		text += good;
		len -= good;
		if (!bytes->utf8.problem)
			continue;
		if (bytes->utf8.problem == PROBLEM_UTF8) {
			bytes->is_broken = true;
			bytes->broken_at = bytes->utf8.problem_at;
			return;
		}
		bytes->nuls++;
		skip = utf8_forgive(&bytes->utf8);
		text += skip;
		len -= skip;
	}
}

static void
count(struct bytes *bytes, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (byte >= 0x80) {
			bytes->counts[byte - 0x80]++;
			bytes->high++;
		}
	}
}

void
bytes_add(struct bytes *bytes, const char *text, size_t len)
{
	size_t at = 0;

	check_utf8(bytes, text, len);
	for (; len - at >= BLOCK_BYTES; at += BLOCK_BYTES) {
		if (!block_is_plain(text + at))
			count(bytes, text + at, BLOCK_BYTES);
	}
	count(bytes, text + at, len - at);
}

void
bytes_finish(struct bytes *bytes)
{
	utf8_finish(&bytes->utf8);
	if (bytes->utf8.problem == PROBLEM_UTF8 && !bytes->is_broken) {
		bytes->is_broken = true;
		bytes->broken_at = bytes->utf8.problem_at;
	}
}

/* For or against a table; a byte without a meaning outweighs all else. */
static int64_t
score(const struct bytes *bytes, const char *meanings)
{
	int64_t sum = 0;

	for (size_t i = 0; i < 128; i++) {
		int64_t times = (int64_t)bytes->counts[i];

		if (times && meanings[i] == 'u')
			return INT64_MIN;
		if (meanings[i] == 'c')
			sum += 2 * times;
		else if (meanings[i] == 's')
			sum -= 2 * times;
	}
	return sum;
}

const char *
bytes_encoding(const struct bytes *bytes)
{
	if (!bytes->is_broken)
		return "UTF-8";
	if (score(bytes, macintosh) > score(bytes, windows_1252))
		return "macintosh";
	return "windows-1252";
}

bool
bytes_is_utf16(struct span head)
{
	return head.len >= 2 && (memcmp(head.ptr, "\xFF\xFE", 2) == 0 ||
				    memcmp(head.ptr, "\xFE\xFF", 2) == 0);
}

size_t
bytes_mark(struct span head)
{
	return head.len >= 3 && memcmp(head.ptr, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}
