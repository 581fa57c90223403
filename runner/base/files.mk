# Layer 0: known by all, knows nobody.
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	%D%/buf.c %D%/buf.h \
	%D%/charset.c %D%/charset.h \
	%D%/crc32c.c %D%/crc32c.h \
	%D%/dates.c %D%/dates.h \
	%D%/err.c %D%/err.h \
	%D%/glob.c %D%/glob.h \
	%D%/jsonw.c %D%/jsonw.h \
	%D%/limits.h \
	%D%/number.c %D%/number.h \
	%D%/recipe.h \
	%D%/required.c %D%/required.h \
	%D%/scoped.h \
	%D%/show.c %D%/show.h \
	%D%/span.c %D%/span.h \
	%D%/stamp.c %D%/stamp.h \
	%D%/suggest.c %D%/suggest.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/wire.h
