# SPDX-License-Identifier: Apache-2.0
# Nothing has outgrown its size: files, functions, tracers. And it is all C.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program ctags

for file in src/*/*.[ch] include/cbee/*.h include/cbee/*/*.h programs/*/*.[ch]; do
	limit=600
	case $file in
	programs/tutorial/*) limit=60 ;;
	*.bpf.c | *.h) ;;
	programs/*) limit=150 ;;
	esac
	lines=$(wc -l <"$file")
	[ "$lines" -le "$limit" ] || echo "$file: $lines lines, $limit at most"
done >"$T/out"

ctags -x --c-kinds=f --fields=+ne --_xformat='%{input} %{line} %{end} %N' \
	src/*/*.c programs/*/*.c |
	awk '$3 - $2 + 1 > 70 { print $1 ": " $4 " has " $3 - $2 + 1 " lines, 70 at most" }' >>"$T/out"

find . -path ./build -prune -o -path ./.git -prune -o \
	-name '*.cc' -print -o -name '*.cpp' -print -o -name '*.cxx' -print -o -name '*.hpp' -print |
	sed 's/$/: C++ in a C project/' >>"$T/out"
[ ! -s "$T/out" ] || fail "too big, or in the wrong language:"
