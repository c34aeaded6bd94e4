/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for what opens, pins and describes maps, and for a BPF file system. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
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
	for (int i = 0; i < FAKE_NAMES; i++)
		if (fake.pins[i].path[0] && fake.pins[i].map.id == id && id)
			return again(&fake.pins[i].map);
	for (int fd = 0; fd < FAKE_FDS; fd++)
		if (fake_objects[fd].id == id && id)
			return again(&fake_objects[fd]);
	return no_entry();
}

/* Whether somebody has the map: a descriptor, or a path. */
static bool is_alive(uint32_t id)
{
	for (int fd = 0; fd < FAKE_FDS; fd++)
		if (fake_objects[fd].store && fake_objects[fd].id == id && fcntl(fd, F_GETFD) >= 0)
			return true;
	for (int i = 0; i < FAKE_NAMES; i++)
		if (fake.pins[i].path[0] && fake.pins[i].map.id == id)
			return true;
	return false;
}

int bpf_map_get_next_id(__u32 id, __u32 *next)
{
	if (fake_step("map_get_next_id %u", id))
		return -errno;
	while (++id <= FAKE_NAMES)
		if (is_alive(id)) {
			*next = id;
			return 0;
		}
	return no_entry();
}

/* Tells the size first, and the bytes when there is room for them. */
static int describe_btf(uint32_t id, struct bpf_btf_info *info)
{
	const struct fake_btf *btf = &fake.btfs[id - 1];

	if (info->btf)
		memcpy((void *)(uintptr_t)info->btf, btf->data,
		       btf->size < info->btf_size ? btf->size : info->btf_size);
	info->btf_size = (uint32_t)btf->size;
	info->id = id;
	return 0;
}

int bpf_obj_get_info_by_fd(int fd, void *info, __u32 *len)
{
	struct bpf_map_info *map = info;
	struct bpf_btf_info *btf = info;

	if (fake_step("obj_get_info_by_fd %s", fake_fd_name(fd)))
		return -errno;
	if (!fake_objects[fd].store && fake_objects[fd].btf)
		return describe_btf(fake_objects[fd].btf, info);
	if (*len == sizeof(*btf) && btf->name) {
		snprintf((char *)(uintptr_t)btf->name, btf->name_len, "%s", fake_fd_name(fd));
		btf->kernel_btf = btf->name_len > 0;
		return 0;
	}
	map->key_size = fake_objects[fd].key;
	map->value_size = fake_objects[fd].value;
	map->max_entries = fake_objects[fd].entries;
	map->type = fake_objects[fd].type;
	map->id = fake_objects[fd].id;
	map->btf_id = fake_objects[fd].btf;
	map->btf_key_type_id = fake_objects[fd].key_type;
	map->btf_value_type_id = fake_objects[fd].value_type;
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

/* As fake_prog_load(), for the same reason. */
int fake_btf_load(const void *data, size_t size,
		  const struct bpf_btf_load_opts *opts) __asm__("bpf_btf_load");
int fake_btf_load(const void *data, size_t size, const struct bpf_btf_load_opts *opts)
{
	struct fake_btf *btf = &fake.btfs[fake.btf_count];
	int fd;

	(void)opts;
	if (fake_step("btf_load"))
		return -errno;
	if (size > FAKE_BTF || fake.btf_count == FAKE_NAMES)
		abort();
	memcpy(btf->data, data, size);
	btf->size = size;
	fd = fake_new_fd("types");
	fake_objects[fd].btf = ++fake.btf_count;
	return fd;
}

int bpf_btf_get_fd_by_id(__u32 id)
{
	static const char *const names[] = { "vmlinux", "mod", "" };
	int fd;

	if (fake_step("btf_get_fd_by_id %u", id))
		return -errno;
	if (id && id <= 3 && !fake.btf_count)
		return fake_new_fd(names[id - 1]);
	if (!id || id > fake.btf_count)
		return no_entry();
	fd = fake_new_fd("types");
	fake_objects[fd].btf = id;
	return fd;
}
