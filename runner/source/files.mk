# Layer 3: input files, and the source port made of them.
noinst_LIBRARIES += libsource.a
libsource_a_SOURCES = \
	%D%/file.c %D%/file.h \
	%D%/source.c %D%/source.h \
	%D%/survey.c %D%/survey.h

# Layer 1: the text of voter files; knows no files. Only digest.c knows libraries.
noinst_LIBRARIES += libtext.a
libtext_a_SOURCES = \
	%D%/base64url.c %D%/base64url.h \
	%D%/block.h \
	%D%/complaint.c %D%/complaint.h \
	%D%/cp1252.c %D%/cp1252.h \
	%D%/cut.c %D%/cut.h \
	%D%/dialect.h \
	%D%/digest.c %D%/digest.h \
	%D%/field.c %D%/field.h \
	%D%/layout.c %D%/layout.h \
	%D%/pass.c %D%/pass.h \
	%D%/payload.c %D%/payload.h \
	%D%/problem.h \
	%D%/reader.h \
	%D%/reread.c %D%/reread.h \
	%D%/rows.c %D%/rows.h \
	%D%/rules.c %D%/rules.h \
	%D%/scan.c %D%/scan.h \
	%D%/split.c %D%/split.h \
	%D%/utf8.c %D%/utf8.h
