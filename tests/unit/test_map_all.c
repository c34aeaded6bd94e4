/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what goes through all entries of a map: walks, batches, clearing. */
#include <errno.h>
#include <linux/bpf.h>

#include "rig.h"

static void start(void)
{
	rig_begin();
	fake_add_map("hash", BPF_MAP_TYPE_HASH, 4, 8, 8);
	fake_add_map("cpus", BPF_MAP_TYPE_PERCPU_HASH, 4, 12, 8);
	fake_add_map("array", BPF_MAP_TYPE_ARRAY, 4, 8, 4);
	fake_add_map("counts", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 4);
	fake_add_map("queue", BPF_MAP_TYPE_QUEUE, 0, 8, 4);
	fake_add_map("more", BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 4);
	rig_compile();
}

static void start_loaded(void)
{
	start();
	UNIT_EQ(cbee_load(c), 0);
	fake_forget();
}

static int set(uint32_t key, uint64_t value)
{
	return cbee_map_set(cbee_map(c, "hash"), &key, sizeof(key), &value, sizeof(value), BPF_ANY);
}

/* What a walk has seen. */
struct seen {
	unsigned int count, stop_at;
	uint64_t keys, values;
	bool erase;
};

static bool look(void *arg, const void *key, const void *value)
{
	struct seen *s = arg;
	uint64_t v;
	uint32_t k;

	memcpy(&k, key, sizeof(k));
	memcpy(&v, value, sizeof(v));
	s->count++;
	s->keys += k;
	s->values += v;
	if (s->erase) {
		UNIT_EQ(cbee_map_delete(cbee_map(c, "hash"), &k, sizeof(k)), 0);
		k++;
		cbee_map_delete(cbee_map(c, "hash"), &k, sizeof(k));
	}
	return s->count != s->stop_at;
}

static void a_walk_sees_each_entry(void)
{
	struct seen s = { 0 };

	start_loaded();
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	UNIT_EQ(s.count, 0);
	for (uint32_t key = 1; key <= 5; key++)
		UNIT_EQ(set(key, key * 100), 0);
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	UNIT_EQ(s.count, 5);
	UNIT_EQ(s.keys, 15);
	UNIT_EQ(s.values, 1500);
	s = (struct seen){ .stop_at = 2 };
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	UNIT_EQ(s.count, 2);
	end();
}

static void a_walk_passes_over_what_is_gone(void)
{
	struct seen s = { .erase = true };

	start_loaded();
	for (uint32_t key = 1; key <= 6; key++)
		UNIT_EQ(set(key, 1), 0);
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	UNIT_EQ(s.count, 3);
	UNIT_EQ(s.keys, 1 + 3 + 5);
	end();
}

/* Another process fills the map as fast as it is read: each step finds one more key. */
static void grow(int fd)
{
	static uint32_t next = 1000;
	uint64_t value = 1;
	uint32_t key = next++;

	(void)fd;
	cbee_map_set(cbee_map(c, "hash"), &key, sizeof(key), &value, sizeof(value), BPF_ANY);
}

/* The only key gives way to another, so that the cursor is lost and the walk starts over. */
static void replace(int fd)
{
	static uint32_t key = 1;

	(void)fd;
	UNIT_EQ(cbee_map_delete(cbee_map(c, "hash"), &key, sizeof(key)), 0);
	UNIT_EQ(set(++key, 1), 0);
}

static void a_walk_ends(void)
{
	struct seen s = { 0 };

	start_loaded();
	fake_refuse("lookup_batch", 524);
	UNIT_EQ(set(1, 1), 0);
	fake_on_walk(grow);
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	CU_ASSERT(s.count >= 1 && s.count <= 8);
	end();
	start_loaded();
	fake_refuse("lookup_batch", 524);
	UNIT_EQ(set(1, 1), 0);
	fake_on_walk(replace);
	s = (struct seen){ 0 };
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	UNIT_EQ(s.count, 0);
	UNIT_EQ(fake_count("next_key"), 8 * 8 + 8);
	end();
}

static void arrays_are_walked_by_index(void)
{
	struct seen s = { 0 };
	uint64_t value = 40;
	uint32_t key = 2;

	start_loaded();
	UNIT_EQ(cbee_map_set(cbee_map(c, "array"), &key, 4, &value, 8, 0), 0);
	fake_forget();
	UNIT_EQ(cbee_map_walk(cbee_map(c, "array"), look, &s), 0);
	UNIT_EQ(s.count, 4);
	UNIT_EQ(s.keys, 6);
	UNIT_EQ(s.values, 40);
	UNIT_EQ(fake_count("next_key"), 0);
	UNIT_EQ(cbee_map_clear(cbee_map(c, "array")), 0);
	UNIT_EQ(fake_count("delete"), 0);
	UNIT_EQ(cbee_map_get(cbee_map(c, "array"), &key, 4, &value, 8), 0);
	UNIT_EQ(value, 0);
	key = 4;
	UNIT_EQ(cbee_map_get(cbee_map(c, "array"), &key, 4, &value, 8), -ENOENT);
	end();
}

static void a_cleared_hash_is_empty(void)
{
	struct seen s = { 0 };

	start_loaded();
	for (uint32_t key = 1; key <= 5; key++)
		UNIT_EQ(set(key, 1), 0);
	UNIT_EQ(cbee_map_clear(cbee_map(c, "hash")), 0);
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	UNIT_EQ(s.count, 0);
	end();
}

static bool any(void *arg, const void *key, const void *value)
{
	(void)arg;
	(void)key;
	(void)value;
	return true;
}

static void check_sentence(int e)
{
	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
}

/* Deletes key 3 when the walk stands on it: the kernel starts over. */
static void erase_third(int fd)
{
	static int step;
	uint32_t key = 3;

	(void)fd;
	if (++step == 3)
		UNIT_EQ(cbee_map_delete(cbee_map(c, "hash"), &key, sizeof(key)), 0);
}

static void no_key_comes_twice(void)
{
	struct seen s = { 0 };

	start_loaded();
	fake_refuse("lookup_batch", EINVAL);
	for (uint32_t key = 1; key <= 6; key++)
		UNIT_EQ(set(key, key), 0);
	fake_on_walk(erase_third);
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	UNIT_EQ(s.count, 5);
	UNIT_EQ(s.keys, 1 + 2 + 4 + 5 + 6);
	CU_ASSERT(fake_count("next_key") > 6);
	end();
}

static void entries_are_counted(void)
{
	uint32_t n = 0;

	start_loaded();
	UNIT_EQ(cbee_map_count(cbee_map(c, "hash"), &n), 0);
	UNIT_EQ(n, 0);
	for (uint32_t key = 1; key <= 7; key++)
		UNIT_EQ(set(key, 1), 0);
	UNIT_EQ(cbee_map_count(cbee_map(c, "hash"), &n), 0);
	UNIT_EQ(n, 7);
	UNIT_EQ(cbee_map_count(cbee_map(c, "array"), &n), 0);
	UNIT_EQ(n, 4);
	fails(cbee_map_count(cbee_map(c, "queue"), &n), -EOPNOTSUPP,
	      "cannot count map 'queue', which has no keys");
	end();
}

static void zeroed_entries_stay(void)
{
	struct seen s = { 0 };

	start_loaded();
	UNIT_EQ(set(1, 10), 0);
	UNIT_EQ(set(2, 20), 0);
	UNIT_EQ(cbee_map_zero(cbee_map(c, "hash")), 0);
	UNIT_STR(fake_nth("update hash", 2), "update hash flags=2");
	UNIT_EQ(cbee_map_walk(cbee_map(c, "hash"), look, &s), 0);
	UNIT_EQ(s.count, 2);
	UNIT_EQ(s.values, 0);
	fake_refuse("update", EPERM);
	fails(cbee_map_zero(cbee_map(c, "hash")), -EPERM,
	      "cannot zero map 'hash': Operation not permitted");
	end();
}

static void a_cleared_queue_is_empty(void)
{
	uint64_t value = 1;

	start_loaded();
	for (int i = 0; i < 3; i++)
		UNIT_EQ(cbee_map_push(cbee_map(c, "queue"), &value, 8, 0), 0);
	UNIT_EQ(cbee_map_clear(cbee_map(c, "queue")), 0);
	UNIT_EQ(cbee_map_pop(cbee_map(c, "queue"), &value, 8), -ENOENT);
	fake_refuse("take queue", EPERM);
	fails(cbee_map_clear(cbee_map(c, "queue")), -EPERM,
	      "cannot clear map 'queue': Operation not permitted");
	end();
}

/* The sums of keys and values of 32 and 64 bits. */
static void check_items(const struct cbee_map_items *items, uint32_t count, uint64_t keys,
			uint64_t values)
{
	for (uint32_t i = 0; i < items->count; i++) {
		keys -= cbee__map_uint((char *)items->keys + i * items->key_size, 4);
		values -= cbee__map_uint((char *)items->values + i * items->value_size, 8);
	}
	UNIT_EQ(items->count, count);
	UNIT_EQ(keys, 0);
	UNIT_EQ(values, 0);
}

static void write_seven(void)
{
	uint32_t keys[7] = { 1, 2, 3, 4, 5, 6, 7 }, done = 0;
	uint64_t values[7] = { 10, 20, 30, 40, 50, 60, 70 };
	struct cbee_map_items in = { keys, values, 4, 8, 7 };

	UNIT_EQ(cbee_map_set_batch(cbee_map(c, "hash"), &in, &done), 0);
	UNIT_EQ(done, 7);
}

/* The same, whether the kernel has batches or not. */
static void check_batches(bool single)
{
	uint32_t gone[4] = { 1, 99, 2, 7 }, keys[3] = { 3, 8, 9 }, done = 0;
	struct cbee_map_items out, in = { keys, (uint64_t[3]){ 1, 1, 1 }, 4, 8, 3 };
	uint32_t n = 0;

	start_loaded();
	if (single) {
		fake_refuse("lookup_batch", 524);
		fake_refuse("update_batch", EINVAL);
		fake_refuse("delete_batch", 524);
		fake_refuse("take_batch", 524);
	}
	write_seven();
	UNIT_EQ(cbee_map_get_batch(cbee_map(c, "hash"), &out), 0);
	check_items(&out, 7, 28, 280);
	cbee_map_items_free(&out);
	CU_ASSERT(!out.keys && !out.count);
	UNIT_EQ(cbee_map_delete_batch(cbee_map(c, "hash"), gone, 4, 4), 0);
	UNIT_EQ(cbee_map_count(cbee_map(c, "hash"), &n), 0);
	UNIT_EQ(n, 4);
	UNIT_EQ(cbee_map_take_batch(cbee_map(c, "hash"), &out), 0);
	check_items(&out, 4, 3 + 4 + 5 + 6, 180);
	cbee_map_items_free(&out);
	UNIT_EQ(cbee_map_get_batch(cbee_map(c, "hash"), &out), 0);
	check_items(&out, 0, 0, 0);
	cbee_map_items_free(&out);
	write_seven();
	/* one more fits; the third does not */
	UNIT_EQ(cbee_map_set_batch(cbee_map(c, "hash"), &in, &done), -E2BIG);
	UNIT_EQ(done, 2);
	end();
}

static void batches_work(void)
{
	check_batches(false);
}

static void batches_fall_back(void)
{
	check_batches(true);
}

static void batches_check_sizes(void)
{
	uint32_t key = 1;
	uint64_t value = 1;
	struct cbee_map_items in = { &key, &value, 4, 4, 1 }, out;

	start_loaded();
	fails(cbee_map_set_batch(cbee_map(c, "hash"), &in, NULL), -EINVAL,
	      "map 'hash' has values of 8 bytes, not 4");
	fails(cbee_map_delete_batch(cbee_map(c, "hash"), &key, 3, 1), -EINVAL,
	      "map 'hash' has keys of 4 bytes, not 3");
	fails(cbee_map_get_batch(cbee_map(c, "queue"), &out), -EOPNOTSUPP,
	      "cannot read map 'queue', which has no keys");
	in = (struct cbee_map_items){ &key, &value, 4, 8, 0 };
	UNIT_EQ(cbee_map_set_batch(cbee_map(c, "hash"), &in, NULL), 0);
	UNIT_EQ(fake_calls(), 0);
	fake_refuse("lookup_batch", EPERM);
	fails(cbee_map_get_batch(cbee_map(c, "hash"), &out), -EPERM,
	      "cannot read map 'hash': Operation not permitted");
	fails(cbee_map_walk(cbee_map(c, "hash"), look, NULL), -EPERM,
	      "cannot walk map 'hash': Operation not permitted");
	fake_refuse("delete_batch", EPERM);
	fails(cbee_map_delete_batch(cbee_map(c, "hash"), &key, 4, 1), -EPERM,
	      "cannot delete from map 'hash': Operation not permitted");
	end();
}

static void arrays_are_not_taken(void)
{
	struct cbee_map_items out;

	start_loaded();
	UNIT_EQ(cbee_map_get_batch(cbee_map(c, "array"), &out), 0);
	cbee_map_items_free(&out);
	fake_refuse("take array", 524);
	fails(cbee_map_take_batch(cbee_map(c, "array"), &out), -EINVAL,
	      "cannot take from map 'array': Invalid argument");
	end();
}

/* Everything that goes over all entries, once; the first failure. */
static int do_all(const char *name)
{
	struct cbee_map *m = cbee_map(c, name);
	struct cbee_map_items items;
	uint32_t n;
	int e = cbee_map_walk(m, any, NULL);

	if (!e)
		e = cbee_map_count(m, &n);
	if (!e)
		e = cbee_map_get_batch(m, &items);
	if (e)
		return e;
	e = cbee_map_set_batch(m, &items, NULL);
	cbee_map_items_free(&items);
	if (!e)
		e = cbee_map_zero(m);
	return e ? e : cbee_map_clear(m);
}

static void survives_failing_allocations(void)
{
	static const char *const names[] = { "hash", "array", "cpus", "more" };
	int e;

	start_loaded();
	for (int i = 0; i < 4; i++) {
		UNIT_EACH_ALLOC(e, -ENOMEM, {
			for (uint32_t key = 1; key <= 5; key++)
				set(key, 1);
			cbee__err_clear(&c->err);
			e = do_all(names[i]);
			check_sentence(e);
		});
		UNIT_EQ(e, 0);
	}
	UNIT_EACH_ALLOC(e, -ENOMEM, e = cbee_map_clear(cbee_map(c, "queue")));
	end();
}

/* A lookup that fails while walking is an entry that is gone; everything else is told. */
static void survives_failing_calls(void)
{
	static const char *const names[] = { "hash", "more" };
	int failed, told = 0;

	start_loaded();
	for (int i = 0; i < 2; i++)
		for (int nth = 1;; nth++) {
			for (uint32_t key = 1; key <= 5; key++)
				set(key, 1);
			cbee__err_clear(&c->err);
			fake_fail(nth, EPERM);
			told += do_all(names[i]) == -EPERM && cbee_error(c)->text[0];
			failed = fake_failed();
			fake_fail(0, 0);
			if (!failed)
				break;
		}
	CU_ASSERT(told > 10);
	end();
}

UNIT_MAIN("map_all", { "a walk sees each entry", a_walk_sees_each_entry },
	  { "a walk passes over what is gone", a_walk_passes_over_what_is_gone },
	  { "a walk ends", a_walk_ends }, { "no key comes twice", no_key_comes_twice },
	  { "arrays are walked by index", arrays_are_walked_by_index },
	  { "a cleared hash is empty", a_cleared_hash_is_empty },
	  { "a cleared queue is empty", a_cleared_queue_is_empty },
	  { "entries are counted", entries_are_counted },
	  { "zeroed entries stay", zeroed_entries_stay }, { "batches work", batches_work },
	  { "batches fall back", batches_fall_back },
	  { "batches check sizes", batches_check_sizes },
	  { "arrays are not taken", arrays_are_not_taken },
	  { "survives failing allocations", survives_failing_allocations },
	  { "survives failing calls", survives_failing_calls })
