# SPDX-License-Identifier: Apache-2.0
# Maps of every kind on this kernel: exact values, batches, walks, tail calls, pinning.
. "${0%/*}/../lib.sh"
need_root
need_program cc

for program in maps maps-text; do
	lib_program "$TOP/tests/live/$program.c"
	run "$T/$program"
	expect_status 0
done
expect_clean
