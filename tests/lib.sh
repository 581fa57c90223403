# shellcheck shell=bash
# lib.sh - what shell tests share. bash; source it first:
#
#	. "$TOP_SRCDIR/tests/lib.sh"
#	needs strace
#	start_sandbox --rows-per-second 1000
#	exits 0 "a load finishes" "$ROLLCALL" run job.cfg
#	err_has "the ending names the report" report.csv
#	finish
#
# Every assertion takes a sentence and is one test (a TAP line, counted by tests/run/driver). A test
# that does not reach `finish` has failed. The working folder is new and empty, and removed at the
# end; what start_sandbox and in_background started is ended, and nothing else.
#
# From make: TOP_SRCDIR, TOP_BUILDDIR (absolute), ROLLCALL_LONG=1 in `make check-long`.
set -u
: "${TOP_SRCDIR:?run me by make check}" "${TOP_BUILDDIR:?}"
# shellcheck disable=SC2034 # for the tests
ROLLCALL=$TOP_BUILDDIR/rollcall
SANDBOX=$TOP_BUILDDIR/rollcall-sandbox
export LC_ALL=C

_test_count=0
_background=()
# In memory where there is such a place: kill -9 takes nothing that a write gave to the kernel, so a disk
# would only be slower. Tests of disks mount their own.
[ -n "${TMPDIR:-}" ] || { [ -w /dev/shm ] && TMPDIR=/dev/shm; }
WORK=$(mktemp -d "${TMPDIR:-/tmp}/rollcall-test.XXXXXX") || exit 99
cd "$WORK" || exit 99

_clean_up()
{
	local pid
	# Only what still runs: the number of a process that has ended may be another's by now.
	for pid in $(jobs -rp); do
		[[ " ${_background[*]} " == *" $pid "* ]] || continue
		kill -KILL "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	cd / && rm -rf "$WORK"
}
trap _clean_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# needs TOOL...: skips the whole test where one is missing.
needs()
{
	local tool
	for tool; do
		command -v "$tool" >/dev/null || skip_all "$tool is not installed"
	done
}

# skip_all WHY
skip_all()
{
	printf 'SKIP %s\n' "$1"
	exit 77
}

# diag TEXT...: lines for the log.
diag()
{
	printf '%s\n' "$@" | sed 's/^/# /'
}

# pass SENTENCE
pass()
{
	_test_count=$((_test_count + 1))
	printf 'ok %d - %s\n' "$_test_count" "$1"
}

# fail SENTENCE [DETAIL...]; returns 1, so that `fail ... || return` reads well
fail()
{
	_test_count=$((_test_count + 1))
	printf 'not ok %d - %s\n' "$_test_count" "$1"
	shift
	[ $# -eq 0 ] || diag "$@"
	return 1
}

# skip SENTENCE WHY: this one assertion, where `needs` and `skip_all` would skip too much.
skip()
{
	_test_count=$((_test_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$_test_count" "$1" "$2"
}

# ok SENTENCE COMMAND...: the command succeeds. Its output is shown when it does not.
ok()
{
	local sentence=$1 output status
	shift
	output=$("$@" 2>&1)
	status=$?
	if [ $status -eq 0 ]; then
		pass "$sentence"
	else
		fail "$sentence" "exit code $status: $*" "$output"
	fi
}

# is SENTENCE WANT GOT: equal texts.
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "want: $2" "got:  $3"
	fi
}

# exits CODE SENTENCE COMMAND...: runs it with its streams in the files out and err.
exits()
{
	local want=$1 sentence=$2 status
	shift 2
	"$@" >"$WORK/out" 2>"$WORK/err" </dev/null
	status=$?
	if [ "$status" -eq "$want" ]; then
		pass "$sentence"
	else
		fail "$sentence" "exit code $status, not $want: $*" "stdout: $(tail -n 20 "$WORK/out")" \
			"stderr: $(tail -n 20 "$WORK/err")"
	fi
}

# file_has SENTENCE FILE TEXT: TEXT stands in FILE, literally.
file_has()
{
	if grep -qF -e "$3" "$2" 2>/dev/null; then
		pass "$1"
	else
		fail "$1" "\"$3\" is not in $2:" "$(tail -n 40 "$2" 2>&1)"
	fi
}

# file_lacks SENTENCE FILE TEXT: FILE is there and TEXT is not in it.
file_lacks()
{
	if [ -f "$2" ] && ! grep -qF -e "$3" "$2"; then
		pass "$1"
	else
		fail "$1" "\"$3\" is in $2, or there is no such file:" "$(grep -nF -e "$3" "$2" 2>&1)"
	fi
}

# out_has, err_has SENTENCE TEXT: of the last `exits`.
out_has()
{
	file_has "$1" "$WORK/out" "$2"
}

err_has()
{
	file_has "$1" "$WORK/err" "$2"
}

# same SENTENCE FILE FILE: byte for byte.
same()
{
	local difference
	if difference=$(cmp "$2" "$3" 2>&1); then
		pass "$1"
	else
		fail "$1" "$difference" "$(diff -a "$2" "$3" | head -n 20)"
	fi
}

# await SECONDS COMMAND...: runs the command again and again until it succeeds; 1 when time is up.
# The bound is for hangs: make it generous.
await()
{
	local end=$((SECONDS + $1)) step=0.02
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep $step
	done
}

# in_background COMMAND...: starts it; its process id is in BACKGROUND, and it is ended at the end.
in_background()
{
	"$@" &
	BACKGROUND=$!
	_background+=("$BACKGROUND")
}

_sandbox_spoke_or_died()
{
	grep -q '^READY ' "$1" || ! kill -0 "$2" 2>/dev/null
}

# start_sandbox [OPTION...]: a pretend nation on a free port. Sets SANDBOX_URL, SANDBOX_PID; its
# messages are in the file sandbox.err.
start_sandbox()
{
	: >"$WORK/sandbox.out"
	in_background "$SANDBOX" --port 0 "$@" >"$WORK/sandbox.out" 2>>"$WORK/sandbox.err"
	SANDBOX_PID=$BACKGROUND
	await 30 _sandbox_spoke_or_died "$WORK/sandbox.out" "$SANDBOX_PID"
	SANDBOX_URL=$(sed -n 's/^READY //p' "$WORK/sandbox.out")
	[ -n "$SANDBOX_URL" ] || {
		diag "the sandbox did not start:" "$(cat "$WORK/sandbox.err")"
		exit 99
	}
}

# stop_sandbox [SIGNAL]: ends it and waits until it is gone.
stop_sandbox()
{
	kill "-${1:-TERM}" "$SANDBOX_PID"
	wait "$SANDBOX_PID" 2>/dev/null
}

# finish: says how many tests there were, and ends the script.
finish()
{
	printf '1..%d\n' "$_test_count"
	exit 0
}
