# The client against a server that is wrong on purpose, byte for byte, and against the sandbox.
if HAVE_CMOCKA
wire_programs = %D%/test_client %D%/test_answers %D%/test_rehearsal %D%/random_posts \
	%D%/ghosts
wire_LIBS = libnation.a libjson-read.a libfiles.a libcore.a libbase.a $(CURL_LIBS) $(JSONC_LIBS) \
	$(CMOCKA_LIBS) -lpthread
tests_wire_test_client_SOURCES = %D%/test_client.c %D%/bench.c %D%/bench.h %D%/peer.c %D%/peer.h
tests_wire_test_client_LDADD = $(wire_LIBS)
tests_wire_test_answers_SOURCES = %D%/test_answers.c %D%/bench.c %D%/bench.h %D%/peer.c %D%/peer.h
tests_wire_test_answers_LDADD = $(wire_LIBS)
tests_wire_test_rehearsal_SOURCES = %D%/test_rehearsal.c %D%/bench.c %D%/bench.h
tests_wire_test_rehearsal_LDADD = $(wire_LIBS)
# libssl comes with libcrypto's -dev package.
tests_wire_random_posts_SOURCES = %D%/random_posts.c %D%/bench.c %D%/bench.h %D%/peer.h \
	%D%/import.c %D%/import.h %D%/nation.c %D%/nation.h %D%/proxy.c %D%/proxy.h %D%/tls.c %D%/tls.h
tests_wire_random_posts_LDADD = $(wire_LIBS) -lssl $(CRYPTO_LIBS)

tests_wire_ghosts_SOURCES = %D%/ghosts.c %D%/bench.c %D%/bench.h %D%/peer.h %D%/cable.c \
	%D%/cable.h %D%/import.c %D%/import.h %D%/nation.c %D%/nation.h %D%/proxy.c %D%/proxy.h \
	%D%/tls.c %D%/tls.h
tests_wire_ghosts_LDADD = $(wire_LIBS) -lssl $(CRYPTO_LIBS)
tests_wire_tls_front_SOURCES = %D%/tls_front.c %D%/proxy.c %D%/proxy.h %D%/tls.c %D%/tls.h
tests_wire_tls_front_LDADD = libbase.a $(CMOCKA_LIBS) -lpthread -lssl $(CRYPTO_LIBS)

check_PROGRAMS += $(wire_programs) %D%/tls_front
TESTS += $(wire_programs)
LONG_TESTS += %D%/random_posts %D%/ghosts
LONG_TESTS += %D%/heads.sh %D%/planted.sh
endif

wire_scripts = %D%/heads.sh %D%/tls.sh
TESTS += $(wire_scripts)
EXTRA_DIST += $(wire_scripts) %D%/planted.sh
