/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of maps: their names, and what the kernel demands of each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/bpf.h>

#include "kernel/handle.h"
#include "kernel/privilege.h"
#include "maps/map.h"

/* What older headers lack. */
#define TYPE_CGRP_STORAGE 32
#define TYPE_ARENA	  33

#define ACCESS	     (BPF_F_RDONLY | BPF_F_WRONLY | BPF_F_RDONLY_PROG | BPF_F_WRONLY_PROG)
#define PRESERVE     (1u << 11) /* BPF_F_PRESERVE_ELEMS */
#define ARRAY_FLAGS  (BPF_F_NUMA_NODE | BPF_F_MMAPABLE | BPF_F_INNER_MAP | PRESERVE | ACCESS)
#define HASH_FLAGS   (BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE | BPF_F_ZERO_SEED | ACCESS)
#define LRU_FLAGS    (BPF_F_NO_COMMON_LRU | BPF_F_NUMA_NODE | BPF_F_ZERO_SEED | ACCESS)
#define ALL_FLAGS    UINT32_MAX
#define MOST_PER_CPU 32768 /* bytes that one CPU's value can have */
#define LPM_PREFIX   4

enum rule {
	SOME,	/* at least 1 */
	INDEX,	/* 4 bytes */
	ANY,	/* whatever there is, not said here */
	NONE,	/* 0 */
	PREFIX, /* what LPM tries have */
	PAGES,	/* what ring buffers have */
};

static const struct kind {
	uint32_t type;
	const char *name;
	enum rule key, value, entries;
	uint32_t flags; /* that it may have */
	bool described; /* takes BTF */
} kinds[] = {
	{ BPF_MAP_TYPE_HASH, "hash", SOME, SOME, SOME, HASH_FLAGS, true },
	{ BPF_MAP_TYPE_ARRAY, "array", INDEX, SOME, SOME, ARRAY_FLAGS, true },
	{ BPF_MAP_TYPE_PROG_ARRAY, "prog_array", INDEX, INDEX, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_PERF_EVENT_ARRAY, "perf_event_array", INDEX, INDEX, ANY, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_PERCPU_HASH, "percpu_hash", SOME, SOME, SOME, HASH_FLAGS, true },
	{ BPF_MAP_TYPE_PERCPU_ARRAY, "percpu_array", INDEX, SOME, SOME, ARRAY_FLAGS, true },
	{ BPF_MAP_TYPE_STACK_TRACE, "stack_trace", INDEX, SOME, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_CGROUP_ARRAY, "cgroup_array", INDEX, INDEX, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_LRU_HASH, "lru_hash", SOME, SOME, SOME, LRU_FLAGS, true },
	{ BPF_MAP_TYPE_LRU_PERCPU_HASH, "lru_percpu_hash", SOME, SOME, SOME, LRU_FLAGS, true },
	{ BPF_MAP_TYPE_LPM_TRIE, "lpm_trie", PREFIX, SOME, SOME,
	  BPF_F_NO_PREALLOC | BPF_F_NUMA_NODE | ACCESS, true },
	{ BPF_MAP_TYPE_ARRAY_OF_MAPS, "array_of_maps", INDEX, INDEX, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_HASH_OF_MAPS, "hash_of_maps", SOME, INDEX, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_DEVMAP, "devmap", INDEX, SOME, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_SOCKMAP, "sockmap", INDEX, SOME, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_CPUMAP, "cpumap", INDEX, SOME, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_XSKMAP, "xskmap", INDEX, INDEX, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_SOCKHASH, "sockhash", SOME, SOME, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_CGROUP_STORAGE, "cgroup_storage", ANY, SOME, NONE, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_REUSEPORT_SOCKARRAY, "reuseport_sockarray", INDEX, SOME, SOME, ALL_FLAGS,
	  false },
	{ BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE, "percpu_cgroup_storage", ANY, SOME, NONE, ALL_FLAGS,
	  false },
	{ BPF_MAP_TYPE_QUEUE, "queue", NONE, SOME, SOME, BPF_F_NUMA_NODE | ACCESS, false },
	{ BPF_MAP_TYPE_STACK, "stack", NONE, SOME, SOME, BPF_F_NUMA_NODE | ACCESS, false },
	{ BPF_MAP_TYPE_SK_STORAGE, "sk_storage", INDEX, SOME, NONE, ALL_FLAGS, true },
	{ BPF_MAP_TYPE_DEVMAP_HASH, "devmap_hash", INDEX, SOME, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_STRUCT_OPS, "struct_ops", ANY, ANY, ANY, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_RINGBUF, "ringbuf", NONE, NONE, PAGES, BPF_F_NUMA_NODE, false },
	{ BPF_MAP_TYPE_INODE_STORAGE, "inode_storage", INDEX, SOME, NONE, ALL_FLAGS, true },
	{ BPF_MAP_TYPE_TASK_STORAGE, "task_storage", INDEX, SOME, NONE, ALL_FLAGS, true },
	{ BPF_MAP_TYPE_BLOOM_FILTER, "bloom_filter", NONE, SOME, SOME, ALL_FLAGS, false },
	{ BPF_MAP_TYPE_USER_RINGBUF, "user_ringbuf", NONE, NONE, PAGES, BPF_F_NUMA_NODE, false },
	{ TYPE_CGRP_STORAGE, "cgrp_storage", INDEX, SOME, NONE, ALL_FLAGS, true },
	{ TYPE_ARENA, "arena", NONE, NONE, SOME, ALL_FLAGS, false },
};

static const struct kind *kind_of(uint32_t type)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].type == type)
			return &kinds[i];
	return NULL;
}

const char *cbee_map_type_name(uint32_t type)
{
	const struct kind *k = kind_of(type);

	return k ? k->name : NULL;
}

int cbee_map_type(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return (int)kinds[i].type;
	return -ENOENT;
}

void cbee_map_type_needs(uint32_t type, struct cbee_map_info *ret_info)
{
	const struct kind *k = kind_of(type);
	long page = sysconf(_SC_PAGESIZE);

	*ret_info = (struct cbee_map_info){ .type = type };
	if (!k)
		return;
	ret_info->key_size = k->key == NONE ? 0 : k->key == PREFIX ? LPM_PREFIX + 4 : 4;
	ret_info->value_size = k->value == NONE ? 0 : k->value == INDEX || !k->described ? 4 : 8;
	if (k->key == NONE && k->value == SOME)
		ret_info->value_size = 8;
	if (type == BPF_MAP_TYPE_STACK_TRACE)
		ret_info->value_size = 127 * 8;
	ret_info->max_entries = k->entries == NONE    ? 0
				: k->entries == PAGES ? 64 * (uint32_t)page
						      : 1024;
	if (k->key == PREFIX || cbee__map_is_local(type))
		ret_info->flags = BPF_F_NO_PREALLOC;
}

bool cbee__map_is_local(uint32_t type)
{
	return type == BPF_MAP_TYPE_SK_STORAGE || type == BPF_MAP_TYPE_INODE_STORAGE ||
	       type == BPF_MAP_TYPE_TASK_STORAGE || type == TYPE_CGRP_STORAGE;
}

bool cbee__map_takes_btf(uint32_t type)
{
	const struct kind *k = kind_of(type);

	return k && k->described;
}

/* ---- why the kernel refused ------------------------------------------- */

/* What is wrong with a number under its rule: what it has to be, or NULL. */
static const char *wrong(enum rule rule, uint32_t number)
{
	switch (rule) {
	case SOME:
		return number ? NULL : "at least 1";
	case INDEX:
		return number == 4 ? NULL : "4";
	case NONE:
		return number ? "0" : NULL;
	case PREFIX:
		return number > LPM_PREFIX && number <= LPM_PREFIX + 256 ? NULL : "5 to 260";
	case PAGES:
		return number && !(number & (number - 1)) &&
				       number % (uint32_t)sysconf(_SC_PAGESIZE) == 0
			       ? NULL
			       : "a power of two, and whole pages";
	default:
		return NULL;
	}
}

/* The first number that @k does not allow, as advice. False: none. */
static bool say_number(struct cbee_map *m, const struct kind *k)
{
	const struct {
		const char *what;
		uint32_t is;
		enum rule rule;
	} numbers[] = {
		{ "bytes of a key", m->info.key_size, k->key },
		{ "bytes of a value", m->info.value_size, k->value },
		{ "entries", m->info.max_entries, k->entries },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *want = wrong(numbers[i].rule, numbers[i].is);

		if (!want)
			continue;
		cbee__err_hint(m->err, "in maps of kind %s the %s are %s, not %u", k->name,
			       numbers[i].what, want, numbers[i].is);
		return true;
	}
	return false;
}

static void say_invalid(struct cbee_map *m)
{
	const struct kind *k = kind_of(m->info.type);
	uint32_t flags = k ? m->info.flags & ~k->flags : 0;

	if (!k)
		cbee__err_hint(m->err, "this kernel knows no maps of kind %u", m->info.type);
	else if (say_number(m, k))
		return;
	else if (flags)
		cbee__err_hint(m->err, "maps of kind %s have no flag 0x%x", k->name, flags);
	else if (m->info.type == BPF_MAP_TYPE_LPM_TRIE && !(m->info.flags & BPF_F_NO_PREALLOC))
		cbee__err_hint(m->err, "an lpm_trie needs the flag 0x%x (no_prealloc)",
			       BPF_F_NO_PREALLOC);
	else if (cbee__map_per_cpu(m) && m->info.value_size > MOST_PER_CPU)
		cbee__err_hint(m->err, "per CPU, a value has at most %u bytes", MOST_PER_CPU);
	else
		cbee__err_hint(
			m->err,
			"maps of kind %s have such numbers: this kernel lacks them, or a flag",
			k->name);
}

/* Locked memory is told of like a right: where the limit stands it may be that. */
static void refused_by_right(struct cbee_map *m)
{
	if (m->owner && m->owner->keep_memlock && !cbee__needs_missing(CBEE__NEED_BPF))
		cbee__err_hint(m->err, "lift `ulimit -l`, which maps count against");
	else
		cbee__needs_hint(m->err, CBEE__NEED_ANY);
}

void cbee__map_refused(struct cbee_map *m, int err)
{
	const struct cbee_map_info *i = &m->info;
	bool maps = i->type == BPF_MAP_TYPE_ARRAY_OF_MAPS || i->type == BPF_MAP_TYPE_HASH_OF_MAPS;

	if (err == -EPERM)
		refused_by_right(m);
	else if (err == -ENOMEM || err == -E2BIG)
		cbee__err_hint(m->err,
			       "that is %.1f MiB and what the kernel adds: ask for fewer entries",
			       (double)i->max_entries *
				       ((double)i->key_size + (double)cbee_map_value_bytes(m)) /
				       (1 << 20));
	else if (maps && !m->inner)
		cbee__err_hint(m->err, "a map of maps needs one such as it will hold");
	else if (err == -EINVAL || err == -EOPNOTSUPP)
		say_invalid(m);
}
