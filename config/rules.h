/* rules.h - what the values of a job file must be together, once each of them is well. */
#ifndef CONFIG_RULES_H
#define CONFIG_RULES_H

#include "config/reader.h"

/* Checks names, fields and order, and fills in what follows from other settings: a source's name
 * and `after`, a ceiling that a larger setting lifts. */
int rules_check(const struct reader *reader);

#endif
