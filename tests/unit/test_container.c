/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which maps and constants of a text are about containers. */
#include <errno.h>
#include <linux/bpf.h>

#include "rig.h"

static void start(bool asks)
{
	rig_begin();
	fake_add_prog("fn");
	if (asks) {
		fake_add_const("cgroupmap_given");
		fake_add_const("mntnsmap_given");
		fake_add_map("cbee_cgroups", BPF_MAP_TYPE_HASH, 8, 8, 1);
		fake_add_map("cbee_mount_namespaces", BPF_MAP_TYPE_HASH, 8, 4, 1);
	}
	rig_compile();
}

/* What the program was loaded with. */
static void consts(uint64_t cgroups, uint64_t namespaces)
{
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_RAW_TRACEPOINT,
							  .fn = "fn",
							  .target = "sched_switch" }),
		0);
	UNIT_EQ(fake_imm(fake_prog("fn"), 0), cgroups);
	UNIT_EQ(fake_imm(fake_prog("fn"), 2), namespaces);
}

static void cgroups(void)
{
	start(true);
	fake_pin(8, 8);
	UNIT_EQ(cbee_containers(c, "/pinned", NULL), 0);
	consts(1, 0);
	UNIT_EQ(fake_count("map_create cbee_cgroups"), 0);
	UNIT_EQ(fake_count("map_create cbee_mount_name "), 1);
	UNIT_EQ(cbee_containers(c, "/pinned", NULL), -EBUSY);
	end();
}

static void mount_namespaces(void)
{
	start(true);
	fake_pin(8, 4);
	UNIT_EQ(cbee_containers(c, "/nowhere", "/pinned"), -ENOENT);
	UNIT_EQ(cbee_containers(c, "/pinned", NULL), -EINVAL);
	UNIT_EQ(cbee_containers(c, NULL, "/pinned"), 0);
	consts(0, 1);
	end();
}

static void neither(void)
{
	start(true);
	UNIT_EQ(cbee_containers(c, NULL, NULL), 0);
	consts(0, 0);
	end();
}

static void a_text_that_does_not_ask(void)
{
	start(false);
	UNIT_EQ(cbee_containers(c, NULL, NULL), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "the program reads no OPT(cgroupmap_given)");
	fake_pin(8, 8);
	UNIT_EQ(cbee_containers(c, "/pinned", NULL), -ENOENT);
	UNIT_STR(cbee_error(c)->text, "the program has no map 'cbee_cgroups'");
	end();
}

UNIT_MAIN("container", { "cgroups", cgroups }, { "mount namespaces", mount_namespaces },
	  { "neither", neither }, { "a text that does not ask", a_text_that_does_not_ask })
