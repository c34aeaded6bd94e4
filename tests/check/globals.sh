# SPDX-License-Identifier: Apache-2.0
# The library keeps no state outside its objects: no writable data in any of its files.
. "${0%/*}/../lib.sh"

# Thread-locals serve callbacks of libraries that take no argument.
# .data.rel.ro holds constant tables of pointers: written by the loader only.
find "${BIN%/bin}/src" -name '*.o' -path '*cbee_objects*' >"$T/objects"
[ -s "$T/objects" ] || fail "no object files in ${BIN%/bin}/src"
while read -r object; do
	objdump -t "$object" | awk -v file="${object##*/}" '
		$NF !~ /^\./ && / \.(data|bss|data\.rel|data\.rel\.local)([ \t]|\.[a-z_]+[ \t])/ &&
		!/ \.data\.rel\.ro/ { print file ": " $NF }'
done <"$T/objects" >"$T/out"
[ ! -s "$T/out" ] || fail "writable globals:"
