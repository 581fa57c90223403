#!/usr/bin/env bash
# What a run shows: progress on terminals of several widths, plain lines elsewhere, silence if asked.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs tmux

escape=$(printf '\033')
unset NO_COLOR

# A nation that works two of six chunks and then stops until it is told to go on.
scene terminal
people 12

# A server for each terminal: one that is about to end may still answer on its socket.
servers=0

screen()
{
	tmux -S "$WORK/tmux$servers" capture-pane -p "$@"
}

# shows WIDTH ENVIRONMENT: a run on a terminal of this width, up to two chunks done
shows()
{
	rm -rf job.run done.code
	no_faults
	fault 'status:3-:word=working'
	LIMITS='uploads = 1; in_flight = 1;' job
	tmux -S "$WORK/tmux$((++servers))" -f /dev/null new-session -d -x "$1" -y 20 \
		"env ${2:-A=b} '$ROLLCALL' run job.cfg; echo \$? >done.code; sleep 600" 2>tmux.err ||
		fail "tmux starts" "$(cat tmux.err)"
}

_screen_has() { screen | grep -qE -e "$1"; }
_is_over() { [ -s done.code ]; }

# ends: the nation goes on, and so does the run, to its end
ends()
{
	no_faults
	ok "$1 columns: the run ends" await 30 _is_over
	is "$1 columns: well" 0 "$(cat done.code)"
	ok "$1 columns: the ending is shown" await 10 _screen_has '^finished: job'
	is "$1 columns: the progress is gone" "" "$(screen | grep -E '^(people)? *\[|#>')"
	tmux -S "$WORK/tmux$servers" kill-server
}

shows 100
ok "100 columns: a bar with source and percentage" await 30 _screen_has '^people  \[#+>\.+\] 33\.3%'
ok "100 columns: rows by kind" _screen_has '^rows  accepted 4  rejected 0  of 12'
ok "100 columns: chunks" _screen_has '^chunk 2/6 working [012]/2  uploaded 3  retries 0'
ends 100

for width in 50 36; do
	shows $width
	ok "$width columns: a bar" await 30 _screen_has '^\[#+>\.+\] 33\.3%'
	ok "$width columns: rows and chunks in short" _screen_has '^4 ok  0 bad  of 12  2/6 ch'
	is "$width columns: the bar's line is whole" yes \
		"$(screen | awk -v width=$width '/^\[#/ { print (length <= width ? "yes" : "no") }')"
	ends $width
done

shows 30
ok "below 36 columns: lines instead" await 30 _screen_has 'chunk people-[12] done'
is "below 36 columns: no bar" "" "$(screen | grep -E '#>')"
ends 30

# A warning is coloured on a terminal, unless NO_COLOR.
warns()
{
	rm -rf job.run done.code
	no_faults
	fault 'list:status=403'
	job
	tmux -S "$WORK/tmux$((++servers))" -f /dev/null new-session -d -x 120 -y 20 \
		"env $1 '$ROLLCALL' run job.cfg; echo \$? >done.code; sleep 600"
	ok "a run with a warning ends ($1)" await 30 _is_over
	ok "the warning is shown ($1)" await 10 _screen_has 'warning: the nation.s list of imports'
	is "colours ($1)" "$2" "$(screen -e | grep -F 'warning:' | grep -qF "${escape}[" && echo yes)"
	tmux -S "$WORK/tmux$servers" kill-server
}
warns TERM=xterm yes
warns NO_COLOR=1 ""

# ---- elsewhere
no_faults
fault list:status=403
rm -rf job.run
runs 0 "a run whose stderr is a file"
err_has "has its messages" "warning: the nation's list of imports"
file_lacks "and no escape codes" "$WORK/err" "$escape"
is "and nothing on stdout" "" "$(cat "$WORK/out")"
rm -rf job.run
runs 0 "--quiet" --quiet
is "is silent on success" "" "$(cat "$WORK/out" "$WORK/err")"
rm -rf job.run
no_faults
fault submit:status=403
runs 77 "--quiet" --quiet
err_has "is not silent on failure" "failed: job: the nation answered 403"

finish
