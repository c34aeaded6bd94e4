#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Writes the linker's version script for the names that a Debian symbols file lists, on stdout.
# usage: symbols.sh FILE
# A name belongs to the node that stands behind its "@". Each node builds on the one before it;
# the first also hides whatever is not listed.

set -eu
LC_ALL=C
export LC_ALL

[ $# -eq 1 ] || {
	echo "usage: $0 FILE" >&2
	exit 2
}

echo '/* Made by cmake/symbols.sh. */'
sed -n 's/^ \([^@ ]*\)@\([^ ]*\) .*/\2 \1/p' "$1" | sort -V | awk '
	function end_node() {
		print last == "" ? "local:\n\t*;\n};" : "} " last ";"
	}
	$1 != node {
		if (node)
			end_node()
		print $1 " {\nglobal:"
		last = node
		node = $1
	}
	$2 != node { print "\t" $2 ";" }
	END {
		if (!node)
			exit 1
		end_node()
	}'
