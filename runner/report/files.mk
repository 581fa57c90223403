# Layer 4: what a load leaves behind and how it talks. Functions over ports and plain values.
noinst_LIBRARIES += libreport.a
libreport_a_SOURCES = \
	%D%/accepted.h \
	%D%/content.c %D%/content.h \
	%D%/csv.c %D%/csv.h \
	%D%/explain.c %D%/explain.h \
	%D%/failures.c %D%/failures.h \
	%D%/log.c %D%/log.h \
	%D%/loose.c %D%/loose.h \
	%D%/news.c %D%/news.h \
	%D%/note.c %D%/note.h \
	%D%/outcome.c %D%/outcome.h \
	%D%/progress.c %D%/progress.h \
	%D%/rate.c %D%/rate.h \
	%D%/grounds.c %D%/grounds.h \
	%D%/rejected.c %D%/rejected.h \
	%D%/rejected_csv.c %D%/rejected_csv.h \
	%D%/rejects.c %D%/rejects.h \
	%D%/report.c %D%/report.h \
	%D%/report_csv.c %D%/report_csv.h \
	%D%/retried.c %D%/retried.h \
	%D%/sent.h \
	%D%/status.c %D%/status.h \
	%D%/summary_csv.c %D%/summary_csv.h \
	%D%/watch.c %D%/watch.h
