#!/usr/bin/env bash
# The manual: correct mdoc, and --help = man page = completion, option by option.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"

# listed: option names on stdin, sorted, once each, in one line.
listed()
{
	sort -u | tr '\n' ' ' | sed 's/ $//'
}

# help_options: of a --help on stdin, whose option lines begin with the option.
help_options()
{
	sed -nE 's/^ +(-[A-Za-z], )?--([a-z][a-z-]*).*/\2/p' | listed
}

# man_options PAGE [VERB]: those of its .It Fl lines; of the verb's own part, from its .It Ic on.
man_options()
{
	awk -v verb="${2-}" '
		/^\.(Sh|Ss) / { mine = verb == "" }
		verb != "" && /^\.It Ic / { mine = $3 == verb }
		mine && /^\.It Fl / {
			for (i = 3; i <= NF; i++)
				if ($i ~ /^-[a-z]/)
					print substr($i, 2)
		}
		BEGIN { mine = verb == "" }' "$1" | listed
}

# common_options PAGE: those that all verbs have.
common_options()
{
	awk '/^\.S[hs] / { mine = /Options of all verbs/ } mine' "$1" >common.mdoc
	man_options common.mdoc
}

# completed_options VERB: of the bash completion on stdin.
completed_options()
{
	sed -nE "s/^[[:space:]]*$1\) words=\"(.*)\" ;;/\1/p" | tr ' ' '\n' | sed -n 's/^--//p' | listed
}

# without LIST LIST: the first less the second.
without()
{
	tr ' ' '\n' <<<"$1" | grep -vxF "$(tr ' ' '\n' <<<"$2")" | listed
}

pages=$(find "$TOP_SRCDIR/man" -name '*.[1-8]' | sort)
if command -v mandoc >/dev/null; then
	for page in $pages; do
		ok "${page##*/} is correct mdoc" mandoc -T lint -W warning "$page"
	done
	printf '.Dd November 23, 2026\n.Dt BAD 1\n.Os\n.Sh NAME\n.Nm bad\n.Nd it is\n.Xx\n' >bad.1
	exits 3 "a macro that does not exist is found" mandoc -T lint -W warning bad.1
else
	skip "the pages are correct mdoc" "mandoc is not installed"
fi

page=$TOP_SRCDIR/man/rollcall.1
common=$(common_options "$page")
"$ROLLCALL" completion bash >completion.bash
ok "the completion is a bash script" bash -n completion.bash
verbs=$(sed -nE 's/^[[:space:]]*([a-z]+)\) words=.*/\1/p' completion.bash)
ok "there are verbs to look at" test "$(wc -w <<<"$verbs")" -ge 17
for verb in $verbs; do
	help=$("$ROLLCALL" "$verb" --help | help_options)
	ok "$verb is in the manual" grep -qE "^\.(It )?Ic (.* )?$verb( |\$)" "$page"
	is "$verb: the completion knows what --help shows" "$help" \
		"$(completed_options "$verb" <completion.bash)"
	is "$verb: the manual knows what --help shows" "$(without "$help" "$common")" \
		"$(without "$(man_options "$page" "$verb")" "$common")"
done
is "rollcall-sandbox: the manual knows what --help shows" "$("$SANDBOX" --help | help_options)" \
	"$(man_options "$TOP_SRCDIR/man/rollcall-sandbox.1")"

cat >planted.1 <<'MDOC'
.It Ic run Ar JOB
.Bl -tag -width Ds
.It Fl n , Fl -dry-run
.It Fl -max-time Ar TIME
.El
.It Ic status
.It Fl -json
.Ss Options of all verbs
.It Fl h , Fl -help
MDOC
is "a verb's options are those of its part of the page" "dry-run max-time" "$(man_options planted.1 run)"
is "those of all verbs stand apart" "help" "$(common_options planted.1)"
is "an option is known by the beginning of its line" "dry-run json" "$(printf '%s\n' "Usage: x" \
	"  -n, --dry-run  the same as --json" "text with --not-this" "  --json  as JSON" | help_options)"

finish
