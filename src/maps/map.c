/* SPDX-License-Identifier: Apache-2.0 */
/* Reads, writes and deletes one entry of a BPF map. */
#include "maps/map.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/libbpf.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "kernel/handle.h"

bool cbee__map_per_cpu(const struct cbee_map *m)
{
	return m->info.type == BPF_MAP_TYPE_PERCPU_HASH ||
	       m->info.type == BPF_MAP_TYPE_PERCPU_ARRAY ||
	       m->info.type == BPF_MAP_TYPE_LRU_PERCPU_HASH ||
	       m->info.type == BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE;
}

bool cbee__map_is_array(const struct cbee_map *m)
{
	return m->info.type == BPF_MAP_TYPE_ARRAY || m->info.type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

bool cbee__map_lacks(int err)
{
	return err == EINVAL || err == CBEE__ENOTSUPP || err == EOPNOTSUPP;
}

int cbee__map_ready(struct cbee_map *m)
{
	if (!m)
		return -ENOENT;
	if (m->fd >= 0)
		return 0;
	return m->owner ? cbee__err(m->err, -EBADF, "map '%s' is not loaded yet", m->name)
			: cbee__err(m->err, -EBADF, "no map has been created or opened yet");
}

int cbee__map_check(struct cbee_map *m, size_t key_size, const size_t *value_size)
{
	int err = cbee__map_ready(m);

	if (err)
		return err;
	if (key_size != m->info.key_size)
		return cbee__err(m->err, -EINVAL, "map '%s' has keys of %u bytes, not %zu", m->name,
				 m->info.key_size, key_size);
	if (value_size && *value_size != cbee_map_value_bytes(m))
		return cbee__err(m->err, -EINVAL, "map '%s' has values of %zu bytes, not %zu",
				 m->name, cbee_map_value_bytes(m), *value_size);
	return 0;
}

int cbee__map_answer(struct cbee_map *m, int ret, const char *verb)
{
	int err = ret == -1 ? -errno : ret;

	if (ret >= 0)
		return 0;
	if (err == -CBEE__ENOTSUPP)
		err = -EOPNOTSUPP;
	return cbee__err_os(m->err, err, "cannot %s map '%s'", verb, m->name);
}

void cbee__map_say(struct cbee_map *m, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (m->owner)
		cbee__say(m->owner, "%s", line);
	else if (m->say)
		m->say(m->say_arg, line);
}

/* ---- about ------------------------------------------------------------ */

const char *cbee_map_name(const struct cbee_map *m)
{
	return m ? m->name : "";
}

int cbee_map_info(struct cbee_map *m, struct cbee_map_info *ret_info)
{
	if (!m)
		return -ENOENT;
	*ret_info = m->info;
	return 0;
}

int cbee_map_fd(struct cbee_map *m)
{
	int err = cbee__map_ready(m);

	return err ? err : m->fd;
}

int cbee_map_id(struct cbee_map *m, uint32_t *ret_id)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	int err = cbee__map_ready(m);

	if (err)
		return err;
	err = cbee__map_answer(m, bpf_obj_get_info_by_fd(m->fd, &info, &len), "describe");
	if (!err)
		*ret_id = info.id;
	return err;
}

size_t cbee_map_value_bytes(const struct cbee_map *m)
{
	size_t one = m ? m->info.value_size : 0;

	if (!m || !cbee__map_per_cpu(m))
		return one;
	return ((one + 7) & ~(size_t)7) * (size_t)cbee_cpus(m->owner);
}

/* ---- one entry -------------------------------------------------------- */

int cbee_map_get(struct cbee_map *m, const void *key, size_t key_size, void *value,
		 size_t value_size)
{
	int err = cbee__map_check(m, key_size, &value_size);

	if (err)
		return err;
	return cbee__map_answer(m, bpf_lookup_elem(m->fd, (void *)key, value), "read from");
}

int cbee_map_set(struct cbee_map *m, const void *key, size_t key_size, const void *value,
		 size_t value_size, uint64_t flags)
{
	int err = cbee__map_check(m, key_size, &value_size);

	if (err)
		return err;
	return cbee__map_answer(m, bpf_update_elem(m->fd, (void *)key, (void *)value, flags),
				"write to");
}

int cbee_map_delete(struct cbee_map *m, const void *key, size_t key_size)
{
	int err = cbee__map_check(m, key_size, NULL);

	if (err)
		return err;
	return cbee__map_answer(m, bpf_delete_elem(m->fd, (void *)key), "delete from");
}

int cbee_map_take(struct cbee_map *m, const void *key, size_t key_size, void *value,
		  size_t value_size)
{
	int ret, err = cbee__map_check(m, key_size, &value_size);

	if (err)
		return err;
	ret = bpf_lookup_and_delete(m->fd, (void *)key, value);
	if (ret < 0 && key_size && cbee__map_lacks(errno)) {
		ret = bpf_lookup_elem(m->fd, (void *)key, value);
		if (!ret)
			ret = bpf_delete_elem(m->fd, (void *)key);
	}
	return cbee__map_answer(m, ret, "take from");
}

int cbee_map_next(struct cbee_map *m, const void *key, void *next, size_t key_size)
{
	int err = cbee__map_check(m, key_size, NULL);

	if (err)
		return err;
	return cbee__map_answer(m,
				key ? bpf_get_next_key(m->fd, (void *)key, next)
				    : bpf_get_first_key(m->fd, next, key_size),
				"walk");
}

/* ---- queues, stacks, bloom filters ------------------------------------ */

int cbee_map_push(struct cbee_map *m, const void *value, size_t value_size, uint64_t flags)
{
	return cbee_map_set(m, NULL, 0, value, value_size, flags);
}

int cbee_map_pop(struct cbee_map *m, void *value, size_t value_size)
{
	return cbee_map_take(m, NULL, 0, value, value_size);
}

int cbee_map_peek(struct cbee_map *m, void *value, size_t value_size)
{
	return cbee_map_get(m, NULL, 0, value, value_size);
}

int cbee_map_test(struct cbee_map *m, const void *value, size_t value_size)
{
	int err = cbee__map_check(m, 0, &value_size);
	int ret = err;

	if (err)
		return err;
	if (m->info.type != BPF_MAP_TYPE_BLOOM_FILTER)
		return cbee__err(m->err, -EOPNOTSUPP, "map '%s' is no bloom filter", m->name);
	/* a lookup that reads what elsewhere it writes */
	ret = bpf_lookup_elem(m->fd, NULL, (void *)value);
	if (ret < 0 && errno == ENOENT)
		return 0;
	err = cbee__map_answer(m, ret, "read from");
	return err ? err : 1;
}

/* ---- integers --------------------------------------------------------- */

uint64_t cbee__map_uint(const void *data, size_t size)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (size) {
	case 1:
		return *(const uint8_t *)data;
	case 2:
		memcpy(&u16, data, sizeof(u16));
		return u16;
	case 4:
		memcpy(&u32, data, sizeof(u32));
		return u32;
	default:
		memcpy(&u64, data, sizeof(u64));
		return u64;
	}
}

/* How many values cbee_map_get() reads. */
static int copies(const struct cbee_map *m)
{
	return cbee__map_per_cpu(m) ? cbee_cpus(m->owner) : 1;
}

/* The value on CPU @cpu. */
static uint64_t one_of(const struct cbee_map *m, const char *value, int cpu)
{
	return cbee__map_uint(value + 8 * (size_t)cpu, m->info.value_size);
}

uint64_t cbee__map_total(const struct cbee_map *m, const void *value)
{
	uint64_t sum = 0;

	for (int cpu = 0; cpu < copies(m); cpu++)
		sum += one_of(m, value, cpu);
	return sum;
}

/* Reads the value of @key, an integer, for the caller to free. */
static int read_integers(struct cbee_map *m, const void *key, size_t key_size, char **ret_value)
{
	int err = cbee__map_ready(m);
	uint32_t size = m ? m->info.value_size : 0;
	char *value;

	if (err)
		return err;
	if (size > 8 || __builtin_popcount(size) != 1)
		return cbee__err(m->err, -EINVAL, "values of map '%s' are no integers (%u bytes)",
				 m->name, size);
	value = malloc(cbee_map_value_bytes(m));
	if (!value)
		return cbee__map_answer(m, -ENOMEM, "read from");
	err = cbee_map_get(m, key, key_size, value, cbee_map_value_bytes(m));
	if (err)
		free(value);
	else
		*ret_value = value;
	return err;
}

int cbee_map_sum(struct cbee_map *m, const void *key, size_t key_size, uint64_t *ret_sum)
{
	char *value = NULL;
	int err = read_integers(m, key, key_size, &value);

	if (err)
		return err;
	*ret_sum = cbee__map_total(m, value);
	free(value);
	return 0;
}

int cbee_map_max(struct cbee_map *m, const void *key, size_t key_size, uint64_t *ret_max)
{
	char *value = NULL;
	int err = read_integers(m, key, key_size, &value);

	if (err)
		return err;
	*ret_max = 0;
	for (int cpu = 0; cpu < copies(m); cpu++)
		if (one_of(m, value, cpu) > *ret_max)
			*ret_max = one_of(m, value, cpu);
	free(value);
	return 0;
}
