# SPDX-License-Identifier: Apache-2.0
# The live test of funclatency's counts on this kernel, which has no uprobe.multi.
. "${0%/*}/../live/funclatency-counts.sh"
run cbee-funclatency -v "$T/calls:work" -- "$T/calls"
expect_err '^cbee-funclatency: not uprobe.multi: '
expect_err '^cbee-funclatency: attached to 1 functions by uprobes with cookies$'
