# The shipped binary against the pretend nation: one theme a file.
cli_tests = %D%/answers.sh %D%/splitting.sh %D%/stopping.sh %D%/files.sh %D%/chunks.sh %D%/reports.sh \
	%D%/real_layouts.sh %D%/tokens.sh %D%/jobs.sh %D%/verbs.sh %D%/terminal.sh \
	%D%/copies.sh %D%/online.sh
TESTS += $(cli_tests)
EXTRA_DIST += $(cli_tests) %D%/load.sh
