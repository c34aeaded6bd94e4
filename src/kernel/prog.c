/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that a handle has loaded: kept, shared, described, tried out. */
#include "kernel/prog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <bpf/bpf.h>

#include "kernel/handle.h"
#include "kernel/module.h"
#include "probes/probe.h"

#define KERNEL_ENOTSUPP 524 /* the kernel's own, which no header of users' has */

/* A function, loaded in one way. */
struct cbee_prog {
	struct cbee *owner;
	const char *fn; /* in the image */
	uint32_t type, expected;
	bool in_user, in_go;
	uint32_t const_changes; /* as of the handle, when it was loaded */
	int fd;
	unsigned int users; /* links, and whoever holds it for a moment */
	bool kept;	    /* until the handle is freed: somebody has asked for it by name */
};

/* ---- loading and sharing ------------------------------------------------ */

static bool can_share(const struct cbee *c, const struct cbee__load *load)
{
	return !c->object && !load->btf_id && !load->func;
}

static bool is_same(const struct cbee_prog *p, const struct cbee__load *load)
{
	if (load->idle && p->users)
		return false;
	return p->type == load->type && p->expected == load->expected &&
	       p->in_user == load->in_user && p->in_go == load->in_go &&
	       p->const_changes == p->owner->const_changes && !strcmp(p->fn, load->fn);
}

/* Room for one more, which stands behind the last one and is NULL. */
static int make_room(struct cbee *c)
{
	struct cbee_prog **all = realloc(c->progs,
					 (c->prog_count + 1) * sizeof(struct cbee_prog *));

	if (!all)
		return cbee__err_os(&c->err, -ENOMEM, "cannot keep a program");
	c->progs = all;
	all[c->prog_count] = calloc(1, sizeof(*all[0]));
	return all[c->prog_count] ? 0 : cbee__err_os(&c->err, -ENOMEM, "cannot keep a program");
}

/* Its number, or prog_count. */
static size_t find_fd(const struct cbee *c, int fd)
{
	size_t i = 0;

	while (i < c->prog_count && c->progs[i]->fd != fd)
		i++;
	return i;
}

int cbee__prog_get(struct cbee *c, const struct cbee__load *load)
{
	struct cbee_prog *p;
	int fd;

	if (!can_share(c, load))
		return cbee__module_load_prog(c, load);
	for (size_t i = 0; i < c->prog_count; i++)
		if (is_same(c->progs[i], load)) {
			c->progs[i]->users++;
			return c->progs[i]->fd;
		}
	fd = make_room(c);
	if (fd)
		return fd;
	p = c->progs[c->prog_count];
	fd = cbee__module_load_prog(c, load);
	if (fd < 0) {
		free(p);
		return fd;
	}
	*p = (struct cbee_prog){
		.owner = c,
		.fn = cbee__module_fn(c, load->fn),
		.type = load->type,
		.expected = load->expected,
		.in_user = load->in_user,
		.in_go = load->in_go,
		.const_changes = c->const_changes,
		.fd = fd,
		.users = 1,
	};
	c->prog_count++;
	return fd;
}

void cbee__prog_put(struct cbee *c, int fd)
{
	size_t i = find_fd(c, fd);
	struct cbee_prog *p;

	if (i == c->prog_count) {
		close(fd);
		return;
	}
	p = c->progs[i];
	if (--p->users || p->kept)
		return;
	memmove(c->progs + i, c->progs + i + 1, (--c->prog_count - i) * sizeof(struct cbee_prog *));
	close(p->fd);
	free(p);
}

void cbee__progs_close(struct cbee *c)
{
	while (c->prog_count) {
		close(c->progs[--c->prog_count]->fd);
		free(c->progs[c->prog_count]);
	}
	free(c->progs);
	c->progs = NULL;
}

/* The one loaded last is the last of those kept. */
static void keep(struct cbee *c, int fd)
{
	size_t i = find_fd(c, fd), last = c->prog_count - 1;
	struct cbee_prog *p = c->progs[i];

	p->kept = true;
	p->users--;
	memmove(c->progs + i, c->progs + i + 1, (last - i) * sizeof(struct cbee_prog *));
	c->progs[last] = p;
}

static int load(struct cbee *c, const struct cbee__load *how)
{
	int fd = cbee__prog_get(c, how);

	if (fd < 0)
		return fd;
	keep(c, fd);
	return 0;
}

int cbee_prog_load(struct cbee *c, const char *fn, enum cbee_probe_kind kind)
{
	struct cbee__load how = { .fn = fn };
	int err = cbee__probe_type(c, kind, &how.type, &how.expected);

	return err ? err : load(c, &how);
}

int cbee_prog_load_type(struct cbee *c, const char *fn, uint32_t type, uint32_t attach_type)
{
	return load(c, &(struct cbee__load){ .fn = fn, .type = type, .expected = attach_type });
}

int cbee_prog_load_all(struct cbee *c, enum cbee_probe_kind kind)
{
	int err = 0;

	for (unsigned int i = 0; !err && i < cbee_progs(c); i++)
		err = cbee_prog_load(c, cbee_prog_name(c, i), kind);
	return err;
}

struct cbee_prog *cbee_prog(struct cbee *c, const char *fn)
{
	for (size_t i = c->prog_count; i-- > 0;)
		if (c->progs[i]->kept && !strcmp(c->progs[i]->fn, fn))
			return c->progs[i];
	cbee__err(&c->err, -ENOENT, "no function '%.60s' has been loaded", fn);
	return NULL;
}

int cbee_prog_fd(const struct cbee_prog *p)
{
	return p ? p->fd : -ENOENT;
}

/* ---- what the kernel says of them --------------------------------------- */

static uint64_t missed(int fd)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	return fd < 0 || bpf_obj_get_info(fd, &info, &len) ? 0 : info.recursion_misses;
}

uint64_t cbee__prog_missed(const struct cbee *c, int fd)
{
	return find_fd(c, fd) < c->prog_count ? 0 : missed(fd);
}

uint64_t cbee__progs_missed(const struct cbee *c)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < c->prog_count; i++)
		sum += c->progs[i]->users ? missed(c->progs[i]->fd) : 0;
	return sum;
}

int cbee_prog_info(struct cbee_prog *p, struct cbee_prog_info *ret_info)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);

	if (!p)
		return -ENOENT;
	if (bpf_obj_get_info(p->fd, &info, &len))
		return cbee__err_os(&p->owner->err, -errno, "cannot describe program '%s'", p->fn);
	*ret_info = (struct cbee_prog_info){
		.id = info.id,
		.type = info.type,
		.insns = cbee__module_insn_count(p->owner, p->fn),
		.xlated_insns = info.xlated_prog_len / sizeof(struct bpf_insn),
		.jited_bytes = info.jited_prog_len,
		.maps = info.nr_map_ids,
		.missed = info.recursion_misses,
		.run_count = info.run_cnt,
		.run_ns = info.run_time_ns,
	};
	snprintf(ret_info->name, sizeof(ret_info->name), "%s", info.name);
	for (size_t i = 0; i < sizeof(info.tag); i++)
		snprintf(ret_info->tag + 2 * i, 3, "%02x", info.tag[i]);
	return 0;
}

int cbee_prog_run(struct cbee_prog *p, struct cbee_prog_run *run)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = run->data,
		    .data_size_in = (uint32_t)run->size, .ctx_in = run->ctx,
		    .ctx_size_in = (uint32_t)run->ctx_size, .data_out = run->out,
		    .data_size_out = (uint32_t)run->out_room, .repeat = (int)run->repeat);
	int err;

	if (!p)
		return -ENOENT;
	if (run->size > UINT32_MAX || run->ctx_size > UINT32_MAX || run->out_room > UINT32_MAX)
		return cbee__err_os(&p->owner->err, -E2BIG, "cannot try '%s'", p->fn);
	err = bpf_prog_test_run_opts(p->fd, &opts);
	if (err == -KERNEL_ENOTSUPP || err == -EOPNOTSUPP)
		return cbee__err(&p->owner->err, -EOPNOTSUPP,
				 "the kernel cannot try '%s': no programs of type %u", p->fn,
				 p->type);
	run->retval = opts.retval;
	run->duration_ns = opts.duration;
	run->out_size = opts.data_size_out;
	return err ? cbee__err_os(&p->owner->err, err, "cannot try '%s'", p->fn) : 0;
}
