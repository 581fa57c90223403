# Layer 3: input files, and the source port made of them.
noinst_LIBRARIES += libsource.a
libsource_a_SOURCES = \
	%D%/file.c %D%/file.h \
	%D%/input.c %D%/input.h \
	%D%/source.c %D%/source.h \
	%D%/survey.c %D%/survey.h

# Layer 1: the text of voter files; knows no files. Libraries: digest.c (hashes), encoding.c
# (iconv), letters.c (letters of Unicode), gunzip.c, unzstd.c, unzip.c (packers).
noinst_LIBRARIES += libtext.a
libtext_a_SOURCES = \
	%D%/base64url.c %D%/base64url.h \
	%D%/block.h \
	%D%/complaint.c %D%/complaint.h \
	%D%/cut.c %D%/cut.h \
	%D%/dialect.h \
	%D%/digest.c %D%/digest.h \
	%D%/encoding.c %D%/encoding.h \
	%D%/field.c %D%/field.h \
	%D%/gunzip.c %D%/gunzip.h \
	%D%/how.c %D%/how.h \
	%D%/layout.c %D%/layout.h \
	%D%/letters.c %D%/letters.h \
	%D%/namecase.c %D%/namecase.h \
	%D%/only.c %D%/only.h \
	%D%/pass.c %D%/pass.h \
	%D%/payload.c %D%/payload.h \
	%D%/pool.c %D%/pool.h \
	%D%/problem.h \
	%D%/reader.h \
	%D%/reasons.c %D%/reasons.h \
	%D%/render.c %D%/render.h \
	%D%/reread.c %D%/reread.h \
	%D%/rows.c %D%/rows.h \
	%D%/rules.c %D%/rules.h \
	%D%/scan.c %D%/scan.h \
	%D%/split.c %D%/split.h \
	%D%/stage.c %D%/stage.h \
	%D%/table.c %D%/table.h \
	%D%/unpack.c %D%/unpack.h \
	%D%/unzip.c %D%/unzip.h \
	%D%/unzstd.c %D%/unzstd.h \
	%D%/utf16.c %D%/utf16.h \
	%D%/utf8.c %D%/utf8.h \
	%D%/wildcard.c %D%/wildcard.h
