# Layer 3: what the system does for us.
noinst_LIBRARIES += libsys.a
libsys_a_SOURCES = \
	%D%/helper.c %D%/helper.h
