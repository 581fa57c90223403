# Just above base: JSON in. The one place of json-c in the runner.
noinst_LIBRARIES += libjson-read.a
libjson_read_a_SOURCES = \
	%D%/read.c %D%/read.h \
	%D%/spell.c %D%/spell.h
