# How tests are run: one driver for all of them, and the targets beside `make check`.
TEST_EXTENSIONS = .sh
LOG_DRIVER = $(SHELL) $(top_srcdir)/%D%/driver
SH_LOG_DRIVER = $(LOG_DRIVER)
SH_LOG_COMPILER = bash
if COVERAGE
# gcov writes beside the objects, from within the program.
unconfined = ROLLCALL_CONFINE=off; export ROLLCALL_CONFINE;
endif
AM_TESTS_ENVIRONMENT = \
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)'; \
	CC='$(CC)' NM='$(NM)' PLAIN_OBJECTS='$(plain_objects)'; \
	COMPILE='$(CC) $(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS) $(AM_CFLAGS) $(CFLAGS)'; \
	ASAN_OPTIONS="detect_leaks=1:$$ASAN_OPTIONS"; \
	UBSAN_OPTIONS="print_stacktrace=1:$$UBSAN_OPTIONS"; \
	FUZZ_CORPUS='$(abs_top_srcdir)/tests/fuzz/corpus'; SIM_LIBS='$(sim_LIBS)'; ROLLCALL_LIBS='$(rollcall_LDADD)'; $(unconfined) \
	export TOP_SRCDIR TOP_BUILDDIR CC NM PLAIN_OBJECTS COMPILE FUZZ_CORPUS SIM_LIBS ROLLCALL_LIBS \
		ASAN_OPTIONS UBSAN_OPTIONS;

dist_noinst_SCRIPTS += %D%/driver %D%/count %D%/analyze
dist_noinst_DATA += %D%/verdicts.awk tests/lib.sh tests/planting.sh tests/README.md
TESTS += %D%/driver_test.sh
LONG_TESTS += %D%/bare_debian.sh
EXTRA_DIST += %D%/driver_test.sh %D%/bare_debian.sh

check-long: all
	ROLLCALL_LONG=1 TEST_TIMEOUT=$${TEST_TIMEOUT:-7200} \
		$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(LONG_TESTS)' TEST_SUITE_LOG=check-long.log

# gcc only: clang has no -fanalyzer.
analyze: platform.h
	cd $(top_srcdir) && COMPILE='$(CC) $(DEFS) -I$(abs_top_builddir) -I. $(CPPFLAGS) $(AM_CFLAGS)' \
		$(SHELL) %D%/analyze

if COVERAGE
# Every test; a table of all folders.
coverage: check
	$(GCOVR) --filter runner/ --filter store/ --filter config/ --filter sandbox/ '$(abs_top_builddir)'

# The core is pure, so the unit tests alone must take its every branch.
coverage-core: $(check_PROGRAMS)
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(unit_programs)' TEST_SUITE_LOG=coverage-core.log
	$(GCOVR) --filter runner/core/ --fail-under-line 100 --fail-under-branch 100 \
		'$(abs_top_builddir)'

# An assert is a promise to the reader: its failing side is no branch to be tested.
GCOVR = cd $(top_srcdir) && gcovr --root . --branches --print-summary \
	--exclude-branches-by-pattern '\s*assert\(.*'
else
coverage coverage-core:
	@echo "Not built for coverage. In a folder of its own: ../configure --enable-coverage" >&2
	@exit 1
endif

.PHONY: check-long analyze coverage coverage-core
