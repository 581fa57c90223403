# Whole loads in a world of their own: the real core and engine between simulated ports.
if HAVE_CMOCKA
check_LIBRARIES += libsim.a
libsim_a_SOURCES = \
	%D%/again.c %D%/again.h \
	%D%/fate.c %D%/fate.h \
	%D%/law.c %D%/law.h \
	%D%/lot.c %D%/lot.h \
	%D%/memory.c %D%/memory.h \
	%D%/must.h \
	%D%/paper.c %D%/paper.h \
	%D%/play.c %D%/play.h \
	%D%/pretend.c %D%/pretend.h \
	%D%/seed.c %D%/seed.h \
	%D%/shelf.c %D%/shelf.h \
	%D%/world.c %D%/world.h
sim_LIBS = libsim.a libengine.a libstore.a libjson-read.a libfiles.a libcore.a libmodel.a libbase.a \
	$(LMDB_LIBS) $(JSONC_LIBS) $(CRYPTO_LIBS) $(CMOCKA_LIBS)

sim_programs = %D%/sim %D%/adversary %D%/test_memory %D%/test_stories
tests_sim_sim_SOURCES = %D%/sim.c
tests_sim_sim_LDADD = $(sim_LIBS)
tests_sim_adversary_SOURCES = %D%/adversary.c
tests_sim_adversary_LDADD = $(sim_LIBS)
tests_sim_test_memory_SOURCES = %D%/test_memory.c
tests_sim_test_memory_LDADD = $(sim_LIBS)
tests_sim_test_stories_SOURCES = %D%/test_stories.c
tests_sim_test_stories_LDADD = $(sim_LIBS)

check_PROGRAMS += $(sim_programs)
TESTS += $(sim_programs) %D%/asked.sh %D%/planted.sh
EXTRA_DIST += %D%/asked.sh %D%/planted.sh
LONG_TESTS += %D%/sim %D%/adversary
endif
