#!/usr/bin/env bash
# Chunks that the nation finds too large (413): split, sent in pieces, reported row for row.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

# A header of 51 bytes and rows of 13: three chunks of 8 rows of 155 bytes, and a nation that takes three
# rows. Its first 413 names no limit, so each chunk is halved until it fits.
LIMITS='uploads = 1;'
ROWS=8
scene split --file-limit 95
people 24 100
job
runs 0 "a load whose chunks are too large for the nation finishes"
is "whole chunks and their halves are skipped, quarters done" \
	"skipped 9 and 12" "skipped $(cells state | grep -c '^skipped$') and $(cells state | grep -c '^done$')"
is "the nation has every person once" "24" "$(nation people/count)"
is "rows are counted once" "24 24 24" "$(total rows_in_file) $(total rows_sent) $(total rows_succeeded)"
is "the first chunk names its halves" "split into people-4 people-5" "$(cells note | sed -n 1p)"
is "and has no rows of its own" "0 0 1" \
	"$(cells rows_sent | sed -n 1p) $(cells rows_left_out | sed -n 1p) $(cells attempts | sed -n 1p)"
is "but its range still stands there" "1 8" "$(cells first_row | sed -n 1p) $(cells last_row | sed -n 1p)"
is "the next chunk was split before it was sent" "0" "$(cells attempts | sed -n 2p)"
is "a half says where it comes from, and what became of it" "yes" \
	"$(cells note | sed -n 4p | grep -qE '^split from people-1; split into people-[0-9]+ people-[0-9]+$' && echo yes)"
is "only the first of each size was refused" "2" "$(grep -c '"status":413' ledger)"
err_has "each 413 is told" "too large, it will be split"
err_has "the ending counts what was split" "split     9 chunks, too large for the nation"
exits 0 "explain tells it" rollcall explain job.cfg people-1
out_has "that it was too large" "the nation finds it too large"
out_has "and what is sent instead" "split; its rows are those of the chunks 4 to 5"
exits 0 "explain tells where a piece comes from" rollcall explain job.cfg people-4
out_has "by its number" "a piece of chunk 1"
exits 0 "verify has nothing against the longer plan" rollcall verify job.cfg
cp job.run/report.csv before.csv
runs 0 "a second run sends nothing"
same "and writes the same report" before.csv job.run/report.csv

# The limit is known to the next run, too: it comes from the record of the chunk that was refused.
scene again --file-limit 95 --fault submit:2:status=401
people 24 100
job
runs 77 "a run that stops behind the first 413"
no_faults
runs 0 "the next one goes on"
is "and sends no chunk whole that it knows to be too large" "2" "$(grep -c '"status":413' ledger)"
is "each person once" "24" "$(nation people/count)"

# One row that is too large by itself is refused, and the rest goes through.
scene row --file-limit 120
ROWS=4
people 4 100
echo "NC200,NC,$(printf 'x%.0s' {1..100})" >>people.csv
echo 'NC201,NC,Zoe' >>people.csv
job
runs 4 "a row that is too large by itself does not stop the rest"
is "the nation has all but that row" "5" "$(nation people/count)"
is "the row stands refused in the report" "refused 1" \
	"$(cells state | grep refused | head -n 1) $(cells state | grep -c refused)"
is "and says why" "yes" "$(cells note | grep -q 'the nation answered 413: this one row is too large for it' && echo yes)"

# An input that changed since is not cut anew.
scene changed --file-limit 95 --fault submit:2:status=401
ROWS=8
people 24 100
job
runs 77 "a load that stops in the middle"
sed -i 's/Ann 110/Ann 11O/' people.csv
no_faults
runs 66 "is not split anew over another input"
err_has "which is said" "people.csv changed since this load began"

finish
