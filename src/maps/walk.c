/* SPDX-License-Identifier: Apache-2.0 */
/* Goes through all entries of a BPF map, each once, and always ends. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/libbpf.h>
#include <linux/bpf.h>

#include "maps/map.h"

/* How often, in entries of the map, a cursor may be followed that is sent back to the start. */
#define ROUNDS 8

static int compare(const void *a, const void *b, void *size)
{
	return memcmp(a, b, *(size_t *)size);
}

/* Sorts the keys, and drops those that are there twice. */
static void drop_doubles(struct cbee_buf *keys, size_t size)
{
	size_t kept = size;

	if (keys->len < 2 * size)
		return;
	qsort_r(keys->data, keys->len / size, size, compare, &size);
	for (size_t at = size; at < keys->len; at += size) {
		if (!memcmp(keys->data + at, keys->data + kept - size, size))
			continue;
		memmove(keys->data + kept, keys->data + at, size);
		kept += size;
	}
	keys->len = kept;
}

/*
 * By cursor. When the key that it stands on is deleted the kernel starts over,
 * and hands out again what it has: so double keys are dropped, and a map that
 * never stops changing is left after so many steps.
 */
static int keys_by_cursor(struct cbee_map *m, struct cbee_buf *keys, const char *verb)
{
	uint64_t steps = (uint64_t)ROUNDS * m->info.max_entries + ROUNDS;
	size_t size = m->info.key_size;
	char *cursor = calloc(1, size + 1);
	int ret, err = 0;

	if (!cursor)
		return cbee__map_answer(m, -ENOMEM, verb);
	ret = bpf_get_first_key(m->fd, cursor, size);
	while (ret >= 0 && steps-- && !keys->err) {
		cbee__buf_add(keys, cursor, size);
		ret = bpf_get_next_key(m->fd, cursor, cursor);
	}
	if (ret < 0 && errno != ENOENT)
		err = cbee__map_answer(m, ret, verb);
	else if (keys->err)
		err = cbee__map_answer(m, keys->err, verb);
	else
		drop_doubles(keys, size);
	free(cursor);
	return err;
}

/* The keys of an array need not be asked for. */
static int array_keys(struct cbee_map *m, struct cbee_buf *keys, const char *verb)
{
	for (uint32_t i = 0; i < m->info.max_entries; i++)
		cbee__buf_add(keys, &i, sizeof(i));
	return cbee__map_answer(m, keys->err, verb);
}

int cbee__map_keys(struct cbee_map *m, struct cbee_buf *keys, const char *verb)
{
	int err;

	if (!m->info.key_size)
		return cbee__err(m->err, -EOPNOTSUPP, "cannot %s map '%s', which has no keys", verb,
				 m->name);
	if (cbee__map_is_array(m))
		return array_keys(m, keys, verb);
	err = cbee__map_read_batches(m, false, keys, NULL);
	if (err == -EOPNOTSUPP)
		return keys_by_cursor(m, keys, verb);
	return cbee__map_answer(m, err, verb);
}

int cbee_map_walk(struct cbee_map *m, bool (*each)(void *arg, const void *key, const void *value),
		  void *arg)
{
	int err = cbee__map_ready(m);
	struct cbee_buf keys = { 0 };
	bool go_on = true;
	char *value;

	if (err)
		return err;
	value = calloc(1, cbee_map_value_bytes(m) + 1);
	err = value ? cbee__map_keys(m, &keys, "walk") : cbee__map_answer(m, -ENOMEM, "walk");
	for (size_t at = 0; !err && go_on && at < keys.len; at += m->info.key_size)
		if (!bpf_lookup_elem(m->fd, keys.data + at, value))
			go_on = each(arg, keys.data + at, value);
	free(value);
	cbee__buf_free(&keys);
	return err;
}

int cbee_map_count(struct cbee_map *m, uint32_t *ret_count)
{
	int err = cbee__map_ready(m);
	struct cbee_buf keys = { 0 };

	if (err)
		return err;
	if (cbee__map_is_array(m)) {
		*ret_count = m->info.max_entries;
		return 0;
	}
	err = cbee__map_keys(m, &keys, "count");
	if (!err)
		*ret_count = (uint32_t)(keys.len / m->info.key_size);
	cbee__buf_free(&keys);
	return err;
}

/* Takes out what queues and stacks hold, at most as much as they can. */
static int drain(struct cbee_map *m)
{
	char *value = malloc(cbee_map_value_bytes(m) + 1);
	int ret = 0;

	if (!value)
		return cbee__map_answer(m, -ENOMEM, "clear");
	for (uint32_t i = 0; !ret && i < m->info.max_entries; i++)
		ret = bpf_lookup_and_delete(m->fd, NULL, value);
	free(value);
	return ret < 0 && errno != ENOENT ? cbee__map_answer(m, ret, "clear") : 0;
}

int cbee_map_zero(struct cbee_map *m)
{
	int err = cbee__map_ready(m), ret;
	struct cbee_buf keys = { 0 };
	uint64_t flags;
	char *zero;

	if (err)
		return err;
	/* what was deleted meanwhile is not to come back */
	flags = cbee__map_is_array(m) ? BPF_ANY : BPF_EXIST;
	zero = calloc(1, cbee_map_value_bytes(m) + 1);
	err = zero ? cbee__map_keys(m, &keys, "zero") : cbee__map_answer(m, -ENOMEM, "zero");
	for (size_t at = 0; !err && at < keys.len; at += m->info.key_size) {
		ret = bpf_update_elem(m->fd, keys.data + at, zero, flags);
		if (ret < 0 && errno != ENOENT)
			err = cbee__map_answer(m, ret, "zero");
	}
	free(zero);
	cbee__buf_free(&keys);
	return err;
}

int cbee_map_clear(struct cbee_map *m)
{
	int err = cbee__map_ready(m);
	struct cbee_buf keys = { 0 };

	if (err)
		return err;
	if (!m->info.key_size)
		return drain(m);
	if (cbee__map_is_array(m))
		return cbee_map_zero(m);
	err = cbee__map_keys(m, &keys, "clear");
	if (!err)
		err = cbee_map_delete_batch(m, keys.data, m->info.key_size,
					    (uint32_t)(keys.len / m->info.key_size));
	cbee__buf_free(&keys);
	return err;
}
