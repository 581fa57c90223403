# Layer 1: pure. Events in, actions out; no I/O, clock, chance, allocation or library.
dist_noinst_HEADERS += \
	%D%/plan.h
