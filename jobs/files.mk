# Ready-made jobs, installed beside the documents. tests/cli/jobs_by_state.sh loads each.
jobsdir = $(docdir)/jobs
dist_jobs_DATA = \
	%D%/colorado.cfg \
	%D%/florida-history.cfg \
	%D%/florida.cfg \
	%D%/new-york-history.cfg \
	%D%/new-york.cfg \
	%D%/north-carolina-history.cfg \
	%D%/north-carolina.cfg \
	%D%/ohio-history.cfg \
	%D%/ohio.cfg \
	%D%/washington.cfg
