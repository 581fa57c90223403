# shellcheck shell=bash
# planting.sh - a proof must be able to fail: a copy of a source file gets a mistake, is compiled and linked
# before our archives, so that its functions are taken from there, and the proof must notice; source it
# after tests/lib.sh.
: "${COMPILE:?run me by make}"

# plant NAME FILE EDIT...: FILE with the edits (sed -E), compiled; every edit must change something. Sets
# PLANTED, the objects of that name: a mistake may need more than one file.
plant()
{
	local name=$1 file=$2 edit
	mkdir -p "$WORK/$name"
	cp "$TOP_SRCDIR/$file" "$WORK/$name/changed.c"
	for edit in "${@:3}"; do
		sed -E "$edit" "$WORK/$name/changed.c" >"$WORK/$name/more.c"
		if cmp -s "$WORK/$name/changed.c" "$WORK/$name/more.c"; then
			fail "$name: the mistake has its place in $file" "nothing to edit: $edit"
			return 1
		fi
		mv "$WORK/$name/more.c" "$WORK/$name/changed.c"
	done
	# shellcheck disable=SC2086 # a command with its options
	(cd "$TOP_BUILDDIR" && $COMPILE -w -c -o "$WORK/$name/$(basename "$file" .c).o" \
		"$WORK/$name/changed.c") >"$WORK/$name/log" 2>&1 ||
		{ fail "$name: the mistake can be compiled" "$(cat "$WORK/$name/log")"; return 1; }
	PLANTED=("$WORK/$name"/*.o)
}

# link_planted PROGRAM WORD...: made of what is planted and the objects, archives and libraries named.
link_planted()
{
	# shellcheck disable=SC2086 # a command with its options
	(cd "$TOP_BUILDDIR" && $COMPILE -w -o "$1" "${PLANTED[@]}" "${@:2}") >"$WORK/link.log" 2>&1 ||
		{ fail "${1##*/}: the mistake can be linked" "$(cat "$WORK/link.log")"; return 1; }
}

# planted_rollcall: a build folder whose rollcall has the mistake in it. Sets FOLDER.
planted_rollcall()
{
	local main=runner/main.o libraries
	FOLDER=${PLANTED[0]%/*}/build
	[ ! -e "${PLANTED[0]%/*}/main.o" ] || main=
	mkdir -p "$FOLDER/tests"
	ln -s "$TOP_BUILDDIR/rollcall-sandbox" "$FOLDER"
	ln -s "$TOP_BUILDDIR/tests/wire" "$TOP_BUILDDIR/tests/crash" "$FOLDER/tests"
	read -ra libraries <<<"$ROLLCALL_LIBS"
	# shellcheck disable=SC2086 # none, or one
	link_planted "$FOLDER/rollcall" $main "${libraries[@]}"
}

# catches SENTENCE FAILURE COMMAND...: the proof fails, and what it prints has FAILURE (grep -E).
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

# is_caught_by SCRIPT SENTENCE FAILURE [NAME=VALUE]...: by a shell test with the planted rollcall.
is_caught_by()
{
	catches "$2" "$3" env "${@:4}" TOP_BUILDDIR="$FOLDER" bash "$TOP_SRCDIR/$1"
}
