#!/usr/bin/env bash
# Each proof of this folder catches its own bug: the client or the verdict is built once more with
# the bug planted, put into the proof's program or into rollcall, and the proof must fail, in the
# sentence that is about it.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
: "${COMPILE:?run me by make check-long}"
wire=$TOP_BUILDDIR/tests/wire
for program in random_posts ghosts tls_front; do
	[ -x "$wire/$program" ] || skip_all "$program was not built (no cmocka)"
done
libraries=(-lcurl -ljson-c -lcmocka -lssl -lcrypto -lpthread)
unset ROLLCALL_LONG

# plant NAME FILE SED...: FILE with the edits, compiled; every edit must change something. Sets
# PLANTED, the objects of that name: a bug may need more than one file.
plant()
{
	local name=$1 file=$2 edit
	mkdir -p "$WORK/$name"
	cp "$TOP_SRCDIR/$file" "$WORK/$name/before.c"
	for edit in "${@:3}"; do
		sed "$edit" "$WORK/$name/before.c" >"$WORK/$name/after.c"
		cmp -s "$WORK/$name/before.c" "$WORK/$name/after.c" &&
			fail "$name: the bug can be planted" "nothing to edit: $edit"
		mv "$WORK/$name/after.c" "$WORK/$name/before.c"
	done
	# shellcheck disable=SC2086 # a command with its options
	(cd "$TOP_BUILDDIR" && $COMPILE -I"$TOP_SRCDIR" -I"$TOP_BUILDDIR" -c \
		-o "$WORK/$name/$(basename "$file" .c).o" "$WORK/$name/before.c") || exit 99
	PLANTED=("$WORK/$name"/*.o)
}

# proof PROGRAM OBJECT...: a program of this folder with the bug in it.
proof()
{
	# The planted objects stand first: they are taken in place of the archive's.
	# shellcheck disable=SC2086
	(cd "$TOP_BUILDDIR" && $COMPILE -o "$WORK/$1" "${PLANTED[@]}" "$wire/$1.o" "${@:2}" libnation.a \
		libjson-read.a libfiles.a libcore.a libbase.a "${libraries[@]}") || exit 99
}

# runner: a build folder whose rollcall has the bug in it. Sets FOLDER.
runner()
{
	FOLDER=${PLANTED[0]%/*}/build
	mkdir -p "$FOLDER/tests/wire"
	ln -s "$TOP_BUILDDIR/rollcall-sandbox" "$FOLDER"
	ln -s "$wire/tls_front" "$FOLDER/tests/wire"
	# shellcheck disable=SC2086
	(cd "$TOP_BUILDDIR" && $COMPILE -o "$FOLDER/rollcall" "${PLANTED[@]}" runner/main.o \
		$ROLLCALL_LIBS) || exit 99
}

# catches SENTENCE FAILURE COMMAND...: the proof fails, and what it prints has FAILURE.
catches()
{
	if "${@:3}" >"$WORK/proof.log" 2>&1 && ! grep -q '^not ok' "$WORK/proof.log"; then
		fail "$1" "the proof passed:" "$(tail -n 20 "$WORK/proof.log")"
	elif grep -qE "$2" "$WORK/proof.log"; then
		pass "$1"
	else
		fail "$1" "the proof failed elsewhere:" "$(grep -v '^ok' "$WORK/proof.log" | head -n 40)"
	fi
}

helpers=("$wire"/{bench,import,nation,proxy,tls}.o)

plant retry runner/core/verdict.c '/^submit_without_status/,/^}/s/in_doubt(verdict/not_complete(verdict/'
proof random_posts "${helpers[@]}"
catches "a lost answer that is sent again is caught by the random POSTs" \
	'submit_not_complete: the nation has it' "$WORK/random_posts"

plant fewer runner/nation/finish.c \
	's/reply->handed_bytes = request->body ? (uint64_t)uploaded : 0;/reply->handed_bytes = uploaded ? (uint64_t)uploaded - 1 : 0;/'
proof random_posts "${helpers[@]}"
catches "so is a byte too few in the evidence" 'submit_not_complete: the nation has it' \
	"$WORK/random_posts"

if "$wire/ghosts" --cuts 1 >"$WORK/ghosts.log" 2>&1 || ! grep -q '^SKIP' "$WORK/ghosts.log"; then
	plant linger runner/nation/callback.c 's/\.l_onoff = 1/.l_onoff = 0/'
	proof ghosts "${helpers[@]}" "$wire/cable.o"
	catches "a kernel that finishes what was killed is caught by the ghosts" \
		'bytes of the request came through' "$WORK/ghosts" --cuts 8
else
	skip "a kernel that finishes what was killed is caught by the ghosts" \
		"$(sed -n 's/^SKIP //p' "$WORK/ghosts.log")"
fi

reuse='s/SET(CURLOPT_FRESH_CONNECT, 1L);//;s/SET(CURLOPT_FORBID_REUSE, 1L);//'
plant reuse runner/nation/setup.c "$reuse"
runner
catches "a POST over a connection that was there is caught by the heads" \
	'^not ok .* had one connection, made for it' \
	env TOP_BUILDDIR="$FOLDER" bash "$TOP_SRCDIR/tests/wire/heads.sh"

plant seek runner/nation/setup.c "$reuse"
plant seek runner/nation/callback.c 's/return CURL_SEEKFUNC_FAIL/return CURL_SEEKFUNC_OK/'
runner
# A body that is sent again stands still half-way here, and its answer never comes.
catches "one that libcurl sends again, as it may seek, too" \
	'^not ok .* the nation saw as many POSTs as the journal has attempts' \
	env ANSWER_WAIT=100ms TOP_BUILDDIR="$FOLDER" bash "$TOP_SRCDIR/tests/wire/heads.sh"

command -v openssl >/dev/null || finish
plant peer runner/nation/setup.c \
	's/SET(CURLOPT_FOLLOWLOCATION, 0L);/&SET(CURLOPT_SSL_VERIFYPEER, 0L);/'
runner
catches "a certificate that is not verified is caught by the bad ones" \
	'^not ok .* an unknown authority: not a byte of a request was sent' \
	env TOP_BUILDDIR="$FOLDER" bash "$TOP_SRCDIR/tests/wire/tls.sh"

plant host runner/nation/setup.c \
	's/SET(CURLOPT_FOLLOWLOCATION, 0L);/&SET(CURLOPT_SSL_VERIFYHOST, 0L);/'
runner
catches "so is its name" '^not ok .* another host: not a byte of a request was sent' \
	env TOP_BUILDDIR="$FOLDER" bash "$TOP_SRCDIR/tests/wire/tls.sh"

plant proxy runner/nation/setup.c '/SET(CURLOPT_PROXY,/d' '/SET(CURLOPT_NOPROXY,/d'
runner
catches "a proxy of the environment is caught by the load that must not use it" \
	'^not ok .* whatever the environment says' \
	env TOP_BUILDDIR="$FOLDER" bash "$TOP_SRCDIR/tests/wire/tls.sh"

finish
