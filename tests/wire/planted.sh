#!/usr/bin/env bash
# Each proof of this folder catches its own mistake: the client or the verdict is built once more with it
# planted, put into the proof's program or into rollcall, and the proof must fail, in the sentence that is
# about it.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/planting.sh
. "$TOP_SRCDIR/tests/planting.sh"
wire=$TOP_BUILDDIR/tests/wire
for program in random_posts ghosts tls_front; do
	[ -x "$wire/$program" ] || skip_all "$program was not built (no cmocka)"
done
unset ROLLCALL_LONG

# proof PROGRAM OBJECT...: a program of this folder with the mistake in it.
proof()
{
	link_planted "$WORK/$1" "$wire/$1.o" "${@:2}" libnation.a libjson-read.a libfiles.a libcore.a \
		libbase.a -lcurl -ljson-c -lcmocka -lssl -lcrypto -lpthread
}

helpers=("$wire"/{bench,import,nation,proxy,tls}.o)

plant retry runner/core/verdict.c '/^submit_without_status/,/^}/s/in_doubt\(verdict/not_complete(verdict/' &&
	proof random_posts "${helpers[@]}" &&
	catches "a lost answer that is sent again is caught by the random POSTs" \
		'submit_not_complete: the nation has it' "$WORK/random_posts"

plant fewer runner/nation/finish.c \
	's/reply->handed_bytes = request->body \? \(uint64_t\)uploaded : 0;/reply->handed_bytes = uploaded ? (uint64_t)uploaded - 1 : 0;/' &&
	proof random_posts "${helpers[@]}" &&
	catches "so is a byte too few in the evidence" 'submit_not_complete: the nation has it' \
		"$WORK/random_posts"

if "$wire/ghosts" --cuts 1 >"$WORK/ghosts.log" 2>&1 || ! grep -q '^SKIP' "$WORK/ghosts.log"; then
	plant linger runner/nation/callback.c 's/\.l_onoff = 1/.l_onoff = 0/' &&
		proof ghosts "${helpers[@]}" "$wire/cable.o" &&
		catches "a kernel that finishes what was killed is caught by the ghosts" \
			'bytes of the request came through' "$WORK/ghosts" --cuts 8
else
	skip "a kernel that finishes what was killed is caught by the ghosts" \
		"$(sed -n 's/^SKIP //p' "$WORK/ghosts.log")"
fi

reuse='s/SET\(CURLOPT_FRESH_CONNECT, 1L\);//;s/SET\(CURLOPT_FORBID_REUSE, 1L\);//'
plant reuse runner/nation/setup.c "$reuse" && planted_rollcall &&
	is_caught_by tests/wire/heads.sh "a POST over a connection that was there is caught by the heads" \
		'^not ok .* had one connection, made for it'

# A body that is sent again stands still half-way here, and its answer never comes.
plant seek runner/nation/setup.c "$reuse" &&
	plant seek runner/nation/callback.c 's/return CURL_SEEKFUNC_FAIL/return CURL_SEEKFUNC_OK/' && planted_rollcall &&
	is_caught_by tests/wire/heads.sh "one that libcurl sends again, as it may seek, too" \
		'^not ok .* the nation saw as many POSTs as the journal has attempts' ANSWER_WAIT=100ms

command -v openssl >/dev/null || finish
plant peer runner/nation/setup.c \
	's/SET\(CURLOPT_FOLLOWLOCATION, 0L\);/&SET(CURLOPT_SSL_VERIFYPEER, 0L);/' && planted_rollcall &&
	is_caught_by tests/wire/tls.sh "a certificate that is not verified is caught by the bad ones" \
		'^not ok .* an unknown authority: not a byte of a request was sent'

plant host runner/nation/setup.c \
	's/SET\(CURLOPT_FOLLOWLOCATION, 0L\);/&SET(CURLOPT_SSL_VERIFYHOST, 0L);/' && planted_rollcall &&
	is_caught_by tests/wire/tls.sh "so is its name" '^not ok .* another host: not a byte of a request was sent'

plant proxy runner/nation/setup.c '/SET\(CURLOPT_PROXY,/d' '/SET\(CURLOPT_NOPROXY,/d' && planted_rollcall &&
	is_caught_by tests/wire/tls.sh "a proxy of the environment is caught by the load that must not use it" \
		'^not ok .* whatever the environment says'

plant escape runner/base/show.c 's/return show_acts\(text\) \? 0 : utf8_character\(text\);/return utf8_character(text);/' &&
	planted_rollcall &&
	is_caught_by tests/cli/hostile.sh "escapes that reach the terminal are caught by the hostile nation" \
		'^not ok .* no control byte, C1 control or turned text comes through' ATTACK=submit:nasty

plant formula runner/report/csv.c '/^is_formula/,/^}/s/return .*/return false;/' && planted_rollcall &&
	is_caught_by tests/cli/hostile.sh "so is a formula in a report" '^not ok .* no cell of a report is a formula' \
		ATTACK=submit:nasty

plant endless runner/nation/callback.c '/^answer_cap/,/^}/s/LIMIT_ANSWER_BYTES/UINT64_C(1) << 27/' && planted_rollcall &&
	is_caught_by tests/cli/hostile.sh "so is a body that is read for long" '^not ok .* memory stays below' \
		ATTACK=submit:endless
finish
