# SPDX-License-Identifier: Apache-2.0
# Over a hundred fields of kernel structs, read through declarations made from BTF, are what
# /proc, socket options and ioctls say.
. "${0%/*}/../lib.sh"
need_root
need_mounts
need_program cc

lib_program "$TOP/tests/live/struct-values.c"
run "$T/struct-values"
expect_status 0
expect_out "^10[0-9] fields\$"
# In other namespaces and another folder.
run unshare -m -u -i sh -c 'cd / && echo other >/proc/sys/kernel/hostname && exec "$@"' sh \
	"$T/struct-values"
expect_status 0
expect_clean
