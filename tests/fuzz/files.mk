# Fuzz targets: %D%/fuzz_NAME.c with its corpus in %D%/corpus/NAME (see fuzz.h). To fuzz:
#   ../configure CC=clang --enable-fuzzers && make -j2 hunt     (hunt.sh tells more)
# Each needs  _SOURCES, _LDFLAGS = $(FUZZ_FLAGS), _LDADD = $(FUZZ_MAIN) archives, a line in
# FUZZ_INPUTS, and a corpus of one input of each kind at least.
FUZZ_FLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
FUZZ_INPUTS = \
	%D%/corpus/answer %D%/corpus/job %D%/corpus/json %D%/corpus/loose %D%/corpus/scan \
	%D%/corpus/text
fuzz_programs = \
	tests/fuzz/fuzz_answer tests/fuzz/fuzz_job tests/fuzz/fuzz_json tests/fuzz/fuzz_loose \
	tests/fuzz/fuzz_scan tests/fuzz/fuzz_text

tests_fuzz_fuzz_answer_SOURCES = %D%/fuzz_answer.c %D%/fuzz.h
tests_fuzz_fuzz_answer_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_answer_LDADD = $(FUZZ_MAIN) libnation.a libjson-read.a libfiles.a libcore.a libbase.a \
	$(JSONC_LIBS) $(CURL_LIBS) $(CRYPTO_LIBS)
tests_fuzz_fuzz_job_SOURCES = %D%/fuzz_job.c %D%/fuzz.h
tests_fuzz_fuzz_job_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_job_LDADD = $(FUZZ_MAIN) libconfig-job.a libbase.a $(LIBCONFIG_LIBS)
tests_fuzz_fuzz_json_SOURCES = %D%/fuzz_json.c %D%/fuzz.h
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_json_LDADD = $(FUZZ_MAIN) libjson-read.a libbase.a $(JSONC_LIBS)
tests_fuzz_fuzz_loose_SOURCES = %D%/fuzz_loose.c %D%/fuzz.h
tests_fuzz_fuzz_loose_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_loose_LDADD = $(FUZZ_MAIN) libreport.a libbase.a
tests_fuzz_fuzz_scan_SOURCES = %D%/fuzz_scan.c %D%/fuzz.h tests/unit/transcript.c \
	tests/unit/transcript.h
tests_fuzz_fuzz_scan_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_scan_LDADD = $(FUZZ_MAIN) libtext.a libbase.a
tests_fuzz_fuzz_text_SOURCES = %D%/fuzz_text.c %D%/fuzz.h
tests_fuzz_fuzz_text_LDFLAGS = $(FUZZ_FLAGS)
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
tests_fuzz_fuzz_record_LDADD = $(FUZZ_MAIN) libstore.a libfiles.a libcore.a libbase.a $(LMDB_LIBS)

fuzz_programs += tests/fuzz/fuzz_pass
FUZZ_INPUTS += %D%/corpus/pass
tests_fuzz_fuzz_pass_SOURCES = %D%/fuzz_pass.c %D%/fuzz.h tests/unit/input.h
tests_fuzz_fuzz_pass_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_pass_LDADD = $(FUZZ_MAIN) libtext.a libbase.a $(XXHASH_LIBS) $(UTF8PROC_LIBS) $(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_transform
FUZZ_INPUTS += %D%/corpus/transform
tests_fuzz_fuzz_transform_SOURCES = %D%/fuzz_transform.c %D%/fuzz.h tests/unit/input.h
tests_fuzz_fuzz_transform_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_transform_LDADD = $(FUZZ_MAIN) libtext.a libbase.a $(XXHASH_LIBS) $(UTF8PROC_LIBS) \
	$(CRYPTO_LIBS)

fuzz_programs += tests/fuzz/fuzz_unpack
FUZZ_INPUTS += %D%/corpus/unpack
tests_fuzz_fuzz_unpack_SOURCES = %D%/fuzz_unpack.c %D%/fuzz.h tests/unit/input.h
tests_fuzz_fuzz_unpack_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_unpack_LDADD = $(FUZZ_MAIN) libtext.a libbase.a $(UNPACK_LIBS)

fuzz_programs += tests/fuzz/fuzz_head tests/fuzz/fuzz_result
FUZZ_INPUTS += %D%/corpus/head %D%/corpus/result
fuzz_answer_LIBS = libnation.a libjson-read.a libfiles.a libcore.a libbase.a $(JSONC_LIBS) \
	$(CURL_LIBS) $(CRYPTO_LIBS)
tests_fuzz_fuzz_head_SOURCES = %D%/fuzz_head.c %D%/fuzz.h
tests_fuzz_fuzz_head_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_head_LDADD = $(FUZZ_MAIN) $(fuzz_answer_LIBS)
tests_fuzz_fuzz_result_SOURCES = %D%/fuzz_result.c %D%/fuzz.h
tests_fuzz_fuzz_result_LDFLAGS = $(FUZZ_FLAGS)
tests_fuzz_fuzz_result_LDADD = $(FUZZ_MAIN) $(fuzz_answer_LIBS)

check_PROGRAMS += $(fuzz_programs)
if FUZZERS
FUZZ_MAIN =
hunt: $(fuzz_programs)
	TOP_SRCDIR='$(abs_top_srcdir)' TOP_BUILDDIR='$(abs_top_builddir)' bash '$(srcdir)/tests/fuzz/hunt.sh'
else
FUZZ_MAIN = libreplay.a
check_LIBRARIES += libreplay.a
libreplay_a_SOURCES = %D%/replay.c %D%/fuzz.h
TESTS += $(fuzz_programs)
endif

fuzz_programs: $(fuzz_programs)
.PHONY: fuzz_programs hunt
TESTS += %D%/planted.sh
EXTRA_DIST += $(FUZZ_INPUTS) %D%/hunt.sh %D%/planted.sh
