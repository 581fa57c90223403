# Layer 1: what a nation stumbles over, counted in the rows as they are sent. Pure.
noinst_LIBRARIES += liblint.a
liblint_a_SOURCES = \
	%D%/day.c %D%/day.h \
	%D%/findings.c %D%/findings.h \
	%D%/hashes.c %D%/hashes.h \
	%D%/matches.c %D%/matches.h \
	%D%/lint.c %D%/lint.h \
	%D%/page.c %D%/page.h \
	%D%/shapes.c %D%/shapes.h \
	%D%/spellings.c %D%/spellings.h \
	%D%/twins.c %D%/twins.h
