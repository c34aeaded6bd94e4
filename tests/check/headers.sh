# SPDX-License-Identifier: Apache-2.0
# Every header compiles when it is the only one included; the public ones also as ISO C11, C17
# and C++. Headers that only BPF texts include are compiled with those.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

# alone HEADER COMPILER [FLAG...]
alone() {
	header=$1
	shift
	printf '#include "%s"\n' "$TOP/$header" |
		"$@" -Wall -Wextra -Werror -Iinclude -iquote src -fsyntax-only - >"$T/err" 2>&1 ||
		fail "$header does not compile alone: $*"
}

both_sides=$(sed -n 's,^#include <\(cbee/bpf/.*\)>.*,include/\1,p' include/cbee/*.h | sort -u)
for header in include/cbee/*.h $both_sides; do
	alone "$header" cc -x c -std=c11 -pedantic-errors
	alone "$header" clang -x c -std=c17 -pedantic-errors
	alone "$header" clang -x c++ -std=c++17
done
for header in src/*/*.h; do
	alone "$header" cc -x c -std=gnu11 -D_GNU_SOURCE=
done

# Two headers with one guard hide each other.
grep -h '^#ifndef CBEE_.*_H$' include/cbee/*.h include/cbee/*/*.h src/*/*.h programs/*/*.h \
	tests/*/*.h | sort | uniq -d >"$T/out"
[ ! -s "$T/out" ] || fail "guards of two headers:"
