#!/usr/bin/env bash
# Nothing is lost or changed between a file and the nation: the bodies, less their headers, put
# together, are the input byte for byte, whatever its quotes, newlines and sizes.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
# shellcheck source=tests/cli/load.sh
. "$TOP_SRCDIR/tests/cli/load.sh"
needs python3

# One nation for all of it; each case is a folder with an input, and a job with its limits.
scene nation
base=$WORK/nation

# bodies ID,ID...: the CSV of each import as it came, in body.ID
bodies()
{
	curl -sS "$SANDBOX_URL/sandbox/imports/{$1}/file" -o 'body.#1'
}

# cuts NAME LIMITS: loads people.csv in folder NAME with these limits and compares. The limits are
# "rows = N;" and "chunk = ...;". Prints what is wrong.
cuts()
{
	cd "$base/$1" || return
	(umask 077 && echo canary >token)
	cat >job.cfg <<-END
		version = 1;
		nation = { url = "$SANDBOX_URL"; token = "file:token"; };
		sources = ( { type = "people"; input = "people.csv"; } );
		limits = { requests = "1000/100ms"; uploads = 4; $2 };
		poll = { first = "1ms"; most = "5ms"; };
	END
	rollcall run --quiet job.cfg 2>err || {
		echo "$1, $2: exit code $?: $(cat err)"
		return
	}
	paste -d' ' <(cells import_id) <(cells sha256) <(cells first_byte) <(cells end_byte) >chunks
	rm -rf body.*
	bodies "$(cut -d' ' -f1 chunks | paste -sd ,)"
	python3 - "$1, $2" <<-'END'
		import hashlib, sys
		data = open('people.csv', 'rb').read()
		start = 3 if data.startswith(b'\xef\xbb\xbf') else 0
		header = data[start:data.index(b'\n') + 1]
		rest, at = b'', start + len(header)
		limit = int(open('limit').read()) if 'chunk' in sys.argv[1] else None
		for line in open('chunks'):
		    number, sha, first, end = line.split()
		    body = open('body.' + number, 'rb').read()
		    def wrong(what):
		        print(f'{sys.argv[1]}: import {number}: {what}')
		    if hashlib.sha256(body).hexdigest() != sha:
		        wrong('the report has another digest')
		    if not body.startswith(header):
		        wrong('no header')
		    if limit and len(body) > limit:
		        wrong(f'{len(body)} bytes are more than {limit}')
		    if int(first) != at or int(end) - int(first) != len(body) - len(header):
		        wrong(f'bytes {first}-{end} are not where they were sent from')
		    at = int(end)
		    rest += body[len(header):]
		if start + len(header) + len(rest) != len(data) or rest != data[start + len(header):]:
		    print(f'{sys.argv[1]}: put together they are not the input')
	END
}

# The inputs. Each has a file `limit`: the size of a chunk that is exactly header and two of its rows
# (or all of it), where a byte less is another cut.
python3 - "$base" <<'END'
import os, random, sys
random.seed(1)
header = 'state_file_id,registered_address.state,last_name,note'
def quoted(text):
    return '"' + text.replace('"', '""') + '"'
def plain(n, end='\n'):
    return [f'N{i},NC,Smith,{"x" * (i % 7)}{end}' for i in range(n)]
def odd(n, end='\n'):
    pieces = ['a', ',', '"', '\n', '\r\n', 'é', '""', '; ', ' ', '€', '\n\n', '",\n"']
    rows = []
    for i in range(n):
        text = ''.join(random.choice(pieces) for _ in range(random.randrange(12)))
        rows.append(f'N{i},NC,{quoted(text)},{quoted("")}{end}')
    return rows
cases = {
    'plain': (header + '\n', plain(20)),
    'crlf': (header + '\r\n', plain(20, '\r\n')),
    'quotes': (header + '\n', odd(24)),
    'quotes-crlf': (header + '\r\n', odd(24, '\r\n')),
    'bom': ('\ufeff' + header + '\n', odd(20)),
    'one-row': (header + '\n', plain(1)),
    'one-row-bare': (header + '\n', ['N1,NC,"a\n""b""",']),
    'no-last-newline': (header + '\n', plain(21)[:-1] + ['N20,NC,Smith,last']),
    'ends-in-a-quote': (header + '\n', plain(20) + ['N20,NC,Smith,"last\n"']),
    'quoted-header': ('"state_file_id","registered_address.state","last_name","note"\n', odd(10)),
}
for name, (head, rows) in cases.items():
    folder = os.path.join(sys.argv[1], name)
    os.mkdir(folder)
    with open(os.path.join(folder, 'people.csv'), 'wb') as file:
        file.write((head + ''.join(rows)).encode())
    # a chunk holds header and rows without a byte order mark
    head = head.replace('\ufeff', '').encode()
    sizes = [len(row.encode()) for row in rows]
    pairs = [sum(sizes[i:i + 2]) for i in range(0, len(sizes), 2)]
    limit = max(len(head) + max(pairs), 64)
    with open(os.path.join(folder, 'limit'), 'w') as file:
        file.write(str(limit))
END

for folder in "$base"/*/; do
	case $folder in *.run/) continue ;; esac
	name=$(basename "$folder")
	limit=$(cat "$folder/limit")
	wrong=$(
		cuts "$name" "rows = 1;"
		rm -rf "$folder/job.run"
		cuts "$name" "rows = 7;"
		rm -rf "$folder/job.run"
		cuts "$name" "chunk = \"$limit\";"
		rm -rf "$folder/job.run"
		echo $((limit + 1)) >"$folder/limit"
		cuts "$name" "chunk = \"$((limit + 1))\";"
		rm -rf "$folder/job.run"
		cuts "$name" ""
	)
	is "$name: cut by rows, at exact sizes, and whole" "" "$wrong"
done

# Exactly at the limit is in, one byte more is not.
cd "$base/plain" || exit 99
printf 'state_file_id,registered_address.state\n11111111111,NC\n22222222222,NC\n33333333333,NC\n' >people.csv
rm -rf job.run
echo 69 >limit
is "two rows fit exactly" "" "$(cuts plain 'chunk = "69";')"
is "so they are one chunk" "2 1" "$(words rows_sent)"
rm -rf job.run
echo 68 >limit
is "a byte less" "" "$(cuts plain 'chunk = "68";')"
is "and each is its own" "1 1 1" "$(words rows_sent)"

# The comparison can fail: a body with a byte changed is found.
body=$(grep -rl --include='body.*' 11111111111 . | head -n 1)
sed -i 's/11111111111/11111111112/' "$body"
mkdir tampered
mv body.* tampered
bodies() { cp tampered/body.* .; }
is "a body with another byte is found" yes "$(cuts plain 'chunk = "68";' | grep -q 'another digest' && echo yes)"

finish
