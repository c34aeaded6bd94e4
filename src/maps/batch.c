/* SPDX-License-Identifier: Apache-2.0 */
/* Many entries with few calls; one by one where the kernel has no such call. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <bcc/libbpf.h>
#include <linux/bpf.h>

#include "maps/map.h"

#define CHUNK 256 /* entries asked for at first; a bucket of a hash has to fit */

/*
 * Whether reading by batch gives each entry once and ends. The kernel reads
 * these hashes bucket by bucket, with no cursor that could vanish; maps of maps
 * it walks as anyone would.
 */
static bool has_batches(const struct cbee_map *m, bool take)
{
	switch (m->info.type) {
	case BPF_MAP_TYPE_HASH:
	case BPF_MAP_TYPE_LRU_HASH:
	case BPF_MAP_TYPE_PERCPU_HASH:
	case BPF_MAP_TYPE_LRU_PERCPU_HASH:
		return true;
	case BPF_MAP_TYPE_ARRAY:
	case BPF_MAP_TYPE_PERCPU_ARRAY:
		return !take;
	default:
		return false;
	}
}

/* One reading under way. */
struct reading {
	struct cbee_map *m;
	char *cursor, *keys, *values; /* what the kernel writes; @room entries */
	uint32_t room;
	bool take, begun;
};

static int make_room(struct reading *r, uint32_t room)
{
	free(r->keys);
	free(r->values);
	r->room = room;
	r->keys = malloc((size_t)room * r->m->info.key_size);
	r->values = malloc((size_t)room * cbee_map_value_bytes(r->m));
	return r->keys && r->values ? 0 : -ENOMEM;
}

/* The next entries, @ret_count of them; -ENOENT: these were the last. */
static int read_some(struct reading *r, uint32_t *ret_count)
{
	uint32_t *from = r->begun ? (void *)r->cursor : NULL, *to = (void *)r->cursor;
	int ret;

	*ret_count = r->room;
	if (r->take)
		ret = bpf_lookup_and_delete_batch(r->m->fd, from, to, r->keys, r->values,
						  ret_count);
	else
		ret = bpf_lookup_batch(r->m->fd, from, to, r->keys, r->values, ret_count);
	if (ret >= 0) {
		r->begun = true;
		return 0;
	}
	if (!r->begun && cbee__map_lacks(errno))
		return -EOPNOTSUPP;
	return -errno;
}

int cbee__map_read_batches(struct cbee_map *m, bool take, struct cbee_buf *keys,
			   struct cbee_buf *values)
{
	size_t key_size = m->info.key_size, value_size = cbee_map_value_bytes(m);
	struct reading r = { .m = m, .take = take };
	uint32_t count;
	int err;

	if (!has_batches(m, take))
		return -EOPNOTSUPP;
	r.cursor = calloc(1, key_size < 8 ? 8 : key_size);
	err = r.cursor ? make_room(&r, CHUNK) : -ENOMEM;
	while (!err) {
		err = read_some(&r, &count);
		if (err == -ENOSPC && r.room < m->info.max_entries) {
			err = make_room(&r, 2 * r.room);
			continue;
		}
		if (err && err != -ENOENT)
			break;
		cbee__buf_add(keys, r.keys, count * key_size);
		if (values)
			cbee__buf_add(values, r.values, count * value_size);
		if (keys->err || (values && values->err))
			err = -ENOMEM;
	}
	free(r.cursor);
	free(r.keys);
	free(r.values);
	return err == -ENOENT ? 0 : err;
}

/* Reads or takes the entries of @keys one by one; keeps the keys that were there. */
static int read_singly(struct cbee_map *m, bool take, struct cbee_buf *keys,
		       struct cbee_buf *values)
{
	size_t key_size = m->info.key_size, value_size = cbee_map_value_bytes(m), kept = 0;
	int err = cbee__map_keys(m, keys, "read");
	char *value = err ? NULL : malloc(value_size + 1);

	if (!err && !value)
		err = cbee__map_answer(m, -ENOMEM, "read");
	for (size_t at = 0; !err && at < keys->len; at += key_size) {
		char *key = keys->data + at;

		err = take ? cbee_map_take(m, key, key_size, value, value_size)
			   : cbee_map_get(m, key, key_size, value, value_size);
		if (!err) {
			memmove(keys->data + kept, key, key_size);
			kept += key_size;
			cbee__buf_add(values, value, value_size);
		}
		if (err == -ENOENT)
			err = 0;
		if (values->err)
			err = cbee__map_answer(m, -ENOMEM, "read");
	}
	keys->len = kept;
	free(value);
	return err;
}

static int read_all(struct cbee_map *m, bool take, struct cbee_map_items *ret_items)
{
	struct cbee_buf keys = { 0 }, values = { 0 };
	int err = cbee__map_ready(m);

	*ret_items = (struct cbee_map_items){ 0 };
	if (err)
		return err;
	err = cbee__map_read_batches(m, take, &keys, &values);
	if (err == -EOPNOTSUPP)
		err = read_singly(m, take, &keys, &values);
	else if (err)
		err = cbee__map_answer(m, err, "read");
	if (!err) {
		ret_items->count = (uint32_t)(keys.len / m->info.key_size);
		ret_items->key_size = m->info.key_size;
		ret_items->value_size = cbee_map_value_bytes(m);
		ret_items->keys = cbee__buf_take(&keys);
		ret_items->values = cbee__buf_take(&values);
	}
	cbee__buf_free(&keys);
	cbee__buf_free(&values);
	return err;
}

int cbee_map_get_batch(struct cbee_map *m, struct cbee_map_items *ret_items)
{
	return read_all(m, false, ret_items);
}

int cbee_map_take_batch(struct cbee_map *m, struct cbee_map_items *ret_items)
{
	return read_all(m, true, ret_items);
}

void cbee_map_items_free(struct cbee_map_items *items)
{
	free(items->keys);
	free(items->values);
	*items = (struct cbee_map_items){ 0 };
}

int cbee_map_set_batch(struct cbee_map *m, const struct cbee_map_items *items, uint32_t *ret_done)
{
	int err = cbee__map_check(m, items->key_size, &items->value_size), ret;
	char *keys = items->keys, *values = items->values;
	uint32_t done = items->count;

	if (ret_done)
		*ret_done = 0;
	if (err || !items->count)
		return err;
	ret = bpf_update_batch(m->fd, keys, values, &done);
	if (ret < 0 && cbee__map_lacks(errno)) {
		ret = 0;
		for (done = 0; !ret && done < items->count; done += !ret)
			ret = bpf_update_elem(m->fd, keys + done * items->key_size,
					      values + done * items->value_size, BPF_ANY);
	}
	err = cbee__map_answer(m, ret, "write to");
	if (ret_done)
		*ret_done = done;
	return err;
}

/* Deletes one by one what is there of the keys. */
static int delete_singly(struct cbee_map *m, const char *keys, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		int ret = bpf_delete_elem(m->fd, (void *)(keys + (size_t)i * m->info.key_size));

		if (ret < 0 && errno != ENOENT)
			return cbee__map_answer(m, ret, "delete from");
	}
	return 0;
}

int cbee_map_delete_batch(struct cbee_map *m, const void *keys, size_t key_size, uint32_t count)
{
	int err = cbee__map_check(m, key_size, NULL);
	const char *at = keys;

	if (err)
		return err;
	while (count) {
		uint32_t done = count;
		int ret = bpf_delete_batch(m->fd, (void *)at, &done);

		if (ret >= 0)
			return 0;
		if (cbee__map_lacks(errno))
			return delete_singly(m, at, count);
		if (errno != ENOENT)
			return cbee__map_answer(m, ret, "delete from");
		/* the one that the kernel stopped at is gone already */
		done = done < count ? done + 1 : count;
		at += done * key_size;
		count -= done;
	}
	return 0;
}
