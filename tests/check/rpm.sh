# SPDX-License-Identifier: Apache-2.0
# The RPM packages build, hold the parts that they should, name what is loaded at run time,
# leave nothing behind, and rpmlint finds nothing wrong with them.
. "${0%/*}/../lib.sh"
. "${0%/*}/../parts.sh"
cd "$TOP" || exit 1
need_program bash doxygen rpm rpmbuild rpmlint

list_parts
tarball=$(sh packaging/tarball "$T") || fail "no tarball"

# Fedora's rpm compresses manual pages and strips programs; Debian's would, but cannot.
# Not optimized, which takes half the time.
run env CFLAGS=-O0 LDFLAGS=-s rpmbuild -tb --nodeps --without check --dbpath "$T/built" \
	--define "_topdir $T/rpm" --define "_smp_mflags -j$(nproc)" \
	--define "__brp_compress bash %{_rpmconfigdir}/brp-compress" "$tarball"
expect_status 0

# package NAME: its file.
package() {
	find "$T/rpm/RPMS" -name "$1-[0-9]*.rpm"
}

# ask NAME FORMAT: what rpm tells of it.
ask() {
	rpm -qp --dbpath "$T/built" --qf "$2" "$(package "$1")"
}

# Folders that are cbee's alone have to be in a package, so that they go with it.
for row in cbee:tools cbee-libs:library cbee-devel:devel; do
	name=${row%:*}
	ask "$name" '[%{FILEMODES:perms} %{FILENAMES}\n]' >"$T/list"
	sed -n 's/^[^d][^ ]* //p' "$T/list" | plain | expect_part "${row#*:}" "$name" || exit 1
	sed -n 's/^d[^ ]* //p' "$T/list" | sort -u >"$T/folders"
	sed -n 's/^[^d][^ ]* //p' "$T/list" | awk -F/ '{
		path = ""
		for (i = 2; i < NF; i++) {
			path = path "/" $i
			if (path ~ /\/cbee/)
				print path
		}
	}' | sort -u | comm -23 - "$T/folders" >"$T/out"
	[ ! -s "$T/out" ] || fail "$name leaves folders behind:"
done

loaded=$(sed -n 's/^#define SONAME "\(.*\)"$/\1/p' src/kernel/bcc.c)
ask cbee-libs '[%{REQUIRENAME}\n]' >"$T/out"
expect_out "^$loaded(\$|\\()"
ask cbee-libs '[%{RECOMMENDNAME}\n]' >"$T/out"
expect_out '^capstone'

# shellcheck disable=SC2046 # a list of words
run rpmlint -c packaging/rpm/rpmlint.toml $(find "$T/rpm/RPMS" -name '*.rpm') \
	packaging/rpm/cbee.spec
expect_status 0
expect_out ' 0 errors, 0 warnings,'

# Installed and removed, in a folder, which takes root. (Their scripts are for a whole system.)
[ "$(id -u)" -eq 0 ] || exit 0
mkdir "$T/root"
db="--root $T/root --dbpath /db --nodeps --noscripts"
# shellcheck disable=SC2046,SC2086
run rpm $db --install $(find "$T/rpm/RPMS" -name '*.rpm')
expect_status 0
text=programs/tutorial/hello.bpf.c
run "$BIN/cbee" compile $text
works=$status
run env LD_LIBRARY_PATH="$T/root/usr/lib64" "$T/root/usr/bin/cbee" compile $text
expect_status "$works"
# shellcheck disable=SC2086
run rpm $db --erase cbee cbee-libs cbee-devel
expect_status 0
list_tree "$T/root" | grep cbee >"$T/out"
[ ! -s "$T/out" ] || fail "removed, but left:"
