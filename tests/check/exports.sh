# SPDX-License-Identifier: Apache-2.0
# libcbee exports what include/ declares, all of it and nothing else.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

nm -D --defined-only "${BIN%/bin}/lib/libcbee.so" | awk '{ print $NF }' | sed 's/@.*//' |
	sort >"$T/exported"
cat include/cbee/*.h | grep -v '#define CBEE_API' | tr '\n\t' '  ' | grep -oE 'CBEE_API [^;({]*\(' |
	grep -oE '[a-z_0-9]+\($' | tr -d '(' | sort -u >"$T/declared"
[ -s "$T/declared" ] || fail "no CBEE_API function found in include/cbee"

grep -v '^cbee_[a-z0-9]' "$T/exported" >"$T/out" && fail "exported, but not named cbee_:"
comm -23 "$T/exported" "$T/declared" >"$T/out"
[ ! -s "$T/out" ] || fail "exported, but no header declares it:"
comm -13 "$T/exported" "$T/declared" >"$T/out"
[ ! -s "$T/out" ] || fail "declared CBEE_API, but not exported:"
