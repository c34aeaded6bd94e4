/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a map: created, opened, closed; alone or for a program. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/bpf.h>

#include "kernel/handle.h"
#include "maps/map.h"

#define NEED_PRIVILEGE	     "run it as root, or with CAP_BPF, CAP_PERFMON and CAP_DAC_READ_SEARCH"
#define CGROUP_LOCAL_STORAGE 32 /* BPF_MAP_TYPE_CGRP_STORAGE, which older headers lack */

/* ---- creating --------------------------------------------------------- */

static bool is_local_storage(uint32_t type)
{
	return type == BPF_MAP_TYPE_SK_STORAGE || type == BPF_MAP_TYPE_INODE_STORAGE ||
	       type == BPF_MAP_TYPE_TASK_STORAGE || type == CGROUP_LOCAL_STORAGE;
}

/* Describes an int and an array of @size bytes to the kernel; @ret_btf is for the caller to free. */
static int load_types(uint32_t size, struct bpf_map_create_opts *opts, struct btf **ret_btf)
{
	struct btf *btf = *ret_btf = btf__new_empty();
	int key = btf ? btf__add_int(btf, "int", 4, BTF_INT_SIGNED) : -ENOMEM;
	int byte = key < 0 ? key : btf__add_int(btf, "char", 1, BTF_INT_CHAR);
	int value = byte < 0 ? byte : btf__add_array(btf, key, byte, size);
	int err = value < 0 ? value : btf__load_into_kernel(btf);

	if (err)
		return err;
	opts->btf_fd = (uint32_t)btf__fd(btf);
	opts->btf_key_type_id = (uint32_t)key;
	opts->btf_value_type_id = (uint32_t)value;
	return 0;
}

int cbee__map_make(struct cbee_map *m)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = m->info.flags);
	const struct cbee_map_info *info = &m->info;
	uint32_t entries = info->max_entries;
	char name[16]; /* the kernel's limit, with the NUL */
	struct btf *types = NULL;
	int fd = 0;

	if (info->type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && m->owner)
		entries = (uint32_t)cbee_cpus(m->owner);
	if (is_local_storage(info->type)) {
		opts.map_flags |= BPF_F_NO_PREALLOC;
		fd = load_types(info->value_size, &opts, &types);
	}
	if (m->owner)
		opts.map_ifindex = m->owner->ifindex;
	if (m->inner)
		opts.inner_map_fd = (uint32_t)m->inner->fd;
	snprintf(name, sizeof(name), "%s", m->name);
	if (fd >= 0)
		fd = bpf_map_create(info->type, name, info->key_size, info->value_size, entries,
				    &opts);
	btf__free(types);
	if (fd >= 0) {
		m->fd = fd;
		return 0;
	}
	cbee__err_os(m->err, fd, "cannot create BPF map '%s' (%u entries of %u + %u bytes)",
		     m->name, entries, info->key_size, info->value_size);
	if (fd == -EPERM)
		cbee__err_hint(m->err, m->owner && m->owner->keep_memlock ? NEED_PRIVILEGE
					       "; or lift `ulimit -l`"
									  : NEED_PRIVILEGE);
	return fd;
}

/* ---- maps that stand alone -------------------------------------------- */

int cbee_map_new(struct cbee_map **ret_m)
{
	struct cbee_map *m = calloc(1, sizeof(*m));

	if (!m)
		return -ENOMEM;
	m->fd = -1;
	m->name = "";
	m->err = &m->own_err;
	*ret_m = m;
	return 0;
}

void cbee_map_free(struct cbee_map *m)
{
	if (!m || m->owner)
		return;
	if (m->fd >= 0)
		close(m->fd);
	free(m->own_name);
	cbee__err_clear(&m->own_err);
	free(m);
}

const struct cbee_error *cbee_map_error(struct cbee_map *m)
{
	static const struct cbee_error none = { -ENOENT, "there is no such map", NULL, NULL };

	if (!m)
		return &none;
	if (m->owner)
		return cbee_error(m->owner);
	m->shown = (struct cbee_error){
		.code = m->err->code,
		.text = m->err->text,
		.hint = m->err->hint[0] ? m->err->hint : NULL,
		.log = m->err->log,
	};
	return &m->shown;
}

void cbee_map_set_log(struct cbee_map *m, void (*say)(void *arg, const char *line), void *arg)
{
	if (!m)
		return;
	m->say = say;
	m->say_arg = arg;
}

/* Whether it can be given a map. */
static int check_free(struct cbee_map *m)
{
	if (!m)
		return -ENOENT;
	if (m->owner || m->fd >= 0)
		return cbee__err(m->err, -EBUSY, "this object has map '%s' already", m->name);
	return 0;
}

static int set_name(struct cbee_map *m, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return cbee__err_os(m->err, -ENOMEM, "cannot keep map '%.60s'", name);
	free(m->own_name);
	m->name = m->own_name = copy;
	return 0;
}

int cbee_map_create(struct cbee_map *m, const char *name, const struct cbee_map_info *info,
		    const struct cbee_map *inner)
{
	int err = check_free(m);

	if (!err && inner && inner->fd < 0)
		err = cbee__err(m->err, -EBADF, "the inner map '%s' does not exist yet",
				inner->name);
	if (!err)
		err = set_name(m, name ? name : "");
	if (err)
		return err;
	m->info = *info;
	m->inner = inner;
	err = cbee__map_make(m);
	m->inner = NULL;
	return err;
}

/* Programs and links can be pinned too, and the kernel describes them as readily. */
static bool is_map(int fd)
{
	char path[32], what[32] = "";

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return readlink(path, what, sizeof(what) - 1) <= 0 ||
	       (!strstr(what, "bpf-prog") && !strstr(what, "bpf_link"));
}

/* Takes over @fd, if it is a map's. */
static int adopt(struct cbee_map *m, int fd)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	int err = bpf_obj_get_info_by_fd(fd, &info, &len);

	if (!err && !is_map(fd))
		err = -EINVAL;
	if (!err)
		err = set_name(m, info.name);
	if (err) {
		close(fd);
		return err;
	}
	m->info = (struct cbee_map_info){ info.type, info.key_size, info.value_size,
					  info.max_entries, info.map_flags };
	m->fd = fd;
	return 0;
}

int cbee_map_open(struct cbee_map *m, const char *path)
{
	int fd, err = check_free(m);

	if (err)
		return err;
	fd = cbee__map_pinned(m, path);
	if (fd < 0)
		return fd;
	err = adopt(m, fd);
	return err ? cbee__err_os(m->err, err, "cannot open the pinned map %.200s", path) : 0;
}

int cbee_map_open_id(struct cbee_map *m, uint32_t id)
{
	int fd, err = check_free(m);

	if (err)
		return err;
	fd = bpf_map_get_fd_by_id(id);
	err = fd < 0 ? fd : adopt(m, fd);
	return err ? cbee__err_os(m->err, err, "cannot open map number %u", id) : 0;
}
