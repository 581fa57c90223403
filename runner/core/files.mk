# Layer 1: pure. Events in, actions out; no I/O, clock, chance, allocation or library.
noinst_LIBRARIES += libcore.a
libcore_a_SOURCES = \
	%D%/chunk.c %D%/chunk.h \
	%D%/event.c %D%/event.h \
	%D%/fields.h \
	%D%/plan.h \
	%D%/reply.h \
	%D%/tally.c %D%/tally.h \
	runner/ports.h
libcore_a_SOURCES += \
	%D%/backoff.c %D%/backoff.h \
	%D%/bucket.c %D%/bucket.h \
	%D%/decide.c %D%/decide.h \
	%D%/load.c %D%/load.h \
	%D%/owners.c %D%/owners.h \
	%D%/probe.c %D%/probe.h \
	%D%/queue.c %D%/queue.h \
	%D%/verdict.c %D%/verdict.h \
	%D%/window.c %D%/window.h
dist_noinst_DATA += %D%/README.md
