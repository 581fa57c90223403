# Layer 4: the loop. Knows the core and the ports, no library.
noinst_LIBRARIES += libengine.a
libengine_a_SOURCES = \
	%D%/access.c %D%/access.h \
	%D%/adopt.c \
	%D%/engine.c %D%/engine.h \
	%D%/hear.c \
	%D%/look.c %D%/look.h \
	%D%/private.h \
	%D%/rescue.c %D%/rescue.h \
	%D%/retry.c \
	%D%/room.c %D%/room.h \
	%D%/turn.c %D%/turn.h
