# SPDX-License-Identifier: Apache-2.0
# A C program on the library: both kinds of streams, maps, and what failures say.
. "${0%/*}/../lib.sh"
need_root
need_program cc

cc -g -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$TOP/include" -o "$T/library" \
	"$TOP/tests/live/library.c" -L"$BIN/../lib" -lcbee -Wl,-rpath,"$BIN/../lib" ||
	fail "library.c does not compile"
run "$T/library"
expect_status 0
expect_clean
