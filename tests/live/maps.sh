# SPDX-License-Identifier: Apache-2.0
# Maps of every kind on this kernel: exact values, batches, walks, tail calls, pinning.
. "${0%/*}/../lib.sh"
need_root
need_program cc

for program in maps maps-text; do
	cc -g -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$TOP/include" -o "$T/$program" \
		"$TOP/tests/live/$program.c" -L"$BIN/../lib" -lcbee -Wl,-rpath,"$BIN/../lib" ||
		fail "$program.c does not compile"
	run "$T/$program"
	expect_status 0
done
expect_clean
