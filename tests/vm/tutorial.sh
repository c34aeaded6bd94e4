# SPDX-License-Identifier: Apache-2.0
# The live tests of the tutorial's programs, on Debian's kernel.
. "${0%/*}/../lib.sh"
for test in hello maps kinds probes; do
	status=0
	sh "$TOP/tests/live/tutorial-$test.sh" || status=$?
	[ "$status" -eq 0 ] || [ "$status" -eq 77 ] || fail "tutorial-$test.sh: status $status"
done
