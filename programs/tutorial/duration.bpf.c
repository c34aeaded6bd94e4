/* SPDX-License-Identifier: Apache-2.0 */
/* Measures how long a function takes: remembers at its entry when that was, by thread. */
BPF_HASH(starts, u64, u64);

int enter(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();

	starts.update(&thread, &now);
	return 0;
}

int leave(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), *start = starts.lookup(&thread);

	if (!start) /* it was entered before we looked */
		return 0;
	bpf_trace_printk("%llu ms\n", (bpf_ktime_get_ns() - *start) / 1000000);
	starts.delete(&thread);
	return 0;
}
