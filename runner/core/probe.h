/* probe.h - is a chunk whose answer was lost in the nation's list? (replies.md, "Settling a doubt")
 *
 * Pure. A look reads pages of GET /api/v2/imports; every entry is shown to the probe, at the end of
 * each page it says what to read next, at the end of the look what was seen. Presence is told by
 * content; absence is claimed only for a list that could have shown the chunk: it reaches back far
 * enough, and every import of this load in that period, at least one, stands in it. */
#ifndef RUNNER_CORE_PROBE_H
#define RUNNER_CORE_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/span.h"
#include "runner/core/reply.h"

/* What is looked for. Spans are borrowed until the verdict. */
struct probe_wanted {
	const char *type;       /* "people" or "ballot" */
	struct span head;       /* begin of the CSV as sent: header line and first rows */
	uint32_t header_bytes;  /* of head, the header line */
	uint64_t rows;          /* sent */
	uint64_t lines;         /* physical lines of those rows; rows if they have no line ends; 0: not
				   known */
	int64_t since_ms;       /* SUBMIT_STARTED less 10 minutes, in the nation's clock */
	uint64_t own_expected;  /* imports of this load that may have been made since then: all must
				   stand in the list before it proves an absence, */
	bool has_witness;       /* and one of them must surely be of that time */
	bool may_be_split;      /* another copy of the run folder may have sent it in pieces, of which
				   the first begins like it and has fewer lines */
	size_t shared_letters;  /* probe_shared_letters() with the chunk most like it of those that
				   the nation may have unknown to us: they tell nothing */
};

/* Whose an entry is, as far as this load knows. */
enum probe_owner {
	PROBE_STRANGER,
	PROBE_OWN,       /* another chunk of this load owns the id */
	PROBE_OWN_AGAIN, /* the same, and it shows nothing new: it was shown before in this look, is not
			    of the time in question, or the list's times are wrong */
};

enum probe_next {
	PROBE_NEXT_PAGE,
	PROBE_FIRST_PAGE, /* again: did the list change while we read? */
	PROBE_START_OVER, /* it did */
	PROBE_COMPLETE,
	PROBE_TOO_LONG, /* over 200 pages, or it never stands still */
};

enum probe_result {
	PROBE_IS_FOUND,      /* exactly one, candidate says which; to be confirmed */
	PROBE_IS_ABSENT,
	PROBE_IS_UNCLEAR,    /* several, or some that cannot be told */
	PROBE_NEEDS_LIKENESS, /* nothing like it, but none of our own shows in what form the nation
				 lists them: what looks different may be ours */
	PROBE_NEEDS_WITNESS, /* absent as it seems, but nothing shows that the list is whole */
};

struct probe {
	struct probe_wanted wanted;
	size_t header_letters;
	uint32_t page; /* from 1: the page to be read */
	uint32_t restarts;
	bool is_rereading;
	uint64_t first_page_print; /* of its ids, when it was read first */
	uint64_t page_print;

	bool is_falling; /* ids and times fall strictly so far */
	bool is_past;    /* the last entry is older than since_ms */
	uint32_t entries; /* read: of one alone nobody can tell whether they fall */
	uint64_t last_id;
	int64_t last_created_ms;

	uint64_t own_seen;
	bool is_comparable; /* a head of our own was readable: what differs is not ours */
	uint32_t alike;     /* strangers that begin like the chunk and like no other of ours */
	uint32_t obscure;   /* strangers that cannot be told */
	uint32_t different; /* strangers that begin otherwise */
	uint64_t candidate;
};

/* How many letters two heads have in common from their beginning; blanks, quotes, commas and line
 * ends do not count. */
size_t probe_shared_letters(struct span a, struct span b);

void probe_init(struct probe *probe, const struct probe_wanted *wanted);
void probe_entry(struct probe *probe, const struct listed *entry, enum probe_owner owner);
enum probe_next probe_page_end(struct probe *probe, bool has_more);
enum probe_result probe_result(const struct probe *probe);

#endif
