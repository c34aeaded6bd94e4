# SPDX-License-Identifier: Apache-2.0
# The Debian packages say of version and dependencies what the rest of the tree says.
. "${0%/*}/../lib.sh"
cd "$TOP/packaging" || exit 1

# same WHAT: $T/here and $T/there have the same lines.
same() {
	diff "$T/there" "$T/here" >"$T/out" || fail "$1"
}

sed -n 's/^project(cbee VERSION \([0-9.]*\) .*/\1/p' ../CMakeLists.txt >"$T/there"
sed -n '1s/^cbee (\([^)-]*\).*/\1/p' debian/changelog >"$T/here"
[ -s "$T/here" ] || fail "no version in debian/changelog"
same "debian/changelog and CMakeLists.txt differ in the version:"

# What every Debian package is built with is not named in control; what packaging takes, and
# what is left out on request, is not in the list.
awk '/^[^#]/ && $2 == "build" { print $1 }' packages | grep -vxE 'gcc|libc6-dev|make' |
	sort >"$T/there"
sed -n '/^Build-Depends:/,/^$/s/^ \([a-z0-9+.-]*\)[^<]*$/\1/p' debian/control |
	grep -v '^debhelper-compat' | sort >"$T/here"
[ -s "$T/here" ] || fail "no Build-Depends in debian/control"
same "Build-Depends of debian/control and the list packages differ:"
