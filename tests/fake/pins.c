/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for what opens, pins and describes maps, and for a BPF file system. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <linux/magic.h>

#include "state.h"

int __real_statfs(const char *path, struct statfs *fs);
int __wrap_statfs(const char *path, struct statfs *fs);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);

static int no_entry(void)
{
	errno = ENOENT;
	return -ENOENT;
}

static int pin_at(const char *path)
{
	for (int i = 0; i < FAKE_NAMES; i++)
		if (!strcmp(fake.pins[i].path, path))
			return i;
	return -1;
}

static void keep_pin(const char *path, int fd)
{
	int at = pin_at("");

	if (at < 0)
		abort();
	snprintf(fake.pins[at].path, sizeof(fake.pins[0].path), "%s", path);
	fake.pins[at].map = fake_objects[fd];
}

/* A new descriptor of what another one stands for. */
static int again(const struct object *o)
{
	int fd = fake_new_fd(o->name);

	fake_objects[fd] = *o;
	return fd;
}

void fake_pin(uint32_t key, uint32_t value)
{
	int fd = fake_new_fd("pinned");

	fake_make_map(fd, &(struct map_row){ .type = BPF_MAP_TYPE_HASH,
					     .key = key,
					     .value = value,
					     .entries = FAKE_ENTRIES });
	if (pin_at("/pinned") >= 0)
		fake.pins[pin_at("/pinned")].path[0] = '\0';
	keep_pin("/pinned", fd);
	close(fd);
}

void fake_mount_bpffs(void)
{
	fake.bpffs = true;
}

int bpf_obj_get(const char *path)
{
	if (fake_step("obj_get %s", path))
		return -errno;
	return pin_at(path) < 0 ? no_entry() : again(&fake.pins[pin_at(path)].map);
}

int bpf_obj_pin(int fd, const char *path)
{
	if (fake_step("obj_pin %s %s", fake_fd_name(fd), path))
		return -errno;
	if (pin_at(path) >= 0) {
		errno = EEXIST;
		return -EEXIST;
	}
	keep_pin(path, fd);
	return 0;
}

int bpf_map_get_fd_by_id(__u32 id)
{
	if (fake_step("map_get_fd_by_id %u", id))
		return -errno;
	for (int fd = 0; fd < FAKE_FDS; fd++)
		if (fake_objects[fd].id == id && id)
			return again(&fake_objects[fd]);
	return no_entry();
}

int bpf_obj_get_info_by_fd(int fd, void *info, __u32 *len)
{
	struct bpf_map_info *map = info;

	(void)len;
	if (fake_step("obj_get_info_by_fd %s", fake_fd_name(fd)))
		return -errno;
	map->key_size = fake_objects[fd].key;
	map->value_size = fake_objects[fd].value;
	map->max_entries = fake_objects[fd].entries;
	map->type = fake_objects[fd].type;
	map->id = fake_objects[fd].id;
	snprintf(map->name, sizeof(map->name), "%.15s", fake_objects[fd].name);
	return 0;
}

int __wrap_statfs(const char *path, struct statfs *fs)
{
	if (!fake_begins(path, "/sys/"))
		return __real_statfs(path, fs);
	if (fake_step("statfs %s", path))
		return -1;
	memset(fs, 0, sizeof(*fs));
	fs->f_type = fake.bpffs ? BPF_FS_MAGIC : SYSFS_MAGIC;
	return 0;
}

int __wrap_unlink(const char *path)
{
	if (!fake_begins(path, "/sys/"))
		return __real_unlink(path);
	if (fake_step("unlink %s", path))
		return -1;
	if (pin_at(path) < 0) {
		errno = ENOENT;
		return -1;
	}
	fake.pins[pin_at(path)].path[0] = '\0';
	return 0;
}

/* ---- BTF -------------------------------------------------------------- */

struct btf {
	int types, fd;
};

struct btf *btf__new_empty(void)
{
	struct btf *btf = fake_step("btf_new") ? NULL : calloc(1, sizeof(*btf));

	if (btf)
		btf->fd = -1;
	return btf;
}

int btf__add_int(struct btf *btf, const char *name, size_t size, int encoding)
{
	return fake_step("btf_add %s size=%zu encoding=%d", name, size, encoding) ? -errno
										  : ++btf->types;
}

int btf__add_array(struct btf *btf, int index, int elem, __u32 count)
{
	return fake_step("btf_add array %d %d %u", index, elem, count) ? -errno : ++btf->types;
}

int btf__load_into_kernel(struct btf *btf)
{
	if (fake_step("btf_load"))
		return -errno;
	btf->fd = fake_new_fd("types");
	return 0;
}

int btf__fd(const struct btf *btf)
{
	return btf->fd;
}

void btf__free(struct btf *btf)
{
	if (!btf)
		return;
	if (btf->fd >= 0)
		close(btf->fd);
	free(btf);
}
