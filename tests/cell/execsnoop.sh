# SPDX-License-Identifier: Apache-2.0
# The live test of execsnoop's arguments with the installed one, and as many execs as one likes.
. "${0%/*}/../live/execsnoop-args.sh"
for n in 1 23 200; do
	# shellcheck disable=SC2016 # for that shell
	run cbee-execsnoop --json -- sh -c 'for i in $(seq "$1"); do /bin/true "$i"; done' sh "$n"
	expect_status 0
	json --slurp "[.[] | select(.comm == \"true\") | .args] == [range(1; $n + 1) | [\"/bin/true\", tostring]]"
	expect_err '^cbee-execsnoop: .*lost nothing$'
done
expect_clean
