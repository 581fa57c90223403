# The shipped binary against the pretend nation: one theme a file.
cli_tests = %D%/answers.sh %D%/any_text.sh %D%/big_states.sh %D%/chunks.sh %D%/confined.sh \
	%D%/copies.sh %D%/corrected.sh %D%/files.sh %D%/history.sh %D%/hostile.sh %D%/init.sh %D%/inputs.sh \
	%D%/jobs.sh %D%/jobs_by_state.sh %D%/lint.sh %D%/online.sh %D%/real_layouts.sh \
	%D%/refresh.sh %D%/reports.sh %D%/retry.sh %D%/splitting.sh %D%/stopping.sh \
	%D%/terminal.sh %D%/tokens.sh %D%/transform.sh %D%/verbs.sh
TESTS += $(cli_tests)
# Its failures without end fill a disk to 256 MiB.
LONG_TESTS += %D%/hostile.sh
# Files of a gigabyte.
LONG_TESTS += %D%/big_states.sh
# A million texts.
LONG_TESTS += %D%/any_text.sh
EXTRA_DIST += $(cli_tests) %D%/states.py %D%/other_reader.py %D%/any_text.py %D%/load.sh %D%/trespass.c

# The nation of hostile.sh.
check_PROGRAMS += tests/wire/hostile
tests_wire_hostile_SOURCES = tests/wire/hostile.c
tests_wire_hostile_LDADD = -lpthread

# What any_text.py asks.
check_PROGRAMS += tests/cli/reading
tests_cli_reading_SOURCES = %D%/reading.c tests/unit/input.h
tests_cli_reading_LDADD = libtext.a libbase.a $(XXHASH_LIBS) $(UTF8PROC_LIBS) $(CRYPTO_LIBS)
