# SPDX-License-Identifier: Apache-2.0
# A C program on the library: both kinds of streams, maps, and what failures say.
. "${0%/*}/../lib.sh"
need_root
need_program cc

lib_program "$TOP/tests/live/library.c"
run "$T/library"
expect_status 0
expect_clean
