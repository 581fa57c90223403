#include "platform.h"

#include "runner/report/summary_csv.h"

void
summary_csv_header(struct csv *csv)
{
	buf_add_text(csv->to,
	    "source,chunks,rows_in_file,rows_left_out,rows_sent,rows_succeeded,rows_updated,"
	    "rows_failed,rows_unaccounted,chunks_done,chunks_in_doubt,chunks_refused,"
	    "chunks_failed,chunks_skipped,bytes_sent,attempts,retries");
	csv_end(csv);
}

static uint64_t
count_chunks(const struct tally *tally)
{
	uint64_t count = 0;

	for (int state = 0; state < CHUNK_STATE_COUNT; state++)
		count += tally->chunks[state];
	return count;
}

void
summary_csv_line(struct csv *csv, const char *source, const struct report_totals *totals)
{
	const struct tally *tally = &totals->tally;

	csv_text(csv, span_of(source));
	csv_number(csv, count_chunks(tally));
	csv_number(csv, tally->rows_in_file);
	csv_number(csv, tally->rows_left_out);
	csv_number(csv, tally->rows_planned);
	csv_number(csv, tally->rows_succeeded);
	csv_number(csv, tally->rows_updated);
	csv_number(csv, tally_rejected(tally));
	csv_number(csv, totals->rows_unaccounted);
	csv_number(csv, tally->chunks[CHUNK_DONE]);
	csv_number(csv, tally->chunks[CHUNK_IN_DOUBT] + tally->chunks[CHUNK_HELD]);
	csv_number(csv, tally->chunks[CHUNK_REFUSED]);
	csv_number(csv, tally->chunks[CHUNK_FAILED]);
	csv_number(csv, tally->chunks[CHUNK_SKIPPED]);
	csv_number(csv, tally->bytes_sent);
	csv_number(csv, tally->attempts);
	csv_number(csv, tally->retries);
	csv_end(csv);
}
