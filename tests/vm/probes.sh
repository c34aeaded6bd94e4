# SPDX-License-Identifier: Apache-2.0
# Every kind of probe is attached through the library, hit 23 times, detached and hit in vain.
. "${0%/*}/../lib.sh"
need_program cc

cc -g -O1 -D_GNU_SOURCE -I"$TOP/include" -o "$T/probes" "$TOP/tests/vm/probes.c" \
	-L"$BIN/../lib" -lcbee -Wl,-rpath,"$BIN/../lib" || fail "probes.c does not compile"
run "$T/probes"
expect_status 0
expect_empty_err
cat "$T/out"
expect_clean
