# SPDX-License-Identifier: Apache-2.0
# cbee doctor on a kernel with kprobes and fentry but without multi links, and what it says
# works, works: cbee run attaches to a kernel function each way.
. "${0%/*}/../lib.sh"
need_program jq

is() {
	json ".checks | map(select(.name == \"$1\")) | length == 1 and .[0].status == \"$2\""
}

run cbee doctor --json
expect_status 0
json '.works == true'
is btf ok
is kprobes ok
is kprobe.multi fail # Debian builds without CONFIG_FPROBE
is fentry ok
is fmod_ret ok
is lsm ok # Debian has bpf among its security modules
is uprobes ok
is uprobe.multi fail
is tracepoints ok
is 'module events' ok
is 'ring buffer' ok
is tracefs ok
is bpffs ok
is compiler ok

cat >"$T/count.c" <<'END'
#include <uapi/linux/ptrace.h>
BPF_HASH(calls, u32, u64);
int kprobe__vfs_statfs(struct pt_regs *ctx)
{
	u32 named = 1;
	calls.increment(named);
	return 0;
}
int entry(struct pt_regs *ctx)
{
	u32 asked = 2;
	calls.increment(asked);
	return 0;
}
int leave(struct pt_regs *ctx)
{
	u32 left = 3;
	calls.increment(left);
	return 0;
}
END
run cbee run --json --kprobe vfs_statfs=entry --kretprobe vfs_statfs=leave "$T/count.c" \
	-- stat -f /
expect_status 0
json '[.entries[].key] | sort == [1, 2, 3]'
json '[.entries[].value] | min == max and min > 0'

cat >"$T/hello.c" <<'END'
int hit(void *ctx)
{
	bpf_trace_printk("in\n");
	return 0;
}
int left(void *ctx)
{
	bpf_trace_printk("out\n");
	return 0;
}
END
run cbee run --json --fentry vfs_statfs=hit --fexit vfs_statfs=left "$T/hello.c" -- stat -f /
expect_status 0
# Not by the task's name: where no task was switched yet the kernel writes "<...>".
json --slurp 'map(select(.message).message)[:2] == ["in", "out"]'
expect_clean
