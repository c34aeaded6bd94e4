/* SPDX-License-Identifier: Apache-2.0 */
/* Runs at every execve(2), just before the new program replaces the old one. */
TRACEPOINT_PROBE(syscalls, sys_enter_execve)
{
	bpf_trace_printk("hello, world\n");
	return 0;
}
