/* SPDX-License-Identifier: Apache-2.0 */
/* Tests reading, writing, walking and clearing of maps. */
#include <errno.h>
#include <linux/bpf.h>

#include "kernel/handle.h"
#include "kernel.h"
#include "unit.h"

static struct cbee *c;
static int fds_before;

static void start(void)
{
	fds_before = fake_open_fds();
	fake_reset();
	fake_add_map("hash", BPF_MAP_TYPE_HASH, 4, 8, 8);
	fake_add_map("cpus", BPF_MAP_TYPE_PERCPU_HASH, 4, 12, 8);
	fake_add_map("array", BPF_MAP_TYPE_ARRAY, 4, 8, 4);
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "m.c", .text = "" }), 0);
}

static void start_loaded(void)
{
	start();
	UNIT_EQ(cbee_load(c), 0);
	fake_forget();
}

static void end(void)
{
	cbee_free(c);
	UNIT_EQ(fake_open_fds(), fds_before);
}

static void fails(int got, int code, const char *text)
{
	UNIT_EQ(got, code);
	UNIT_EQ(cbee_error(c)->code, code);
	UNIT_STR(cbee_error(c)->text, text);
}

static int set(uint32_t key, uint64_t value)
{
	return cbee_map_set(c, "hash", &key, sizeof(key), &value, sizeof(value), BPF_ANY);
}

static int get(uint32_t key, uint64_t *value)
{
	return cbee_map_get(c, "hash", &key, sizeof(key), value, sizeof(*value));
}

static void values_come_back(void)
{
	uint64_t value = 0;
	uint32_t key = 7;

	start_loaded();
	fails(get(7, &value), -ENOENT, "cannot read from map 'hash': No such file or directory");
	UNIT_EQ(set(7, 123), 0);
	UNIT_EQ(get(7, &value), 0);
	UNIT_EQ(value, 123);
	fails(cbee_map_set(c, "hash", &key, 4, &value, 8, BPF_NOEXIST), -EEXIST,
	      "cannot write to map 'hash': File exists");
	key = 8;
	fails(cbee_map_set(c, "hash", &key, 4, &value, 8, BPF_EXIST), -ENOENT,
	      "cannot write to map 'hash': No such file or directory");
	key = 7;
	UNIT_EQ(cbee_map_delete(c, "hash", &key, sizeof(key)), 0);
	fails(cbee_map_delete(c, "hash", &key, sizeof(key)), -ENOENT,
	      "cannot delete from map 'hash': No such file or directory");
	end();
}

static void a_full_map_says_so(void)
{
	start_loaded();
	for (uint32_t key = 0; key < 8; key++)
		UNIT_EQ(set(key, key), 0);
	UNIT_EQ(set(8, 8), -E2BIG);
	UNIT_EQ(set(7, 9), 0);
	end();
}

static void sizes_are_checked(void)
{
	uint64_t value = 0;
	char big[36];
	int key = 1;

	start_loaded();
	fails(cbee_map_get(c, "hash", &key, 8, &value, 8), -EINVAL,
	      "map 'hash' has keys of 4 bytes, not 8");
	fails(cbee_map_get(c, "hash", &key, 4, &value, 4), -EINVAL,
	      "map 'hash' has values of 8 bytes, not 4");
	fails(cbee_map_set(c, "hash", &key, 4, &value, 16, 0), -EINVAL,
	      "map 'hash' has values of 8 bytes, not 16");
	fails(cbee_map_delete(c, "hash", &key, 2), -EINVAL,
	      "map 'hash' has keys of 4 bytes, not 2");
	fails(cbee_map_get(c, "cpus", &key, 4, big, 36), -EINVAL,
	      "map 'cpus' has values of 48 bytes, not 36");
	fails(cbee_map_get(c, "none", &key, 4, &value, 8), -ENOENT,
	      "the program has no map 'none'");
	UNIT_EQ(fake_calls(), 0);
	end();
}

static void per_cpu_values_are_padded(void)
{
	struct {
		uint32_t a, b, c, pad;
	} in[FAKE_CPUS] = { { 1, 2, 3, 0 }, { 4, 5, 6, 0 }, { 7, 8, 9, 0 } }, out[FAKE_CPUS];
	int key = 1;

	start_loaded();
	UNIT_EQ(cbee_cpus(c), FAKE_CPUS);
	UNIT_EQ(cbee_map_set(c, "cpus", &key, 4, in, sizeof(in), 0), 0);
	UNIT_EQ(cbee_map_get(c, "cpus", &key, 4, out, sizeof(out)), 0);
	CU_ASSERT(!memcmp(in, out, sizeof(in)));
	end();
}

static void unknown_cpus_are_one(void)
{
	start();
	fake_set_cpus(-EPERM);
	UNIT_EQ(cbee_cpus(c), 1);
	end();
}

static bool never(void *arg, const void *key, const void *value)
{
	(void)arg;
	(void)key;
	(void)value;
	CU_FAIL("called");
	return true;
}

static void nothing_works_before_load(void)
{
	uint64_t value = 0;

	start();
	fails(get(1, &value), -EBADF, "map 'hash' is not loaded yet");
	fails(cbee_map_walk(c, "hash", never, NULL), -EBADF, "map 'hash' is not loaded yet");
	fails(cbee_map_walk(c, "array", never, NULL), -EBADF, "map 'array' is not loaded yet");
	fails(cbee_map_clear(c, "hash"), -EBADF, "map 'hash' is not loaded yet");
	fails(cbee_map_fd(c, "hash"), -EBADF, "map 'hash' is not loaded yet");
	fails(cbee_map_walk(c, "none", never, NULL), -ENOENT, "the program has no map 'none'");
	fails(cbee_map_clear(c, "none"), -ENOENT, "the program has no map 'none'");
	end();
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
		UNIT_EQ(cbee_map_delete(c, "hash", &k, sizeof(k)), 0);
		k++;
		cbee_map_delete(c, "hash", &k, sizeof(k));
	}
	return s->count != s->stop_at;
}

static void a_walk_sees_each_entry(void)
{
	struct seen s = { 0 };

	start_loaded();
	UNIT_EQ(cbee_map_walk(c, "hash", look, &s), 0);
	UNIT_EQ(s.count, 0);
	for (uint32_t key = 1; key <= 5; key++)
		UNIT_EQ(set(key, key * 100), 0);
	UNIT_EQ(cbee_map_walk(c, "hash", look, &s), 0);
	UNIT_EQ(s.count, 5);
	UNIT_EQ(s.keys, 15);
	UNIT_EQ(s.values, 1500);
	s = (struct seen){ .stop_at = 2 };
	UNIT_EQ(cbee_map_walk(c, "hash", look, &s), 0);
	UNIT_EQ(s.count, 2);
	end();
}

static void a_walk_passes_over_what_is_gone(void)
{
	struct seen s = { .erase = true };

	start_loaded();
	for (uint32_t key = 1; key <= 6; key++)
		UNIT_EQ(set(key, 1), 0);
	UNIT_EQ(cbee_map_walk(c, "hash", look, &s), 0);
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
	cbee_map_set(c, "hash", &key, sizeof(key), &value, sizeof(value), BPF_ANY);
}

/* The only key gives way to another, so that the cursor is lost and the walk starts over. */
static void replace(int fd)
{
	static uint32_t key = 1;

	(void)fd;
	UNIT_EQ(cbee_map_delete(c, "hash", &key, sizeof(key)), 0);
	UNIT_EQ(set(++key, 1), 0);
}

static void a_walk_ends(void)
{
	struct seen s = { 0 };

	start_loaded();
	UNIT_EQ(set(1, 1), 0);
	fake_on_walk(grow);
	UNIT_EQ(cbee_map_walk(c, "hash", look, &s), 0);
	CU_ASSERT(s.count >= 1 && s.count <= 8);
	end();
	start_loaded();
	UNIT_EQ(set(1, 1), 0);
	fake_on_walk(replace);
	s = (struct seen){ 0 };
	UNIT_EQ(cbee_map_walk(c, "hash", look, &s), 0);
	UNIT_EQ(s.count, 0);
	UNIT_EQ(fake_count("next_key"), 8);
	end();
}

static void arrays_are_walked_by_index(void)
{
	struct seen s = { 0 };
	uint64_t value = 40;
	uint32_t key = 2;

	start_loaded();
	UNIT_EQ(cbee_map_set(c, "array", &key, 4, &value, 8, 0), 0);
	fake_forget();
	UNIT_EQ(cbee_map_walk(c, "array", look, &s), 0);
	UNIT_EQ(s.count, 4);
	UNIT_EQ(s.keys, 6);
	UNIT_EQ(s.values, 40);
	UNIT_EQ(fake_count("next_key"), 0);
	UNIT_EQ(cbee_map_clear(c, "array"), 0);
	UNIT_EQ(fake_count("delete"), 0);
	UNIT_EQ(cbee_map_get(c, "array", &key, 4, &value, 8), 0);
	UNIT_EQ(value, 0);
	key = 4;
	UNIT_EQ(cbee_map_get(c, "array", &key, 4, &value, 8), -ENOENT);
	end();
}

static void a_cleared_hash_is_empty(void)
{
	struct seen s = { 0 };

	start_loaded();
	for (uint32_t key = 1; key <= 5; key++)
		UNIT_EQ(set(key, 1), 0);
	UNIT_EQ(cbee_map_clear(c, "hash"), 0);
	UNIT_EQ(cbee_map_walk(c, "hash", look, &s), 0);
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

static void survives_failing_allocations(void)
{
	static const char *const names[] = { "hash", "array", "cpus" };
	int e;

	start_loaded();
	for (uint32_t key = 1; key <= 5; key++)
		UNIT_EQ(set(key, 1), 0);
	for (int i = 0; i < 3; i++) {
		UNIT_EACH_ALLOC(e, -ENOMEM, {
			cbee__err_clear(&c->err);
			e = cbee_map_walk(c, names[i], any, NULL);
			check_sentence(e);
		});
		UNIT_EQ(e, 0);
		UNIT_EACH_ALLOC(e, -ENOMEM, {
			cbee__err_clear(&c->err);
			e = cbee_map_clear(c, names[i]);
			check_sentence(e);
		});
		UNIT_EQ(e, 0);
	}
	end();
}

UNIT_MAIN("map", { "values come back", values_come_back },
	  { "a full map says so", a_full_map_says_so }, { "sizes are checked", sizes_are_checked },
	  { "per-CPU values are padded", per_cpu_values_are_padded },
	  { "unknown CPUs are one", unknown_cpus_are_one },
	  { "nothing works before load", nothing_works_before_load },
	  { "a walk sees each entry", a_walk_sees_each_entry },
	  { "a walk passes over what is gone", a_walk_passes_over_what_is_gone },
	  { "a walk ends", a_walk_ends },
	  { "arrays are walked by index", arrays_are_walked_by_index },
	  { "a cleared hash is empty", a_cleared_hash_is_empty },
	  { "survives failing allocations", survives_failing_allocations })
