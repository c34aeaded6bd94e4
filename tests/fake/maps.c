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

/* Where a batch is written to. */
struct fake_batch {
	void *keys, *values;
	uint32_t *count;
	bool take;
};

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
	o->id = store_next;
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
		if (o->store[i].used && (!key || !memcmp(o->store[i].key, key, o->key)))
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
	e = key ? find(o, key) : NULL;
	if (!o->store || (!e && key && flags == BPF_EXIST))
		return -1;
	if (e && flags == BPF_NOEXIST) {
		errno = EEXIST;
		return -1;
	}
	e = e ? e : room(o, key);
	if (!e)
		return -1;
	e->used = true;
	if (key)
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

int bpf_lookup_and_delete(int fd, void *key, void *value)
{
	struct object *o = map_of(fd);
	struct entry *e;

	if (fake_step("take %s", fake_fd_name(fd)))
		return -1;
	e = find(o, key);
	if (!e)
		return -1;
	memcpy(value, e->value, value_bytes(o));
	e->used = false;
	return 0;
}

/* ---- many at once ----------------------------------------------------- */

#define AT_ONCE 3

/* The next entries of the store behind *@in; the cursor is an index of the store. */
static int read_batch(struct object *o, const uint32_t *in, uint32_t *out, struct fake_batch *b)
{
	uint32_t room = *b->count < AT_ONCE ? *b->count : AT_ONCE, at = in ? *in : 0;

	for (*b->count = 0; at < FAKE_ENTRIES && *b->count < room; at++) {
		struct entry *e = &o->store[at];

		if (!e->used)
			continue;
		memcpy((char *)b->keys + *b->count * o->key, e->key, o->key);
		memcpy((char *)b->values + *b->count * value_bytes(o), e->value, value_bytes(o));
		++*b->count;
		e->used = !b->take;
	}
	*out = at;
	errno = ENOENT;
	return at == FAKE_ENTRIES ? -1 : 0;
}

int bpf_lookup_batch(int fd, __u32 *in, __u32 *out, void *keys, void *values, __u32 *count)
{
	if (fake_step("lookup_batch %s", fake_fd_name(fd)))
		return -1;
	return read_batch(map_of(fd), in, out, &(struct fake_batch){ keys, values, count, false });
}

int bpf_lookup_and_delete_batch(int fd, __u32 *in, __u32 *out, void *keys, void *values,
				__u32 *count)
{
	if (fake_step("take_batch %s", fake_fd_name(fd)))
		return -1;
	return read_batch(map_of(fd), in, out, &(struct fake_batch){ keys, values, count, true });
}

int bpf_update_batch(int fd, void *keys, void *values, __u32 *count)
{
	struct object *o = map_of(fd);
	uint32_t all = *count;

	if (fake_step("update_batch %s", fake_fd_name(fd)))
		return -1;
	for (*count = 0; *count < all; ++*count) {
		const char *key = (char *)keys + *count * o->key;
		struct entry *e = find(o, key);

		e = e ? e : room(o, key);
		if (!e)
			return -1;
		e->used = true;
		memcpy(e->key, key, o->key);
		memcpy(e->value, (char *)values + *count * value_bytes(o), value_bytes(o));
	}
	return 0;
}

int bpf_delete_batch(int fd, void *keys, __u32 *count)
{
	struct object *o = map_of(fd);
	uint32_t all = *count;

	if (fake_step("delete_batch %s", fake_fd_name(fd)))
		return -1;
	for (*count = 0; *count < all; ++*count) {
		struct entry *e = find(o, (char *)keys + *count * o->key);

		if (!e)
			return -1;
		e->used = false;
	}
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
