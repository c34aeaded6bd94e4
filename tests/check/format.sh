# SPDX-License-Identifier: Apache-2.0
# The C files are as clang-format 14 would write them; others differ in details.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program clang-format
case $(clang-format --version) in
*" version 14."*) ;;
*) skip "another clang-format: $(clang-format --version)" ;;
esac

find src include programs tests packaging -name '*.[ch]' ! -path '*/shim/*' >"$T/files"
xargs clang-format --dry-run -Werror <"$T/files" 2>"$T/err" || fail "not formatted:"
