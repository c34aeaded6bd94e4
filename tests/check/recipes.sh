# SPDX-License-Identifier: Apache-2.0
# The packages that APKBUILD and PKGBUILD make hold the parts that they should. Both run here as
# they are, the second by makepkg itself; only the compiler is not asked again.
. "${0%/*}/../lib.sh"
. "${0%/*}/../parts.sh"
cd "$TOP" || exit 1
need_program bsdtar doxygen fakeroot makepkg setpriv

list_parts
tarball=$(sh packaging/tarball "$T") || fail "no tarball"
mkdir "$T/built" "$T/stub"
tar -C "$T" -xzf "$tarball"
tree=${tarball%.tar.gz}
(cd "${BIN%/bin}" && cp -r bin lib libexec share "$T/built") || fail "no build"

# Configures and installs for real; what would be built is taken from the tree that is tested,
# whose run path it cannot replace.
cmake=$(command -v cmake)
cat >"$T/stub/cmake" <<END
#!/bin/sh
case \$1 in
-S) exec $cmake "\$@" -DCMAKE_SKIP_RPATH=ON ;;
--install) exec $cmake "\$@" ;;
esac
lib=\$(sed -n 's/^CMAKE_INSTALL_LIBDIR:[A-Z]*=//p' "\$2/CMakeCache.txt")
helper=\$(sed -n 's/^CMAKE_INSTALL_LIBEXECDIR:[A-Z]*=//p' "\$2/CMakeCache.txt")
mkdir -p "\$2/\$lib" "\$2/\$helper"
cp -r "$T/built/bin" "$T/built/share" "\$2"
cp -r "$T/built/lib/." "\$2/\$lib"
cp -r "$T/built/libexec/." "\$2/\$helper"
END
chmod +x "$T/stub/cmake"
PATH=$T/stub:$PATH

# ---- Alpine: what abuild does with an APKBUILD, as far as ours needs it ----

# Moves a path from the package into the subpackage that is being split off.
amove() {
	[ -e "$pkgdir/$1" ] || return 0
	mkdir -p "$subpkgdir/${1%/*}"
	mv "$pkgdir/$1" "$subpkgdir/${1%/*}"
}

split() {
	case $1 in
	*-doc) amove usr/share/doc && amove usr/share/man ;;
	*-bash-completion) amove usr/share/bash-completion/completions ;;
	*-zsh-completion) amove usr/share/zsh/site-functions ;;
	*-fish-completion) amove usr/share/fish/vendor_completions.d ;;
	*) "${1##*-}" ;;
	esac
}

apkbuild() {
	set -e
	startdir=$tree/packaging/alpine
	srcdir=$T/apk/src pkgbasedir=$T/apk/pkg
	# shellcheck source=../../packaging/alpine/APKBUILD
	. "$startdir/APKBUILD"
	pkgdir=$pkgbasedir/$pkgname
	mkdir -p "$srcdir" "$pkgdir"
	cd "$builddir"
	build
	package
	for name in $subpackages; do
		subpkgdir=$pkgbasedir/$name
		mkdir -p "$subpkgdir"
		cd "$pkgdir"
		split "$name"
	done
	for script in $install; do
		sh -n "$startdir/$script"
	done
}

# Not in a condition, where `set -e` would be without effect.
(apkbuild) >"$T/out" 2>"$T/err"
status=$?
expect_status 0
for package in "$T"/apk/pkg/*; do
	list_tree "$package" | plain >"$T/apk/${package##*/}"
done
documents='^/usr/share/(doc|man)/' completions='/(bash-completion|zsh|fish)/'
grep -vE "$documents|$completions" "$T/tools" >"$T/part"
expect_part part "Alpine's cbee" <"$T/apk/cbee"
expect_part library "Alpine's cbee-libs" <"$T/apk/cbee-libs"
grep -vE "$documents" "$T/devel" >"$T/part"
expect_part part "Alpine's cbee-dev" <"$T/apk/cbee-dev"
grep -E "$documents" "$T/all" >"$T/part"
expect_part part "Alpine's cbee-doc" <"$T/apk/cbee-doc"
grep -E "$completions" "$T/tools" >"$T/part"
cat "$T"/apk/cbee-*-completion | sort | expect_part part "Alpine's completion" || exit 1

# ---- Arch: one package, by makepkg, which does not run as root ----

mkdir "$T/arch"
cat >"$T/makepkg.conf" <<END
CARCH=$(uname -m)
CHOST=$(uname -m)-pc-linux-gnu
PKGEXT=.pkg.tar
SRCEXT=.src.tar
OPTIONS=(strip docs !libtool staticlibs emptydirs zipman purge !debug !lto)
MAN_DIRS=(usr/share/man)
DOC_DIRS=(usr/share/doc)
STRIP_BINARIES=--strip-all
STRIP_SHARED=--strip-unneeded
BUILDENV=(!distcc !color !ccache check !sign)
INTEGRITY_CHECK=(sha256)
PKGDEST=$T/arch
BUILDDIR=$T/arch
END
as=''
if [ "$(id -u)" -eq 0 ]; then
	as='setpriv --reuid=65534 --regid=65534 --clear-groups'
	chown -R 65534:65534 "$T/arch" "$tree"
	chmod 755 "$T"
	chmod -R a+rX "$T/built" "$T/stub"
fi
# shellcheck disable=SC2086 # words
run env -C "$tree/packaging/arch" HOME="$T/arch" PACMAN=true $as \
	makepkg --config "$T/makepkg.conf" --nodeps --nocheck --nocolor
expect_status 0
bsdtar -tf "$T"/arch/cbee-*.pkg.tar | grep -v '/$' >"$T/files" || fail "makepkg made no package"
grep -q '^\.INSTALL$' "$T/files" || fail "no .INSTALL in the package"
sed -n 's,^usr/,/usr/,p' "$T/files" | plain | expect_part all "Arch's cbee" || exit 1
