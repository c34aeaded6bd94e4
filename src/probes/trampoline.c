/* SPDX-License-Identifier: Apache-2.0 */
/* fentry, fexit, fmod_ret and LSM hooks: programs bound to a function that BTF describes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "headers/btf.h"
#include "kernel/lsm.h"
#include "probes/kinds.h"
#include "probes/probe.h"

#define MODULE_MAX 56 /* bytes of a module's name, with the NUL */

int cbee__probe_btf_id(struct cbee *c, const char *function, uint32_t *ret_id)
{
	int err = cbee__btf_kernel_func(function, ret_id);

	if (err == -ESRCH)
		return cbee__err(&c->err, -ENOENT, "no function '%.60s' in the kernel's BTF",
				 function);
	return err ? cbee__err_os(&c->err, err, "cannot read the kernel's BTF") : 0;
}

/* ---- names ------------------------------------------------------------ */

/* Whether @rest, cut at @gap, is a module and a function of it. */
static bool is_in_module(char *rest, char *gap)
{
	uint32_t id;
	bool is;

	*gap = '\0';
	is = !cbee__btf_module_func(rest, gap + 2, &id);
	*gap = '_';
	return is;
}

/*
 * "vmlinux__vfs_read" is vfs_read, "nf_nat__nf_nat_init" is nf_nat:nf_nat_init; older BCCs
 * name no module: "vfs_read", "__x64_sys_read". Functions and modules have double
 * underscores too, so it is BTF that tells.
 */
void cbee__trampoline_target(char *rest)
{
	uint32_t id;

	if (!strncmp(rest, "vmlinux__", 9)) {
		memmove(rest, rest + 9, strlen(rest + 9) + 1);
		return;
	}
	if (!strstr(rest, "__") || !cbee__btf_kernel_func(rest, &id))
		return;
	for (char *gap = strstr(rest, "__"); gap; gap = strstr(gap + 1, "__")) {
		if (gap == rest || !gap[2] || !is_in_module(rest, gap))
			continue;
		*gap = ':';
		memmove(gap + 1, gap + 2, strlen(gap + 2) + 1);
		return;
	}
}

/* ---- modules ---------------------------------------------------------- */

/* Whether that is the BTF of the module: 1, 0 or a negative errno. */
static int is_btf_of(int fd, const char *module)
{
	char name[MODULE_MAX] = "";
	struct bpf_btf_info info = { .name = (uintptr_t)name, .name_len = sizeof(name) };
	uint32_t len = sizeof(info);

	if (bpf_obj_get_info_by_fd(fd, &info, &len) && errno != ENOSPC) /* a longer name */
		return -errno;
	return info.kernel_btf && !strcmp(name, module);
}

/* A descriptor of the module's BTF, or a negative errno. */
static int module_btf(const char *module)
{
	uint32_t id = 0;
	int fd, is;

	while (!bpf_btf_get_next_id(id, &id)) {
		fd = bpf_btf_get_fd_by_id(id);
		if (fd < 0 && errno == ENOENT) /* that one has just gone */
			continue;
		is = fd < 0 ? -errno : is_btf_of(fd, module);
		if (is > 0)
			return fd;
		if (fd >= 0)
			close(fd);
		if (is < 0)
			return is;
	}
	return -errno;
}

static int prepare_module(struct cbee__attach *a, const char *module, const char *function)
{
	int err = cbee__btf_module_func(module, function, &a->load.btf_id);

	if (err == -ENOENT)
		return cbee__err(&a->c->err, err, "there is no BTF of a kernel module '%.60s'",
				 module);
	if (err == -ESRCH)
		return cbee__err(&a->c->err, -ENOENT,
				 "no function '%.60s' in the BTF of kernel module %.60s", function,
				 module);
	if (!err)
		err = a->load.btf_fd = module_btf(module);
	if (err < 0)
		return cbee__err_os(&a->c->err, err, "cannot read the BTF of kernel module %.60s",
				    module);
	return 0;
}

int cbee__trampoline_prepare(struct cbee__attach *a)
{
	const char *colon = strchr(a->opts.target, ':');
	char module[MODULE_MAX];

	if (a->module)
		return prepare_module(a, a->module, a->opts.target);
	if (!colon)
		return cbee__probe_btf_id(a->c, a->opts.target, &a->load.btf_id);
	if ((size_t)(colon - a->opts.target) >= sizeof(module))
		return cbee__err(&a->c->err, -EINVAL, "not the name of a kernel module: '%.80s'",
				 a->opts.target);
	snprintf(module, sizeof(module), "%.*s", (int)(colon - a->opts.target), a->opts.target);
	return prepare_module(a, module, colon + 1);
}

/* ---- hooks ------------------------------------------------------------ */

/* -EOPNOTSUPP where the kernel tells that its BPF hooks are never called. */
static int check_active(struct cbee *c)
{
	char names[256];

	if (cbee__lsm_has_bpf(names, sizeof(names)))
		return 0;
	cbee__err(&c->err, -EOPNOTSUPP, "BPF is not among the active security modules");
	cbee__err_hint(&c->err, "add bpf to lsm= on the kernel's command line");
	return -EOPNOTSUPP;
}

int cbee__lsm_prepare(struct cbee__attach *a)
{
	char function[128];
	int err = check_active(a->c);

	if (err)
		return err;
	snprintf(function, sizeof(function), "bpf_lsm_%s", a->opts.target);
	err = cbee__btf_kernel_func(function, &a->load.btf_id);
	if (err == -ESRCH)
		return cbee__err(&a->c->err, -ENOENT, "this kernel has no LSM hook '%.60s'",
				 a->opts.target);
	return err ? cbee__err_os(&a->c->err, err, "cannot read the kernel's BTF") : 0;
}

/* What BCC's calls do, which print where this fails. */
int cbee__trampoline_attach(struct cbee__attach *a)
{
	a->link.fd = bpf_raw_tracepoint_open(NULL, a->prog_fd);
	return a->link.fd < 0 ? a->link.fd : 0;
}
