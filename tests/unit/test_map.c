/* SPDX-License-Identifier: Apache-2.0 */
/* Tests reading and writing one entry of a map. */
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
	fake_add_map("bloom", BPF_MAP_TYPE_BLOOM_FILTER, 0, 8, 4);
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

static int get(uint32_t key, uint64_t *value)
{
	return cbee_map_get(cbee_map(c, "hash"), &key, sizeof(key), value, sizeof(*value));
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
	fails(cbee_map_set(cbee_map(c, "hash"), &key, 4, &value, 8, BPF_NOEXIST), -EEXIST,
	      "cannot write to map 'hash': File exists");
	key = 8;
	fails(cbee_map_set(cbee_map(c, "hash"), &key, 4, &value, 8, BPF_EXIST), -ENOENT,
	      "cannot write to map 'hash': No such file or directory");
	key = 7;
	UNIT_EQ(cbee_map_delete(cbee_map(c, "hash"), &key, sizeof(key)), 0);
	fails(cbee_map_delete(cbee_map(c, "hash"), &key, sizeof(key)), -ENOENT,
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
	fails(cbee_map_get(cbee_map(c, "hash"), &key, 8, &value, 8), -EINVAL,
	      "map 'hash' has keys of 4 bytes, not 8");
	fails(cbee_map_get(cbee_map(c, "hash"), &key, 4, &value, 4), -EINVAL,
	      "map 'hash' has values of 8 bytes, not 4");
	fails(cbee_map_set(cbee_map(c, "hash"), &key, 4, &value, 16, 0), -EINVAL,
	      "map 'hash' has values of 8 bytes, not 16");
	fails(cbee_map_delete(cbee_map(c, "hash"), &key, 2), -EINVAL,
	      "map 'hash' has keys of 4 bytes, not 2");
	fails(cbee_map_get(cbee_map(c, "cpus"), &key, 4, big, 36), -EINVAL,
	      "map 'cpus' has values of 48 bytes, not 36");
	fails(cbee_map_get(cbee_map(c, "none"), &key, 4, &value, 8), -ENOENT,
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
	UNIT_EQ(cbee_map_set(cbee_map(c, "cpus"), &key, 4, in, sizeof(in), 0), 0);
	UNIT_EQ(cbee_map_get(cbee_map(c, "cpus"), &key, 4, out, sizeof(out)), 0);
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

static void nothing_works_before_load(void)
{
	uint64_t value = 0;

	start();
	fails(get(1, &value), -EBADF, "map 'hash' is not loaded yet");
	fails(cbee_map_walk(cbee_map(c, "hash"), NULL, NULL), -EBADF,
	      "map 'hash' is not loaded yet");
	fails(cbee_map_walk(cbee_map(c, "array"), NULL, NULL), -EBADF,
	      "map 'array' is not loaded yet");
	fails(cbee_map_clear(cbee_map(c, "hash")), -EBADF, "map 'hash' is not loaded yet");
	fails(cbee_map_fd(cbee_map(c, "hash")), -EBADF, "map 'hash' is not loaded yet");
	fails(cbee_map_walk(cbee_map(c, "none"), NULL, NULL), -ENOENT,
	      "the program has no map 'none'");
	fails(cbee_map_clear(cbee_map(c, "none")), -ENOENT, "the program has no map 'none'");
	end();
}

static void taken_is_gone(void)
{
	uint64_t value = 0;
	uint32_t key = 7;

	start_loaded();
	UNIT_EQ(set(7, 5), 0);
	UNIT_EQ(cbee_map_take(cbee_map(c, "hash"), &key, 4, &value, 8), 0);
	UNIT_EQ(value, 5);
	UNIT_EQ(fake_count("delete"), 0);
	fails(cbee_map_take(cbee_map(c, "hash"), &key, 4, &value, 8), -ENOENT,
	      "cannot take from map 'hash': No such file or directory");
	/* kernels before 5.14 cannot do it in one step */
	fake_refuse("take hash", 524);
	UNIT_EQ(set(7, 6), 0);
	UNIT_EQ(cbee_map_take(cbee_map(c, "hash"), &key, 4, &value, 8), 0);
	UNIT_EQ(value, 6);
	UNIT_EQ(get(7, &value), -ENOENT);
	fails(cbee_map_take(cbee_map(c, "hash"), &key, 4, &value, 8), -ENOENT,
	      "cannot take from map 'hash': No such file or directory");
	end();
}

static void queues_have_no_keys(void)
{
	uint64_t value = 3;

	start_loaded();
	UNIT_EQ(cbee_map_push(cbee_map(c, "queue"), &value, 8, 0), 0);
	value = 4;
	UNIT_EQ(cbee_map_push(cbee_map(c, "queue"), &value, 8, BPF_EXIST), 0);
	UNIT_STR(fake_nth("update queue", 1), "update queue flags=2");
	UNIT_EQ(cbee_map_peek(cbee_map(c, "queue"), &value, 8), 0);
	UNIT_EQ(value, 3);
	UNIT_EQ(cbee_map_pop(cbee_map(c, "queue"), &value, 8), 0);
	UNIT_EQ(value, 3);
	UNIT_EQ(cbee_map_pop(cbee_map(c, "queue"), &value, 8), 0);
	UNIT_EQ(value, 4);
	UNIT_EQ(cbee_map_pop(cbee_map(c, "queue"), &value, 8), -ENOENT);
	UNIT_EQ(cbee_map_peek(cbee_map(c, "queue"), &value, 8), -ENOENT);
	fails(cbee_map_push(cbee_map(c, "hash"), &value, 8, 0), -EINVAL,
	      "map 'hash' has keys of 4 bytes, not 0");
	fails(cbee_map_test(cbee_map(c, "queue"), &value, 8), -EOPNOTSUPP,
	      "map 'queue' is no bloom filter");
	end();
}

static void a_bloom_filter_knows_or_not(void)
{
	uint64_t value = 3;

	start_loaded();
	UNIT_EQ(cbee_map_test(cbee_map(c, "bloom"), &value, 8), 0);
	UNIT_EQ(cbee_map_push(cbee_map(c, "bloom"), &value, 8, 0), 0);
	UNIT_EQ(cbee_map_test(cbee_map(c, "bloom"), &value, 8), 1);
	fake_refuse("lookup", EPERM);
	fails(cbee_map_test(cbee_map(c, "bloom"), &value, 8), -EPERM,
	      "cannot read from map 'bloom': Operation not permitted");
	end();
}

static void cpus_are_added_up(void)
{
	uint64_t all[FAKE_CPUS] = { 5, 9, 2 }, n = 0;
	uint32_t key = 1;

	start_loaded();
	UNIT_EQ(cbee_map_set(cbee_map(c, "counts"), &key, 4, all, sizeof(all), 0), 0);
	UNIT_EQ(cbee_map_sum(cbee_map(c, "counts"), &key, 4, &n), 0);
	UNIT_EQ(n, 16);
	UNIT_EQ(cbee_map_max(cbee_map(c, "counts"), &key, 4, &n), 0);
	UNIT_EQ(n, 9);
	UNIT_EQ(set(7, 123), 0);
	key = 7;
	UNIT_EQ(cbee_map_sum(cbee_map(c, "hash"), &key, 4, &n), 0);
	UNIT_EQ(n, 123);
	UNIT_EQ(cbee_map_max(cbee_map(c, "hash"), &key, 4, &n), 0);
	UNIT_EQ(n, 123);
	fails(cbee_map_sum(cbee_map(c, "cpus"), &key, 4, &n), -EINVAL,
	      "values of map 'cpus' are no integers (12 bytes)");
	fails(cbee_map_max(cbee_map(c, "hash"), &key, 2, &n), -EINVAL,
	      "map 'hash' has keys of 4 bytes, not 2");
	end();
}

static void integers_have_sizes(void)
{
	const unsigned char bytes[8] = { 1, 2, 0, 0, 0, 0, 0, 0x80 };

	UNIT_EQ(cbee__map_uint(bytes, 1), 1);
	UNIT_EQ(cbee__map_uint(bytes, 2), 0x201);
	UNIT_EQ(cbee__map_uint(bytes, 4), 0x201);
	UNIT_EQ(cbee__map_uint(bytes, 8), 0x8000000000000201ull);
}

static void the_cursor_moves(void)
{
	uint32_t key = 0;

	start_loaded();
	UNIT_EQ(cbee_map_next(cbee_map(c, "hash"), NULL, &key, 4), -ENOENT);
	UNIT_EQ(set(7, 1), 0);
	UNIT_EQ(set(9, 1), 0);
	UNIT_EQ(cbee_map_next(cbee_map(c, "hash"), NULL, &key, 4), 0);
	UNIT_EQ(key, 7);
	UNIT_EQ(cbee_map_next(cbee_map(c, "hash"), &key, &key, 4), 0);
	UNIT_EQ(key, 9);
	UNIT_EQ(cbee_map_next(cbee_map(c, "hash"), &key, &key, 4), -ENOENT);
	UNIT_EQ(cbee_map_next(cbee_map(c, "hash"), &key, &key, 8), -EINVAL);
	end();
}

static void maps_are_listed(void)
{
	struct cbee_map_info info;
	uint32_t id = 0;

	start_loaded();
	UNIT_EQ(cbee_maps(c), 6);
	UNIT_STR(cbee_map_name(cbee_map_at(c, 1)), "cpus");
	CU_ASSERT(!cbee_map_at(c, 6));
	UNIT_EQ(cbee_map_info(cbee_map(c, "cpus"), &info), 0);
	UNIT_EQ(info.value_size, 12);
	UNIT_EQ(cbee_map_value_bytes(cbee_map(c, "cpus")), 48);
	UNIT_EQ(cbee_map_id(cbee_map(c, "cpus"), &id), 0);
	UNIT_EQ(id, 2);
	fake_refuse("obj_get_info", EPERM);
	fails(cbee_map_id(cbee_map(c, "cpus"), &id), -EPERM,
	      "cannot describe map 'cpus': Operation not permitted");
	end();
}

static void no_map_is_no_entry(void)
{
	struct cbee_map_items items = { 0 };
	uint64_t n = 0;
	uint32_t count;

	UNIT_EQ(cbee_map_get(NULL, &n, 8, &n, 8), -ENOENT);
	UNIT_EQ(cbee_map_set(NULL, &n, 8, &n, 8, 0), -ENOENT);
	UNIT_EQ(cbee_map_delete(NULL, &n, 8), -ENOENT);
	UNIT_EQ(cbee_map_take(NULL, &n, 8, &n, 8), -ENOENT);
	UNIT_EQ(cbee_map_next(NULL, &n, &n, 8), -ENOENT);
	UNIT_EQ(cbee_map_push(NULL, &n, 8, 0), -ENOENT);
	UNIT_EQ(cbee_map_test(NULL, &n, 8), -ENOENT);
	UNIT_EQ(cbee_map_sum(NULL, &n, 8, &n), -ENOENT);
	UNIT_EQ(cbee_map_max(NULL, &n, 8, &n), -ENOENT);
	UNIT_EQ(cbee_map_id(NULL, &count), -ENOENT);
	UNIT_EQ(cbee_map_fd(NULL), -ENOENT);
	UNIT_EQ(cbee_map_info(NULL, NULL), -ENOENT);
	UNIT_EQ(cbee_map_walk(NULL, NULL, NULL), -ENOENT);
	UNIT_EQ(cbee_map_count(NULL, &count), -ENOENT);
	UNIT_EQ(cbee_map_clear(NULL), -ENOENT);
	UNIT_EQ(cbee_map_zero(NULL), -ENOENT);
	UNIT_EQ(cbee_map_get_batch(NULL, &items), -ENOENT);
	UNIT_EQ(cbee_map_take_batch(NULL, &items), -ENOENT);
	UNIT_EQ(cbee_map_set_batch(NULL, &items, NULL), -ENOENT);
	UNIT_EQ(cbee_map_delete_batch(NULL, &n, 8, 1), -ENOENT);
	UNIT_EQ(cbee_map_tune(NULL, 1, 0), -ENOENT);
	UNIT_EQ(cbee_map_reuse(NULL, ""), -ENOENT);
	UNIT_EQ(cbee_map_create(NULL, "", NULL, NULL), -ENOENT);
	UNIT_EQ(cbee_map_open(NULL, ""), -ENOENT);
	UNIT_EQ(cbee_map_open_id(NULL, 1), -ENOENT);
	UNIT_EQ(cbee_map_pin(NULL, ""), -ENOENT);
	UNIT_EQ(cbee_map_unpin(NULL, ""), -ENOENT);
	UNIT_EQ(cbee_map_set_prog(NULL, 0, "", CBEE_KPROBE), -ENOENT);
	UNIT_EQ(cbee_map_set_cgroup(NULL, 0, ""), -ENOENT);
	UNIT_EQ(cbee_map_set_map(NULL, &n, 8, NULL), -ENOENT);
	UNIT_EQ(cbee_map_set_counters(NULL, 0, 0, 0), -ENOENT);
	UNIT_EQ(cbee_map_value_bytes(NULL), 0);
	UNIT_STR(cbee_map_name(NULL), "");
	UNIT_EQ(cbee_map_error(NULL)->code, -ENOENT);
	cbee_map_free(NULL);
	cbee_map_set_log(NULL, NULL, NULL);
}

static void survives_failing_allocations(void)
{
	uint32_t key = 1;
	uint64_t n;
	int e;

	start_loaded();
	UNIT_EQ(set(1, 1), 0);
	UNIT_EACH_ALLOC(e, -ENOMEM, e = cbee_map_sum(cbee_map(c, "hash"), &key, 4, &n));
	UNIT_EQ(e, 0);
	UNIT_EACH_ALLOC(e, -ENOMEM, e = cbee_map_max(cbee_map(c, "hash"), &key, 4, &n));
	UNIT_EQ(e, 0);
	end();
}

UNIT_MAIN("map", { "values come back", values_come_back },
	  { "a full map says so", a_full_map_says_so }, { "sizes are checked", sizes_are_checked },
	  { "per-CPU values are padded", per_cpu_values_are_padded },
	  { "unknown CPUs are one", unknown_cpus_are_one },
	  { "nothing works before load", nothing_works_before_load },
	  { "taken is gone", taken_is_gone }, { "queues have no keys", queues_have_no_keys },
	  { "a bloom filter knows or not", a_bloom_filter_knows_or_not },
	  { "CPUs are added up", cpus_are_added_up },
	  { "integers have sizes", integers_have_sizes }, { "the cursor moves", the_cursor_moves },
	  { "maps are listed", maps_are_listed }, { "no map is no entry", no_map_is_no_entry },
	  { "survives failing allocations", survives_failing_allocations })
