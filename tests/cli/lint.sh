#!/usr/bin/env bash
# check --lint: what a nation stumbles over is found in rows as they would be sent, with counts and
# places; as text, JSON and a page.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
needs python3

rollcall()
{
	timeout --foreground -k 5 60 "$ROLLCALL" "$@"
}

# job SOURCES: job.cfg
job()
{
	cat >job.cfg <<-END
		version = 1;
		nation = { url = "http://127.0.0.1:1"; token = "file:token"; };
		sources = ( $1 );
	END
}

people='{ type = "people"; input = [ "a.csv", "b.csv" ]; }'
header=state_file_id,registered_address.state,registered_address.county,first_name,born_at,email,phone_number,occupation
cat >a.csv <<END
$header
1,NC,WAKE,Ann,01/31/1980,ann@example.org,919-555-0100,
2,N.C.,Wake County,"Bo ""Bob""",02/30/1980,nobody,12,
3,NC,WAKE,"Cy
Lee",01/01/2999,,,
END
cat >b.csv <<END
$header
1,NC,Orange,$(printf 'x%.0s' {1..300}),01/31/1880,,,
,NC,ORANGE,Ed,,,,
END
job "$people"
exits 0 "check --lint: warnings are no failure" rollcall check --lint job.cfg
is "everything is found, to the letter" '  people     state_file_id: 2 rows
             the same in more than one row
               "1", line 2 of a.csv, line 2 of b.csv
  people     state_file_id: 1 row
             no id, so that nothing tells whose row it is
               line 3 of b.csv
  people     registered_address.state: 1 row
             not a two-letter state
               "N.C.", line 3 of a.csv
  people     registered_address.county: 3 rows
             one name, spelt in several ways
               "WAKE" in 2 rows, first in line 2
               "Wake County" in 1 row, first in line 3
  people     registered_address.county: 2 rows
             one name, spelt in several ways
               "ORANGE" in 1 row, first in line 3
               "Orange" in 1 row, first in line 2
  people     born_at: 1 row
             not a day as MM/DD/YYYY
               "02/30/1980", line 3 of a.csv
  people     born_at: 1 row
             a day in the future
               "01/01/2999", line 4 of a.csv
  people     born_at: 1 row
             more than 120 years ago
               "01/31/1880", line 2 of b.csv
  people     first_name: 1 row
             a line end inside, which can split the row
               "Cy Lee", line 4 of a.csv
  people     first_name: 1 row
             a quotation mark inside, which can split the row
               "Bo "Bob"", line 3 of a.csv
  people     first_name: 1 row
             longer than the 255 bytes that a field of the nation holds
               "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...", line 2 of b.csv
  people     email: 1 row
             not an e-mail address
               "nobody", line 3 of a.csv
  people     phone_number: 1 row
             not a phone number of ten digits
               "12", line 3 of a.csv
  people     occupation
             empty in every row' "$(sed -n '/^lint /,/^Nothing/{/^lint /d;/^Nothing/d;p}' "$WORK/out")"
out_has "after the count" "lint         5 rows looked at, 14 findings"
cp "$WORK/out" found
is "no line is longer than a terminal" "" "$(awk 'length > 80' found)"
exits 65 "--strict" rollcall check --lint --strict job.cfg
err_has "--strict: says why" "rollcall: there are warnings, and --strict"
exits 0 "without --lint nothing is looked at" rollcall check job.cfg
is "or said" 0 "$(grep -c lint "$WORK/out")"
for option in --strict --report=x.html; do
	exits 64 "$option alone" rollcall check $option job.cfg
	err_has "$option alone: told" "goes with --lint"
done

exits 0 "--json" rollcall check --lint --json job.cfg
is "has the same as JSON" '5 0 14 ["duplicate", "state_file_id", 2] ["1", "a.csv", 1, 2, "b.csv", 1, 2, 2]' "$(python3 -c '
import json, sys
lint = json.load(sys.stdin)["lint"]
first = lint["findings"][0]
e = first["examples"][0]
print(lint["rows"], lint["ids_not_compared"], len(lint["findings"]), json.dumps([first[k] for k in ("kind", "field", "rows")]),
    json.dumps([e[k] for k in ("value", "file", "row", "line", "other_file", "other_row", "other_line", "rows")]))' <"$WORK/out")"

# ---- the page
exits 0 "--report" rollcall check --lint --report lint.html job.cfg
is "is for us alone" 600 "$(stat -c %a lint.html)"
ok "needs nothing from elsewhere" sh -c '! grep -qiE "<script|src=|href=|url\(|@import" lint.html'
file_has "counts" lint.html '5 rows as they would be sent, 14 findings. Nothing was sent.'
file_has "has what was found" lint.html '&quot;N.C.&quot;, line 3 of a.csv'
ok "is well-formed where a browser would not mind" python3 - <<'END'
import html.parser
class Check(html.parser.HTMLParser):
    void = {'meta'}
    def __init__(self):
        super().__init__()
        self.stack = []
    def handle_starttag(self, tag, attributes):
        if tag not in self.void:
            self.stack.append(tag)
    def handle_endtag(self, tag):
        assert self.stack.pop() == tag, tag
check = Check()
check.feed(open('lint.html', encoding='utf-8').read())
assert not check.stack, check.stack
END
exits 73 "a page in a folder that is not there" rollcall check --lint --report nowhere/lint.html job.cfg
touch token && chmod 600 token
for file in a.csv ./b.csv job.cfg token; do
	cp "$file" before
	exits 73 "a page in the place of $file" rollcall check --lint --report "$file" job.cfg
	err_has "is refused" "rollcall: $file is what is read here: it would be gone"
	same "and it is as it was" before "$file"
done
mkdir pages
exits 0 "a page in another folder" rollcall check --lint --report pages/lint.html job.cfg
sed 's/, [0-9T:Z-]*\. / /' lint.html >one
sed 's/, [0-9T:Z-]*\. / /' pages/lint.html >other
same "is the same page" one other

# ---- as sent: what the job mends is no finding
{
	printf 'ID\tState\tName\tBorn\n'
	printf '1\tn.c.\tANN\t1980-01-31\n2\tNC\tBO\t1980-02-01\n'
} >c.txt
job '{ type = "people"; input = "c.txt"; format = "tab";
	columns = ( ( "ID", "state_file_id" ), ( "State", "registered_address.state", "map state" ),
		( "Name", "first_name", "name case" ), ( "Born", "born_at", "date YYYY-MM-DD" ) ); }'
echo 'maps = { state = ( ( "n.c.", "NC" ), ( "NC", "NC" ) ); };' >>job.cfg
exits 0 "values are looked at as they are sent" rollcall check --lint --strict job.cfg
out_has "nothing is found" "lint         2 rows looked at, no findings"
only='; only = ( ( "state_file_id", "!=", "1" ) ); }'
job "${people/; \}/$only}"
exits 0 "rows that stay out are not looked at" rollcall check --lint job.cfg
out_has "they are not counted" "lint         3 rows looked at,"
ok "and are nobody's twins" sh -c "! grep -q 'the same in more than one row' '$WORK/out'"

# ---- twins across sources; a reader of its own finds the same
python3 - <<'END'
import random
random.seed(7)
for name in 'd.csv', 'e.csv':
    with open(name, 'w') as out:
        print('external_id,first_name', file=out)
        for i in range(20000):
            print(f'{random.randrange(1000000)},Ann {i}', file=out)
END
job '{ name = "d"; type = "people"; input = "d.csv"; }, { name = "e"; type = "people"; input = "e.csv"; }'
exits 0 "40,000 rows of two sources" rollcall check --lint --json job.cfg
is "as many twins as another reader finds" "$(python3 -c '
import collections, csv
ids = collections.Counter(row["external_id"] for name in ("d.csv", "e.csv") for row in csv.DictReader(open(name)))
print(sum(count for count in ids.values() if count > 1))')" "$(python3 -c '
import json, sys
print(*[f["rows"] for f in json.load(sys.stdin)["lint"]["findings"] if f["kind"] == "duplicate"])' <"$WORK/out")"

finish
