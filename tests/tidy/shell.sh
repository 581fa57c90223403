#!/usr/bin/env bash
# Every shell file passes shellcheck.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
needs shellcheck

# shell_files PLACE...: those with a #! of a shell, and what is sourced.
shell_files()
{
	find "$@" -type f 2>/dev/null | sort | while read -r file; do
		case $file in
		*.sh) echo "$file" ;;
		*.[ch] | *.log | *.trs | */corpus/*) ;;
		*) ! head -n 1 "$file" | grep -aqE '^#!.*\b(ba)?sh\b' || echo "$file" ;;
		esac
	done
}

cd "$TOP_SRCDIR" || exit 99
# SC2317: it does not see that functions are called by name (exits, await)
for file in $(shell_files autogen.sh quickstart .ci bench contrib tests); do
	ok "$file" shellcheck -x -e SC2317 "$file"
done

cd "$WORK" || exit 99
# shellcheck disable=SC2016 # that is the mistake
printf '#!/bin/sh\nrm -rf $1/*\n' >careless
exits 1 "an unquoted variable is found" shellcheck careless
is "a shell file is known by its first line" ./careless "$(shell_files .)"

finish
