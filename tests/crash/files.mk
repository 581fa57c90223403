# The shipped binary, cut off.
crash_tests = \
	%D%/canary.sh \
	%D%/clocks.sh \
	%D%/closed_streams.sh \
	%D%/damaged_store.sh \
	%D%/full_disk.sh \
	%D%/killed_around_a_refresh.sh \
	%D%/killed_at_every_step.sh \
	%D%/odd_inputs.sh \
	%D%/random_faults.sh \
	%D%/several_at_once.sh \
	%D%/store_taken_away.sh \
	%D%/two_runners.sh

TESTS += $(crash_tests)

# Inflicts damages, and judges what the shipped program makes of them.
check_PROGRAMS += %D%/damage
tests_crash_damage_SOURCES = %D%/damage.c
tests_crash_damage_LDADD =

# The sample of faulted_system_calls goes by counts, which vary with timing: not for make check.
LONG_TESTS += %D%/damaged_store.sh %D%/faulted_system_calls.sh %D%/killed_around_a_refresh.sh \
	%D%/random_faults.sh %D%/two_runners.sh
EXTRA_DIST += $(crash_tests) %D%/faulted_system_calls.sh %D%/loads.sh \
	%D%/shifted_clock.c
