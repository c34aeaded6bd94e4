# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Shared by the tests of packages, after lib.sh: compares what a package holds with the part of
# cbee (tools, library, devel) that CMake installs for it.
#   list_tree FOLDER      the files below it, as if it were /
#   plain                 paths on stdin, as the build calls them whatever the distribution does
#   list_parts            makes $T/tools $T/library $T/devel, and $T/all
#   expect_part PART NAME     fails unless the list on stdin is that of $T/PART; at the end of a
#                         pipeline, "|| exit 1" has to follow

list_tree() {
	(cd "$1" && find . ! -type d | sed 's,^\.,,')
}

# Where distributions differ: the folders of libraries, helpers and documents; manual pages are
# compressed; the name of the build type; and what the recipes of packages add to them.
plain() {
	sed -E \
		-e 's,^/usr/lib(64|/[a-z0-9_]+-linux-gnu[a-z0-9]*)/,/usr/lib/,' \
		-e 's,^/usr/lib/cbee/,/usr/libexec/cbee/,' \
		-e 's,^/usr/share/doc/(cbee-devel|libcbee-dev)/,/usr/share/doc/cbee/,' \
		-e 's,^/usr/share/zsh/vendor-completions/,/usr/share/zsh/site-functions/,' \
		-e 's,^(/usr/share/man/.*)\.gz$,\1,' \
		-e 's,/cbeeTargets-[a-z]+\.cmake$,/cbeeTargets-TYPE.cmake,' \
		-e '\,^/usr/lib/\.build-id/,d' \
		-e '\,^/usr/share/licenses/,d' -e '\,^/usr/share/doc/cbee(-[0-9.]+)?/README\.md$,d' | sort
}

list_parts() {
	# The reference is installed if it has been made; packages have it.
	run cmake --build "${BIN%/bin}" --target reference
	expect_status 0
	for part in tools library devel; do
		run env DESTDIR="$T/parts/$part" \
			cmake --install "${BIN%/bin}" --prefix /usr --component $part
		expect_status 0
		list_tree "$T/parts/$part" | plain >"$T/$part"
	done
	sort "$T/tools" "$T/library" "$T/devel" >"$T/all"
}

expect_part() {
	diff "$T/$1" - >"$T/out" || fail "$2 holds > where < should be:"
}
