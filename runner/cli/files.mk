# Layer 6: one verb a file, one table; knows everybody.
noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	%D%/alone.c %D%/alone.h \
	%D%/args.c %D%/args.h \
	%D%/auth.c \
	%D%/begin.c %D%/begin.h \
	%D%/check.c %D%/check.h \
	%D%/compare.c %D%/compare.h \
	%D%/completion.c \
	%D%/confinement.c %D%/confinement.h \
	%D%/copies.c %D%/copies.h \
	%D%/corrected.c %D%/corrected.h \
	%D%/demo.c \
	%D%/explain.c \
	%D%/extension.c %D%/extension.h \
	%D%/globs.c %D%/globs.h \
	%D%/handed.c %D%/handed.h \
	%D%/init.c \
	%D%/inputs.c %D%/inputs.h \
	%D%/later.c \
	%D%/layouts.c %D%/layouts.h \
	%D%/linting.c %D%/linting.h \
	%D%/log.c \
	%D%/loopback.c %D%/loopback.h \
	%D%/newtoken.c %D%/newtoken.h \
	%D%/online.c %D%/online.h \
	%D%/output.c %D%/output.h \
	%D%/planning.c %D%/planning.h \
	%D%/ports.c %D%/ports.h \
	%D%/rejects.c \
	%D%/report.c \
	%D%/reporting.c %D%/reporting.h \
	%D%/resubmit.c %D%/resubmit.h \
	%D%/resolve.c \
	%D%/retry.c \
	%D%/run.c %D%/run.h \
	%D%/screen.c %D%/screen.h \
	%D%/session.c %D%/session.h \
	%D%/signin.c %D%/signin.h \
	%D%/standing.c %D%/standing.h \
	%D%/status.c \
	%D%/unsettled.c %D%/unsettled.h \
	%D%/verbs.c %D%/verbs.h \
	%D%/verify.c
