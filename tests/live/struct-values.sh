# SPDX-License-Identifier: Apache-2.0
# Over a hundred fields of kernel structs, read through declarations made from BTF, are what
# /proc, socket options and ioctls say.
. "${0%/*}/../lib.sh"
need_root
need_program cc

cc -g -O1 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$TOP/include" -o "$T/values" \
	"$TOP/tests/live/struct-values.c" -L"$BIN/../lib" -lcbee -Wl,-rpath,"$BIN/../lib" ||
	fail "struct-values.c does not compile"
run "$T/values"
expect_status 0
expect_out "^10[0-9] fields\$"
# In other namespaces and another folder.
run unshare -m -u -i sh -c 'cd / && echo other >/proc/sys/kernel/hostname && exec "$@"' sh \
	"$T/values"
expect_status 0
expect_clean
