/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for the calls on maps, over a small store. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/libbpf.h>
#include <linux/bpf.h>

#include "state.h"

static struct entry stores[FAKE_NAMES][FAKE_ENTRIES];
static unsigned int store_next;

void fake_reset_maps(void)
{
	memset(stores, 0, sizeof(stores));
	store_next = 0;
}

void fake_make_map(int fd, const struct map_row *map)
{
	struct object *o = &fake_objects[fd];

	if (map->key > FAKE_KEY || map->value > FAKE_VALUE / FAKE_CPUS || store_next == FAKE_NAMES)
		abort();
	o->type = map->type;
	o->key = map->key;
	o->value = map->value;
	o->entries = map->entries;
	o->store = stores[store_next++];
}

static size_t value_bytes(const struct object *o)
{
	bool per_cpu = o->type == BPF_MAP_TYPE_PERCPU_HASH ||
		       o->type == BPF_MAP_TYPE_PERCPU_ARRAY ||
		       o->type == BPF_MAP_TYPE_LRU_PERCPU_HASH;

	return per_cpu ? (o->value + 7u) / 8 * 8 * FAKE_CPUS : o->value;
}

static bool is_array(const struct object *o)
{
	return o->type == BPF_MAP_TYPE_ARRAY || o->type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static struct object *map_of(int fd)
{
	static struct object none;

	if (fd >= 0 && fd < FAKE_FDS && fake_objects[fd].store)
		return &fake_objects[fd];
	errno = EBADF;
	return &none;
}

static struct entry *find(const struct object *o, const void *key)
{
	for (int i = 0; o->store && i < FAKE_ENTRIES; i++)
		if (o->store[i].used && !memcmp(o->store[i].key, key, o->key))
			return &o->store[i];
	errno = o->store ? ENOENT : EBADF;
	return NULL;
}

int bpf_lookup_elem(int fd, void *key, void *value)
{
	struct object *o = map_of(fd);
	struct entry *e;
	uint32_t index;

	if (fake_step("lookup %s", fake_fd_name(fd)))
		return -1;
	e = find(o, key);
	if (!e && is_array(o)) {
		memcpy(&index, key, sizeof(index));
		if (index < o->entries) {
			memset(value, 0, value_bytes(o));
			return 0;
		}
	}
	if (!e)
		return -1;
	memcpy(value, e->value, value_bytes(o));
	return 0;
}

/* A free entry for one more key, or NULL with errno. */
static struct entry *room(const struct object *o, const void *key)
{
	uint32_t index = 0;
	uint32_t used = 0;

	for (int i = 0; i < FAKE_ENTRIES; i++)
		used += o->store[i].used;
	if (is_array(o))
		memcpy(&index, key, sizeof(index));
	errno = E2BIG;
	if (used >= FAKE_ENTRIES || used >= o->entries || (is_array(o) && index >= o->entries))
		return NULL;
	for (int i = 0; i < FAKE_ENTRIES; i++)
		if (!o->store[i].used)
			return &o->store[i];
	return NULL;
}

int bpf_update_elem(int fd, void *key, void *value, unsigned long long flags)
{
	struct object *o = map_of(fd);
	struct entry *e;

	if (fake_step("update %s flags=%llu", fake_fd_name(fd), flags))
		return -1;
	e = find(o, key);
	if (!o->store || (!e && flags == BPF_EXIST))
		return -1;
	if (e && flags == BPF_NOEXIST) {
		errno = EEXIST;
		return -1;
	}
	e = e ? e : room(o, key);
	if (!e)
		return -1;
	e->used = true;
	memcpy(e->key, key, o->key);
	memcpy(e->value, value, value_bytes(o));
	return 0;
}

int bpf_delete_elem(int fd, void *key)
{
	struct object *o = map_of(fd);
	struct entry *e;

	if (fake_step("delete %s", fake_fd_name(fd)))
		return -1;
	e = find(o, key);
	if (is_array(o))
		errno = EINVAL;
	if (!e || is_array(o))
		return -1;
	e->used = false;
	return 0;
}

void fake_on_walk(void (*fn)(int map_fd))
{
	fake.on_walk = fn;
}

/* The first key in the store behind entry @from. */
static int next_used(const struct object *o, int from, void *key)
{
	for (int i = from; o->store && i < FAKE_ENTRIES; i++) {
		if (!o->store[i].used)
			continue;
		memcpy(key, o->store[i].key, o->key);
		return 0;
	}
	errno = o->store ? ENOENT : EBADF;
	return -1;
}

int bpf_get_first_key(int fd, void *key, size_t size)
{
	(void)size;
	if (fake_step("first_key %s", fake_fd_name(fd)))
		return -1;
	return next_used(map_of(fd), 0, key);
}

int bpf_get_next_key(int fd, void *key, void *next)
{
	struct object *o = map_of(fd);
	struct entry *e;

	if (fake.on_walk)
		fake.on_walk(fd);
	if (fake_step("next_key %s", fake_fd_name(fd)))
		return -1;
	e = find(o, key);
	return next_used(o, e ? (int)(e - o->store) + 1 : 0, next);
}
