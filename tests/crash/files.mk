# The shipped binary, cut off.
TESTS += %D%/killed_at_every_step.sh
EXTRA_DIST += %D%/killed_at_every_step.sh
