#!/usr/bin/env bash
# For any bytes no record is lost or invented (any_text.py). TEXTS and SEED choose others.
# shellcheck source=tests/lib.sh
. "$TOP_SRCDIR/tests/lib.sh"
needs python3
texts=${TEXTS:-6000}
[ -z "${ROLLCALL_LONG:-}" ] || texts=${TEXTS:-1000000}

differences=$(python3 "$TOP_SRCDIR/tests/cli/any_text.py" "$TOP_BUILDDIR/tests/cli/reading" "$texts" "${SEED:-20261128}" 2>said)
is "the readers have read to the end" 0 $?
is "what is sent is what other readers find" "" "$differences"
diag "$(cat said)"
if grep -q "not installed" said; then
	skip "libcsv, strict, finds the same" "libcsv.so.3 is not installed"
else
	pass "libcsv, strict, was asked as well"
fi
ok "most good texts, and some others, were sent" python3 - "$(cat said)" <<'END'
import re, sys
texts, sent, records = (int(number.replace(',', '')) for number in re.findall('[0-9,]*[0-9]', sys.argv[1])[:3])
assert sent > texts / 3 and records > 2 * sent, (texts, sent, records)
END

# The comparison can fail: a reader that loses a row, one that invents a cell.
for spoil in 's/^[^\n]*\n//' 's/a/b/'; do
	cat >spoiled <<-END
		#!/usr/bin/env python3
		import re, struct, subprocess, sys
		answer = subprocess.run(['$TOP_BUILDDIR/tests/cli/reading'], input=sys.stdin.buffer.read(), stdout=subprocess.PIPE).stdout
		at = 0
		while at < len(answer):
		    length = struct.unpack_from('<I', answer, at)[0]
		    at += 4
		    text = b'' if length == 0xFFFFFFFF else answer[at:at + length]
		    at += len(text)
		    kind, old, new, _ = r'$spoil'.split('/')
		    changed = re.sub(old.encode(), new.encode(), text, count=1)
		    sys.stdout.buffer.write(struct.pack('<I', length if length == 0xFFFFFFFF else len(changed)) + changed)
	END
	chmod +x spoiled
	ok "$spoil is noticed" sh -c "python3 '$TOP_SRCDIR/tests/cli/any_text.py' ./spoiled 100 2>/dev/null | grep -q 'other cells'"
done

finish
