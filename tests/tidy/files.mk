# The rules of the house, checked: each finds a violation planted in a copy, too.
tidy_tests = \
	%D%/headers.sh %D%/layers.sh %D%/manual.sh %D%/purity.sh %D%/readme.sh \
	%D%/shape.sh %D%/shell.sh

TESTS += $(tidy_tests)
EXTRA_DIST += $(tidy_tests)

tidy: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(tidy_tests)' TEST_SUITE_LOG=tidy.log
.PHONY: tidy
