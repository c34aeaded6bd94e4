/* SPDX-License-Identifier: Apache-2.0 */
/* Flags of maps by their names. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

static const struct flag {
	const char *name;
	uint32_t bit;
} flags[] = {
	{ "no_prealloc", BPF_F_NO_PREALLOC }, { "no_common_lru", BPF_F_NO_COMMON_LRU },
	{ "numa_node", BPF_F_NUMA_NODE },     { "rdonly", BPF_F_RDONLY },
	{ "wronly", BPF_F_WRONLY },	      { "stack_build_id", BPF_F_STACK_BUILD_ID },
	{ "zero_seed", BPF_F_ZERO_SEED },     { "rdonly_prog", BPF_F_RDONLY_PROG },
	{ "wronly_prog", BPF_F_WRONLY_PROG }, { "clone", BPF_F_CLONE },
	{ "mmapable", BPF_F_MMAPABLE },	      { "preserve_elems", 1u << 11 },
	{ "inner_map", BPF_F_INNER_MAP },
};

#define FLAGS (sizeof(flags) / sizeof(flags[0]))

static bool number(const char *text, uint32_t *ret)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 0);
	*ret = (uint32_t)value;
	return !errno && !*end && value <= UINT32_MAX;
}

void map_flags_write(struct cbee_buf *out, uint32_t set)
{
	const char *gap = "";

	for (size_t i = 0; i < FLAGS; i++) {
		if (!(set & flags[i].bit))
			continue;
		cbee_text_fmt(out, "%s%s", gap, flags[i].name);
		set &= ~flags[i].bit;
		gap = ",";
	}
	if (set || !*gap)
		cbee_text_fmt(out, set ? "%s0x%x" : "%s%u", gap, set);
}

bool map_flags_read(const char *text, uint32_t *ret)
{
	size_t len;

	if (*text >= '0' && *text <= '9')
		return number(text, ret);
	for (*ret = 0; *text; text += len + (text[len] == ',')) {
		size_t i = 0;

		len = strcspn(text, ",");
		while (i < FLAGS &&
		       (strlen(flags[i].name) != len || strncmp(flags[i].name, text, len)))
			i++;
		if (i == FLAGS)
			return false;
		*ret |= flags[i].bit;
	}
	return true;
}
