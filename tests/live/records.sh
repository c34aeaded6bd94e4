# SPDX-License-Identifier: Apache-2.0
# Streams in C: exact records, stopping, losses, layouts.
. "${0%/*}/../lib.sh"
need_root
need_program cc

lib_program "$TOP/tests/live/records.c"
run "$T/records"
expect_status 0
expect_clean
