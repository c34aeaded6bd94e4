# SPDX-License-Identifier: Apache-2.0
# Whatever is wrong gets one sentence that says so, status 1 or 2, and changes nothing.
. "${0%/*}/../lib.sh"
need_root
need_program cc

cc_program app <<'END'
__attribute__((noinline)) void work(void)
{
	__asm__ volatile("");
}
int main(void)
{
	work();
	return 0;
}
END
cd "$T" || exit 1
# wrong STATUS SENTENCE ARGUMENT...: the sentence is an extended regular expression.
wrong() {
	want=$1 sentence=$2
	shift 2
	run cbee-funclatency "$@"
	expect_status "$want"
	[ ! -s "$T/out" ] || fail "something on stdout: $*"
	expect_err "^cbee-funclatency: $sentence\$"
	lines=$(grep -cv '^cbee-funclatency: try cbee-funclatency --help$' "$T/err")
	[ "$lines" -eq 1 ] || fail "$lines lines on stderr, not 1: $*"
}
wrong 1 "no symbol 'wrok' in \./app; did you mean 'work'\?.*" ./app:wrok
wrong 1 ".*nothing_like.*" './app:nothing_like*'
wrong 1 ".*\./missing.*" ./missing:work
wrong 1 ".*app\.c.*not an ELF file.*" ./app.c:work
wrong 1 ".*directory.*" /tmp/:work
wrong 1 ".*regular expression.*" -r './app:w(rk'
head -c 700 app >short
wrong 1 ".*short.*" ./short:work
: >empty
wrong 1 ".*empty.*" ./empty:work
head -c 10000000 /dev/zero | tr '\0' a >huge
wrong 1 ".*" -r "./app:$(head -c 100000 huge)"
awk 'BEGIN { for (i = 0; i < 100000; i++) printf ".type f%d,@function\nf%d: ret\n", i, i }' >many.s
{ cat many.s; echo '.globl main'; echo '.type main,@function'; echo 'main: ret'; } >all.s
cc -o many all.s 2>/dev/null || fail "the program with many functions does not assemble"
wrong 1 ".*100[0-9]{3} functions.*limit.*" './many:f*'
wrong 1 "cannot run '\./nothing-here': No such file or directory" ./app:work -- ./nothing-here
wrong 2 "unknown option '--jsn'; did you mean '--json'\?" --jsn ./app:work
wrong 2 ".*exclude each other.*" --json --csv ./app:work
wrong 2 ".*--duration.*" --duration 0 ./app:work
wrong 2 ".*number.*" -p x ./app:work
wrong 2 "which function\? .*"
# This kernel may have kprobes or not: either it traces, or it says what is missing.
run cbee-funclatency -d 1 vfs_read
[ "$status" -eq 0 ] || expect_err "^cbee-funclatency: cannot probe kernel function 'vfs_read': .*CONFIG_"
# A target that exits at once.
run cbee-funclatency --json ./app:main -- /bin/true
expect_status 0
# Not root.
for_others
run setpriv --reuid 65534 --clear-groups cbee-funclatency "$T/app:work"
expect_status 1
expect_err "^cbee-funclatency: .*run it as root.*"
run setpriv --reuid 65534 --clear-groups cbee-execsnoop
expect_status 1
expect_err "^cbee-execsnoop: .*run it as root.*"
expect_clean
