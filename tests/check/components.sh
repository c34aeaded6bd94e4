# SPDX-License-Identifier: Apache-2.0
# Every file that is installed belongs to one of the three parts that packages are made of, and
# to one only.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

# put FOLDER [OPTION...]: installs there, and lists what came.
put() {
	folder=$1
	shift
	run env DESTDIR="$T/$folder" cmake --install "${BIN%/bin}" --prefix /usr "$@"
	expect_status 0
	mkdir -p "$T/$folder"
	(cd "$T/$folder" && find . ! -type d | sort) >"$T/$folder.list"
}

put all
for part in tools library devel; do
	put $part --component $part
	[ -s "$T/$part.list" ] || fail "nothing is in the part $part"
done
put none --component Unspecified
cp "$T/none.list" "$T/out"
[ ! -s "$T/out" ] || fail "install() without COMPONENT:"

cat "$T/tools.list" "$T/library.list" "$T/devel.list" | sort >"$T/parts.list"
uniq -d "$T/parts.list" >"$T/out"
[ ! -s "$T/out" ] || fail "in two parts:"
diff "$T/all.list" "$T/parts.list" >"$T/out" || fail "the parts are not the whole:"

# What people start, what they link with, what they compile with.
grep -qvE '^\./usr/lib/libcbee\.so\.[0-9.]+$' "$T/library.list" && fail "the library is not alone"
grep -E '^\./usr/(include|lib)/' "$T/tools.list" >"$T/out" && fail "for building, among the tools:"
grep -E '^\./usr/(bin|libexec|share/man/man[178])/' "$T/devel.list" >"$T/out" &&
	fail "to be started, among what is for building:"
exit 0
