# The shipped binary, cut off.
crash_tests = \
	%D%/closed_streams.sh \
	%D%/faulted_system_calls.sh \
	%D%/killed_at_every_step.sh \
	%D%/odd_inputs.sh \
	%D%/store_taken_away.sh

TESTS += $(crash_tests)
LONG_TESTS += %D%/faulted_system_calls.sh
EXTRA_DIST += $(crash_tests) %D%/loads.sh
