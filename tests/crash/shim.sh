# shellcheck shell=bash
# shim.sh - loads by the thousand under the shim (sweep.c, cuts.c); source it after tests/lib.sh.
[ "${PLAIN_OBJECTS:-no}" = yes ] || skip_all "a sanitizer's own calls and allocations must not fail"

# under_shim PROGRAM OPTION...: sweep or cuts; prints what it says, with its exit code.
under_shim()
{
	local program=$1
	shift
	"$TOP_BUILDDIR/tests/crash/$program" "rollcall=$ROLLCALL" "sandbox=$SANDBOX" \
		"shim=$TOP_BUILDDIR/tests/crash/shim.so" "$@"
}

# none_wrong SENTENCE PROGRAM OPTION...: nothing is; the summary becomes part of the sentence.
none_wrong()
{
	local sentence=$1 said code
	shift
	said=$(under_shim "$@")
	code=$?
	[ $code != 77 ] || skip_all "no system call can be trapped here (seccomp on x86-64)"
	if [ $code = 0 ]; then
		pass "$sentence ($(tail -n 1 <<<"$said"))"
	else
		fail "$sentence" "$said"
	fi
}

# is_caught SENTENCE FAILURE PROGRAM OPTION...: a planted mistake is found, for the reason FAILURE (grep -E).
is_caught()
{
	local sentence=$1 failure=$2 said
	shift 2
	said=$(under_shim "$@")
	if [ $? = 1 ] && grep -q '[1-9][0-9]* wrong' <<<"$said" && grep -qE "$failure" <<<"$said"; then
		pass "$sentence ($(tail -n 1 <<<"$said"))"
	else
		fail "$sentence" "$said"
	fi
}
