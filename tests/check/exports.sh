# SPDX-License-Identifier: Apache-2.0
# libcbee exports what include/ declares, all of it and nothing else, each name under the version
# that the list in packaging/debian has. What a release had stays in the list as it is.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
list=packaging/debian/libcbee0.symbols
LC_ALL=C
export LC_ALL

# listed FILE: "NAME VERSION" of each symbol, sorted; versions themselves are symbols too.
listed() {
	sed -n 's/^ \([^@ ]*\)@\([^ ]*\) .*/\1 \2/p' "$1" | sort
}

listed $list >"$T/listed"
nm -D --defined-only "${BIN%/bin}/lib/libcbee.so" |
	awk '{ n = split($NF, s, /@+/); print s[1], (n > 1 ? s[2] : $2 == "A" ? s[1] : "none") }' |
	sort >"$T/exported"
cat include/cbee/*.h | grep -v '#define CBEE_API' | tr '\n\t' '  ' | grep -oE 'CBEE_API [^;({]*\(' |
	grep -oE '[a-z_0-9]+\($' | tr -d '(' | sort -u >"$T/declared"
[ -s "$T/declared" ] || fail "no CBEE_API function found in include/cbee"
awk '$1 != $2 { print $1 }' "$T/exported" | sort -u >"$T/names"

grep -vE '^(cbee_[a-z0-9]|CBEE_[0-9])' "$T/exported" >"$T/out" &&
	fail "exported, but not named cbee_:"
comm -23 "$T/names" "$T/declared" >"$T/out"
[ ! -s "$T/out" ] || fail "exported, but no header declares it:"
comm -13 "$T/names" "$T/declared" >"$T/out"
[ ! -s "$T/out" ] || fail "declared CBEE_API, but not in $list, or not built since:"
diff "$T/listed" "$T/exported" >"$T/out" || fail "not exported (>) as $list has it (<):"

soname=$(objdump -p "${BIN%/bin}/lib/libcbee.so" | sed -n 's/^ *SONAME *//p')
[ "$(sed 's/ .*//;q' $list)" = "$soname" ] || fail "$list is not about $soname"

# The node tells the release: CBEE_0.1 is of 0.1.0, so a program asks for no older one.
grep -E '^ ' $list >"$T/lines"
awk '{ split($1, s, "@"); release = s[2]; sub(/^CBEE_/, "", release)
	if (NF != 2 || $2 != release ".0") print }' "$T/lines" >"$T/out"
[ ! -s "$T/out" ] || fail "in $list, not NAME@CBEE_X.Y X.Y.0:"
sort -c "$T/lines" 2>"$T/out" || fail "$list is not sorted:"
version=$(sed -n 's/^project(cbee VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
{
	echo '#include <cbee/base.h>'
	echo 'CBEE_VERSION_MAJOR.CBEE_VERSION_MINOR.CBEE_VERSION_PATCH'
} | cc -E -P -Iinclude - | tail -n 1 | tr -d ' ' >"$T/out"
[ "$(cat "$T/out")" = "$version" ] || fail "include/cbee/base.h is of another release than $version:"
newest=$(awk '{ print $2 }' "$T/lines" | sort -Vu | tail -n 1)
[ "$(printf '%s\n' "$newest" "$version" | sort -V | tail -n 1)" = "$version" ] ||
	fail "$list has names of $newest, and this is $version"

# same_library TAG: whether that release has the soname of this one, and so must stay in the list.
same_library() {
	[ "$(git show "$1:$list" | head -n 1)" = "$(head -n 1 $list)" ]
}

release=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null) || exit 0
git cat-file -e "$release:$list" 2>/dev/null && same_library "$release" || exit 0
git show "$release:$list" | grep -E '^ ' >"$T/released"
sort "$T/released" | comm -23 - "$T/lines" >"$T/out"
[ ! -s "$T/out" ] || fail "in $release, and no longer in $list:"
