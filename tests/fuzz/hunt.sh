#!/usr/bin/env bash
# hunt.sh - a night for the fuzz targets: in a build with --enable-fuzzers,
#
#	make hunt                                 every target, 10 million runs each
#	make hunt RUNS=100000 TARGETS="json head" MAX_LEN=1024
#
# Inputs are of up to MAX_LEN bytes; without it as libFuzzer chooses, 4096 or as the longest that it has.
# New inputs are kept in found/NAME, so that the next hunt goes on; a finding is found/NAME-*, and
# belongs in tests/fuzz/corpus/NAME with its cure. A line a target: runs, seconds, inputs kept.
set -u
: "${TOP_SRCDIR:?run me by make hunt}" "${TOP_BUILDDIR:?}"
runs=${RUNS:-10000000}
cd "$TOP_BUILDDIR" || exit 99
targets=()
if [ -n "${TARGETS:-}" ]; then
	read -ra targets <<<"$TARGETS"
else
	for program in tests/fuzz/fuzz_*; do
		[ -x "$program" ] && targets+=("${program##*/fuzz_}")
	done
fi

options=(-timeout=60 -rss_limit_mb=4096 -print_final_stats=1)
[ -z "${MAX_LEN:-}" ] || options+=("-max_len=$MAX_LEN")

findings=0
for name in "${targets[@]}"; do
	mkdir -p "found/$name"
	began=$SECONDS
	if "tests/fuzz/fuzz_$name" -runs="$runs" "${options[@]}" -artifact_prefix="found/$name-" \
		"found/$name" "$TOP_SRCDIR/tests/fuzz/corpus/$name" >"found/$name.log" 2>&1; then
		result="no finding"
	else
		result="FOUND SOMETHING: found/$name.log"
		findings=$((findings + 1))
	fi
	done_runs=$(sed -n 's/^stat::number_of_executed_units: //p' "found/$name.log")
	kept=("found/$name"/*)
	printf '%-10s %10s runs %6d s %6d inputs   %s\n' "$name" "${done_runs:-?}" $((SECONDS - began)) \
		"${#kept[@]}" "$result"
done
exit $((findings > 0))
