# SPDX-License-Identifier: Apache-2.0
# Streams in C: exact records, stopping, losses, layouts.
. "${0%/*}/../lib.sh"
need_root
need_program cc

cc -g -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$TOP/include" -o "$T/records" \
	"$TOP/tests/live/records.c" -L"$BIN/../lib" -lcbee -Wl,-rpath,"$BIN/../lib" ||
	fail "records.c does not compile"
run "$T/records"
expect_status 0
expect_clean
