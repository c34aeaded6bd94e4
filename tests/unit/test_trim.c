/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which maps of a tracer are made smaller, and on which kernels. */
#include "run/trim.h"

#include <linux/bpf.h>
#include <unistd.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "unit.h"

static struct cbee *c;
static int fds_before;

static void start(uint32_t version, bool knows)
{
	fds_before = unit_open_fds();
	fake_reset();
	fake_set_version(version);
	fake_add_map("a", BPF_MAP_TYPE_HASH, 4, 8, 100);
	fake_add_map("b", BPF_MAP_TYPE_PERCPU_HASH, 4, 8, 100);
	fake_add_map("d", BPF_MAP_TYPE_ARRAY, 4, 8, 100);
	fake_add_map("e", BPF_MAP_TYPE_LRU_HASH, 4, 8, 100);
	if (knows)
		fake_add_map("cbee_followed", BPF_MAP_TYPE_HASH, 4, 1, 64);
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "t.c", .text = "" }), 0);
}

static void end(void)
{
	cbee_free(c);
	UNIT_EQ(unit_open_fds(), fds_before);
}

/* A map as the kernel was asked for it. */
static void made(int nth, const char *want)
{
	UNIT_STR(fake_nth("map_create", nth), want);
}

static void new_kernels_allocate(void)
{
	start(0x60100, true);
	cbee__trim_maps(c, true);
	UNIT_EQ(cbee_load(c), 0);
	made(0, "map_create a type=1 key=4 value=8 entries=100 flags=1");
	made(1, "map_create b type=5 key=4 value=8 entries=100 flags=1");
	made(2, "map_create d type=2 key=4 value=8 entries=100 flags=0");
	made(3, "map_create e type=9 key=4 value=8 entries=100 flags=0");
	made(4, "map_create cbee_followed type=1 key=4 value=1 entries=64 flags=1");
	end();
}

static void old_kernels_do_not(void)
{
	start(0x6000c, true);
	cbee__trim_maps(c, true);
	UNIT_EQ(cbee_load(c), 0);
	made(0, "map_create a type=1 key=4 value=8 entries=100 flags=0");
	made(4, "map_create cbee_followed type=1 key=4 value=1 entries=64 flags=0");
	end();
}

static void nobody_is_followed(void)
{
	start(0x6000c, true);
	cbee__trim_maps(c, false);
	UNIT_EQ(cbee_load(c), 0);
	made(4, "map_create cbee_followed type=1 key=4 value=1 entries=1 flags=0");
	end();
	start(0x60100, false);
	cbee__trim_maps(c, false);
	UNIT_EQ(cbee_error(c)->code, 0);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(fake_count("map_create"), 4);
	end();
}

/* A pinned map that takes the place of one is what it is. */
static void maps_that_exist_stay(void)
{
	start(0x60100, false);
	UNIT_EQ(cbee_load(c), 0);
	cbee__trim_maps(c, false);
	UNIT_EQ(cbee_error(c)->code, 0);
	made(0, "map_create a type=1 key=4 value=8 entries=100 flags=0");
	end();
}

UNIT_MAIN("trim", { "new kernels allocate", new_kernels_allocate },
	  { "old kernels do not", old_kernels_do_not },
	  { "nobody is followed", nobody_is_followed },
	  { "maps that exist stay", maps_that_exist_stay })
