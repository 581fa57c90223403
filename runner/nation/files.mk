# Layer 3: the nation over HTTP. libcurl by way of private.h only.
noinst_LIBRARIES += libnation.a
libnation_a_SOURCES = \
	%D%/answer.c %D%/answer.h \
	%D%/base64.c %D%/base64.h \
	%D%/callback.c \
	%D%/client.c %D%/client.h \
	%D%/finish.c \
	%D%/formbody.c %D%/formbody.h \
	%D%/grant.c %D%/grant.h \
	%D%/private.h \
	%D%/refresh.c \
	%D%/renewal.c %D%/renewal.h \
	%D%/request.c \
	%D%/result.c %D%/result.h \
	%D%/setup.c \
	%D%/timeout.c \
	%D%/token.c %D%/token.h \
	%D%/tokenfile.c %D%/tokenfile.h
