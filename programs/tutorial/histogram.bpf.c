/* SPDX-License-Identifier: Apache-2.0 */
/* Measures as duration.bpf.c does, and counts in the kernel, for each command, how long calls took. */
struct bucket {
	char command[16];
	u64 slot; /* the last member: n counts what took 2^(n-1) to 2^n - 1 */
};

BPF_HASH(starts, u64, u64);
BPF_HISTOGRAM(msecs, struct bucket, 1024); /* with such a key, a hash */

int enter(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), now = bpf_ktime_get_ns();

	starts.update(&thread, &now);
	return 0;
}

int leave(struct pt_regs *ctx)
{
	u64 thread = bpf_get_current_pid_tgid(), *start = starts.lookup(&thread);
	struct bucket key = {};

	if (!start)
		return 0;
	key.slot = bpf_log2l((bpf_ktime_get_ns() - *start) / 1000000);
	bpf_get_current_comm(key.command, sizeof(key.command));
	msecs.increment(key);
	starts.delete(&thread);
	return 0;
}
