# SPDX-License-Identifier: Apache-2.0
# Every example in the manual runs, and prints what the page shows; those that need kprobes are
# run by tests/vm/manual-examples.sh.
. "${0%/*}/../lib.sh"
. "$TOP/tests/examples.sh"
need_root

examples_find
examples_here
for page in "$T"/examples/*; do
	before=$examples_count
	examples_run "$(basename "$page")" others
	[ "$examples_count" -gt "$before" ] || fail "no example of $(basename "$page") was run"
done
echo "$examples_count examples"
expect_clean
