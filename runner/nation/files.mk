# Layer 3: the nation over HTTP. libcurl in client.c only.
noinst_LIBRARIES += libnation.a
libnation_a_SOURCES = \
	%D%/answer.c %D%/answer.h \
	%D%/base64.c %D%/base64.h \
	%D%/client.c %D%/client.h \
	%D%/formbody.c %D%/formbody.h \
	%D%/grant.c %D%/grant.h \
	%D%/renewal.c %D%/renewal.h \
	%D%/result.c %D%/result.h \
	%D%/token.c %D%/token.h \
	%D%/tokenfile.c %D%/tokenfile.h
