# SPDX-License-Identifier: Apache-2.0
# The examples in the manual that need kprobes run, and print what the page shows.
. "${0%/*}/../lib.sh"
. "$TOP/tests/examples.sh"

examples_find
examples_here
for page in "$T"/examples/*; do
	examples_run "$(basename "$page")" kprobes
done
[ "$examples_count" -eq "$(wc -l <"$examples_kprobes")" ] ||
	fail "$examples_count of the examples in $examples_kprobes were run"
