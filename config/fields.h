/* fields.h - the fields that a nation's imports are known to take, and which of them an import must
 * have (nationbuilder-api: people and ballot imports). NationBuilder publishes no current list: a
 * job can allow others with `extra_fields`, and `custom_fields.NAME` is always one. Pure. */
#ifndef CONFIG_FIELDS_H
#define CONFIG_FIELDS_H

#include <stdbool.h>

#include "config/settings.h"
#include "runner/base/buf.h"
#include "runner/base/span.h"

/* Field names are data: letters count. */
bool fields_known(enum settings_type type, struct span name);

/* The known field that an unknown name was probably meant to be, or an empty span. */
struct span fields_suggest(enum settings_type type, struct span name);

/* The fields of one import, however the caller holds them. */
struct fields_set {
	enum settings_type type;
	bool (*has)(const void *context, const char *name);
	const void *context;
	const char *country; /* value of election.country_code where it is a constant, else NULL */
};

/* Whether fields are missing without which the nation refuses the rows, or cannot tell whose they
 * are; `words` then says which: "election.election_at (when the election was)". A ballot needs
 * ballots.vote_method, election.country_code, election.election_at, election.state unless the country
 * is known to be another than the US, and one identity: id, state_file.id with its state, or county_file.id with its state and county. A person's
 * state_file_id or county_file_id needs the same of registered_address. */
bool fields_missing(const struct fields_set *set, struct buf *words);

/* Whether the nation can tell from every row, if its cells are filled, whose it is: with this a
 * person that was sent twice stays one person (`in_doubt = "resubmit"`). */
bool fields_identify(const struct fields_set *set);

#endif
