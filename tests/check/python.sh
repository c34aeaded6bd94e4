# SPDX-License-Identifier: Apache-2.0
# docs/python.md has a row for everything that Python's API has; what a row offers is in the
# headers, and each test it names uses that.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

table=docs/python.md
rows=147 offered_at_least=140

cat include/cbee/*.h include/cbee/bpf/*.h >"$T/headers"
grep -E '^\| [0-9]+ \|' "$table" >"$T/rows"
awk -F ' *\\| *' -v rows="$rows" '
	$2 != NR { print "row " NR " is missing, or has the number " $2; exit }
	NF != 6 { print "row " NR " has " NF - 2 " columns, not 4" }
	END { if (NR != rows) print NR " rows, not " rows }' "$T/rows" >"$T/out"

# quoted PREFIX: what stands in backquotes on stdin and begins so, a name a line.
quoted() {
	# shellcheck disable=SC2016 # backquotes of the table
	grep -oE '`[^`]*`' | grep -oE "(^\`|[ (])$1[A-Za-z0-9_]+" | sed 's/^[` (.]*//' | sort -u
}

# uses TEST FILE: whether the test has one of the words in the file, or that is empty.
uses() {
	[ ! -s "$2" ] || grep -qwF -f "$2" "$1"
}

check_row() {
	echo "$c" | quoted '(cbee_|CBEE_)' >"$T/names"
	echo "$c" | quoted '\.' >"$T/members"
	[ -s "$T/names" ] || [ -s "$T/members" ] || echo "row $row offers no name"
	while read -r name; do
		grep -qwF "$name" "$T/headers" || echo "row $row: no $name in the headers"
	done <<-END
		$(cat "$T/names" "$T/members")
	END
	[ -n "$tests" ] || echo "row $row names no test"
	for test in $tests; do
		case $test in
		tests/unit/*.c | tests/live/*.* | tests/vm/*.* | programs/tutorial/*.c) ;;
		*) echo "row $row: $test is no test" ;;
		esac
		if [ ! -f "$test" ]; then
			echo "row $row: there is no $test"
		elif ! uses "$test" "$T/names" || ! uses "$test" "$T/members"; then
			echo "row $row: $test does not use what it offers"
		fi
	done
}

offered=0
while IFS='|' read -r _ row _ c tests _; do
	row=$((row)) tests=$(echo "$tests" | tr -s ' ' | sed 's/^ //; s/ $//')
	case $c in
	' not offered: '*) continue ;;
	esac
	offered=$((offered + 1))
	check_row
done <"$T/rows" >>"$T/out"
[ ! -s "$T/out" ] || fail "wrong in $table:"

[ "$offered" -ge "$offered_at_least" ] || fail "$offered rows are offered, not $offered_at_least"
grep -qF "**$offered of $rows** rows are offered" "$table" ||
	fail "$table does not say **$offered of $rows** rows are offered"
