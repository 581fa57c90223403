# Layer 5: the job file, read into plain values. Knows base and libconfig, nothing else of ours.
noinst_LIBRARIES += libconfig-job.a
libconfig_job_a_SOURCES = \
	%D%/arena.c %D%/arena.h \
	%D%/settings.c %D%/settings.h
