# SPDX-License-Identifier: Apache-2.0
# Doxygen makes the reference without a warning, and everything that is exported is in it.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program doxygen

run cmake --build "${BIN%/bin}" --target reference
expect_status 0

xml=${BIN%/bin}/share/doc/cbee/reference/xml
made=$(sed -n 's,.*<name>\(cbee_[a-z0-9_]*\)</name>.*,\1,p' "$xml"/*_8h.xml | sort -u)
nm -D --defined-only "${BIN%/bin}"/lib/libcbee.so | sed -n 's/.* T \(cbee_.*\)/\1/p' |
	while read -r name; do
		echo "$made" | grep -qx "$name" || echo "$name"
	done >"$T/out"
[ ! -s "$T/out" ] || fail "exported, but not in the reference:"
