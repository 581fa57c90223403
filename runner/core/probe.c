#include "platform.h"

#include <stddef.h>
#include <string.h>

#include "runner/core/probe.h"

enum {
	MOST_PAGES = 200,
	MOST_RESTARTS = 3,
};

/* FNV-1a, to notice that page 1 changed. */
#define PRINT_SEED  UINT64_C(14695981039346656037)
#define PRINT_PRIME UINT64_C(1099511628211)

static void
start(struct probe *probe)
{
	probe->page = 1;
	probe->is_rereading = false;
	probe->page_print = PRINT_SEED;
	probe->is_falling = true;
	probe->is_past = false;
	probe->entries = 0;
	probe->last_id = UINT64_MAX;
	probe->last_created_ms = INT64_MAX;
	probe->own_seen = 0;
	probe->is_comparable = false;
	probe->alike = 0;
	probe->obscure = 0;
	probe->different = 0;
	probe->candidate = 0;
}

/* ---- comparing heads: blanks, quotes, commas and line ends do not count ---- */

static bool
is_decoration(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '"' || c == ',';
}

static bool
next_letter(struct span *text, char *letter)
{
	while (text->len && is_decoration(text->ptr[0])) {
		text->ptr++;
		text->len--;
	}
	if (text->len == 0)
		return false;
	*letter = text->ptr[0];
	text->ptr++;
	text->len--;
	return true;
}

struct comparison {
	size_t letters;  /* in common */
	bool is_differing; /* what followed was another letter, not an end */
};

static struct comparison
compare(struct span a, struct span b)
{
	struct comparison comparison = { 0 };
	char letter_a, letter_b;

	while (next_letter(&a, &letter_a) && next_letter(&b, &letter_b)) {
		if (letter_a != letter_b) {
			comparison.is_differing = true;
			break;
		}
		comparison.letters++;
	}
	return comparison;
}

size_t
probe_shared_letters(struct span a, struct span b)
{
	return compare(a, b).letters;
}

static struct span
header_of(const struct probe_wanted *wanted)
{
	return (struct span){ wanted->head.ptr, wanted->header_bytes };
}

void
probe_init(struct probe *probe, const struct probe_wanted *wanted)
{
	*probe = (struct probe){ .wanted = *wanted };
	probe->header_letters = probe_shared_letters(header_of(wanted), header_of(wanted));
	start(probe);
}

/* "..." or U+2026 anywhere: somebody cut it, so a difference proves nothing. */
static bool
is_cut(struct span text)
{
	for (size_t i = 0; i + 3 <= text.len; i++) {
		if (memcmp(text.ptr + i, "...", 3) == 0 ||
		    memcmp(text.ptr + i, "\xE2\x80\xA6", 3) == 0)
			return true;
	}
	return false;
}

enum likeness {
	ALIKE,   /* so far into the rows that it can be no other chunk of ours */
	OBSCURE, /* the same as far as it goes, which is not so far; or not to be read */
	UNLIKE,
};

static enum likeness
likeness(const struct probe *probe, const struct listed *entry)
{
	size_t shared = probe->wanted.shared_letters;
	size_t enough = shared > probe->header_letters ? shared : probe->header_letters;
	struct comparison found = compare(entry->content_head, probe->wanted.head);

	if (!entry->has_content_head)
		return OBSCURE;
	if (found.is_differing)
		return is_cut(entry->content_head) ? OBSCURE : UNLIKE;
	return found.letters > enough ? ALIKE : OBSCURE;
}

/* Does the nation show what begins with our header in a way that we can read? */
static bool
has_our_header(const struct probe *probe, const struct listed *entry)
{
	return entry->has_content_head &&
	       probe_shared_letters(entry->content_head, header_of(&probe->wanted)) ==
		   probe->header_letters;
}

/* ---- entries ---- */

static bool
begins_nocase(struct span text, const char *word)
{
	struct span wanted = span_of(word);

	return text.len >= wanted.len &&
	       span_equal_nocase((struct span){ text.ptr, wanted.len }, wanted);
}

/* A type that no document has could be any. */
static bool
may_be_of_type(struct span type, const char *wanted)
{
	if (begins_nocase(type, "people") || begins_nocase(type, "ballot"))
		return begins_nocase(type, wanted);
	return true;
}

/* The header may or may not count, physical lines may count instead of records; 0 while queued. Where the
 * plan does not show how many lines the chunk has, they are its rows or more. */
static bool
may_have_lines(const struct probe_wanted *wanted, int64_t lines_count)
{
	uint64_t count = (uint64_t)lines_count;

	if (lines_count <= 0)
		return true;
	if (wanted->lines == 0)
		return count >= wanted->rows;
	return count == wanted->rows || count == wanted->rows + 1 || count == wanted->lines ||
	       count == wanted->lines + 1;
}

static bool
may_be_piece(const struct probe_wanted *wanted, int64_t lines_count)
{
	uint64_t most = wanted->lines > wanted->rows ? wanted->lines : wanted->rows;

	return wanted->may_be_split && (uint64_t)lines_count <= most;
}

static void
judge_stranger(struct probe *probe, const struct listed *entry)
{
	enum likeness like;

	if (!may_be_of_type(entry->type, probe->wanted.type))
		return;
	if (!may_have_lines(&probe->wanted, entry->lines_count)) {
		probe->obscure += may_be_piece(&probe->wanted, entry->lines_count) &&
				  likeness(probe, entry) != UNLIKE;
		return;
	}
	like = likeness(probe, entry);
	probe->alike += like == ALIKE;
	probe->obscure += like == OBSCURE;
	probe->different += like == UNLIKE;
	if (like == ALIKE)
		probe->candidate = entry->import_id;
}

static void
judge_own(struct probe *probe, const struct listed *entry, enum probe_owner owner)
{
	if (owner == PROBE_OWN)
		probe->own_seen++;
	if (has_our_header(probe, entry))
		probe->is_comparable = true;
}

static void
note_order(struct probe *probe, const struct listed *entry)
{
	if (entry->import_id == 0 || entry->created_ms < 0 ||
	    entry->import_id >= probe->last_id || entry->created_ms > probe->last_created_ms)
		probe->is_falling = false;
	probe->last_id = entry->import_id;
	probe->last_created_ms = entry->created_ms;
	probe->is_past = entry->created_ms < probe->wanted.since_ms;
	probe->entries++;
}

void
probe_entry(struct probe *probe, const struct listed *entry, enum probe_owner owner)
{
	bool is_in_time = entry->created_ms < 0 || entry->created_ms >= probe->wanted.since_ms;

	probe->page_print = (probe->page_print ^ entry->import_id) * PRINT_PRIME;
	if (probe->is_rereading)
		return;
	note_order(probe, entry);
	if (owner != PROBE_STRANGER)
		judge_own(probe, entry, owner);
	else if (is_in_time)
		judge_stranger(probe, entry);
}

static enum probe_next
start_over(struct probe *probe)
{
	if (++probe->restarts > MOST_RESTARTS)
		return PROBE_TOO_LONG;
	start(probe);
	return PROBE_START_OVER;
}

/* All of the time in question was read, and what follows is older. */
static bool
is_covered(const struct probe *probe)
{
	return probe->is_falling && probe->is_past && probe->entries > 1;
}

enum probe_next
probe_page_end(struct probe *probe, bool has_more)
{
	uint64_t print = probe->page_print;

	probe->page_print = PRINT_SEED;
	if (probe->is_rereading)
		return print == probe->first_page_print ? PROBE_COMPLETE : start_over(probe);
	if (probe->page == 1)
		probe->first_page_print = print;
	if (has_more && !is_covered(probe)) {
		if (++probe->page > MOST_PAGES)
			return PROBE_TOO_LONG;
		return PROBE_NEXT_PAGE;
	}
	if (probe->page == 1)
		return PROBE_COMPLETE; /* one page is one moment */
	probe->is_rereading = true;
	probe->page = 1;
	return PROBE_FIRST_PAGE;
}

enum probe_result
probe_result(const struct probe *probe)
{
	/* Unless we know how the nation shows our own, what looks different may be ours. */
	bool may_hide = probe->different && !probe->is_comparable;

	if (probe->alike == 1 && probe->obscure == 0 && probe->candidate)
		return PROBE_IS_FOUND;
	if (probe->alike || probe->obscure)
		return PROBE_IS_UNCLEAR;
	if (may_hide)
		return PROBE_NEEDS_LIKENESS;
	if (!probe->wanted.has_witness || probe->own_seen < probe->wanted.own_expected)
		return PROBE_NEEDS_WITNESS;
	return PROBE_IS_ABSENT;
}
