# Just above base: files that are there whole or not at all.
noinst_LIBRARIES += libfiles.a
libfiles_a_SOURCES = \
	%D%/folder.c %D%/folder.h \
	%D%/put.c %D%/put.h
