/* rules.h - what the nation asks of people and ballots: columns that must be there, and values
 * (nationbuilder-api.md, "Ballot columns" and "People").
 *
 * A missing column is an error. A value that breaks a rule is counted, with the first examples: the
 * nation decides about each row, so these are warnings. Blank means empty or nothing but blanks. */
#ifndef RUNNER_SOURCE_RULES_H
#define RUNNER_SOURCE_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "runner/base/err.h"
#include "runner/source/layout.h"

enum rules_type { RULES_PEOPLE, RULES_BALLOT };

/* X(name, what a row does that breaks it) */
#define RULES(X)                                                                                 \
	X(VOTE_METHOD, "ballots.vote_method is not voted, early or absentee")                    \
	X(ELECTION_AT, "election.election_at is not a date as MM/DD/YYYY or YYYY-MM-DD")         \
	X(ELECTION_STATE, "election.state is not a two-letter state")                            \
	X(COUNTRY, "election.country_code is not a two-letter country")                          \
	X(IDENTITY, "nothing says whose ballot it is")                                           \
	X(STATE, "registered_address.state is not a two-letter state, which the voter id needs") \
	X(COUNTY, "county_file id without registered_address.county")

enum rule {
#define X(name, text) RULE_##name,
	RULES(X)
#undef X
	    RULE_COUNT,
};

const char *rules_text(enum rule rule);

enum { RULES_EXAMPLES = 3, RULES_VALUE_BYTES = 48 };

struct rules_example {
	uint64_t row;
	uint64_t line;
	char value[RULES_VALUE_BYTES]; /* cut, ends with NUL; from outside: show it safely */
};

struct rules_count {
	uint64_t rows;
	struct rules_example examples[RULES_EXAMPLES]; /* of the first rows */
};

/* The outputs of a layout that rules speak about; -1: there is none. */
struct rules {
	enum rules_type type;
	int id, state_file, county_file, state, county;
	int method, country, election_state, election_at;
	struct rules_count counts[RULE_COUNT];
};

/* Counts begin at 0. ERR_DATA if a column is missing; `path` names the input. */
int rules_init(struct rules *rules, enum rules_type type, const struct layout *layout,
    const char *path, struct err *err);

/* Whether any rule would look at the rows. */
bool rules_apply(const struct rules *rules);

/* Looks at a row that was taken apart. `values` are those that are sent, one an output; NULL: they are
 * what stands in the file. */
void rules_row(struct rules *rules, const struct layout *layout, const struct row *row,
    const struct span *values);

/* Adds the counts of another input of the same source; earlier examples stay in front. */
void rules_add(struct rules_count to[RULE_COUNT], const struct rules_count from[RULE_COUNT]);

#endif
