# Layer 3: what the system does for us.
noinst_LIBRARIES += libsys.a
libsys_a_SOURCES = \
	%D%/chance.c %D%/chance.h \
	%D%/clock.c %D%/clock.h \
	%D%/confine.c %D%/confine.h \
	%D%/control.c %D%/control.h \
	%D%/helper.c %D%/helper.h \
	%D%/host.c %D%/host.h \
	%D%/steps.c %D%/steps.h
