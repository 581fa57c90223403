/* complain.h - what is wrong with a job file, the way product.md section 7 shows it:
 *
 *     nc-2026.cfg:57: a comma before ")"
 *         56 |       ( "nc_house_abbrv",     "state_lower_district" ),
 *         57 |     );
 *            |     ^ lists end without a comma: remove the one on line 56
 *     Nothing was sent.
 *
 * The kind is ERR_JOB. Of what is written after `token`, `url` and `proxy` the excerpt shows no
 * secret: a token pasted in the place of its source stays out of terminals and mails. */
#ifndef CONFIG_COMPLAIN_H
#define CONFIG_COMPLAIN_H

#include <stddef.h>

#include "config/script.h"
#include "runner/base/err.h"

/* `format` is "HEADLINE\nHINT": the hint stands behind the mark under `at`. Always -1. */
int complain_at(const struct script *script, size_t at, struct err *err, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same, with the line of `also` shown above where it is another one. */
int complain_with(const struct script *script, size_t also, size_t at, struct err *err,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
