#!/usr/bin/env bash
# A nation that means harm (tests/wire/hostile.c), one attack on one kind of request at a time, against
# the shipped program: it ends by itself with the right code, in little memory, and nothing acts on
# the terminal, the log, or the reader of a report.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
HOSTILE=$TOP_BUILDDIR/tests/wire/hostile

# A good load takes 12 MiB, the largest list that is read 30; a sanitizer keeps what was freed.
MOST_KIB=65536
[ "$PLAIN_OBJECTS" = yes ] || MOST_KIB=1048576
# What a connection can hold when we have closed it, and our largest cap without a sign that the answer
# is lost: a list of 8 MiB.
MOST_SENT=$((24 << 20))

people 2
(umask 077 && echo canary >token)
SOURCE='max_rejected = "1";' URL=@URL@ DEADLINE=@DEADLINE@ RETRY='attempts = 2;' job
sed 's/answer_wait = "5s"/answer_wait = "2s"/' job.cfg >job.in

# Everything that a person or a program reads, without the data columns of rejected rows.
said()
{
	cat err status.out log.out explain.out job.run/report.csv job.run/summary.csv job.run/status.json
	cut -d, -f1-7 job.run/rejected.csv
}

# attack SPEC CODE: the load under attack ends with CODE. DEADLINE replaces that of polls; ATTACK is the only
# one that is played, for who wants to see that one.
attack()
{
	local line exit rss_kib attacks sent compression
	[ -z "${ATTACK:-}" ] || [ "$1" = "$ATTACK" ] || return 0
	rm -rf job.run
	# shellcheck disable=SC2016 # for the inner shell
	line=$(timeout -k 5 120 "$HOSTILE" "$1" sh -c 'sed "s|@URL@|$HOSTILE_URL|; s|@DEADLINE@|$1|" job.in >job.cfg &&
		exec "$0" run job.cfg 2>err' "$ROLLCALL" "${DEADLINE:-1min}")
	eval "${line:-exit=none rss_kib=0 attacks=0 sent=0 compression=0}"
	is "$1: the run ends with $2" "$2" "$exit" || diag "$(cat -v err)"
	ok "$1: it was played" test "$attacks" -gt 0
	ok "$1: memory stays below $MOST_KIB KiB, $rss_kib were held" test "$rss_kib" -lt $MOST_KIB
	ok "$1: $sent bytes could be got rid of" test "$sent" -lt $((attacks * MOST_SENT))
	is "$1: nobody asked for compression" 0 "$compression"
	"$ROLLCALL" status --json job.cfg >status.out 2>&1
	"$ROLLCALL" log job.cfg >log.out 2>&1
	"$ROLLCALL" log --json job.cfg >>log.out 2>&1
	"$ROLLCALL" explain job.cfg people-1 >explain.out 2>&1
	is "$1: no control byte, C1 control or turned text comes through" "" \
		"$(said | LC_ALL=C grep -anP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]' | cat -v)"
	is "$1: no cell of a report is a formula" "" "$(
		cut -d, -f1-7 job.run/rejected.csv | cat - job.run/report.csv job.run/summary.csv |
			grep -nE '(^|,)"?[-=+@	]')"
}

for each in endless:6 endless-refusal:4 endless-page:76 endless-chunks:6 8gib:6 absurd-length:6 \
	endless-head:6 endless-line:6 endless-interim:6 endless-trailer:6 drip:6 deep:6 huge-numbers:6 \
	nasty:4 nasty-word:0 gzip:6 gzip-transfer:6 redirect:76 two-answers:6; do
	attack "submit:${each%:*}" "${each#*:}"
	is "submit:${each%:*}: one POST, whatever came back" 1 "$(rollcall log --json job.cfg |
		grep -c '"event":"submit_started"')"
done
attack submit:nasty 4
file_has "the nation's words are told as far as they can be" err "=cmd|'/c calc'!A1\\x1B[2J"
for each in endless:76 endless-refusal:76 8gib:76 endless-head:76 deep:76 nasty:76 \
	gzip-transfer:76 redirect:76 huge-numbers:76; do
	attack "status:${each%:*}" "${each#*:}"
done
DEADLINE=1s attack status:nasty-word 6
for each in endless:4 endless-refusal:76 endless-page:76 8gib:4 endless-head:4 deep:4 huge-numbers:4 nasty:76; do
	attack "result:${each%:*}" "${each#*:}"
done
for each in endless:6 endless-page:76 wide:6 deep:6 nasty:6 huge-numbers:6 8gib:6 redirect:76; do
	attack "list:${each%:*}" "${each#*:}"
done

# Reasons of rejected rows: neutral in their column, raw in the nation's own file.
attack result:nasty-reason 0
is "the row is known by its data" NC1 "$(cells state_file_id job.run/rejected.csv)"
is "its reason is no formula, no escape, no line of its own" 1 "$(cells reason job.run/rejected.csv |
	grep -cF "'@ =HYPERLINK(x)\\x1B[2J\\x1B]0;owned\\x07\\xC2\\x9B31m\\xE2\\x80\\xAE <script>")" ||
	diag "$(cat -v job.run/rejected.csv)"
ok "what the nation said is kept as it is" grep -qaP '\x1b\[2J' job.run/answers/people-1.failed.csv

# What a person writes is shown to others, too, and so are names of files.
attack submit:deep 6
exits 0 "a person settles a chunk in their own words" rollcall resolve job.cfg people-1 --skip \
	--reason $'=1+1\e[2J\xc2\x9b31m\xe2\x80\xae'
rollcall log job.cfg >log.out
rollcall log --json job.cfg >>log.out
rollcall explain job.cfg people-1 >explain.out
rollcall report job.cfg
file_has "it is told" explain.out '(=1+1\x1B[2J\xC2\x9B31m\xE2\x80\xAE)'
is "but does not act" "" "$(said | LC_ALL=C grep -anP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]' | cat -v)"
exits 66 "a file that is not there" rollcall check $'no\e[2Jne.cfg'
err_has "its name is safe to read" 'no\x1B[2Jne.cfg'

# A nation that sends failures without end is stopped by our cap of 256 MiB: in a long test only, as it
# fills the disk to there.
if [ -n "${ROLLCALL_LONG:-}" ]; then
	MOST_SENT=$((300 << 20))
	attack result:endless-failures 4
	is "nothing of it is left" "" "$(find job.run/answers -type f)"
fi

finish
