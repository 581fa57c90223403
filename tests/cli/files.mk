# The shipped binary against the pretend nation: one theme a file.
cli_tests = %D%/answers.sh %D%/big_states.sh %D%/chunks.sh %D%/confined.sh %D%/copies.sh \
	%D%/corrected.sh %D%/files.sh %D%/history.sh %D%/hostile.sh %D%/init.sh %D%/inputs.sh \
	%D%/jobs.sh %D%/jobs_by_state.sh %D%/lint.sh %D%/online.sh %D%/real_layouts.sh \
	%D%/refresh.sh %D%/reports.sh %D%/retry.sh %D%/splitting.sh %D%/stopping.sh \
	%D%/terminal.sh %D%/tokens.sh %D%/transform.sh %D%/verbs.sh
TESTS += $(cli_tests)
# Its failures without end fill a disk to 256 MiB.
LONG_TESTS += %D%/hostile.sh
# Files of a gigabyte.
LONG_TESTS += %D%/big_states.sh
EXTRA_DIST += $(cli_tests) %D%/states.py %D%/other_reader.py %D%/load.sh %D%/trespass.c

# The nation of hostile.sh.
check_PROGRAMS += tests/wire/hostile
tests_wire_hostile_SOURCES = tests/wire/hostile.c
tests_wire_hostile_LDADD = -lpthread
