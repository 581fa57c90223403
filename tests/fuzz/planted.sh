#!/usr/bin/env bash
# The fuzz targets can fail: with a mistake planted in what they fuzz, their corpora alone find it.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/planting.sh
. "$TOP_SRCDIR/tests/planting.sh"
[ -e "$TOP_BUILDDIR/libreplay.a" ] || skip_all "only in a build that replays the corpora"

# is_found SENTENCE TARGET WORD...: replaying the corpus of TARGET ends with a claim that does not hold.
is_found()
{
	link_planted "$WORK/fuzz_$2" "tests/fuzz/fuzz_$2.o" libreplay.a "${@:3}" &&
		catches "$1" ': not so: |Sanitizer' "$WORK/fuzz_$2" "$FUZZ_CORPUS/$2"
}
answers=(libnation.a libjson-read.a libfiles.a libcore.a libbase.a -ljson-c -lcurl -lcrypto)

plant line_end runner/source/scan.c 's/after_cr \? 2 : 1/1/' &&
	is_found "a line end of two bytes taken for one: the scanner's" scan tests/unit/transcript.o libtext.a libbase.a
plant behind runner/json/read.c 's/JSON_TOKENER_STRICT \| //' &&
	is_found "something behind the value: the strict reader's" json libjson-read.a libbase.a -ljson-c
plant wait runner/nation/answer.c '/value > MOST_THOUSANDTHS/,+1d' &&
	is_found "a wait of centuries: the heads'" head "${answers[@]}"
plant loose runner/report/loose.c 's/\*used = at;/*used = at + 1;/' &&
	is_found "a byte too many of a failure CSV: the loose reader's" loose libreport.a libbase.a
plant record store/record.c 's/^\tif \(rest\.len\)$/\tif (0)/' &&
	is_found "bytes behind the last field: the records'" record libstore.a libfiles.a libcore.a libbase.a -llmdb
plant escape runner/base/show.c 's/return show_acts\(text\) \? 0 : utf8_character\(text\);/return utf8_character(text);/' &&
	is_found "a control character that is shown: the texts'" text libbase.a
finish
