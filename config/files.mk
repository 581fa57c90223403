# Layer 5: the job file, read into plain values. Knows base and libconfig, nothing else of ours.
noinst_LIBRARIES += libconfig-job.a
libconfig_job_a_SOURCES = \
	%D%/address.c %D%/address.h \
	%D%/arena.c %D%/arena.h \
	%D%/complain.c %D%/complain.h \
	%D%/fields.c %D%/fields.h \
	%D%/filter.c %D%/filter.h \
	%D%/history.c %D%/history.h \
	%D%/identity.c %D%/identity.h \
	%D%/job.c %D%/job.h \
	%D%/maps.c %D%/maps.h \
	%D%/options.c %D%/options.h \
	%D%/parse.c %D%/parse.h \
	%D%/reader.c %D%/reader.h \
	%D%/rules.c %D%/rules.h \
	%D%/script.c %D%/script.h \
	%D%/settings.c %D%/settings.h \
	%D%/source.c %D%/source.h \
	%D%/steps.c %D%/steps.h \
	%D%/syntax.c %D%/syntax.h \
	%D%/tree.h \
	%D%/value.c %D%/value.h
