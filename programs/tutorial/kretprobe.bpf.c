/* SPDX-License-Identifier: Apache-2.0 */
/* Runs when execve(2) is over: in the new program, or in the old one if that failed. */
int kretprobe__sys_execve(struct pt_regs *ctx)
{
	char command[16];

	bpf_get_current_comm(command, sizeof(command));
	bpf_trace_printk("%s: %d\n", command, (int)PT_REGS_RC(ctx));
	return 0;
}
