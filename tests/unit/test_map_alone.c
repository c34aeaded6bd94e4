/* SPDX-License-Identifier: Apache-2.0 */
/* Tests maps that stand alone, pinning, and entries that stand for something else. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "unit.h"

static struct cbee *c;
static struct cbee_map *m;
static int fds_before;
static char said[256];

static void start(void)
{
	fds_before = unit_open_fds();
	fake_reset();
	fake_add_prog("next");
	fake_add_map("progs", BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 4);
	fake_add_map("groups", BPF_MAP_TYPE_CGROUP_ARRAY, 4, 4, 4);
	fake_add_map("events", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 4);
	fake_add_map("hash", BPF_MAP_TYPE_HASH, 4, 8, 8);
	fake_add_map("maps", BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 8);
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "m.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(cbee_map_new(&m), 0);
}

static void end(void)
{
	cbee_map_free(m);
	cbee_free(c);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static void fails(int got, int code, const char *text)
{
	UNIT_EQ(got, code);
	UNIT_EQ(cbee_map_error(m)->code, code);
	UNIT_STR(cbee_map_error(m)->text, text);
}

static void fails_there(int got, int code, const char *text)
{
	UNIT_EQ(got, code);
	UNIT_EQ(cbee_error(c)->code, code);
	UNIT_STR(cbee_error(c)->text, text);
}

static const struct cbee_map_info plain = { BPF_MAP_TYPE_HASH, 4, 8, 16, BPF_F_NO_PREALLOC };

static void a_map_is_created(void)
{
	uint32_t key = 1;
	uint64_t value = 2;

	start();
	fails(cbee_map_get(m, &key, 4, &value, 8), -EBADF, "no map has been created or opened yet");
	UNIT_EQ(cbee_map_create(m, "mine", &plain, NULL), 0);
	UNIT_STR(fake_nth("map_create mine", 0),
		 "map_create mine type=1 key=4 value=8 entries=16 flags=1");
	UNIT_STR(cbee_map_name(m), "mine");
	UNIT_EQ(cbee_map_set(m, &key, 4, &value, 8, 0), 0);
	UNIT_EQ(cbee_map_sum(m, &key, 4, &value), 0);
	UNIT_EQ(value, 2);
	fails(cbee_map_create(m, "more", &plain, NULL), -EBUSY,
	      "this object has map 'mine' already");
	fails(cbee_map_open(m, "/pinned"), -EBUSY, "this object has map 'mine' already");
	fails(cbee_map_open_id(m, 1), -EBUSY, "this object has map 'mine' already");
	cbee_map_free(cbee_map(c, "hash"));
	UNIT_EQ(cbee_map_delete(cbee_map(c, "hash"), &key, 4), -ENOENT);
	end();
}

static void refusals_are_told_apart(void)
{
	start();
	fake_refuse("map_create", EPERM);
	fails(cbee_map_create(m, "mine", &plain, NULL), -EPERM,
	      "cannot create BPF map 'mine' (16 entries of 4 + 8 bytes): Operation not permitted");
	UNIT_STR(cbee_map_error(m)->hint, FAKE_FORBIDDEN);
	fake_refuse("map_create", EINVAL);
	fails(cbee_map_create(m, "mine", &plain, NULL), -EINVAL,
	      "cannot create BPF map 'mine' (16 entries of 4 + 8 bytes): Invalid argument");
	UNIT_STR(cbee_map_error(m)->hint,
		 "maps of kind hash have such numbers: this kernel lacks them, or a flag");
	end();
}

/* A map that the kernel refuses with EINVAL, and the advice for it. */
static void advises(struct cbee_map_info info, const char *hint)
{
	UNIT_EQ(cbee_map_create(m, "odd", &info, NULL), -EINVAL);
	UNIT_STR(cbee_map_error(m)->hint ? cbee_map_error(m)->hint : "", hint);
}

static void the_wrong_number_is_told(void)
{
	start();
	fake_refuse("map_create", EINVAL);
	advises((struct cbee_map_info){ BPF_MAP_TYPE_HASH, 0, 8, 1, 0 },
		"in maps of kind hash the bytes of a key are at least 1, not 0");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_ARRAY, 8, 8, 1, 0 },
		"in maps of kind array the bytes of a key are 4, not 8");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_QUEUE, 4, 8, 1, 0 },
		"in maps of kind queue the bytes of a key are 0, not 4");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_ARRAY, 4, 0, 1, 0 },
		"in maps of kind array the bytes of a value are at least 1, not 0");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_HASH, 4, 8, 0, 0 },
		"in maps of kind hash the entries are at least 1, not 0");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_RINGBUF, 0, 0, 5000, 0 },
		"in maps of kind ringbuf the entries are a power of two, and whole pages, not "
		"5000");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_LPM_TRIE, 4, 8, 1, 1 },
		"in maps of kind lpm_trie the bytes of a key are 5 to 260, not 4");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_LPM_TRIE, 8, 8, 1, 0 },
		"an lpm_trie needs the flag 0x1 (no_prealloc)");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_ARRAY, 4, 8, 1, 1 },
		"maps of kind array have no flag 0x1");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_PERCPU_ARRAY, 4, 40000, 1, 0 },
		"per CPU, a value has at most 32768 bytes");
	advises((struct cbee_map_info){ 200, 4, 8, 1, 0 }, "this kernel knows no maps of kind 200");
	advises((struct cbee_map_info){ BPF_MAP_TYPE_HASH_OF_MAPS, 4, 4, 1, 0 },
		"a map of maps needs one such as it will hold");
	end();
	start();
	fake_refuse("map_create", E2BIG);
	UNIT_EQ(cbee_map_create(m, "big", &plain, NULL), -E2BIG);
	UNIT_STR(cbee_map_error(m)->hint,
		 "that is 0.0 MiB and what the kernel adds: ask for fewer entries");
	end();
	start();
	fake_refuse("map_create", CBEE__ENOTSUPP);
	UNIT_EQ(cbee_map_create(m, "odd", &plain, NULL), -EOPNOTSUPP);
	end();
}

static void kinds_have_names(void)
{
	struct cbee_map_info info;

	UNIT_STR(cbee_map_type_name(BPF_MAP_TYPE_LRU_HASH), "lru_hash");
	CU_ASSERT_PTR_NULL(cbee_map_type_name(999));
	UNIT_EQ(cbee_map_type("task_storage"), BPF_MAP_TYPE_TASK_STORAGE);
	UNIT_EQ(cbee_map_type("hashes"), -ENOENT);
	cbee_map_type_needs(BPF_MAP_TYPE_LPM_TRIE, &info);
	UNIT_EQ(info.key_size, 8);
	UNIT_EQ(info.flags, BPF_F_NO_PREALLOC);
	cbee_map_type_needs(BPF_MAP_TYPE_TASK_STORAGE, &info);
	UNIT_EQ(info.max_entries, 0);
	UNIT_EQ(info.key_size, 4);
	cbee_map_type_needs(BPF_MAP_TYPE_QUEUE, &info);
	UNIT_EQ(info.key_size, 0);
	UNIT_EQ(info.value_size, 8);
	cbee_map_type_needs(BPF_MAP_TYPE_RINGBUF, &info);
	UNIT_EQ(info.value_size, 0);
	UNIT_EQ(info.max_entries % 4096, 0);
	cbee_map_type_needs(999, &info);
	UNIT_EQ(info.key_size, 0);
}

static void maps_of_the_kernel_are_listed(void)
{
	uint32_t id = 0, first = 0, count = 0;

	start();
	while (!cbee_map_id_next(id, &id)) {
		first = first ? first : id;
		count++;
	}
	UNIT_EQ(count, 5);
	UNIT_EQ(cbee_map_open_id(m, first), 0);
	fake_refuse("map_get_next_id", EPERM);
	UNIT_EQ(cbee_map_id_next(0, &id), -EPERM);
	end();
}

static void templates_come_first(void)
{
	const struct cbee_map_info outer = { BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 2, 0 };
	struct cbee_map *none;
	uint32_t key = 1;

	start();
	UNIT_STR(fake_nth("map_create maps", 0),
		 "map_create maps type=13 key=4 value=4 entries=8 flags=0 inner=hash");
	UNIT_EQ(cbee_map_set_map(cbee_map(c, "maps"), &key, 4, cbee_map(c, "hash")), 0);
	fails_there(cbee_map_set_map(cbee_map(c, "hash"), &key, 4, cbee_map(c, "hash")),
		    -EOPNOTSUPP, "map 'hash' holds no maps");
	fails_there(cbee_map_set_map(cbee_map(c, "maps"), &key, 4, m), -EBADF,
		    "the inner map for 'maps' does not exist");
	UNIT_EQ(cbee_map_new(&none), 0);
	fails(cbee_map_create(m, "outer", &outer, none), -EBADF,
	      "the inner map '' does not exist yet");
	cbee_map_free(none);
	UNIT_EQ(cbee_map_create(m, "outer", &outer, cbee_map(c, "hash")), 0);
	UNIT_STR(fake_nth("map_create outer", 0),
		 "map_create outer type=12 key=4 value=4 entries=2 flags=0 inner=hash");
	end();
}

static const struct cbee_map_info storage = { BPF_MAP_TYPE_TASK_STORAGE, 4, 24, 0, 0 };

static void local_storages_are_described(void)
{
	start();
	UNIT_EQ(cbee_map_create(m, "task", &storage, NULL), 0);
	UNIT_STR(fake_nth("map_create task", 0),
		 "map_create task type=29 key=4 value=24 entries=0 flags=1 key=1 value=4 of types");
	end();
}

static void maps_are_found_again(void)
{
	struct cbee_map_info info;
	uint64_t value = 5;
	uint32_t key = 1, id = 0;

	start();
	fake_pin(8, 16);
	UNIT_EQ(cbee_map_open(m, "/pinned"), 0);
	UNIT_EQ(cbee_map_info(m, &info), 0);
	UNIT_EQ(info.key_size, 8);
	UNIT_EQ(info.value_size, 16);
	UNIT_EQ(info.type, BPF_MAP_TYPE_HASH);
	cbee_map_free(m);
	UNIT_EQ(cbee_map_new(&m), 0);
	UNIT_EQ(cbee_map_set(cbee_map(c, "hash"), &key, 4, &value, 8, 0), 0);
	UNIT_EQ(cbee_map_id(cbee_map(c, "hash"), &id), 0);
	UNIT_EQ(cbee_map_open_id(m, id), 0);
	value = 0;
	UNIT_EQ(cbee_map_get(m, &key, 4, &value, 8), 0);
	UNIT_EQ(value, 5);
	UNIT_STR(cbee_map_name(m), "hash");
	cbee_map_free(m);
	UNIT_EQ(cbee_map_new(&m), 0);
	fails(cbee_map_open(m, "/none"), -ENOENT,
	      "cannot open the pinned map /none: No such file or directory");
	fails(cbee_map_open_id(m, 999), -ENOENT,
	      "cannot open map number 999: No such file or directory");
	end();
}

static void say(void *arg, const char *line)
{
	(void)arg;
	snprintf(said, sizeof(said), "%s", line);
}

static void maps_are_pinned(void)
{
	start();
	said[0] = '\0';
	cbee_map_set_log(m, say, NULL);
	UNIT_EQ(cbee_map_create(m, "mine", &plain, NULL), 0);
	UNIT_EQ(cbee_map_pin(m, "/sys/fs/bpf/mine"), 0);
	UNIT_STR(said, "mounted a BPF file system at /sys/fs/bpf");
	UNIT_EQ(fake_count("mount bpf /sys/fs/bpf bpf"), 1);
	fails(cbee_map_pin(m, "/sys/fs/bpf/mine"), -EEXIST,
	      "cannot pin map 'mine' at /sys/fs/bpf/mine: File exists");
	cbee_set_log(c, say, NULL);
	UNIT_EQ(cbee_map_pin(cbee_map(c, "hash"), "/sys/fs/bpf/hash"), 0);
	UNIT_EQ(fake_count("mount bpf /sys/fs/bpf bpf"), 1);
	fails(cbee_map_unpin(m, "/sys/fs/bpf/hash"), -EINVAL,
	      "what is pinned at /sys/fs/bpf/hash is not map 'mine'");
	UNIT_EQ(cbee_map_unpin(m, "/sys/fs/bpf/mine"), 0);
	fails(cbee_map_unpin(m, "/sys/fs/bpf/mine"), -ENOENT,
	      "cannot open the pinned map /sys/fs/bpf/mine: No such file or directory");
	end();
}

static void only_bpffs_takes_pins(void)
{
	start();
	UNIT_EQ(cbee_map_create(m, "mine", &plain, NULL), 0);
	fails(cbee_map_pin(m, "/proc/mine"), -EINVAL,
	      "cannot pin map 'mine' at /proc/mine, which is in no BPF file system");
	CU_ASSERT(strstr(cbee_map_error(m)->hint, "pin it below /") != NULL);
	fails(cbee_map_pin(m, "/nowhere/mine"), -ENOENT,
	      "cannot pin map 'mine' at /nowhere/mine: No such file or directory");
	UNIT_EQ(cbee_map_pin(m, "mine"), -EINVAL);
	UNIT_STR(cbee_map_error(m)->hint, "a path has a slash, such as /sys/fs/bpf/mine");
	fake_refuse("obj_pin mine /sys/fs/bpf/a.b", EPERM);
	fails(cbee_map_pin(m, "/sys/fs/bpf/a.b"), -EPERM,
	      "cannot pin map 'mine' at /sys/fs/bpf/a.b: Operation not permitted");
	UNIT_STR(cbee_map_error(m)->hint, "names in a BPF file system have no dots");
	end();
	start();
	UNIT_EQ(cbee_map_create(m, "mine", &plain, NULL), 0);
	fake_refuse("mount", EPERM);
	fails(cbee_map_pin(m, "/sys/fs/bpf/mine"), -EPERM,
	      "cannot mount a BPF file system at /sys/fs/bpf: Operation not permitted");
	end();
}

static void programs_are_put_in(void)
{
	struct cbee_map *progs;

	start();
	progs = cbee_map(c, "progs");
	UNIT_EQ(cbee_map_set_prog(progs, 2, "next", CBEE_RAW_TRACEPOINT), 0);
	UNIT_EQ(fake_prog("next")->type, BPF_PROG_TYPE_RAW_TRACEPOINT);
	fails_there(cbee_map_set_prog(progs, 2, "none", CBEE_KPROBE), -ENOENT,
		    "the program has no function 'none'");
	fails_there(cbee_map_set_prog(progs, 2, "next", CBEE_FENTRY), -EINVAL,
		    "no such kind of probe, or one of one function");
	fails_there(cbee_map_set_prog(cbee_map(c, "hash"), 2, "next", CBEE_KPROBE), -EOPNOTSUPP,
		    "map 'hash' holds no programs");
	UNIT_EQ(cbee_map_create(m, "mine",
				&(struct cbee_map_info){ BPF_MAP_TYPE_PROG_ARRAY, 4, 4, 4, 0 },
				NULL),
		0);
	fails(cbee_map_set_prog(m, 0, "next", CBEE_KPROBE), -EINVAL,
	      "map 'mine' belongs to no program");
	end();
}

static void cgroups_are_put_in(void)
{
	start();
	UNIT_EQ(cbee_map_set_cgroup(cbee_map(c, "groups"), 1, "/proc/self"), 0);
	fails_there(cbee_map_set_cgroup(cbee_map(c, "groups"), 1, "/nowhere"), -ENOENT,
		    "cannot open the cgroup /nowhere: No such file or directory");
	fails_there(cbee_map_set_cgroup(cbee_map(c, "hash"), 1, "/proc/self"), -EOPNOTSUPP,
		    "map 'hash' holds no cgroups");
	end();
}

static void counters_are_put_in(void)
{
	struct cbee_map *events;

	start();
	fake_set_offline(1);
	events = cbee_map(c, "events");
	UNIT_EQ(cbee_map_set_counters(events, PERF_TYPE_SOFTWARE, 3, 0), 0);
	UNIT_EQ(fake_count("open_perf_event"), FAKE_CPUS - 1);
	UNIT_STR(fake_nth("open_perf_event", 1), "open_perf_event type=1 config=3 pid=-1 cpu=2");
	fake_refuse("open_perf_event", EACCES);
	fails_there(cbee_map_set_counters(events, PERF_TYPE_SOFTWARE, 3, 0), -EACCES,
		    "cannot count events for map 'events': Permission denied");
	fake_set_cpus(1);
	fake_set_offline(0);
	UNIT_EQ(cbee_map_set_counters(events, PERF_TYPE_SOFTWARE, 3, 0), -ENODEV);
	end();
}

/* Everything of a map that stands alone; the first failure. */
static int live(void)
{
	int e = cbee_map_create(m, "mine", &storage, NULL);

	if (!e)
		e = cbee_map_pin(m, "/sys/fs/bpf/mine");
	if (!e)
		e = cbee_map_unpin(m, "/sys/fs/bpf/mine");
	return e;
}

static int reopen(void)
{
	int e = cbee_map_open(m, "/pinned");

	cbee_map_free(m);
	m = NULL;
	return e ? e : cbee_map_new(&m);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC(e, -ENOMEM, {
		unit_fail_alloc(0);
		start();
		fake_pin(4, 8);
		unit_fail_alloc(unit_nth);
		e = live();
		if (!e) {
			cbee_map_free(m);
			m = NULL;
			e = cbee_map_new(&m);
		}
		if (!e)
			e = reopen();
		unit_failed = unit_alloc_failed();
		end();
	});
	UNIT_EQ(e, 0);
}

/* Everything that puts something in; the first failure. */
static int fill(void)
{
	uint32_t key = 1;
	int e = cbee_map_set_prog(cbee_map(c, "progs"), 1, "next", CBEE_KPROBE);

	if (!e)
		e = cbee_map_set_cgroup(cbee_map(c, "groups"), 1, "/proc/self");
	if (!e)
		e = cbee_map_set_map(cbee_map(c, "maps"), &key, 4, cbee_map(c, "hash"));
	if (!e)
		e = cbee_map_set_counters(cbee_map(c, "events"), PERF_TYPE_SOFTWARE, 3, 7);
	return e;
}

static void filling_survives_failing_calls(void)
{
	int e = 0, failed = 1, nth = 1;

	for (; failed; nth++) {
		start();
		fake_fail(nth, EPERM);
		e = fill();
		failed = fake_failed();
		if (failed) {
			UNIT_EQ(e, -EPERM);
			UNIT_EQ(cbee_error(c)->code, -EPERM);
		}
		end();
	}
	UNIT_EQ(e, 0);
	CU_ASSERT(nth > 8);
}

static void survives_failing_calls(void)
{
	int e = 0, failed = 1;

	for (int nth = 1; failed; nth++) {
		start();
		fake_fail(nth, EPERM);
		e = live();
		failed = fake_failed();
		if (failed) {
			CU_ASSERT(e == -EPERM || e == -ENOMEM || e == -EINVAL);
			CU_ASSERT(cbee_map_error(m)->text[0] != '\0');
		}
		end();
	}
	UNIT_EQ(e, 0);
}

UNIT_MAIN("map_alone", { "a map is created", a_map_is_created },
	  { "refusals are told apart", refusals_are_told_apart },
	  { "the wrong number is told", the_wrong_number_is_told },
	  { "kinds have names", kinds_have_names },
	  { "maps of the kernel are listed", maps_of_the_kernel_are_listed },
	  { "templates come first", templates_come_first },
	  { "local storages are described", local_storages_are_described },
	  { "maps are found again", maps_are_found_again }, { "maps are pinned", maps_are_pinned },
	  { "only bpffs takes pins", only_bpffs_takes_pins },
	  { "programs are put in", programs_are_put_in },
	  { "cgroups are put in", cgroups_are_put_in },
	  { "counters are put in", counters_are_put_in },
	  { "survives failing allocations", survives_failing_allocations },
	  { "filling survives failing calls", filling_survives_failing_calls },
	  { "survives failing calls", survives_failing_calls })
