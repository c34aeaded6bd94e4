# SPDX-License-Identifier: Apache-2.0
# The manual pages are there, filled in, and mandoc finds nothing wrong with them.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program mandoc

for page in programs/*/*.8.in; do
	[ -e "$page" ] || skip "no manual page yet"
	name=cbee-${page##*/}
	[ "$name" != cbee-cbee.8.in ] || name=cbee.8.in
	made=${BIN%/bin}/share/man/man8/${name%.in}
	[ -s "$made" ] || fail "$made was not made"
	grep -n '@[A-Z_]*@' "$made" >"$T/out" && fail "$made still has a placeholder"
	run mandoc -T lint -W warning "$made"
	[ ! -s "$T/out" ] || fail "mandoc about $made:"
done
