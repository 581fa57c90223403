#!/usr/bin/env bash
# Who may include whom: the table of layers and the table of libraries, held against the include graph.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
[ -f "$TOP_SRCDIR/runner/main.c" ] || exit 99

# The first row that fits a file's path counts. "fits" is a prefix, also in the second column; - is
# nobody. Beside these everyone may include platform.h and its own row's files, and only what includes
# libc freely (column 3: *) may include any <system.h>; the pure layers name theirs.
layers='
# file                  may include                                     system headers
runner/base/            -                                               pure
runner/json/            runner/base/                                    pure
runner/files/           runner/base/                                    *
runner/core/            runner/base/                                    pure
runner/source/file.     runner/base/,runner/core/,runner/ports.h,runner/source/ *
runner/source/source.   runner/base/,runner/core/,runner/ports.h,runner/source/ pure
runner/source/          runner/base/,runner/core/plan.h                 pure
runner/lint/            runner/base/,runner/source/                     pure
runner/sniff/           runner/base/,runner/source/                     pure
runner/ports.h          runner/base/,runner/core/                       pure
store/                  runner/base/,runner/core/,runner/ports.h,runner/json/,runner/files/ *
runner/nation/          runner/base/,runner/core/,runner/ports.h,runner/json/,runner/files/ *
runner/sys/             runner/base/,runner/core/,runner/ports.h,runner/json/,runner/files/ *
runner/engine/          runner/base/,runner/core/,runner/ports.h,runner/source/ pure
runner/report/          runner/base/,runner/core/,runner/ports.h,runner/files/,runner/source/ *
config/                 runner/base/                                    *
runner/cli/             runner/,store/,config/                          *
runner/main.c           runner/,store/,config/                          *
sandbox/                runner/base/                                    *
'

# What a pure layer may include: types, text, formatting. No files, time, environment.
pure='assert ctype emmintrin errno immintrin inttypes limits stdarg stdbool stddef stdint stdio stdlib string strings'

# One library, one place. The first row that fits the header counts.
libraries='
# header                files
lmdb.h                  store/env.,store/txn.
curl/                   runner/nation/private.h
json-c/                 runner/json/read.c,sandbox/
libconfig.h             config/parse.c
microhttpd.h            sandbox/server.c
xxhash.h                runner/source/digest.c
xxh_x86dispatch.h       runner/source/digest.c
openssl/                runner/source/digest.c,sandbox/digest.c
iconv.h                 runner/source/encoding.c
utf8proc.h              runner/source/letters.c
zlib.h                  runner/source/gunzip.c
zstd                    runner/source/unzstd.c
archive                 runner/source/unzip.c
'

# strangers ROOT: prints every include that the tables do not allow.
strangers()
{
	# shellcheck disable=SC2046 # file names of ours
	(cd "$1" && LAYERS=$layers LIBRARIES=$libraries awk -v pure="$pure" '
		function fits(name, prefixes,    list, n, i)
		{
			n = split(prefixes, list, ",")
			for (i = 1; i <= n; i++)
				if (index(name, list[i]) == 1)
					return 1
			return 0
		}
		function rows(text, first, second, third,    line, cell, n, i, count)
		{
			n = split(text, line, "\n")
			for (i = 1; i <= n; i++)
				if (line[i] ~ /^[a-z]/) {
					split(line[i], cell, " ")
					first[++count] = cell[1]
					second[count] = cell[2]
					third[count] = cell[3]
				}
			return count
		}
		function complain(why)
		{
			printf "%s:%d: %s\n", FILENAME, FNR, why
		}
		function check_library(header,    i)
		{
			for (i = 1; i <= library_count; i++)
				if (index(header, library[i]) == 1) {
					if (!fits(FILENAME, place[i]))
						complain("<" header "> belongs in " place[i])
					return
				}
			sub(/\.h$/, "", header)
			if (system_headers[row] == "pure" && index(" " pure " ", " " header " ") == 0)
				complain("<" header ".h> in a pure layer")
		}
		function check_ours(header)
		{
			if (header == "platform.h" || fits(header, layer[row]) ||
			    fits(header, may[row]))
				return
			complain("\"" header "\" is not for " layer[row])
		}
		BEGIN {
			layer_count = rows(ENVIRON["LAYERS"], layer, may, system_headers)
			library_count = rows(ENVIRON["LIBRARIES"], library, place, unused)
		}
		FNR == 1 {
			for (row = 1; row <= layer_count && !fits(FILENAME, layer[row]); row++)
				;
			if (row > layer_count)
				complain("in no layer")
		}
		row <= layer_count && /^[ \t]*#[ \t]*include[ \t]*</ {
			split($0, part, /[<>]/)
			check_library(part[2])
		}
		row <= layer_count && /^[ \t]*#[ \t]*include[ \t]*"/ {
			split($0, part, /"/)
			check_ours(part[2])
		}' $(find runner store config sandbox -name '*.[ch]' 2>/dev/null | sort))
}

is "every include stays within its layer" "" "$(strangers "$TOP_SRCDIR")"

# plant FILE INCLUDE: the complaint about such a file.
plant()
{
	rm -rf planted
	mkdir -p "planted/${1%/*}"
	printf '#include "platform.h"\n\n#include %s\n' "$2" >"planted/$1"
	strangers planted
}
is "the core may not know the store" 'runner/core/load.c:3: "store/txn.h" is not for runner/core/' \
	"$(plant runner/core/load.c '"store/txn.h"')"
is "the base knows nobody" 'runner/base/buf.h:3: "runner/core/plan.h" is not for runner/base/' \
	"$(plant runner/base/buf.h '"runner/core/plan.h"')"
is "the store may not know the configuration" 'store/env.c:3: "config/settings.h" is not for store/' \
	"$(plant store/env.c '"config/settings.h"')"
is "the sandbox may not know the runner" 'sandbox/csv.c:3: "runner/source/scan.h" is not for sandbox/' \
	"$(plant sandbox/csv.c '"runner/source/scan.h"')"
is "the text part of the source may not know the ports" \
	'runner/source/scan.c:3: "runner/ports.h" is not for runner/source/' \
	"$(plant runner/source/scan.c '"runner/ports.h"')"
is "an include path starts at the root" 'runner/core/load.c:3: "chunk.h" is not for runner/core/' \
	"$(plant runner/core/load.c '"chunk.h"')"
is "lmdb.h outside its place is found" \
	'store/states.c:3: <lmdb.h> belongs in store/env.,store/txn.' \
	"$(plant store/states.c '<lmdb.h>')"
is "curl outside its place is found" \
	'runner/engine/engine.c:3: <curl/curl.h> belongs in runner/nation/private.h' \
	"$(plant runner/engine/engine.c '<curl/curl.h>')"
is "a clock in the core is found" 'runner/core/bucket.c:3: <time.h> in a pure layer' \
	"$(plant runner/core/bucket.c '<time.h>')"
is "a folder that is in no layer is found" 'runner/new/x.c:1: in no layer' \
	"$(plant runner/new/x.c '<string.h>')"
is "what is allowed is not complained about" "" "$(plant runner/cli/run.c '"store/open.h"')"

finish
