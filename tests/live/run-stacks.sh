# SPDX-License-Identifier: Apache-2.0
# cbee run shows the stacks whose numbers stand in the keys of a map, here a process's.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

cc_program loop -O0 <<'END'
#include <unistd.h>
void work(void)
{
	usleep(1000);
}
void outer(void)
{
	work();
}
int main(void)
{
	for (;;)
		outer();
}
END
cat >"$T/stacks.c" <<'END'
#include <uapi/linux/ptrace.h>
struct key {
	u32 pid;
	int user_stack, none_stack;
};
BPF_STACK_TRACE(stacks, 1024);
BPF_HASH(counts, struct key);
int hit(struct pt_regs *ctx)
{
	struct key key = {
		.pid = bpf_get_current_pid_tgid() >> 32,
		.user_stack = stacks.get_stackid(ctx, BPF_F_USER_STACK),
		.none_stack = -14,
	};
	counts.increment(key);
	return 0;
}
END
"$T/loop" &
pid=$!
pids="$pids $pid"
for json in '' --json; do
	# shellcheck disable=SC2086 # one word or none
	run cbee run $json --duration 1 --pid "$pid" --uprobe "$T/loop:work=hit" "$T/stacks.c"
	expect_status 0
	[ -n "$json" ] || cp "$T/out" "$T/text"
done
json --slurp 'map(select(.map == "counts"))[0].entries[0] |
	.key.pid == '"$pid"' and .value > 10 and .user_stack[0].name == "work" and
	(.user_stack | map(.name) | index("main")) and .none_stack == null'
cp "$T/text" "$T/out"
expect_out "^  \\{ pid = $pid, user_stack = [0-9]+, none_stack = -14 \\}: [0-9]+\$"
expect_out '^    work$'
expect_out '^    main$'
expect_out '^    \[no stack\]$'
expect_clean
