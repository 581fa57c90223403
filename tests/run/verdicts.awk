# verdicts.awk - reads a test's log, writes its .trs file, prints one line (and each failure).
#
# In: -v name, status (exit code), trs (path). Known are cmocka's standard output and TAP; a program
# that printed neither, or fewer tests than it announced, or that exited with an error, has failed.
# Exit code 77 is a skip, and it must say why in a line "SKIP why".

function verdict(result, what)
{
	count[result]++
	print ":test-result: " result " " what > trs
	if (result == "FAIL")
		failures = failures "  FAIL: " name ": " what "\n"
}

# cmocka
/^\[==========\] .*Running [0-9]+ test\(s\)/ { sub(/.*Running /, ""); announced += $1; plans++ }
/^\[ +OK \] / { sub(/^\[ +OK \] /, ""); verdict("PASS", $0); next }
/^\[  FAILED  \] [A-Za-z_0-9]+$/ { if (!failed[$NF]++) verdict("FAIL", $NF) }
/^\[  SKIPPED \] [A-Za-z_0-9]+$/ { if (!failed[$NF]++) verdict("FAIL", $NF " (skip() says nothing: exit 77)") }

# TAP
/^ok( |$)/ { sub(/^ok *[0-9]* *-? */, ""); verdict($0 ~ /# SKIP/ ? "SKIP" : "PASS", $0); next }
/^not ok( |$)/ { sub(/^not ok *[0-9]* *-? */, ""); verdict("FAIL", $0) }
/^1\.\.[0-9]+/ { announced += substr($1, 4); plans++ }

/^(SKIP |1\.\.0 # SKIP )/ { why = $0; sub(/^(1\.\.0 # )?SKIP /, "", why) }

END {
	seen = count["PASS"] + count["FAIL"] + count["SKIP"]
	if (status == 124 || status == 137)
		verdict("FAIL", "took too long and was killed (TEST_TIMEOUT)")
	else if (status == 77 && why == "")
		verdict("FAIL", "exit 77 without a line \"SKIP why\"")
	else if (status == 77)
		verdict("SKIP", why)
	else if (status != 0 && !count["FAIL"])
		verdict("FAIL", "exit code " status (status > 128 ? " (signal " (status - 128) ")" : ""))
	else if (status == 0 && why == "" && (!plans || announced == 0))
		verdict("FAIL", "ran no test")
	else if (status == 0 && why == "" && seen != announced)
		verdict("FAIL", "announced " announced " tests, ran " seen)
	else if (status == 0 && why != "" && seen == 0)
		verdict("SKIP", why)

	overall = count["FAIL"] ? "FAIL" : count["PASS"] ? "PASS" : "SKIP"
	print ":global-test-result: " overall > trs
	print ":recheck: " (count["FAIL"] ? "yes" : "no") > trs
	print ":copy-in-global-log: " (overall == "PASS" ? "no" : "yes") > trs

	line = overall ": " name
	if (overall == "SKIP")
		line = line " (" why ")"
	else
		line = line " (" count["PASS"] + 0 " passed" \
			(count["FAIL"] ? ", " count["FAIL"] " failed" : "") \
			(count["SKIP"] ? ", " count["SKIP"] " skipped" : "") ")"
	printf "%s\n%s", line, failures
}
