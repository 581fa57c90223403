#!/usr/bin/env bash
# The disk of the run folder fills up: before the load, between a POST and its answer, and after some
# of the imports. The run ends with 73 or 74 and says why; with room again the next one ends the
# load: nothing lost, nothing doubled, the store whole.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/crash/loads.sh
. "$TOP_SRCDIR/tests/crash/loads.sh"
[ "$(id -u)" = 0 ] || skip_all "only root can mount a small disk"
mkdir "$WORK/disk"
mount -t tmpfs -o size=2m,mode=0700 none "$WORK/disk" 2>/dev/null || skip_all "nothing can be mounted here"
trap 'umount -l "$WORK/disk"; _clean_up' EXIT

# fill: not a byte is left, and no page.
fill()
{
	cat /dev/zero >"$WORK/disk/ballast" 2>/dev/null
	return 0
}

room()
{
	rm -f "$WORK/disk/ballast"
}

# fresh [OPTION...]: a nation and a job whose run folder is on the small disk.
fresh()
{
	[ -z "${NATION_PID:-}" ] || load_nation_end
	rm -rf "$WORK/load" "$WORK"/disk/*
	mkdir "$WORK/load"
	cd "$WORK/load" || exit 99
	load_nation . "$@"
	load_make . "$NATION_URL" 40 10
	ln -s ../disk/job.run job.run
}

run()
{
	timeout 120 "$ROLLCALL" run --state-dir "$WORK/disk" job.cfg
}

# goes_on WHEN: with room again the load ends.
goes_on()
{
	room
	exits 0 "with room again the load ends: $1" run
	is "and nothing is lost or doubled: $1" "" "$(load_judge .)"
	exits 0 "and its store is whole: $1" "$ROLLCALL" verify --state-dir "$WORK/disk" job.cfg
}

fresh
fill
run >out 2>err
code=$?
ok "a disk that is full from the start ends it with 73 or 74, not $code" test $code = 73 -o $code = 74
ok "and it says so" grep -q -i -e 'no space' -e 'disk full' err
is "nothing was sent" 0 "$(grep -c '"what":"head"' ledger)"
goes_on "full from the start"

# Every answer waits, so that the disk can fill between a POST and the commit of its id.
fresh --fault submit:2-:wait=400ms
run >out 2>err &
running=$!
await 30 grep -q '"post":2,' ledger
fill
wait $running
code=$?
ok "a disk that fills between a POST and its answer: 0, 73 or 74, not $code" \
	test $code = 0 -o $code = 73 -o $code = 74
goes_on "full between a POST and its answer"

for imports in 1 3 5 8 9; do
	fresh --fault submit:delay=30ms
	run >out 2>err &
	running=$!
	await 30 eval "[ \$(grep -c '\"what\":\"import\"' ledger) -ge $imports ]"
	fill
	wait $running
	code=$?
	ok "full after import $imports: 0, 73 or 74, not $code" \
		test $code = 0 -o $code = 73 -o $code = 74
	goes_on "full after import $imports"
done
finish
