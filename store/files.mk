# Layer 3: the job database. Knows base, core, the ports, LMDB (env.c and txn.c), and reads its
# certificate with runner/json.
noinst_LIBRARIES += libstore.a
libstore_a_SOURCES = \
	%D%/audit.c %D%/audit.h \
	%D%/audited.c %D%/audited.h \
	%D%/birth.c %D%/birth.h \
	%D%/coverage.c %D%/coverage.h \
	%D%/derived.c %D%/derived.h \
	%D%/draft.c %D%/draft.h \
	%D%/env.c %D%/env.h \
	%D%/events.c %D%/events.h \
	%D%/handle.c %D%/handle.h \
	%D%/ids.c %D%/ids.h \
	%D%/inspect.c %D%/inspect.h \
	%D%/journal.c %D%/journal.h \
	%D%/lock.c %D%/lock.h \
	%D%/mark.c %D%/mark.h \
	%D%/pages.c %D%/pages.h \
	%D%/record.c %D%/record.h \
	%D%/replay.c %D%/replay.h \
	%D%/schema.c %D%/schema.h \
	%D%/store.c %D%/store.h \
	%D%/txn.c %D%/txn.h
dist_noinst_DATA += %D%/FORMAT.md
