# Fuzz targets: %D%/fuzz_NAME.c with its corpus in %D%/corpus/NAME (see fuzz.h). To fuzz:
#   ../configure CC=clang --enable-fuzzers && make -j2 fuzz_programs
#   mkdir -p found && tests/fuzz/fuzz_NAME found ../tests/fuzz/corpus/NAME     (it writes to the first)
# Each needs  _SOURCES, _LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS), _LDADD = $(FUZZ_MAIN) archives,
# and a line in FUZZ_INPUTS.
fuzz_programs = tests/fuzz/fuzz_text
FUZZ_INPUTS = %D%/corpus/text

tests_fuzz_fuzz_text_SOURCES = %D%/fuzz_text.c %D%/fuzz.h
tests_fuzz_fuzz_text_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_text_LDADD = $(FUZZ_MAIN) libbase.a

fuzz_programs += tests/fuzz/fuzz_rejects
FUZZ_INPUTS += %D%/corpus/rejects
tests_fuzz_fuzz_rejects_SOURCES = %D%/fuzz_rejects.c %D%/fuzz.h
tests_fuzz_fuzz_rejects_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_rejects_LDADD = $(FUZZ_MAIN) libreport.a libbase.a

fuzz_programs += tests/fuzz/fuzz_record
FUZZ_INPUTS += %D%/corpus/record
tests_fuzz_fuzz_record_SOURCES = %D%/fuzz_record.c %D%/fuzz.h
tests_fuzz_fuzz_record_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_record_LDADD = $(FUZZ_MAIN) libstore.a libcore.a libbase.a $(LMDB_LIBS)

check_PROGRAMS += $(fuzz_programs)
if FUZZERS
FUZZ_MAIN =
else
FUZZ_MAIN = libreplay.a
check_LIBRARIES += libreplay.a
libreplay_a_SOURCES = %D%/replay.c %D%/fuzz.h
TESTS += $(fuzz_programs)
endif

fuzz_programs: $(fuzz_programs)
.PHONY: fuzz_programs
EXTRA_DIST += $(FUZZ_INPUTS)
