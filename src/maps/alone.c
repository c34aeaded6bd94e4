/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a map that stands alone: created, opened, closed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "headers/btf.h"
#include "maps/map.h"
#include "maps/types.h"

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
	free(m->own_layouts[CBEE_KEY]);
	free(m->own_layouts[CBEE_VALUE]);
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

/* Whether the layouts that it was given are those of a map like @info. */
static int check_layouts(struct cbee_map *m, const struct cbee_map_info *info)
{
	for (int part = CBEE_KEY; part <= CBEE_VALUE; part++) {
		const struct cbee_field *f = m->layouts[part];
		uint32_t size = part == CBEE_KEY ? info->key_size : info->value_size;

		if (f && cbee__layout_bytes(f) != size)
			return cbee__err(m->err, -EINVAL,
					 "the layout of the %s of map '%s' has %llu bytes, not %u",
					 part == CBEE_KEY ? "key" : "value", m->name,
					 (unsigned long long)cbee__layout_bytes(f), size);
	}
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
	if (!err)
		err = check_layouts(m, info);
	if (err)
		return err;
	m->info = *info;
	m->inner = inner;
	err = cbee__maps_make(m, 1);
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

/* Keeps the layout of a part, if it is one of as many bytes. -ENOMEM is the only failure. */
static int adopt_layout(struct cbee_map *m, enum cbee_part part, const struct cbee__btf *btf,
			uint32_t id)
{
	uint32_t size = part == CBEE_KEY ? m->info.key_size : m->info.value_size;
	struct cbee_field *layout = NULL;
	int err = id && size ? cbee__types_read(btf, id, &layout) : -ENOENT;

	if (!err && cbee__layout_bytes(layout) != size) {
		free(layout);
		layout = NULL;
	}
	cbee__map_own_layout(m, part, layout);
	return err == -ENOMEM ? err : 0;
}

/* Reads the layouts that the kernel has, if any. -ENOMEM is the only failure. */
static int adopt_layouts(struct cbee_map *m, const struct bpf_map_info *info)
{
	struct cbee__btf *btf = NULL;
	struct cbee_buf bytes = { 0 };
	int err = info->btf_id ? cbee__types_open(info->btf_id, &bytes, &btf) : -ENOENT;

	if (err && err != -ENOENT)
		cbee__map_say(m, "cannot read the layout of map '%s': %s", m->name, strerror(-err));
	if (err)
		err = err == -ENOMEM ? err : 0;
	else
		err = adopt_layout(m, CBEE_KEY, btf, info->btf_key_type_id);
	if (!err && btf)
		err = adopt_layout(m, CBEE_VALUE, btf, info->btf_value_type_id);
	cbee__btf_free(btf);
	cbee__buf_free(&bytes);
	return err;
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
	m->info = (struct cbee_map_info){ info.type, info.key_size, info.value_size,
					  info.max_entries, info.map_flags };
	cbee__map_own_layout(m, CBEE_KEY, NULL);
	cbee__map_own_layout(m, CBEE_VALUE, NULL);
	if (!err)
		err = adopt_layouts(m, &info);
	if (err) {
		close(fd);
		return err;
	}
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

int cbee_map_id_next(uint32_t id, uint32_t *ret_id)
{
	return bpf_map_get_next_id(id, ret_id) ? -errno : 0;
}
