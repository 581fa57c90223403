/* people.h - the profiles of the pretend nation.
 *
 * A profile is its number (from 0, in order of creation) and its filled fields in one block, a few
 * bytes of overhead a field, so that a million profiles of a state's voter file fit in some hundred
 * megabytes. Every unique id has its own hash table.
 *
 * Rules (nationbuilder-api.md): a row is matched by its unique ids. state_file_id is one only with
 * a two-letter registered_address.state, county_file_id with county and state; with anything else
 * the row creates a profile every time. The first id that is found, in the order of enum field,
 * names the profile. A row is refused if another of its ids sits on another profile, or if the
 * profile found by one id has an id of a stronger kind (one before it in that order) that is not
 * the row's: two voters with one email. Blanks around values are dropped, empty cells never
 * clear. */
#ifndef SANDBOX_PEOPLE_H
#define SANDBOX_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/buf.h"
#include "runner/base/err.h"
#include "runner/base/span.h"
#include "sandbox/chance.h"

struct people;

struct people_cell {
	uint32_t field;
	struct span value; /* trimmed, not empty */
};

enum people_outcome {
	PEOPLE_CREATED,
	PEOPLE_UPDATED, /* matched; also when nothing changed */
	PEOPLE_REFUSED,
};

#define PEOPLE_NOBODY UINT32_MAX

/* Ids begin after a seeded number and rise with gaps. */
struct people *people_new(struct chance chance, struct err *err);
void people_free(struct people *people);

/* The field of a header name: 1 and the number, 0 if the name is ignored, -1 out of memory. */
int people_field(struct people *people, struct span name, uint32_t *field, struct err *err);

/* One row. On PEOPLE_REFUSED `reason` is set. 0, or -1 out of memory. */
int people_put(struct people *people, const struct people_cell *cells, size_t count,
	       bool is_overwritable, enum people_outcome *outcome, struct buf *reason,
	       struct err *err);

/* The profile with the unique id `field` = value; state and county where the id needs them. */
uint32_t people_find(struct people *people, uint32_t field, struct span value, struct span state,
		     struct span county);

uint32_t people_count(const struct people *people);
uint64_t people_id(const struct people *people, uint32_t person);

/* The table as CSV: the header names `id` and every field seen in a header so far; then up to
 * `most` profiles from number `from` on. */
void people_csv_header(const struct people *people, struct buf *to);
uint32_t people_csv(const struct people *people, uint32_t from, uint32_t most, struct buf *to);

#endif
