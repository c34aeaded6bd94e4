# SPDX-License-Identifier: Apache-2.0
# Every kind of probe is attached through the library, hit 23 times, detached and hit in vain.
. "${0%/*}/../lib.sh"
need_program cc

lib_program "$TOP/tests/vm/probes.c"
run "$T/probes"
expect_status 0
expect_empty_err
cat "$T/out"
expect_clean
