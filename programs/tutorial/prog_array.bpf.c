/* SPDX-License-Identifier: Apache-2.0 */
/* Three functions that hand over to each other through a prog array: tail calls. */
BPF_PROG_ARRAY(steps, 3);

TRACEPOINT_PROBE(syscalls, sys_enter_execve)
{
	bpf_trace_printk("first\n");
	steps.call(args, 1); /* does not come back, unless nothing is there */
	bpf_trace_printk("there is no second step\n");
	return 0;
}

int second(void *ctx)
{
	bpf_trace_printk("second\n");
	steps.call(ctx, 2);
	return 0;
}

int third(void *ctx)
{
	bpf_trace_printk("third\n");
	return 0;
}
