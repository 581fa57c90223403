/* fuzz.h - what every fuzz target defines, and how it states what must hold.
 *
 * With --enable-fuzzers (clang) a target is a libFuzzer program. In every other build replay.c is its
 * main and `make check` runs it over tests/fuzz/corpus/NAME: what a fuzzer once found stays found. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define FUZZ_MUST(claim)                                                                           \
	do {                                                                                       \
		if (!(claim)) {                                                                    \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim);        \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

#endif
