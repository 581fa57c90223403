#!/usr/bin/env bash
# Inputs that no voter file should be: each is refused with its code, quickly, in words, and leaves
# nothing behind. None is sent.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"

load_make . http://127.0.0.1:9 5 5
mv people.csv whole.csv

# refused CODE TEXT SENTENCE: people.csv as it is.
refused()
{
	exits "$1" "$3 ends with $1" timeout 60 "$ROLLCALL" run job.cfg
	err_has "in words: $3" "$2"
	ok "and leaves nothing behind: $3" test ! -e job.run
	rm -rf people.csv job.run
}

: >people.csv
refused 65 "is empty" "an empty file"
head -n 1 whole.csv >people.csv
refused 65 "no rows" "a header without rows"
{ cat whole.csv; echo OH6; } >people.csv
refused 65 "1 field instead of 3" "a short last row"
{ cat whole.csv; printf 'OH\0,x,OH\n'; } >people.csv
refused 65 "NUL" "a NUL byte"
{ cat whole.csv; printf 'OH6,\351,OH\n'; } >people.csv
refused 65 "not UTF-8" "a latin-1 letter"
{ cat whole.csv; printf 'OH6,"x,OH\n'; } >people.csv
refused 65 "quotation mark" "a quotation mark that never closes"
{ cat whole.csv; printf 'OH6,"'; head -c 60000000 /dev/zero | tr '\0' x; printf '",OH\n'; } >people.csv
refused 65 "row 6" "a row larger than a chunk"
head -c 30000000 /dev/zero | tr '\0' , >people.csv
refused 65 "columns" "30 MB of commas"
truncate -s 8G people.csv
refused 65 "NUL" "8 GiB of nothing"
mkfifo people.csv
refused 66 "is a pipe" "a pipe"
mkdir people.csv
refused 66 "is a folder" "a folder"
ln -s /dev/zero people.csv
refused 66 "is a device" "a device"
ln -s people.csv people.csv
refused 66 "symbolic links" "a link to itself"
finish
