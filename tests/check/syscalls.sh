# SPDX-License-Identifier: Apache-2.0
# The table of system calls can be made for this machine and for arm64, with the right numbers.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program clang

# has FILE NUMBER NAME
has() {
	grep -qxE " *\[$2\] = \"$3\"," "$1" || fail "$3 is not number $2"
}

# numbered FLAG...: the table on stdout, macros replaced by what they stand for.
numbered() {
	sh cmake/syscall_names.sh clang "$@" >"$T/table.c" || fail "no table: clang $*"
	clang "$@" -E -P "$T/table.c" >"$T/numbers" || fail "no C: clang $*"
	clang "$@" -Wall -Wextra -Werror -Wno-unused-const-variable -fsyntax-only "$T/table.c" ||
		fail "not without warnings: clang $*"
}

numbered
if [ "$(uname -m)" = x86_64 ]; then
	has "$T/numbers" 59 execve
	has "$T/numbers" 156 _sysctl
fi

# Machines that came late share one list.
generic=/usr/include/asm-generic/unistd.h
[ -e "$generic" ] || skip "no $generic"
mkdir -p "$T/arm64/asm"
printf '#define __ARCH_WANT_RENAMEAT\n#include <asm-generic/unistd.h>\n' >"$T/arm64/asm/unistd.h"
echo '#define __BITS_PER_LONG 64' >"$T/arm64/asm/bitsperlong.h"
numbered --target=aarch64-linux-gnu -nostdinc "-I$T/arm64" -I/usr/include
has "$T/numbers" 221 execve
has "$T/numbers" 63 read
has "$T/numbers" 25 fcntl
grep -q '"syscalls"\|"arch_specific_syscall"' "$T/numbers" && fail "not a system call in the table"
exit 0
