/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPUs there are. */
#include "kernel/cpus.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/libbpf.h>

#include <cbee/cbee.h>

#include "kernel/handle.h"
#include "plain/buf.h"

#define CPUS_MAX 65536 /* no kernel can have more */

/* Reads a number below CPUS_MAX and moves *@at behind it. */
static bool scan_cpu(const char **at, int *ret_cpu)
{
	int cpu = 0;

	if (**at < '0' || **at > '9')
		return false;
	for (; **at >= '0' && **at <= '9'; ++*at) {
		cpu = 10 * cpu + (**at - '0');
		if (cpu >= CPUS_MAX)
			return false;
	}
	*ret_cpu = cpu;
	return true;
}

/* "0-3,5" and perhaps the end of the line to ints, one after the other. */
static int parse(const char *text, struct cbee_buf *cpus)
{
	int first, last;

	while (*text && *text != '\n') {
		if (!scan_cpu(&text, &first))
			return -EINVAL;
		last = first;
		if (*text == '-' && (text++, !scan_cpu(&text, &last)))
			return -EINVAL;
		if (last < first)
			return -EINVAL;
		for (int cpu = first; cpu <= last; cpu++)
			cbee__buf_add(cpus, &cpu, sizeof(cpu));
		if (*text == ',' && text[1] != '\n' && text[1])
			text++;
		else if (*text && *text != '\n')
			return -EINVAL;
	}
	return cpus->len ? cpus->err : -EINVAL;
}

int cbee__cpus_read(const char *path, int **ret_cpus, unsigned int *ret_count, struct cbee_err *err)
{
	struct cbee_buf text = { 0 }, cpus = { 0 };
	int code = cbee__buf_read_file(&text, path);

	if (!code)
		code = parse(text.data ? text.data : "", &cpus);
	if (cpus.err)
		code = cpus.err;
	cbee__buf_free(&text);
	if (code) {
		cbee__buf_free(&cpus);
		return cbee__err_os(err, code, "cannot tell the CPUs from %.200s", path);
	}
	*ret_count = (unsigned int)(cpus.len / sizeof(int));
	*ret_cpus = (int *)(void *)cbee__buf_take(&cpus);
	return 0;
}

int cbee_cpus(struct cbee *c)
{
	int cpus = libbpf_num_possible_cpus(); /* libbpf remembers */

	(void)c;
	return cpus > 0 ? cpus : 1;
}

int cbee_cpu_list(struct cbee *c, enum cbee_cpu_set set, int **ret_cpus, unsigned int *ret_count)
{
	static const char *const paths[] = {
		[CBEE_CPUS_ONLINE] = "/sys/devices/system/cpu/online",
		[CBEE_CPUS_POSSIBLE] = "/sys/devices/system/cpu/possible",
	};

	if ((unsigned int)set >= sizeof(paths) / sizeof(paths[0]))
		return cbee__err(cbee__err_of(c), -EINVAL, "no set of CPUs has number %d", set);
	return cbee__cpus_read(paths[set], ret_cpus, ret_count, cbee__err_of(c));
}
