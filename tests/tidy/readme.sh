#!/usr/bin/env bash
# The README tells the truth: its first load works as printed, its rehearsal too, its pointers lead
# somewhere.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
readme=$TOP_SRCDIR/README.md

# first_load: the job file between `$ cat first.cfg` and the next command.
first_load()
{
	awk '/^    \$ / { inside = 0 } inside { print substr($0, 5) } /^    \$ cat first.cfg$/ { inside = 1 }' \
		"$readme"
}

export HOME=$WORK
mkdir -p .config/rollcall
(umask 077 && echo rehearsal >.config/rollcall/ourcampaign.token)
printf 'external_id,first_name,last_name\n1,Ann,Lee\n2,Bo,Ek\n' >voters.csv
first_load >first.cfg
ok "the README has a first job file" test -s first.cfg
exits 0 "it passes its check" "$ROLLCALL" check first.cfg

start_sandbox --token rehearsal --fault submit:2:take,drop
sed -i "s|slug = \"ourcampaign\"|url = \"$SANDBOX_URL\"|; s|file:[^\"]*|env:NB_ACCESS_TOKEN|" first.cfg
exits 0 "the rehearsal loads" env NB_ACCESS_TOKEN=rehearsal "$ROLLCALL" run first.cfg
exits 0 "and shows where it stands" "$ROLLCALL" status first.cfg
exits 0 "and writes its report" "$ROLLCALL" report first.cfg
ok "where the README says" test -s first.run/report.csv

# shellcheck disable=SC2013 # words are what it wants
for verb in $(grep -oE '(\$ |`)rollcall [a-z]+' "$readme" | awk '{ print $NF }' | sort -u); do
	exits 0 "rollcall $verb exists" "$ROLLCALL" "$verb" --help
done
# shellcheck disable=SC2013,SC2016 # the same, and those quote names
for page in $(grep -oE '`rollcall[a-z.-]*\([1-8]\)`' "$readme" | tr -d '`' | sort -u); do
	file=${page%(*}.${page#*(}
	ok "$page is there" test -f "$TOP_SRCDIR/man/${file%)}"
done
# shellcheck disable=SC2013,SC2016
for file in $(grep -oE '^\| `[A-Za-z/]+\.md`' "$readme" | tr -d '|` ' | sort -u); do
	ok "$file is there" test -f "$TOP_SRCDIR/$file"
done

finish
