#!/usr/bin/env bash
# Every POST that the nation saw is one that the journal knows of: kept-alive connections are closed
# under the requests at the worst moments, and libcurl, which would send a POST again on its own
# (replies.md), gets no chance to. 300 POSTs; with ROLLCALL_LONG=1, 10,000.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
chunks=300
[ "${ROLLCALL_LONG:-}" != 1 ] || chunks=10000

# After an answer, so that the next request meets a dead connection; at the next request, so that it
# dies with the head; behind GETs, whose connections a POST might take, and behind POSTs. Some POSTs
# are put off, so that attempts and chunks differ.
scene heads \
	--fault status:every=2:close-after --fault status:every=3:close-next \
	--fault result:every=2:close-next --fault result:every=3:close-after \
	--fault submit:every=4:close-after --fault submit:every=5:close-next \
	--fault submit:every=7:close-next,fin --fault submit:every=31:status=425
people "$chunks"
# On a busy computer a nation may not have read a head for many seconds: that is not what is counted here.
ANSWER_WAIT=${ANSWER_WAIT:-5min} ROWS=1 LIMITS='in_flight = 50;' RETRY='attempts = 20;' job
exits 0 "a load of $chunks POSTs finishes" timeout --foreground -k 5 3000 "$ROLLCALL" run -q job.cfg
rollcall log --json job.cfg >events
started=$(grep -c '"event":"submit_started"' events)
ended=$(grep -cE '"event":"(submit_|answer_lost)' events)
diag "POST heads that the nation saw: $(posts); attempts in the journal: $started; imports: $(imports)"
is "the nation saw as many POSTs as the journal has attempts" "$started" "$(posts)"
is "more of them than there are chunks" yes "$([ "$started" -gt "$chunks" ] && echo yes)"
is "and took each chunk once" "$chunks" "$(imports)"
is "every attempt ended" $((2 * started)) "$ended"
is "and had one connection, made for it" "$started" \
	"$(grep -E '"event":"(submit_|answer_lost)' events | grep -c '"connects":1[,}]')"
is "while polls shared theirs" yes \
	"$(grep '"event":"import_finished"' events | grep -qv '"connects":' && echo yes)"

finish
