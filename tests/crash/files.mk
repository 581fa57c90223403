# The shipped binary, cut off.
crash_tests = \
	%D%/canary.sh \
	%D%/clocks.sh \
	%D%/closed_streams.sh \
	%D%/damaged_store.sh \
	%D%/disk_full_at_every_call.sh \
	%D%/failed_at_every_allocation.sh \
	%D%/failed_at_every_call.sh \
	%D%/full_disk.sh \
	%D%/killed_around_a_refresh.sh \
	%D%/killed_at_every_call.sh \
	%D%/killed_at_every_step.sh \
	%D%/killed_at_every_step_of_a_retry.sh \
	%D%/odd_inputs.sh \
	%D%/power_cuts.sh \
	%D%/random_faults.sh \
	%D%/several_at_once.sh \
	%D%/shutdowns.sh \
	%D%/store_taken_away.sh \
	%D%/two_runners.sh

TESTS += $(crash_tests)
LONG_TESTS += \
	%D%/disk_full_at_every_call.sh \
	%D%/failed_at_every_allocation.sh \
	%D%/failed_at_every_call.sh \
	%D%/killed_around_a_refresh.sh \
	%D%/killed_at_every_call.sh \
	%D%/killed_at_every_step_of_a_retry.sh \
	%D%/planted.sh \
	%D%/power_cuts.sh \
	%D%/random_faults.sh \
	%D%/shutdowns.sh
EXTRA_DIST += $(crash_tests) %D%/loads.sh %D%/planted.sh %D%/shifted_clock.c %D%/shim.c %D%/shim.sh

LONG_TESTS += %D%/damaged_store.sh %D%/two_runners.sh

# Inflicts damages, and judges what the shipped program makes of them.
check_PROGRAMS += %D%/damage
tests_crash_damage_SOURCES = %D%/damage.c
tests_crash_damage_LDADD =

# What drives those at every call: loads by the thousand, for which a shell would be too slow.
check_PROGRAMS += %D%/sweep %D%/cuts
tests_crash_sweep_SOURCES = %D%/sweep.c %D%/point.c %D%/point.h %D%/shim.h %D%/trial.c %D%/trial.h
tests_crash_cuts_SOURCES = %D%/cuts.c %D%/disk.c %D%/disk.h %D%/shim.h %D%/trial.c %D%/trial.h
tests_crash_cuts_LDADD = libstore.a libjson-read.a libfiles.a libcore.a libbase.a $(LMDB_LIBS) \
	$(JSONC_LIBS) $(CRYPTO_LIBS)

# Never installed, and loaded into other programs: neither libtool nor the guards of ours.
check_DATA = %D%/shim.so
CLEANFILES += %D%/shim.so
%D%/shim.so: %D%/shim.c %D%/shim.h platform.h
	$(AM_V_CC)$(MKDIR_P) %D% && $(CC) -I$(top_builddir) -I$(top_srcdir) $(WARN_CFLAGS) -O2 \
		-shared -fPIC -o $@ $(top_srcdir)/%D%/shim.c
