/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a tracer's maps no larger than this run needs: to fill memory takes time at the start. */
#include "run/trim.h"

#include <linux/bpf.h>
#include <linux/version.h>
#include <string.h>

#include "kernel/handle.h"
#include "run/follow.h"

/* Before Linux 6.1 a program that ran inside the allocator could lock up the kernel. */
static bool may_allocate(const struct cbee *c)
{
	return c->image.kern_version >= KERNEL_VERSION(6, 1, 0);
}

static bool is_hash(const struct cbee_map *m)
{
	return m->info.type == BPF_MAP_TYPE_HASH || m->info.type == BPF_MAP_TYPE_PERCPU_HASH;
}

void cbee__trim_maps(struct cbee *c, bool follows)
{
	for (uint32_t i = 0; i < c->image.map_count; i++) {
		struct cbee_map *m = &c->maps[i];

		if (m->fd >= 0)
			continue;
		if (is_hash(m) && may_allocate(c))
			m->info.flags |= BPF_F_NO_PREALLOC;
		if (!follows && !strcmp(m->name, CBEE__FOLLOWED))
			m->info.max_entries = 1;
	}
}
