#!/usr/bin/env bash
# Every header stands alone: it compiles as the only include after platform.h, and twice.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
[ -f "$TOP_SRCDIR/runner/main.c" ] || exit 99

# alone ROOT HEADER: the compiler's first complaint.
alone()
{
	printf '#include "platform.h"\n#include "%s"\n#include "%s"\ntypedef int not_empty;\n' "$2" "$2" |
		(cd "$TOP_BUILDDIR" && $COMPILE -I"$1" -Werror -fsyntax-only -x c - 2>&1) |
		grep -m 1 -E 'error|warning'
}

for header in $(cd "$TOP_SRCDIR" && find runner store config sandbox tests -name '*.h' 2>/dev/null | sort); do
	is "$header stands alone" "" "$(alone "$TOP_SRCDIR" "$header")"
done

mkdir -p planted
printf 'size_t planted_size(struct unknown *of);\n' >planted/leans.h
printf '#include <stddef.h>\nstruct once { size_t size; };\n' >planted/once.h
leans=$(alone "$WORK" planted/leans.h)
ok "a header that leans on another include is found" test -n "$leans"
once=$(alone "$WORK" planted/once.h)
ok "a header without a guard is found" test -n "$once"

finish
