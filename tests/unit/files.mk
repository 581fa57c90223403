# One program a module; cmocka; names are sentences. A program links only the archives that its
# module's layer may use. unit_LIBS are the archives below each layer.
if HAVE_CMOCKA
unit_programs =

# --- runner/base
unit_programs += tests/unit/test_base
tests_unit_test_base_SOURCES = %D%/test_base.c
tests_unit_test_base_LDADD = libbase.a $(CMOCKA_LIBS)

# --- runner/core

# --- runner/source

# --- config
config_LIBS = libconfig-job.a libbase.a $(LIBCONFIG_LIBS) $(CMOCKA_LIBS)
unit_programs += tests/unit/test_settings
tests_unit_test_settings_SOURCES = %D%/test_settings.c
tests_unit_test_settings_LDADD = $(config_LIBS)

# --- store

# --- runner/nation
unit_programs += tests/unit/test_json
tests_unit_test_json_SOURCES = %D%/test_json.c
tests_unit_test_json_LDADD = libjson-read.a libbase.a $(JSONC_LIBS) $(CMOCKA_LIBS)

# --- runner/report

# --- sandbox

check_PROGRAMS += $(unit_programs)
TESTS += $(unit_programs)
endif
