# SPDX-License-Identifier: Apache-2.0
# Maps of every kind on this kernel: exact values, batches, walks, tail calls, pinning.
. "${0%/*}/../lib.sh"
need_root
need_program cc

cc -g -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$TOP/include" -o "$T/maps" \
	"$TOP/tests/live/maps.c" -L"$BIN/../lib" -lcbee -Wl,-rpath,"$BIN/../lib" ||
	fail "maps.c does not compile"
run "$T/maps"
expect_status 0
expect_clean
