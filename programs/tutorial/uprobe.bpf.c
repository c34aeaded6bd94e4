/* SPDX-License-Identifier: Apache-2.0 */
/* What to run at a function of a program; which one, the C program says. */
int started(struct pt_regs *ctx)
{
	char name[16];

	bpf_get_current_comm(name, sizeof(name));
	bpf_trace_printk("%s is in main.main\n", name);
	return 0;
}
