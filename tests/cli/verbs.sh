#!/usr/bin/env bash
# The command line: every verb's --help, verbs that are not built yet, wrong words and what is nearest
# to them, options anywhere, completion. (help = man page = completion: tests/tidy/manual.sh)
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"

built='init check run status report explain log verify resolve rejects retry demo completion'
later='pause unpause stop purge'

# ---- help
exits 0 "--help" rollcall --help
cp "$WORK/out" help
is "goes to stdout" "" "$(cat "$WORK/err")"
for verb in $built $later; do
	ok "--help names $verb" grep -qw -e "$verb" help
	for option in --help -h; do
		exits 0 "$verb $option" rollcall "$verb" $option
		out_has "$verb $option: its usage" "usage: rollcall $verb"
		is "$verb $option: nothing on stderr" "" "$(cat "$WORK/err")"
	done
done
exits 0 "--help in front of a verb is the verb's" rollcall --help resolve
out_has "as it says" "usage: rollcall resolve [options] JOB CHUNK"
exits 0 "--help with anything else" rollcall run --quiet --help nowhere.cfg
is "help fits 80 columns" "" "$({ rollcall --help; for verb in $built $later; do rollcall "$verb" --help; done; } | awk 'length > 80')"
for verb in $built $later; do
	exits 0 "$verb --version" rollcall "$verb" --version
	is "$verb --version: the program's" "$(rollcall --version)" "$(cat "$WORK/out")"
done
for verb in $later; do
	exits 64 "$verb" rollcall "$verb" job.cfg
	err_has "$verb says that it is not built yet" "rollcall: $verb is not built yet in this version"
done
exits 0 "--version" rollcall --version
is "is a line" yes "$(grep -cxE 'rollcall [0-9]+\.[0-9]+\.[0-9]+' "$WORK/out" | sed 's/1/yes/')"
exits 0 "-V" rollcall -V
exits 64 "no arguments at all" rollcall
exits 64 "no verb, only the end of the options" rollcall --

# ---- wrong words: wrong SENTENCE TEXT ARGUMENT...
wrong()
{
	exits 64 "$1" rollcall "${@:3}"
	err_has "$1: told" "$2"
	is "$1: nothing on stdout" "" "$(cat "$WORK/out")"
}
wrong "a verb misspelt" 'there is no verb "rnu"; did you mean "run"?' rnu job.cfg
wrong "a verb of nothing" 'there is no verb "xyzzy"; see rollcall --help' xyzzy
wrong "a verb that is standard input elsewhere" 'there is no verb "-"; see rollcall --help' -
wrong "behind --, what looks like an option" 'there is no verb "-x"; see rollcall --help' -- -x
wrong "a verb is not abbreviated" 'there is no verb "stat"' stat job.cfg
wrong "an option misspelt" 'run has no option "--quite"; did you mean "--quiet"?' run --quite job.cfg
wrong "an option is not abbreviated" 'run has no option "--qui"' run --qui job.cfg
wrong "an option of another verb" 'run has no option "--json"; see rollcall run --help' run --json job.cfg
wrong "a letter of nothing" 'run has no option "-x"' run -x job.cfg
wrong "an option of the program misspelt" 'rollcall has no option "--hepl"; did you mean "--help"?' --hepl
wrong "a value too many" '--quiet takes no value' run --quiet=1 job.cfg
wrong "a value that is missing" '--import needs a value: --import ID' resolve job.cfg people-1 --import
wrong "an argument that is missing" 'usage: rollcall run [options] JOB' run
wrong "an argument too many" '"b" is one argument too many; usage: rollcall run JOB' run a b
wrong "--again alone" '--again goes with --new' run --again job.cfg
wrong "completion for no shell" 'no completion for "tcsh": bash, zsh or fish' completion tcsh

# ---- options anywhere
scene words
people 4
job
for words in "--json check job.cfg" "check --json job.cfg" "check job.cfg --json" "check --json -- job.cfg"; do
	# shellcheck disable=SC2086 # words
	exits 0 "rollcall $words" rollcall $words
	out_has "rollcall $words: is JSON" '{"schema":1,"job":"job"'
done
exits 0 "letters together" rollcall run -qn job.cfg
is "mean both" "" "$(cat "$WORK/out" "$WORK/err")"
mkdir state
exits 0 "--state-dir=DIR" rollcall run --quiet --state-dir=state job.cfg
ok "is taken" test -d state/job.run
cp job.cfg ./--json
exits 0 "behind -- nothing is an option" rollcall check -q -- --json
# shellcheck disable=SC2016 # the inner shell's
exits 74 "a full disk under stdout is an error" sh -c '"$1" --help >/dev/full' sh "$ROLLCALL"

# ---- completion
for shell in bash zsh fish; do
	exits 0 "completion $shell" rollcall completion $shell
	cp "$WORK/out" "completion.$shell"
	ok "completion $shell: has the verbs" grep -q resolve "completion.$shell"
	if command -v $shell >/dev/null; then
		ok "completion $shell: the shell takes it" $shell -n "completion.$shell"
	else
		skip "completion $shell: the shell takes it" "$shell is not installed"
	fi
done

# completes WANT WORD...: what bash offers for the last word
completes()
{
	is "bash completes \"${*:2}\"" "$1" "$(bash -c '
		. ./completion.bash
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_rollcall
		printf "%s\n" "${COMPREPLY[@]}" | sort | paste -sd " "' bash "${@:2}")"
}
completes "rejects report resolve retry" rollcall re
completes "rejects" rollcall rej
completes "--quiet" rollcall run --q
completes "--reason --resubmit" rollcall resolve --re
completes "job.cfg" rollcall run j
completes "bash" rollcall completion b

# ---- the demo
mkdir mine
echo "a voter file of somebody's" | tee mine/voters.csv >voters.was
exits 73 "a demo in a folder that has a voter file" rollcall demo --directory mine
err_has "is refused" "mine/voters.csv is there already"
same "and a voter file there stays what it was" voters.was mine/voters.csv
finish
