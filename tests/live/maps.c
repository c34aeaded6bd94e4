/* SPDX-License-Identifier: Apache-2.0 */
/* Maps of every kind as a C program uses them; every number is known beforehand. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "maps.h"

#define PIN "/sys/fs/bpf/cbee_test_maps"

/* ---- keys and values -------------------------------------------------- */

static void check_entries(uint32_t type)
{
	struct cbee_map *m = create(type, 4, 8, 1000, 0);
	uint32_t key = 7;
	uint64_t value = 70, got = 0;

	fine(m, "set", cbee_map_set(m, &key, 4, &value, 8, BPF_NOEXIST));
	EXPECT("again", cbee_map_set(m, &key, 4, &value, 8, BPF_NOEXIST), -EEXIST);
	fine(m, "get", cbee_map_get(m, &key, 4, &got, 8));
	EXPECT("value", got, 70);
	got = 0;
	fine(m, "take", cbee_map_take(m, &key, 4, &got, 8));
	EXPECT("taken", got, 70);
	EXPECT("gone", cbee_map_get(m, &key, 4, &got, 8), -ENOENT);
	EXPECT("no such key", cbee_map_set(m, &key, 4, &value, 8, BPF_EXIST), -ENOENT);
	EXPECT("delete", cbee_map_delete(m, &key, 4), -ENOENT);
	cbee_map_free(m);
}

static void check_array(void)
{
	struct cbee_map *m = create(BPF_MAP_TYPE_ARRAY, 4, 8, 3, 0);
	struct cbee_map_items items = { 0 };
	uint64_t value = 5;
	uint32_t key = 2, n = 0;

	fine(m, "set", cbee_map_set(m, &key, 4, &value, 8, 0));
	EXPECT("delete", cbee_map_delete(m, &key, 4), -EINVAL);
	fine(m, "batch", cbee_map_get_batch(m, &items));
	EXPECT("entries", items.count, 3);
	EXPECT("value", ((uint64_t *)items.values)[2], 5);
	cbee_map_items_free(&items);
	fine(m, "count", cbee_map_count(m, &n));
	EXPECT("count", n, 3);
	fine(m, "clear", cbee_map_clear(m));
	fine(m, "get", cbee_map_get(m, &key, 4, &value, 8));
	EXPECT("cleared", value, 0);
	key = 3;
	EXPECT("beyond", cbee_map_set(m, &key, 4, &value, 8, 0), -E2BIG);
	cbee_map_free(m);
}

static void check_percpu(uint32_t type)
{
	struct cbee_map *m = create(type, 4, 8, 4, 0);
	int cpus = cbee_cpus(NULL);
	uint64_t values[1024], n = 0;
	uint32_t key = 2;

	for (int i = 0; i < cpus; i++)
		values[i] = 10 + (uint64_t)i;
	EXPECT("bytes", cbee_map_value_bytes(m), 8 * cpus);
	fine(m, "set", cbee_map_set(m, &key, 4, values, cbee_map_value_bytes(m), 0));
	fine(m, "sum", cbee_map_sum(m, &key, 4, &n));
	EXPECT("sum", n, 10 * cpus + cpus * (cpus - 1) / 2);
	fine(m, "max", cbee_map_max(m, &key, 4, &n));
	EXPECT("max", n, 10 + cpus - 1);
	fine(m, "zero", cbee_map_zero(m));
	fine(m, "sum", cbee_map_sum(m, &key, 4, &n));
	EXPECT("zeroed", n, 0);
	cbee_map_free(m);
}

static void check_queue(uint32_t type, uint64_t first, uint64_t last)
{
	struct cbee_map *m = create(type, 0, 8, 3, 0);
	uint64_t value;

	for (value = 1; value <= 3; value++)
		fine(m, "push", cbee_map_push(m, &value, 8, 0));
	EXPECT("full", cbee_map_push(m, &value, 8, 0), -E2BIG);
	fine(m, "peek", cbee_map_peek(m, &value, 8));
	EXPECT("peek", value, first);
	fine(m, "pop", cbee_map_pop(m, &value, 8));
	EXPECT("first", value, first);
	fine(m, "pop", cbee_map_pop(m, &value, 8));
	EXPECT("second", value, 2);
	fine(m, "pop", cbee_map_pop(m, &value, 8));
	EXPECT("last", value, last);
	EXPECT("empty", cbee_map_pop(m, &value, 8), -ENOENT);
	for (value = 1; value <= 3; value++)
		fine(m, "push", cbee_map_push(m, &value, 8, 0));
	fine(m, "instead of the oldest", cbee_map_push(m, &value, 8, BPF_EXIST));
	fine(m, "clear", cbee_map_clear(m));
	EXPECT("cleared", cbee_map_peek(m, &value, 8), -ENOENT);
	EXPECT("walk", cbee_map_walk(m, NULL, NULL), -EOPNOTSUPP);
	cbee_map_free(m);
}

static void check_bloom(void)
{
	struct cbee_map *m = create(BPF_MAP_TYPE_BLOOM_FILTER, 0, 8, 100, 0);
	uint64_t value = 4711;

	EXPECT("not in it", cbee_map_test(m, &value, 8), 0);
	fine(m, "push", cbee_map_push(m, &value, 8, 0));
	EXPECT("in it", cbee_map_test(m, &value, 8), 1);
	EXPECT("untouched", value, 4711);
	cbee_map_free(m);
}

struct prefix {
	uint32_t bits;
	uint8_t address[4];
};

static void check_lpm(void)
{
	struct cbee_map *m = create(BPF_MAP_TYPE_LPM_TRIE, sizeof(struct prefix), 4, 16,
				    BPF_F_NO_PREALLOC);
	struct prefix wide = { 8, { 10, 0, 0, 0 } }, narrow = { 16, { 10, 1, 0, 0 } };
	struct prefix ask = { 32, { 10, 1, 2, 3 } };
	uint32_t value = 1, n = 0;

	fine(m, "set", cbee_map_set(m, &wide, sizeof(wide), &value, 4, 0));
	value = 2;
	fine(m, "set", cbee_map_set(m, &narrow, sizeof(narrow), &value, 4, 0));
	fine(m, "get", cbee_map_get(m, &ask, sizeof(ask), &value, 4));
	EXPECT("the longer prefix", value, 2);
	ask.address[1] = 9;
	fine(m, "get", cbee_map_get(m, &ask, sizeof(ask), &value, 4));
	EXPECT("the shorter prefix", value, 1);
	ask.address[0] = 11;
	EXPECT("no prefix", cbee_map_get(m, &ask, sizeof(ask), &value, 4), -ENOENT);
	fine(m, "count", cbee_map_count(m, &n));
	EXPECT("count", n, 2);
	fine(m, "clear", cbee_map_clear(m));
	fine(m, "count", cbee_map_count(m, &n));
	EXPECT("cleared", n, 0);
	cbee_map_free(m);
}

/* ---- many ------------------------------------------------------------- */

#define MANY 1000

static bool erase_next(void *arg, const void *key, const void *value)
{
	struct cbee_map *m = arg;
	uint32_t k, other;

	(void)value;
	memcpy(&k, key, sizeof(k));
	other = k ^ 1; /* its neighbour goes, if it is still there; two new ones come */
	cbee_map_delete(m, &other, 4);
	other = k + 10000;
	cbee_map_set(m, &other, 4, &(uint64_t){ 1 }, 8, 0);
	return k < 10000;
}

static void check_batches(uint32_t type)
{
	static uint32_t keys[MANY];
	static uint64_t values[MANY];
	struct cbee_map *m = create(type, 4, 8, 4 * MANY, 0);
	struct cbee_map_items in = { keys, values, 4, 8, MANY }, out = { 0 };
	uint32_t done = 0, n = 0;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < MANY; i++) {
		keys[i] = i;
		values[i] = 2 * i;
	}
	fine(m, "set", cbee_map_set_batch(m, &in, &done));
	EXPECT("set", done, MANY);
	fine(m, "get", cbee_map_get_batch(m, &out));
	EXPECT("got", out.count, MANY);
	for (uint32_t i = 0; i < out.count; i++)
		sum += ((uint64_t *)out.values)[i] - ((uint32_t *)out.keys)[i];
	EXPECT("sum", sum, MANY * (MANY - 1) / 2);
	cbee_map_items_free(&out);
	fine(m, "delete", cbee_map_delete_batch(m, keys, 4, 10));
	fine(m, "delete", cbee_map_delete_batch(m, keys, 4, 20)); /* half of them are gone */
	fine(m, "count", cbee_map_count(m, &n));
	EXPECT("left", n, MANY - 20);
	fine(m, "take", cbee_map_take_batch(m, &out));
	EXPECT("taken", out.count, MANY - 20);
	cbee_map_items_free(&out);
	fine(m, "count", cbee_map_count(m, &n));
	EXPECT("none left", n, 0);
	fine(m, "set", cbee_map_set_batch(m, &in, &done));
	/* each of the 500 pairs is seen by one of its two */
	fine(m, "walk", cbee_map_walk(m, erase_next, m));
	fine(m, "count", cbee_map_count(m, &n));
	EXPECT("pairs", n, MANY);
	cbee_map_free(m);
}

struct marks {
	unsigned char of[4 * MANY];
	uint32_t doubles;
};

static bool mark(void *arg, const void *key, const void *value)
{
	struct marks *marks = arg;
	uint32_t k;

	(void)value;
	memcpy(&k, key, sizeof(k));
	if (k < 4 * MANY && marks->of[k]++)
		marks->doubles++;
	return true;
}

/* Another process deletes and adds all the while: every key that stays is seen, none twice. */
static void check_walk_under_change(void)
{
	struct cbee_map *m = create(BPF_MAP_TYPE_HASH, 4, 8, 4 * MANY, 0);
	uint64_t value = 1;
	uint32_t missing = 0;
	pid_t pid;

	for (uint32_t key = 0; key < MANY; key++)
		cbee_map_set(m, &key, 4, &value, 8, 0);
	pid = fork();
	if (!pid) {
		for (uint32_t i = MANY;; i = i + 1 < 3 * MANY ? i + 1 : MANY) {
			uint32_t old = i + MANY / 2 < 3 * MANY ? i + MANY / 2 : i - 3 * MANY / 2;

			cbee_map_set(m, &i, 4, &value, 8, 0);
			cbee_map_delete(m, &old, 4);
		}
	}
	for (int round = 0; round < 50; round++) {
		struct marks marks = { 0 };

		fine(m, "walk", cbee_map_walk(m, mark, &marks));
		for (uint32_t key = 0; key < MANY; key++)
			missing += !marks.of[key];
		EXPECT("keys seen twice", marks.doubles, 0);
	}
	EXPECT("keys not seen", missing, 0);
	kill(pid, 9);
	waitpid(pid, NULL, 0);
	cbee_map_free(m);
}

/* ---- entries that stand for something else ---------------------------- */

/* The first program jumps to the second, that to the third; who comes back counts nothing. */
static void check_tail_calls(void)
{
	struct cbee *c = open_mine("BPF_PROG_ARRAY(progs, 4);\n"
				   "BPF_ARRAY(steps, u64, 4);\n"
				   "int second(void *ctx) { steps.increment(1); "
				   "progs.call(ctx, 3); steps.increment(3); return 0; }\n"
				   "int third(void *ctx) { steps.increment(2); return 0; }\n"
				   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n" FILTER
				   "	steps.increment(0);\n"
				   "	progs.call(args, 1);\n"
				   "	steps.increment(3);\n"
				   "	return 0;\n"
				   "}\n");
	struct cbee_map *steps = cbee_map(c, "steps"), *progs = cbee_map(c, "progs");
	const uint64_t want[] = { 5, 5, 5, 0 };

	fine(progs, "second", cbee_map_set_prog(progs, 1, "second", CBEE_TRACEPOINT));
	fine(progs, "third", cbee_map_set_prog(progs, 3, "third", CBEE_TRACEPOINT));
	EXPECT("attach", cbee_attach_auto(c, NULL), 0);
	for (int i = 0; i < 5; i++)
		syscall(SYS_getpgid, 0);
	for (uint32_t key = 0; key < 4; key++) {
		uint64_t n = 0;

		fine(steps, "get", cbee_map_get(steps, &key, 4, &n, 8));
		EXPECT("steps", n, want[key]);
	}
	fine(progs, "clear", cbee_map_clear(progs));
	syscall(SYS_getpgid, 0);
	fine(steps, "get", cbee_map_get(steps, &(uint32_t){ 3 }, 4, &(uint64_t){ 0 }, 8));
	{
		uint64_t n = 0;

		cbee_map_sum(steps, &(uint32_t){ 3 }, 4, &n);
		EXPECT("comes back from an empty slot", n, 1);
	}
	cbee_free(c);
}

/* A program finds the inner map by a key and counts in it. */
static void check_maps_of_maps(void)
{
	struct cbee *c = open_mine("BPF_ARRAY(inner, u64, 2);\n"
				   "BPF_ARRAY_OF_MAPS(outer, \"inner\", 4);\n"
				   "BPF_HASH_OF_MAPS(byname, u32, \"inner\", 4);\n"
				   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n" FILTER
				   "	int which = args->pid, zero = 0;\n"
				   "	void *m = outer.lookup(&which);\n"
				   "	if (!m)\n"
				   "		return 0;\n"
				   "	u64 *n = bpf_map_lookup_elem_((uintptr_t)m, &zero);\n"
				   "	if (n)\n"
				   "		*n += 1;\n"
				   "	return 0;\n"
				   "}\n");
	struct cbee_map *outer = cbee_map(c, "outer"), *byname = cbee_map(c, "byname");
	struct cbee_map *own = create(BPF_MAP_TYPE_ARRAY, 4, 8, 2, 0);
	struct cbee_map *wrong = create(BPF_MAP_TYPE_HASH, 4, 8, 2, 0);
	uint32_t key = 1, id = 0, got = 0, n32 = 0;
	uint64_t n = 0;

	fine(outer, "own", cbee_map_set_map(outer, &key, 4, own));
	key = 2;
	fine(outer, "inner", cbee_map_set_map(outer, &key, 4, cbee_map(c, "inner")));
	EXPECT("unlike the template", cbee_map_set_map(outer, &key, 4, wrong), -EINVAL);
	EXPECT("attach", cbee_attach_auto(c, NULL), 0);
	for (int i = 0; i < 3; i++)
		syscall(SYS_getpgid, 1);
	for (int i = 0; i < 4; i++)
		syscall(SYS_getpgid, 2);
	key = 0;
	fine(own, "get", cbee_map_get(own, &key, 4, &n, 8));
	EXPECT("in the first", n, 3);
	cbee_map_get(cbee_map(c, "inner"), &key, 4, &n, 8);
	EXPECT("in the second", n, 4);
	key = 77;
	fine(byname, "own", cbee_map_set_map(byname, &key, 4, own));
	fine(byname, "get", cbee_map_get(byname, &key, 4, &got, 4));
	fine(own, "id", cbee_map_id(own, &id));
	EXPECT("number of the inner map", got, id);
	fine(byname, "count", cbee_map_count(byname, &n32));
	EXPECT("count", n32, 1);
	fine(byname, "clear", cbee_map_clear(byname));
	fine(byname, "count", cbee_map_count(byname, &n32));
	EXPECT("cleared", n32, 0);
	cbee_map_free(own);
	cbee_map_free(wrong);
	cbee_free(c);
}

/* ---- the rest --------------------------------------------------------- */

static void check_sockets(void)
{
	struct cbee_map *m = create(BPF_MAP_TYPE_SOCKMAP, 4, 4, 4, 0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0), key = 0;
	struct sockaddr_in here = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(here);

	EXPECT("bind", bind(fd, (void *)&here, sizeof(here)), 0);
	EXPECT("name", getsockname(fd, (void *)&here, &len), 0);
	EXPECT("connect", connect(fd, (void *)&here, len), 0);
	fine(m, "set", cbee_map_set(m, &key, 4, &fd, 4, 0));
	fine(m, "delete", cbee_map_delete(m, &key, 4));
	EXPECT("gone", cbee_map_delete(m, &key, 4), -EINVAL);
	close(fd);
	cbee_map_free(m);
}

static void check_others(void)
{
	static const struct {
		const char *name;
		uint32_t type, key, value, entries, flags;
	} kinds[] = {
		{ "devmap", BPF_MAP_TYPE_DEVMAP, 4, 4, 4, 0 },
		{ "devmap hash", BPF_MAP_TYPE_DEVMAP_HASH, 4, 4, 4, 0 },
		{ "cpumap", BPF_MAP_TYPE_CPUMAP, 4, 4, 1, 0 },
		{ "xskmap", BPF_MAP_TYPE_XSKMAP, 4, 4, 4, 0 },
		{ "sockhash", BPF_MAP_TYPE_SOCKHASH, 4, 4, 4, 0 },
		{ "stack trace", BPF_MAP_TYPE_STACK_TRACE, 4, 127 * 8, 4, 0 },
		{ "socket storage", BPF_MAP_TYPE_SK_STORAGE, 4, 12, 0, BPF_F_NO_PREALLOC },
		{ "task storage", BPF_MAP_TYPE_TASK_STORAGE, 4, 12, 0, BPF_F_NO_PREALLOC },
		{ "inode storage", BPF_MAP_TYPE_INODE_STORAGE, 4, 12, 0, BPF_F_NO_PREALLOC },
		{ "cgroup storage", 32, 4, 12, 0, BPF_F_NO_PREALLOC },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct cbee_map *m = NULL;
		struct cbee_map_info info = { kinds[i].type, kinds[i].key, kinds[i].value,
					      kinds[i].entries, kinds[i].flags };
		uint32_t n = 0;
		int err;

		cbee_map_new(&m);
		err = cbee_map_create(m, "cbee_test", &info, NULL);
		/* -EINVAL: the kernel was built without this kind */
		if (err == -EINVAL)
			printf("this kernel has no %s\n", kinds[i].name);
		else
			fine(m, kinds[i].name, err);
		if (!err && kinds[i].entries) {
			fine(m, kinds[i].name, cbee_map_count(m, &n));
			EXPECT(kinds[i].name, n <= kinds[i].entries, 1);
		}
		cbee_map_free(m);
	}
}

/* Storages belong to what a descriptor stands for, which is their key. */
static void check_storage(const char *what, uint32_t type, int fd)
{
	struct cbee_map *m = NULL;
	struct cbee_map_info info = { type, 4, 12, 0, BPF_F_NO_PREALLOC };
	uint32_t value[3] = { 1, 2, 3 }, got[3] = { 0 }, n;

	cbee_map_new(&m);
	if (fd < 0 || cbee_map_create(m, "cbee_test", &info, NULL) == -EINVAL) {
		printf("this kernel has no %s\n", what);
	} else {
		EXPECT(what, cbee_map_get(m, &fd, 4, got, 12), -ENOENT);
		fine(m, what, cbee_map_set(m, &fd, 4, value, 12, BPF_NOEXIST));
		fine(m, what, cbee_map_get(m, &fd, 4, got, 12));
		EXPECT(what, got[2], 3);
		fine(m, what, cbee_map_delete(m, &fd, 4));
		EXPECT(what, cbee_map_delete(m, &fd, 4), -ENOENT);
		EXPECT("counted", cbee_map_count(m, &n), -EOPNOTSUPP);
	}
	cbee_map_free(m);
	close(fd);
}

static void check_storages(void)
{
	int group = open("/sys/fs/cgroup/unified", O_RDONLY | O_DIRECTORY);

	if (group < 0)
		group = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY);
	check_storage("socket storage", BPF_MAP_TYPE_SK_STORAGE, socket(AF_INET, SOCK_DGRAM, 0));
	check_storage("task storage", BPF_MAP_TYPE_TASK_STORAGE,
		      (int)syscall(SYS_pidfd_open, getpid(), 0));
	check_storage("cgroup storage", 32, group);
}

/* Values that are plain integers: a device, a queue's length. */
static void check_integers(uint32_t type, uint32_t value)
{
	struct cbee_map *m = create(type, 4, 4, 1, 0);
	uint32_t key = 0, got = 0;

	fine(m, "set", cbee_map_set(m, &key, 4, &value, 4, 0));
	fine(m, "get", cbee_map_get(m, &key, 4, &got, 4));
	EXPECT("value", got, value);
	fine(m, "delete", cbee_map_delete(m, &key, 4));
	EXPECT("gone", cbee_map_get(m, &key, 4, &got, 4), -ENOENT);
	cbee_map_free(m);
}

static void check_cgroup_and_counters(void)
{
	struct cbee *c = open_mine("BPF_CGROUP_ARRAY(groups, 2);\n"
				   "BPF_PERF_ARRAY(counters, 1024);\n"
				   "BPF_STACK_TRACE(stacks, 64);\n"
				   "BPF_ARRAY(seen, u64, 3);\n"
				   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n" FILTER
				   "	int zero = 0, one = 1, two = 2;\n"
				   "	u64 stack = stacks.get_stackid(args, BPF_F_USER_STACK);\n"
				   "	u64 now = counters.perf_read(CUR_CPU_IDENTIFIER);\n"
				   "	u64 in = groups.check_current_task(0);\n"
				   "	seen.update(&zero, &stack);\n"
				   "	seen.update(&one, &now);\n"
				   "	seen.update(&two, &in);\n"
				   "	return 0;\n"
				   "}\n");
	struct cbee_map *seen = cbee_map(c, "seen"), *stacks = cbee_map(c, "stacks");
	uint64_t frames[127] = { 0 }, stack = 0, clock = 0, in = 99;
	const char *groups[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };
	int set = -1;

	for (int i = 0; i < 2 && set; i++)
		set = cbee_map_set_cgroup(cbee_map(c, "groups"), 0, groups[i]);
	fine(cbee_map(c, "counters"), "counters",
	     cbee_map_set_counters(cbee_map(c, "counters"), PERF_TYPE_SOFTWARE,
				   PERF_COUNT_SW_CPU_CLOCK, 0));
	EXPECT("attach", cbee_attach_auto(c, NULL), 0);
	syscall(SYS_getpgid, 0);
	cbee_detach(c);
	cbee_map_get(seen, &(uint32_t){ 0 }, 4, &stack, 8);
	cbee_map_get(seen, &(uint32_t){ 1 }, 4, &clock, 8);
	cbee_map_get(seen, &(uint32_t){ 2 }, 4, &in, 8);
	fine(stacks, "stack",
	     cbee_map_get(stacks, &(uint32_t){ (uint32_t)stack }, 4, frames, sizeof(frames)));
	EXPECT("a frame", frames[0] != 0, 1);
	EXPECT("a counter, not an error", clock > 0 && clock < UINT64_MAX - 4096, 1);
	if (!set)
		EXPECT("in the root cgroup", in, 1);
	fine(stacks, "clear", cbee_map_clear(stacks));
	cbee_free(c);
}

/* ---- pinning ---------------------------------------------------------- */

static void check_pinning(void)
{
	struct cbee_map *m = create(BPF_MAP_TYPE_HASH, 4, 8, 8, 0), *again = NULL;
	uint32_t key = 1, id = 0;
	uint64_t value = 42;
	int status = -1;
	pid_t pid;

	fine(m, "set", cbee_map_set(m, &key, 4, &value, 8, 0));
	fine(m, "pin", cbee_map_pin(m, PIN));
	EXPECT("pin again", cbee_map_pin(m, PIN), -EEXIST);
	EXPECT("pin in a plain folder", cbee_map_pin(m, "/tmp/cbee_test_maps"), -EINVAL);
	fine(m, "id", cbee_map_id(m, &id));
	pid = fork();
	if (!pid) {
		bad = 0;
		EXPECT("new", cbee_map_new(&again), 0);
		fine(again, "open", cbee_map_open(again, PIN));
		value = 0;
		fine(again, "get", cbee_map_get(again, &key, 4, &value, 8));
		EXPECT("value", value, 42);
		EXPECT("name", strcmp(cbee_map_name(again), "cbee_test"), 0);
		value = 43;
		fine(again, "set", cbee_map_set(again, &key, 4, &value, 8, 0));
		cbee_map_free(again);
		fflush(stdout);
		_exit(bad);
	}
	waitpid(pid, &status, 0);
	EXPECT("the other process", status, 0);
	fine(m, "get", cbee_map_get(m, &key, 4, &value, 8));
	EXPECT("its value", value, 43);
	EXPECT("new", cbee_map_new(&again), 0);
	fine(again, "open by number", cbee_map_open_id(again, id));
	EXPECT("unpin another", cbee_map_unpin(again, "/sys/fs/bpf/none"), -ENOENT);
	fine(again, "unpin", cbee_map_unpin(again, PIN));
	EXPECT("gone", access(PIN, F_OK), -1);
	cbee_map_free(again);
	cbee_map_free(m);
}

static void check_refusals(void)
{
	struct cbee_map *m = NULL;
	struct cbee_map_info info = { BPF_MAP_TYPE_HASH, 0, 8, 8, 0 };

	cbee_map_new(&m);
	EXPECT("no key", cbee_map_create(m, "cbee_test", &info, NULL), -EINVAL);
	info = (struct cbee_map_info){ BPF_MAP_TYPE_ARRAY, 4, 1 << 20, 1u << 30, 0 };
	EXPECT("too big", cbee_map_create(m, "cbee_test", &info, NULL) < 0, 1);
	EXPECT("its sentence", strstr(cbee_map_error(m)->text, "cannot create BPF map") != NULL, 1);
	cbee_map_free(m);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	check_entries(BPF_MAP_TYPE_HASH);
	check_entries(BPF_MAP_TYPE_LRU_HASH);
	check_array();
	check_percpu(BPF_MAP_TYPE_PERCPU_HASH);
	check_percpu(BPF_MAP_TYPE_LRU_PERCPU_HASH);
	check_percpu(BPF_MAP_TYPE_PERCPU_ARRAY);
	check_queue(BPF_MAP_TYPE_QUEUE, 1, 3);
	check_queue(BPF_MAP_TYPE_STACK, 3, 1);
	check_bloom();
	check_lpm();
	check_batches(BPF_MAP_TYPE_HASH);
	check_batches(BPF_MAP_TYPE_LRU_HASH);
	check_walk_under_change();
	check_tail_calls();
	check_maps_of_maps();
	check_sockets();
	check_others();
	check_storages();
	check_integers(BPF_MAP_TYPE_DEVMAP, 1); /* the loopback */
	check_integers(BPF_MAP_TYPE_DEVMAP_HASH, 1);
	check_integers(BPF_MAP_TYPE_CPUMAP, 64);
	check_cgroup_and_counters();
	check_pinning();
	check_refusals();
	if (!bad)
		puts("all as it should be");
	return bad;
}
