/* job_fixture.h - job files for tests: a whole one around the part that a test is about, and what
 * the reader answers. */
#ifndef TESTS_UNIT_JOB_FIXTURE_H
#define TESTS_UNIT_JOB_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>

#include <cmocka.h>

#include "config/job.h"
#include "runner/base/buf.h"

/* Line 1 to 3 of every job below; the parts begin in line 4. */
#define JOB_HEAD                                                             \
	"version = 1;\n"                                                     \
	"nation = { slug = \"ourcampaign\"; token = \"env:NB_TOKEN\"; };\n" \
	"\n"
#define JOB_PEOPLE "type = \"people\"; input = \"people.csv\";\n"
#define JOB_BALLOT "type = \"ballot\"; input = \"ballots.csv\";\n"

/* One people source with `part` in it, which begins in line 5. */
#define JOB_OF_PEOPLE(part) JOB_HEAD "sources = ( { " JOB_PEOPLE part " } );\n"
#define JOB_OF_BALLOTS(part) JOB_HEAD "sources = ( { " JOB_BALLOT part " } );\n"

/* A job with `part` after its one source, in line 5. */
#define JOB_WITH(part) JOB_HEAD "sources = ( { type = \"people\"; input = \"people.csv\"; } );\n" part

static inline int
job_from(const char *text, struct settings *settings, struct err *err)
{
	const struct job_options options = { .path = "lists/job.cfg", .home = "/home/ann" };

	return job_read_text(&options, span_of(text), settings, err);
}

#define JOB_ACCEPTED(job, settings)                             \
	do {                                                    \
		struct err err_ = ERR_INIT;                     \
		if (job_from(job, settings, &err_))             \
			fail_msg("refused: %s", err_.text);     \
	} while (0)

/* The complaint about line `line`: its headline and, behind the mark, its hint, in full. */
#define JOB_REFUSED(text, line, headline, hint) \
	job_refused(text, ERR_JOB, line, headline, hint, __FILE__, __LINE__)
#define JOB_LACKS(text, line, headline, hint) \
	job_refused(text, ERR_DATA, line, headline, hint, __FILE__, __LINE__)

static inline void
job_refused(const char *text, enum err_kind kind, unsigned line, const char *headline,
    const char *hint, const char *file, int at)
{
	static const char end[] = "\nNothing was sent.";
	SCOPED(settings) settings;
	struct err err = ERR_INIT;
	SCOPED(buf) start = BUF_INIT;
	SCOPED(buf) mark = BUF_INIT;

	settings_init(&settings);
	buf_printf(&start, "lists/job.cfg:%u: %s\n", line, headline);
	buf_printf(&mark, "^ %s\n", hint);
	_assert_int_equal((uintmax_t)job_from(text, &settings, &err), (uintmax_t)-1, file, at);
	if (strncmp(err.text, buf_text(&start), start.len) != 0 ||
	    !strstr(err.text, buf_text(&mark)))
		print_error("says:\n%s\ninstead of:\n%s...%s\n", err.text, buf_text(&start),
		    buf_text(&mark));
	_assert_true(strncmp(err.text, buf_text(&start), start.len) == 0, "headline", file, at);
	_assert_true(strstr(err.text, buf_text(&mark)) != NULL, "hint", file, at);
	_assert_string_equal(err.text + strlen(err.text) - strlen(end), end, file, at);
	_assert_int_equal(err.kind, kind, file, at);
	_assert_int_equal(settings.source_count, 0, file, at);
}

#endif
