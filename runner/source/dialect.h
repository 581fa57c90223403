/* dialect.h - how a file separates its fields. */
#ifndef RUNNER_SOURCE_DIALECT_H
#define RUNNER_SOURCE_DIALECT_H

#include <stdbool.h>

struct dialect {
	char delimiter; /* ',' '\t' '|' ';' */
	bool quotes;    /* RFC 4180, strictly; false: a quotation mark is an ordinary character */
	bool strays;    /* with quotes: one inside an unquoted field is an ordinary character */
	bool returns;   /* a CR that no LF follows is one, too */
};

/* What the nation reads, and the only dialect that is ever sent. */
#define DIALECT_SENT ((struct dialect){ ',', true, false, false })

static inline bool
dialect_is_sent(struct dialect dialect)
{
	return dialect.delimiter == ',' && dialect.quotes && !dialect.strays &&
	    !dialect.returns;
}

#endif
