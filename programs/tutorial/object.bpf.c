/* SPDX-License-Identifier: Apache-2.0 */
/* hello.bpf.c for `clang -target bpf`: libbpf's dialect, where the section says what to attach to. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("tracepoint/syscalls/sys_enter_execve")
int hello(void *ctx)
{
	(void)ctx;
	bpf_printk("hello from an object");
	return 0;
}

char copying[] SEC("license") = "GPL"; /* bpf_printk() is for GPL programs only */
