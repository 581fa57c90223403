# The shipped binary against the pretend nation: one theme a file.
cli_tests = %D%/answers.sh %D%/splitting.sh %D%/stopping.sh %D%/files.sh %D%/chunks.sh %D%/reports.sh \
	%D%/real_layouts.sh %D%/tokens.sh %D%/refresh.sh %D%/jobs.sh %D%/verbs.sh %D%/terminal.sh \
	%D%/transform.sh %D%/history.sh %D%/confined.sh %D%/hostile.sh %D%/copies.sh %D%/online.sh %D%/inputs.sh %D%/init.sh %D%/lint.sh %D%/jobs_by_state.sh %D%/retry.sh %D%/corrected.sh
TESTS += $(cli_tests)
# Its failures without end fill a disk to 256 MiB.
LONG_TESTS += %D%/hostile.sh
EXTRA_DIST += $(cli_tests) %D%/states.py %D%/load.sh %D%/trespass.c

# The nation of hostile.sh.
check_PROGRAMS += tests/wire/hostile
tests_wire_hostile_SOURCES = tests/wire/hostile.c
tests_wire_hostile_LDADD = -lpthread
