#!/usr/bin/env bash
# What the objects really call: the core nothing but memory and text, other pure parts no files, time
# or chance, and no library prints or ends the process.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"

[ "${PLAIN_OBJECTS:-no}" = yes ] || skip_all "instrumented objects call their instruments"
needs "${NM:=nm}"

# All that the core may call outside itself: no allocation, I/O, clock, chance. snprintf writes into
# an array that is handed in; what begins with __ is the compiler's own (guards, 128-bit division).
core_may='memchr memcmp memcpy memmove memset snprintf strcmp strlen strncasecmp strncmp strnlen
	vsnprintf
	__assert_fail __divti3 __memcpy_chk __memmove_chk __memset_chk __modti3 __snprintf_chk
	__stack_chk_fail __udivti3 __umodti3 __vsnprintf_chk'

# Objects that are pure, though they may allocate: what they must not call.
pure_objects='runner/base runner/json runner/source runner/lint runner/sniff runner/engine
	sandbox/answer.o sandbox/ballots.o sandbox/base64.o sandbox/body.o sandbox/csv.o sandbox/fault.o
	sandbox/fields.o sandbox/model.o sandbox/names.o sandbox/people.o sandbox/table.o
	sandbox/tokens.o'
impure='accept bind clock clock_gettime close connect creat fclose fdopen fopen fopen64 fread fstat fsync
	fwrite getenv getpid getrandom gettimeofday getuid kill lseek mkdir mmap nanosleep open open64
	openat openat64 pread pread64 pthread_create rand random read recv rename secure_getenv send sleep
	socket stat stat64 system time unlink usleep write __open_2 __open64_2 __read_chk __pread_chk'
# runner/source/file.c is the one that reads, behind the source port.
but_for='runner/source/file.o'

# No object of a library prints or ends the process; the programs do.
prints='exit perror printf putchar puts stderr stdout vprintf __printf_chk __vprintf_chk'
programs='runner/main.o runner/cli/ sandbox/main.o'

# calls OBJECT...: "object: name" for each that it needs from elsewhere.
calls()
{
	"$NM" -P -A "$@" 2>/dev/null | awk '
		$3 == "U" || $3 == "w" { wanted[$1 " " $2] }
		$3 ~ /^[A-TV-Zabd-t]$/ { defined[$1 " " $2] }
		END { for (call in wanted) if (!(call in defined)) print call }' | sort
}

# lines WORDS: one a line.
lines()
{
	# shellcheck disable=SC2086 # that is how they part
	printf '%s\n' $1
}

# core_calls CORE_ARCHIVE BASE_ARCHIVE: what the core calls and must not, by itself or through what
# it uses of the base.
core_calls()
{
	${CC:-cc} -r -nostdlib -o "$WORK/core.o" -Wl,--whole-archive "$1" -Wl,--no-whole-archive "$2" &&
		calls "$WORK/core.o" | sed 's/.*: //' | grep -vxF "$(lines "$core_may")"
}

# forbidden WORDS OBJECT...: "object: call" for each call that is among the words.
forbidden()
{
	local words=${1//[$'\n\t']/ }
	shift
	calls "$@" | awk -v words="$words" '
		BEGIN { count = split(words, list); for (i = 1; i <= count; i++) is_word[list[i]] }
		$2 in is_word'
}

# objects FOLDER_OR_FILE...: as built of what there is, less those in $but_for.
objects()
{
	local place object
	for place; do
		[ ! -e "$place" ] || find "$place" -name '*.o'
	done | sort | grep -vxF "$but_for" | while read -r object; do
		[ ! -f "$TOP_SRCDIR/${object%.o}.c" ] || echo "$object"
	done
}

library_objects()
{
	objects runner store config sandbox | while read -r object; do
		case " $programs " in
		*" $object "* | *" ${object%/*}/ "*) ;;
		*) echo "$object" ;;
		esac
	done
}

# defined_twice OBJECT...: names that two of them give to the outside. A linker takes one of two archives'
# members that define a name, and says nothing.
defined_twice()
{
	"$NM" -P -A "$@" 2>/dev/null | awk '$3 ~ /^[BDRT]$/ { print $2 }' | sort | uniq -d
}

cd "$TOP_BUILDDIR" || exit 99
ok "there is a core to look at" test -s libcore.a
is "the core calls nothing but memory and text" "" "$(core_calls libcore.a libbase.a)"
# shellcheck disable=SC2046,SC2086 # lists of names of ours
is "the pure parts call no file, clock or chance" "" "$(forbidden "$impure" $(objects $pure_objects))"
# shellcheck disable=SC2046
is "no library prints or ends the process" "" "$(forbidden "$prints" $(library_objects))"
# shellcheck disable=SC2046
is "no name of the program is defined twice" "" "$(defined_twice $(objects runner store config))"

cd "$WORK" || exit 99
printf '#include <stdio.h>\n#include <stdlib.h>\n#include <time.h>\n
	long bad(void) { puts(""); return time(NULL) + rand() + (malloc(1) != NULL); }\n' |
	${CC:-cc} -O0 -fno-builtin -x c -c -o bad.o -
ar cr libbad.a bad.o
is "an allocation, a clock, chance and a message in the core are found" "malloc puts rand time" \
	"$(core_calls libbad.a "$TOP_BUILDDIR/libbase.a" | tr '\n' ' ' | sed 's/ $//')"
is "a clock and chance in a pure part are found" "bad.o: rand bad.o: time" \
	"$(forbidden "$impure" bad.o | tr '\n' ' ' | sed 's/ $//')"
is "a message from a library is found" "bad.o: puts" "$(forbidden "$prints" bad.o)"
is "a name that is defined twice is found" bad "$(defined_twice bad.o libbad.a)"

finish
