#!/usr/bin/env bash
# The shape of the code: a function fits a screen, platform.h comes first, names tell their place.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
[ -f "$TOP_SRCDIR/runner/main.c" ] || exit 99

# A screen. The lines of tables (initializers) inside a function are not counted.
screen=60

# Longer functions that would be worse in pieces.
long_by_nature=

sources()
{
	(cd "$1" && find runner store config sandbox tests -name '*.[ch]' 2>/dev/null | sort)
}

# Each prints a line for every violation in the tree $1.
long_functions()
{
	# shellcheck disable=SC2046 # file names of ours
	(cd "$1" && awk -v screen="$screen" '
		FNR == 1 { inside = 0 }
		/^[a-z_0-9]+\(/ { name = $0; sub(/\(.*/, "", name) }
		/^\{/ { inside = 1; begin = FNR; table_lines = 0; table = 0 }
		inside && !table && /= \{$/ { table = FNR; match($0, /^\t*/); depth = RLENGTH }
		table && /^\t*\};/ {
			match($0, /^\t*/)
			if (RLENGTH == depth) { table_lines += FNR - table + 1; table = 0 }
		}
		/^\}/ {
			lines = FNR - begin + 1 - table_lines
			if (inside && lines > screen)
				printf "%s: %s\n", FILENAME, name
			inside = 0
		}' $(sources "$1"))
}

platform_not_first()
{
	# shellcheck disable=SC2046
	(cd "$1" && awk '
		FNR == 1 && checked == 0 && NR > 1 { print last ": no #include at all" }
		FNR == 1 { checked = 0; last = FILENAME }
		/^#[ \t]*include/ && !checked {
			checked = 1
			if ($0 != "#include \"platform.h\"")
				printf "%s:%d: \"platform.h\" is not first\n", FILENAME, FNR
		}
		END { if (!checked) print last ": no #include at all" }' $(sources "$1" | grep '\.c$'))
}

typedefs()
{
	# shellcheck disable=SC2046
	(cd "$1" && grep -nE '^[[:space:]]*typedef[[:space:]]' $(sources "$1"))
}

# autoconf writes platform.h; a config.h would be found in the place of another.
config_headers()
{
	sources "$1" | grep '/config\.h$'
}

# The objects of a plain build: FILE.o exports FILE_..., or functions of a type that FILE.h declares
# (enum nation_word, nation_word_text), or FOLDER_... where the folder is one module (runner/json); a
# verb's file its row of the table.
foreign_names()
{
	local object source
	(cd "$TOP_BUILDDIR" && find runner store config sandbox -name '*.o' 2>/dev/null) | sort |
		while read -r object; do
			source=$1/${object%.o}.c
			[ -f "$source" ] || continue
			"${NM:-nm}" -g --defined-only "$TOP_BUILDDIR/$object" |
				awk -v file="${object%.o}.c" -v header="${source%.c}.h" '
					BEGIN {
						parts = split(file, part, "/")
						stem = part[parts]
						sub(/\.c$/, "", stem)
						prefix[stem]; prefix[part[parts - 1]]
						if (part[parts - 1] == "cli")
							prefix["verb"]
						while ((getline line <header) > 0)
							if (match(line, /^(struct|enum|union) [a-z_0-9]+/)) {
								split(line, word, " ")
								prefix[word[2]]
							}
					}
					NF == 3 && $3 != "main" {
						for (p in prefix)
							if ($3 == p || index($3, p "_") == 1)
								next
						print file ": exports " $3
					}'
		done
}

is "no function is longer than a screen but those that are by nature" "$long_by_nature" \
	"$(long_functions "$TOP_SRCDIR")"
for rule in platform_not_first typedefs config_headers; do
	is "no ${rule//_/ } in the tree" "" "$($rule "$TOP_SRCDIR")"
done

mkdir -p planted/runner/base
cd planted || exit 99
{
	printf '#include <stdio.h>\n#include "platform.h"\n\ntypedef int number;\n\nvoid\nlong_one(void)\n{\n'
	yes '	puts("");' | head -n 59
	printf '}\n'
} >runner/base/bad.c
{
	printf '#include "platform.h"\n\nvoid\nlong_table(void)\n{\n\tstatic const int table[] = {\n'
	yes '		1,' | head -n 100
	printf '\t};\n'
	yes '	puts("");' | head -n 56
	printf '}\n'
} >runner/base/good.c
: >runner/base/config.h
is "a function of 61 lines is found, a long table is not" "runner/base/bad.c: long_one" \
	"$(long_functions .)"
is "a .c whose first include is another is found" \
	'runner/base/bad.c:1: "platform.h" is not first' "$(platform_not_first .)"
is "a typedef is found" "runner/base/bad.c:4:typedef int number;" "$(typedefs .)"
is "a config.h is found" "runner/base/config.h" "$(config_headers .)"

if [ "${PLAIN_OBJECTS:-no}" = yes ]; then
	is "every file exports names that tell the file" "" "$(foreign_names "$TOP_SRCDIR")"
	TOP_BUILDDIR=$PWD
	printf 'int bad_one; int worse_two;\n' | ${CC:-cc} -x c -c -o runner/base/bad.o -
	is "a name of another module is found" "runner/base/bad.c: exports worse_two" "$(foreign_names .)"
else
	skip "every file exports names that tell the file" "instrumented objects"
fi

finish
