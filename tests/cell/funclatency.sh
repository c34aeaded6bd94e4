# SPDX-License-Identifier: Apache-2.0
# The live test of funclatency's counts with the installed one; then each way of attaching that
# this kernel has is the one that is taken, and counts exactly.
. "${0%/*}/../live/funclatency-counts.sh"
user="uprobes with cookies"
! kernel_since 6 6 || user=uprobe.multi
run cbee-funclatency -v --json "$T/calls:work" -- "$T/calls"
expect_status 0
json '.functions[0].count == 23'
expect_err "^cbee-funclatency: attached to 1 functions by $user\$"
run cbee-funclatency -v --json "$T/nested:f_*" -- "$T/nested"
expect_err "^cbee-funclatency: attached to 3 functions by $user\$"

if kernel_has KPROBE_EVENTS=y; then
	sh "$TOP/tests/vm/funclatency.sh" || fail "see above"
else
	run cbee-funclatency vfs_read -- true
	expect_status 1
	expect_err "^cbee-funclatency: cannot probe kernel function 'vfs_read': "
fi
expect_clean
