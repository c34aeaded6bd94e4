# SPDX-License-Identifier: Apache-2.0
# Doxygen makes the reference without a warning, and everything that is exported is in it.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program doxygen

build=${BIN%/bin}
run cmake --build "$build" --target reference
expect_status 0

sed -n 's,.*<name>\(cbee_[a-z0-9_]*\)</name>.*,\1,p' "$build"/share/doc/cbee/reference/xml/*_8h.xml |
	sort -u >"$T/made"
nm -D --defined-only "$build/lib/libcbee.so" | sed -n 's/.* T \(cbee_[a-z0-9_]*\).*/\1/p' | sort |
	comm -23 - "$T/made" >"$T/out"
[ ! -s "$T/out" ] || fail "exported, but not in the reference:"
