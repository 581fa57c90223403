# The client against a server that is wrong on purpose, byte for byte.
if HAVE_CMOCKA
wire_programs = tests/wire/test_client
tests_wire_test_client_SOURCES = %D%/test_client.c %D%/peer.c %D%/peer.h
tests_wire_test_client_LDADD = libnation.a libjson-read.a libbase.a $(CURL_LIBS) $(JSONC_LIBS) \
	$(CMOCKA_LIBS) -lpthread

check_PROGRAMS += $(wire_programs)
TESTS += $(wire_programs)
endif
