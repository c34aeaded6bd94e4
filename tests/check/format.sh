# SPDX-License-Identifier: Apache-2.0
# The C files are as clang-format would write them.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program clang-format

find src include programs tests packaging -name '*.[ch]' ! -path '*/shim/*' >"$T/files"
xargs clang-format --dry-run -Werror <"$T/files" 2>"$T/err" || fail "not formatted:"
