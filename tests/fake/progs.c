/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for what describes and tries programs, and for limits. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include <bcc/libbpf.h>
#include <bpf/bpf.h>

#include "state.h"

int __real_getrlimit(int what, struct rlimit *limit);
int __real_setrlimit(int what, const struct rlimit *limit);
int __wrap_getrlimit(int what, struct rlimit *limit);
int __wrap_setrlimit(int what, const struct rlimit *limit);

void fake_set_missed(uint64_t missed)
{
	fake.missed = missed;
}

/* Numbers that can be told apart; the verifier made two instructions of each. */
int bpf_obj_get_info(int fd, void *info, uint32_t *len)
{
	struct bpf_prog_info *prog = info;
	const struct fake_prog *loaded = fake_prog(fake_fd_name(fd));

	(void)len;
	if (fake_step("prog_info %s", fake_fd_name(fd)))
		return -1;
	prog->recursion_misses = fake.missed;
	prog->id = 1000 + (uint32_t)fd;
	prog->type = loaded ? loaded->type : 0;
	prog->xlated_prog_len = loaded ? 16 * loaded->count : 0;
	prog->jited_prog_len = 321;
	prog->nr_map_ids = 2;
	prog->run_cnt = 5;
	prog->run_time_ns = 77;
	snprintf(prog->name, sizeof(prog->name), "%s", fake_fd_name(fd));
	memcpy(prog->tag, "\x01\x23\x45\x67\x89\xab\xcd\xef", sizeof(prog->tag));
	return 0;
}

/* Returns the first byte of the packet and cuts that off. */
int bpf_prog_test_run_opts(int fd, struct bpf_test_run_opts *opts)
{
	const uint8_t *in = opts->data_in;

	if (fake_step("test_run %s size=%u ctx=%u room=%u repeat=%d", fake_fd_name(fd),
		      opts->data_size_in, opts->ctx_size_in, opts->data_size_out, opts->repeat))
		return -errno;
	opts->retval = in ? in[0] : 0;
	opts->duration = 19;
	if (in && opts->data_out && opts->data_size_out >= opts->data_size_in - 1)
		memcpy(opts->data_out, in + 1, opts->data_size_in - 1);
	opts->data_size_out = in ? opts->data_size_in - 1 : 0;
	return 0;
}

/* The limit of locked memory is played, others are real. */
int __wrap_getrlimit(int what, struct rlimit *limit)
{
	if (what != RLIMIT_MEMLOCK)
		return __real_getrlimit(what, limit);
	*limit = (struct rlimit){ 4096, 8192 };
	return fake_step("getrlimit %d", what) ? -1 : 0;
}

int __wrap_setrlimit(int what, const struct rlimit *limit)
{
	if (what != RLIMIT_MEMLOCK)
		return __real_setrlimit(what, limit);
	return fake_step("setrlimit %d %llu %llu", what, (unsigned long long)limit->rlim_cur,
			 (unsigned long long)limit->rlim_max)
		       ? -1
		       : 0;
}
