/* SPDX-License-Identifier: Apache-2.0 */
/* Reads, writes, walks and clears a BPF map. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/libbpf.h>
#include <linux/bpf.h>

#include "kernel/handle.h"

static bool per_cpu(uint32_t type)
{
	return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static bool is_array(uint32_t type)
{
	return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

/* Bytes of what a lookup writes. */
static size_t value_bytes(struct cbee *c, const struct cbee__map *map)
{
	size_t one = map->info.value_size;

	if (!per_cpu(map->info.type))
		return one;
	return ((one + 7) & ~(size_t)7) * (size_t)cbee_cpus(c);
}

static int not_loaded(struct cbee *c, const char *name)
{
	return cbee__err(&c->err, -EBADF, "map '%s' is not loaded yet", name);
}

/* Finds the map and checks that the caller's sizes are its own. */
static struct cbee__map *checked(struct cbee *c, const char *name, size_t key_size,
				 const size_t *value_size)
{
	struct cbee__map *map = cbee__map_find(c, name);

	if (!map)
		return NULL;
	if (map->fd < 0) {
		not_loaded(c, name);
		return NULL;
	}
	if (key_size != map->info.key_size) {
		cbee__err(&c->err, -EINVAL, "map '%s' has keys of %u bytes, not %zu", name,
			  map->info.key_size, key_size);
		return NULL;
	}
	if (value_size && *value_size != value_bytes(c, map)) {
		cbee__err(&c->err, -EINVAL, "map '%s' has values of %zu bytes, not %zu", name,
			  value_bytes(c, map), *value_size);
		return NULL;
	}
	return map;
}

/* The kernel's answer as the handle's error; @ret is BCC's -1 or a negative errno. */
static int answer(struct cbee *c, int ret, const char *verb, const char *name)
{
	int err = ret == -1 ? -errno : ret;

	if (ret >= 0)
		return 0;
	return cbee__err_os(&c->err, err, "cannot %s map '%s'", verb, name);
}

int cbee_map_info(struct cbee *c, const char *name, struct cbee_map_info *ret_info)
{
	struct cbee__map *map = cbee__map_find(c, name);

	if (!map)
		return -ENOENT;
	*ret_info = map->info;
	return 0;
}

const char *cbee_map_name(const struct cbee *c, unsigned int i)
{
	return c->maps && i < c->image.map_count ? c->maps[i].name : NULL;
}

int cbee_map_fd(struct cbee *c, const char *name)
{
	struct cbee__map *map = cbee__map_find(c, name);

	if (!map)
		return -ENOENT;
	return map->fd >= 0 ? map->fd : not_loaded(c, name);
}

int cbee_map_get(struct cbee *c, const char *name, const void *key, size_t key_size, void *value,
		 size_t value_size)
{
	struct cbee__map *map = checked(c, name, key_size, &value_size);

	if (!map)
		return c->err.code;
	return answer(c, bpf_lookup_elem(map->fd, (void *)key, value), "read from", name);
}

int cbee_map_set(struct cbee *c, const char *name, const void *key, size_t key_size,
		 const void *value, size_t value_size, uint64_t flags)
{
	struct cbee__map *map = checked(c, name, key_size, &value_size);

	if (!map)
		return c->err.code;
	return answer(c, bpf_update_elem(map->fd, (void *)key, (void *)value, flags), "write to",
		      name);
}

int cbee_map_delete(struct cbee *c, const char *name, const void *key, size_t key_size)
{
	struct cbee__map *map = checked(c, name, key_size, NULL);

	if (!map)
		return c->err.code;
	return answer(c, bpf_delete_elem(map->fd, (void *)key), "delete from", name);
}

/*
 * All keys of a map. A map that grows while it is read could be followed for
 * ever, and one that shrinks can send the cursor back to the start: at most
 * max_entries keys are taken, which a map never exceeds.
 */
static int collect_keys(struct cbee *c, const struct cbee__map *map, struct cbee_buf *keys)
{
	size_t size = map->info.key_size;
	char *cursor = calloc(1, size + 1);
	int more;

	if (!cursor)
		return cbee__err_os(&c->err, -ENOMEM, "cannot walk map '%s'", map->name);
	more = bpf_get_first_key(map->fd, cursor, size);
	for (uint32_t n = 0; !more && n < map->info.max_entries && !keys->err; n++) {
		cbee__buf_add(keys, cursor, size);
		more = bpf_get_next_key(map->fd, cursor, cursor);
	}
	free(cursor);
	return keys->err ? cbee__err_os(&c->err, keys->err, "cannot walk map '%s'", map->name) : 0;
}

/* The keys of an array need not be asked for. */
static int array_keys(struct cbee *c, const struct cbee__map *map, struct cbee_buf *keys)
{
	for (uint32_t i = 0; i < map->info.max_entries; i++)
		cbee__buf_add(keys, &i, sizeof(i));
	return keys->err ? cbee__err_os(&c->err, keys->err, "cannot walk map '%s'", map->name) : 0;
}

static int map_keys(struct cbee *c, const struct cbee__map *map, struct cbee_buf *keys)
{
	return is_array(map->info.type) ? array_keys(c, map, keys) : collect_keys(c, map, keys);
}

int cbee_map_walk(struct cbee *c, const char *name,
		  bool (*each)(void *arg, const void *key, const void *value), void *arg)
{
	struct cbee__map *map = cbee__map_find(c, name);
	struct cbee_buf keys = { 0 };
	bool go_on = true;
	char *value;
	int err;

	if (!map)
		return -ENOENT;
	if (map->fd < 0)
		return not_loaded(c, name);
	value = calloc(1, value_bytes(c, map) + 1);
	err = value ? map_keys(c, map, &keys)
		    : cbee__err_os(&c->err, -ENOMEM, "cannot walk '%s'", name);
	for (size_t at = 0; !err && go_on && at < keys.len; at += map->info.key_size)
		if (!bpf_lookup_elem(map->fd, keys.data + at, value))
			go_on = each(arg, keys.data + at, value);
	free(value);
	cbee__buf_free(&keys);
	return err;
}

int cbee_map_clear(struct cbee *c, const char *name)
{
	struct cbee__map *map = cbee__map_find(c, name);
	struct cbee_buf keys = { 0 };
	char *zero;
	int err;

	if (!map)
		return -ENOENT;
	if (map->fd < 0)
		return not_loaded(c, name);
	zero = calloc(1, value_bytes(c, map) + 1);
	err = zero ? map_keys(c, map, &keys)
		   : cbee__err_os(&c->err, -ENOMEM, "cannot clear '%s'", name);
	for (size_t at = 0; !err && at < keys.len; at += map->info.key_size) {
		if (is_array(map->info.type))
			bpf_update_elem(map->fd, keys.data + at, zero, BPF_ANY);
		else
			bpf_delete_elem(map->fd, keys.data + at);
	}
	free(zero);
	cbee__buf_free(&keys);
	return err;
}
