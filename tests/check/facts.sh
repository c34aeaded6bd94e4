# SPDX-License-Identifier: Apache-2.0
# What the packaging of each distribution has to say again is the same everywhere: version,
# descriptions, licence, machines, what is needed, loaded and left.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program bash rpmspec

spec=packaging/rpm/cbee.spec apkbuild=packaging/alpine/APKBUILD pkgbuild=packaging/arch/PKGBUILD
debian=packaging/debian

# apk CODE, arch CODE: what it prints with the recipe read. abuild's own variables are empty.
apk() {
	sh -c "startdir='' srcdir='' pkgdir='' subpkgdir=''; cmake() { :; }; mkdir() { :; }
		mv() { :; }; . ./$apkbuild; $1"
}
arch() {
	bash -c ". $pkgbuild; $1"
}
# rpm FORMAT: for each package of the spec.
rpm() {
	rpmspec -q --qf "$1" "$spec"
}
# debian FIELD: its values in the packages of control.
debian() {
	sed -n "s/^$1: //p" "$debian/control"
}

# same WHAT: fails unless the lines on stdin are all the same; the first word is who says it.
same() {
	cat >"$T/out"
	[ "$(cut -d ' ' -f 2- "$T/out" | sort -u | wc -l)" -eq 1 ] || fail "there is more than one $1:"
	if grep -qE '^[^ ]* ?$' "$T/out"; then
		fail "not all have a $1:"
	fi
}

{
	sed -n 's/^project(cbee VERSION \([^ ]*\).*/CMakeLists.txt \1/p' CMakeLists.txt
	sed -n 's/^## /CHANGELOG.md /p' CHANGELOG.md | head -n 1
	rpm 'cbee.spec %{VERSION}\n' | head -n 1
	sed -n 's/^\* .*> - \(.*\)-[0-9]*$/%changelog \1/p' "$spec" | head -n 1
	# shellcheck disable=SC2016 # variables of the recipes
	echo "APKBUILD $(apk 'echo "$pkgver"')" && echo "PKGBUILD $(arch 'echo "$pkgver"')"
	sed -n 's/^cbee (\([^-)]*\).*/debian \1/p' "$debian/changelog" | head -n 1
} | same version || exit 1

# shellcheck disable=SC2016
{
	rpm 'cbee.spec %{LICENSE}\n'
	echo "APKBUILD $(apk 'echo "$license"')" && echo "PKGBUILD $(arch 'echo "$license"')"
	sed -n 's/^License: /debian /p' "$debian/copyright" | sort -u
} | same licence || exit 1

# shellcheck disable=SC2016
{
	sed -n 's/^ExclusiveArch: /cbee.spec /p' "$spec"
	echo "APKBUILD $(apk 'echo "$arch"')" && echo "PKGBUILD $(arch 'echo "${arch[*]}"')"
	debian Architecture | sed 's/amd64/x86_64/; s/arm64/aarch64/; s/^/debian /'
} | same "list of machines" || exit 1

{
	sed -n 's/^\* [A-Z][a-z]* [A-Z][a-z]* [0-9]* [0-9]* \(.*>\).*/cbee.spec \1/p' "$spec" | head -n 1
	sed -n 's/^# Maintainer: /APKBUILD /p' "$apkbuild"
	sed -n 's/^# Maintainer: /PKGBUILD /p' "$pkgbuild"
	debian Maintainer | sed 's/^/debian /'
} | same maintainer || exit 1

# Descriptions of one line, in the order tools, library, development.
rpm '%{SUMMARY}\n' >"$T/summaries"
[ "$(wc -l <"$T/summaries")" -eq 3 ] || fail "cbee.spec has not three packages"
# shellcheck disable=SC2016
apk 'echo "$pkgdesc"; libs; echo "$pkgdesc"; dev; echo "$pkgdesc"' |
	diff "$T/summaries" - >"$T/out" || fail "APKBUILD describes otherwise than cbee.spec:"
# shellcheck disable=SC2016
arch 'echo "$pkgdesc"' >"$T/one"
head -n 1 "$T/summaries" | diff - "$T/one" >"$T/out" ||
	fail "PKGBUILD describes otherwise than cbee.spec:"
# Debian's begin with a small letter, where grammar has no say.
debian Description | sed 's/^./\u&/' | diff "$T/summaries" - >"$T/out" ||
	fail "debian/control describes otherwise than cbee.spec:"

# names COLUMN: of what building takes, by packaging/packages.
names() {
	awk -v column="$1" '!/^#/ && NF >= 3 && $column != "-" { print $column }' \
		packaging/packages | sort
}
# needs WHO COLUMN: fails unless what it needs for building, on stdin, is in that column.
needs() {
	tr -s ' \t' '\n' | sed '/^$/d' | sort -u >"$T/needed"
	names "$2" | diff - "$T/needed" >"$T/out" ||
		fail "$1 does not need for building what packaging/packages lists:"
}
rpmspec -q --buildrequires "$spec" | cut -d ' ' -f 1 | needs cbee.spec 3 || exit 1
# shellcheck disable=SC2016
apk 'echo "$makedepends $checkdepends"' | needs APKBUILD 4 || exit 1
# shellcheck disable=SC2016
arch 'echo "${depends[@]} ${makedepends[@]} ${checkdepends[@]}"' | needs PKGBUILD 5 || exit 1
# Debian's build-essential has compiler, make and C library.
{
	sed -n '/^Build-Depends:/,/^[^ ]*$/{/^ /p}' "$debian/control" |
		sed 's/^ *\([^ ,]*\).*/\1/; /^debhelper/d'
	echo gcc libc6-dev make
} | needs debian/control 1 || exit 1

# What is loaded by name, and where compiled programs are kept.
soname=$(sed -n 's/^#define SONAME "\(.*\)"$/\1/p' src/kernel/bcc.c)
[ -n "$soname" ] || fail "kernel/bcc.c has no SONAME"
for file in "$spec" "$apkbuild"; do
	grep -qwF "$soname" "$file" || fail "$file does not need $soname"
done
kept=$(sed -n 's/.*cbee__buf_str(path, "\(\/var.*\)").*/\1/p' src/cache/store.c)
[ -n "$kept" ] || fail "cache/store.c has no folder"
for file in "$spec" packaging/alpine/cbee.post-deinstall packaging/arch/cbee.install \
	$debian/cbee.postrm; do
	grep -qxE ".*rm -rf $kept" "$file" || fail "$file leaves $kept behind"
done
for file in "$spec" packaging/alpine/cbee.post-install packaging/arch/cbee.install \
	$debian/cbee.postinst; do
	grep -q 'timeout 60 .*cbee cache warm' "$file" ||
		fail "$file does not compile ahead"
done
