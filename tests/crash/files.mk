# The shipped binary, cut off.
crash_tests = \
	%D%/canary.sh \
	%D%/clocks.sh \
	%D%/closed_streams.sh \
	%D%/full_disk.sh \
	%D%/killed_around_a_refresh.sh \
	%D%/killed_at_every_step.sh \
	%D%/odd_inputs.sh \
	%D%/random_faults.sh \
	%D%/several_at_once.sh \
	%D%/store_taken_away.sh

TESTS += $(crash_tests)

# Its sample goes by counts of system calls, which vary with timing: not for make check.
LONG_TESTS += %D%/faulted_system_calls.sh %D%/killed_around_a_refresh.sh %D%/random_faults.sh
EXTRA_DIST += $(crash_tests) %D%/faulted_system_calls.sh %D%/loads.sh \
	%D%/shifted_clock.c
