# SPDX-License-Identifier: Apache-2.0
# Patterns: functions that cannot, or must not, be probed are left out and told; the rest counts.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

cc_program calls <<'END'
__attribute__((noinline)) void work(void)
{
	__asm__ volatile("");
}
int main(void)
{
	for (int i = 0; i < 23; i++)
		work();
	return 0;
}
END
# One function by two paths, and a path with colons in it.
ln -s calls "$T/link"
run cbee-funclatency --json "$T/calls:work" "$T/link:work" -- "$T/calls"
json '[.functions[].count] == [23] and .lost.returns == 0'
cp "$T/calls" "$T/a:b"
run cbee-funclatency --json "$T/a:b:work" -- "$T/a:b"
json '[.functions[].count] == [23]'
# From a folder that is gone.
mkdir "$T/gone"
(
	cd "$T/gone" || exit 1
	rmdir "$T/gone"
	cbee-funclatency --json "$T/calls:work" -- "$T/calls"
) >"$T/out" 2>"$T/err" || fail "does not work without a folder"
json '[.functions[].count] == [23]'
# What only picks an implementation is not timed as if it were one.
run cbee-funclatency c:strlen -- /bin/true
expect_status 1
expect_err 'IFUNC'
run cbee-funclatency --json libc:getenv -- /bin/sh -c :
expect_status 0

cc_program mixed <<'END'
/* refused: the kernel steps over no lock prefix; evex and setjmp would break a program */
__asm__(".globl w_refused\n.type w_refused,@function\nw_refused: lock incl (%rsp)\nret\n"
	".globl w_evex\n.type w_evex,@function\nw_evex: .byte 0x62,0xe2,0x7d,0x28,0x7a,0xce\nret\n"
	".globl setjmp\n.type setjmp,@function\nsetjmp: nop\nret\n"
	".section .note.GNU-stack,\"\"\n.text\n");
__attribute__((noinline)) void w_one(void)
{
	__asm__ volatile("");
}
__attribute__((noinline)) void w_two(void)
{
	__asm__ volatile("");
}
int pause(void);
int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		pause();
	for (int i = 0; i < 23; i++) {
		w_one();
		w_two();
		w_two();
	}
	return 0;
}
END
# The kernel looks at instructions when a program that runs has them: this one does.
"$T/mixed" wait &
pids="$pids $!"
run cbee-funclatency -v --json "$T/mixed:w_*" -- "$T/mixed"
expect_status 0
json '[.functions[] | {(.name): .count}] | add == {w_one: 23, w_two: 46}'
expect_err "^cbee-funclatency: 'w_evex' is left out: it starts with an AVX-512 instruction"
expect_err '^cbee-funclatency: 1 functions cannot be probed, such as w_refused: '
run cbee-funclatency --json "$T/mixed:w_*" -- "$T/mixed"
expect_err '^cbee-funclatency: tracing 2 of 4 functions; Ctrl-C ends it$'
run cbee-funclatency "$T/mixed:w_refused" -- "$T/mixed"
expect_status 1
expect_err "^cbee-funclatency: cannot probe function 'w_refused': "
run cbee-funclatency "$T/mixed:setjmp" -- "$T/mixed"
expect_status 1
expect_err "^cbee-funclatency: 'setjmp' cannot be probed: it returns more than once"

# Several patterns, one function named twice: once.
run cbee-funclatency --json "$T/mixed:w_one" "$T/mixed:w_o*" "$T/mixed:w_two" -- "$T/mixed"
json '[.functions[] | {(.name): .count}] | add == {w_one: 23, w_two: 46}'
json '.functions | length == 2'

# A thousand functions: each counted once, and nobody waits long.
awk 'BEGIN {
	for (i = 0; i < 1000; i++)
		printf "__attribute__((noinline)) void work%d(void) { __asm__ volatile(\"\"); }\n", i
	print "int main(void) {"
	for (i = 0; i < 1000; i++)
		printf "\twork%d();\n", i
	print "return 0; }"
}' | cc_program thousand
start=$(date +%s)
run cbee-funclatency --json "$T/thousand:work1*" "$T/thousand:work*" -- "$T/thousand"
expect_status 0
json '[.functions[].count] | length == 1000 and add == 1000'
[ $(($(date +%s) - start)) -lt 20 ] || fail "took $(($(date +%s) - start)) s"
# The command has the file limit that it would have without us.
grep '^Max open files' /proc/self/limits >"$T/limit"
run cbee-funclatency "$T/thousand:work1" -- grep '^Max open files' /proc/self/limits
grep -qxF "$(cat "$T/limit")" "$T/err" || fail "the command has another limit: $(cat "$T/limit")"
expect_clean
