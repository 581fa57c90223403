/* err.h - what went wrong, and who can mend it.
 *
 * A function that can fail returns 0 or -1 and takes a `struct err *` last. The text is built from
 * the outside in: the place that failed says what failed, each caller may put in front what it was
 * doing. Library code never prints.
 *
 * The kind says who can mend it and *is* the exit code of the program (product.md section 6, after
 * sysexits.h), so that no table has to map one to the other. */
#ifndef RUNNER_BASE_ERR_H
#define RUNNER_BASE_ERR_H

#include <stdarg.h>

enum err_kind {
	ERR_NONE = 0,
	ERR_USAGE = 64,       /* wrong command line */
	ERR_DATA = 65,        /* input data wrong, nothing was sent */
	ERR_INPUT = 66,       /* input missing, unreadable or changed; run folder foreign */
	ERR_UNREACHABLE = 69, /* the nation could not be reached for retry.give_up */
	ERR_BUG = 70,         /* a bug in rollcall */
	ERR_CREATE = 73,      /* cannot create */
	ERR_IO = 74,          /* I/O error, disk full, store damaged, out of memory */
	ERR_LATER = 75,       /* stopped, resumable; another run holds the lock */
	ERR_NONSENSE = 76,    /* the nation answered something that makes no sense */
	ERR_ACCESS = 77,      /* token refused or lacking permission */
	ERR_JOB = 78,         /* job file wrong */
};

/* Longest text kept, with its NUL. A longer one is cut, never overrun. */
#define ERR_TEXT_BYTES 4096

struct err {
	enum err_kind kind;
	char text[ERR_TEXT_BYTES]; /* may have several lines; no newline at the end */
};

#define ERR_INIT { .kind = ERR_NONE }

/* All return -1, so that a failing function ends in `return err_set(...)`. `err` may be NULL. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int err_vset(struct err *err, enum err_kind kind, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

/* "FORMAT: strerror(saved_errno)". */
int err_system(struct err *err, enum err_kind kind, int saved_errno, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "out of memory", kind ERR_IO. */
int err_memory(struct err *err);

/* Puts "FORMAT: " before the text that is there; the kind stays. */
int err_within(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
