# SPDX-License-Identifier: Apache-2.0
# The Debian packages build, hold the parts that they should, depend on what is loaded at run
# time, and lintian finds nothing wrong with them.
. "${0%/*}/../lib.sh"
. "${0%/*}/../parts.sh"
cd "$TOP" || exit 1
need_program dpkg-buildpackage dh doxygen lintian

list_parts
# Not optimized, which takes half the time; the unit tests have a group of their own.
run env DEB_BUILD_OPTIONS="nocheck noopt parallel=$(nproc)" \
	sh packaging/deb "$T/debs"
expect_status 0

# What policy wants beside, and where dpkg itself keeps the rest.
for row in cbee:tools libcbee0:library libcbee-dev:devel; do
	name=${row%:*}
	dpkg-deb -x "$T/debs/${name}_"*.deb "$T/$name"
	list_tree "$T/$name" | grep -vE "^/usr/share/(doc-base/|doc/$name/(changelog|copyright|README))" |
		plain | expect_part "${row#*:}" "$name"
done

field() {
	dpkg-deb -f "$T/debs/$1_"*.deb "$2" >"$T/out"
}
field libcbee0 Depends
expect_out '(^| )libbpfcc '
field libcbee0 Recommends
expect_out '(^| )cbee,.* libcapstone[0-9]+ '

run lintian --allow-root --fail-on error,warning "$T"/debs/*.changes
expect_status 0
[ ! -s "$T/out" ] || fail "lintian says:"
