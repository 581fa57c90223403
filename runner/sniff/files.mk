# Layer 1: what a voter file seems to be, and the starter job made of it. Pure: bytes come by a reader.
noinst_LIBRARIES += libsniff.a
libsniff_a_SOURCES = \
	%D%/bytes.c %D%/bytes.h \
	%D%/column.c %D%/column.h \
	%D%/guess.c %D%/guess.h \
	%D%/known.c %D%/known.h \
	%D%/likeness.c %D%/likeness.h \
	%D%/look.c %D%/look.h \
	%D%/mask.c %D%/mask.h \
	%D%/propose.c %D%/propose.h \
	%D%/starter.c %D%/starter.h
