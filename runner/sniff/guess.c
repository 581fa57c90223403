#include "platform.h"

#include "runner/base/scoped.h"
#include "runner/sniff/guess.h"
#include "runner/source/scan.h"

/* Enough to tell one delimiter from another. */
enum { GUESS_RECORDS = 500 };

struct agreement {
	uint32_t records; /* with as many fields as the first */
	uint32_t fields;
};

static struct agreement
agreement_of(struct span head, struct dialect dialect)
{
	struct agreement agreement = { 0, 0 };
	struct scan scan;
	size_t at = 0;

	scan_init(&scan, dialect, 0, 1, 0);
	for (uint32_t i = 0; i < GUESS_RECORDS; i++) {
		size_t used;
		enum scan_verdict verdict = scan_run(&scan, head.ptr + at, head.len - at, &used);

		at += used;
		/* The last record may be cut off by the end of what was read. */
		if (verdict == SCAN_MORE && agreement.fields == 0)
			verdict = scan_finish(&scan);
		if (verdict != SCAN_RECORD)
			break;
		if (agreement.fields == 0)
			agreement.fields = scan.record.fields;
		agreement.records += scan.record.fields == agreement.fields;
	}
	return agreement;
}

static bool
is_better(struct agreement one, struct agreement other)
{
	if (one.fields < 2)
		return false;
	if (one.records != other.records)
		return one.records > other.records;
	return one.fields > other.fields;
}

struct dialect
guess_dialect(struct span head)
{
	static const char delimiters[] = { ',', '\t', '|', ';' };
	struct dialect best = DIALECT_SENT;
	struct agreement most = { 0, 0 };

	/* With quotation marks first: a dialect without them must be better to be taken. */
	for (int quotes = 1; quotes >= 0; quotes--) {
		for (size_t i = 0; i < ARRAY_COUNT(delimiters); i++) {
			struct dialect dialect = { delimiters[i], quotes != 0 };
			struct agreement agreement = agreement_of(head, dialect);

			/* One comma inside every pair of quotation marks is no column. */
			if (!quotes && agreement.records <= most.records)
				continue;
			if (is_better(agreement, most)) {
				most = agreement;
				best = dialect;
			}
		}
	}
	return best;
}

/* Nothing but digits and what numbers and dates have between them. */
static bool
is_figure(struct span value)
{
	for (size_t i = 0; i < value.len; i++) {
		char byte = value.ptr[i];

		if (!(byte >= '0' && byte <= '9') && byte != '.' && byte != '-' && byte != '/' &&
		    byte != ' ' && byte != ':' && byte != '*')
			return false;
	}
	return true;
}

bool
guess_is_header(const struct span *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_figure(span_trim(values[i])))
			return false;
		for (size_t other = 0; other < i; other++) {
			if (span_equal_nocase(values[i], values[other]))
				return false;
		}
	}
	return count > 0;
}
