/* SPDX-License-Identifier: Apache-2.0 */
/* Runs when the kernel is asked for execve(2), whatever this kernel calls that function. */
int syscall__execve(struct pt_regs *ctx, const char __user *path)
{
	char command[64];

	bpf_probe_read_user_str(command, sizeof(command), path);
	bpf_trace_printk("%s\n", command);
	return 0;
}
