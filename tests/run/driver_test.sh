#!/usr/bin/env bash
# The driver is what tells a failure from a success, so it is tested with one of each kind.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"

# drive SCRIPT_TEXT: the line and the failures that the driver prints for such a test.
drive()
{
	printf '%s\n' "$1" >test.sh
	sh "$TOP_SRCDIR/tests/run/driver" --test-name t --log-file t.log --trs-file t.trs \
		--color-tests no --enable-hard-errors yes --expect-failure no -- sh ./test.sh
}

is "a shell test's assertions are counted" "PASS: t (2 passed)" "$(drive 'echo "ok 1 - a"
	echo "ok 2 - b"; echo 1..2')"
is "not ok is a failure, whatever the exit code" "FAIL: t (1 passed, 1 failed)
  FAIL: t: b" "$(drive 'echo "ok 1 - a"; echo "not ok 2 - b"; echo 1..2; exit 0')"
is "a script that ends early has failed" "FAIL: t (1 passed, 1 failed)
  FAIL: t: ran no test" "$(drive 'echo "ok 1 - a"')"
is "fewer tests than announced are a failure" "FAIL: t (1 passed, 1 failed)
  FAIL: t: announced 2 tests, ran 1" "$(drive 'echo "ok 1 - a"; echo 1..2')"
is "a program that prints nothing has tested nothing" "FAIL: t (0 passed, 1 failed)
  FAIL: t: ran no test" "$(drive :)"
is "an exit code is a failure even if all printed tests passed" "FAIL: t (1 passed, 1 failed)
  FAIL: t: exit code 3" "$(drive 'echo "ok 1 - a"; echo 1..1; exit 3')"
is "a crash is a failure and names its signal" "FAIL: t (0 passed, 1 failed)
  FAIL: t: exit code 134 (signal 6)" "$(drive 'exec sh -c "kill -6 \$\$"')"
is "a skip says why" "SKIP: t (no tmux)" "$(drive 'echo "SKIP no tmux"; exit 77')"
is "a silent skip is a failure" "FAIL: t (0 passed, 1 failed)
  FAIL: t: exit 77 without a line \"SKIP why\"" "$(drive 'exit 77')"
is "a test that hangs is ended and has failed" "FAIL: t (0 passed, 1 failed)
  FAIL: t: took too long and was killed (TEST_TIMEOUT)" \
	"$(mkfifo fifo; TEST_TIMEOUT=1 drive "read -r _ <fifo" 2>/dev/null)"

cmocka='echo "[==========] g: Running 2 test(s)."; echo "[ RUN      ] a"; echo "[       OK ] a"'
is "cmocka's tests are counted" "PASS: t (2 passed)" "$(drive "$cmocka; echo '[       OK ] b'")"
is "a failed cmocka test is counted once, though it is printed twice" "FAIL: t (1 passed, 1 failed)
  FAIL: t: b" "$(drive "$cmocka; echo '[  FAILED  ] b'; echo '[  FAILED  ] g: 1 test(s), listed below:'
	echo '[  FAILED  ] b'; exit 1")"
is "a cmocka program that exits in the middle has failed" "FAIL: t (1 passed, 1 failed)
  FAIL: t: announced 2 tests, ran 1" "$(drive "$cmocka; exit 0")"

drive 'sleep 1000 & echo $! >left; echo "ok 1 - a"; echo 1..1' >/dev/null
gone()
{
	! kill -0 "$(cat left)" 2>/dev/null
}
ok "what a test leaves running is ended" await 10 gone

mkdir -p results
drive 'echo "ok 1 - a"; echo "ok 2 - b # SKIP c"; echo 1..2' >/dev/null
cp t.trs results/one.trs
is "the count sums all results" "1 passed, 0 failed, 1 skipped" \
	"$(sh "$TOP_SRCDIR/tests/run/count" results)"
drive 'echo "not ok 1 - a"; echo 1..1' >/dev/null
cp t.trs results/two.trs
exits 1 "the count fails if a test failed" sh "$TOP_SRCDIR/tests/run/count" results
out_has "and still says how many passed" "1 passed, 1 failed, 1 skipped"
mkdir -p empty
exits 1 "no test at all is no success" sh "$TOP_SRCDIR/tests/run/count" empty

finish
