/* SPDX-License-Identifier: Apache-2.0 */
/* Tests walking the stacks of a map, and writing them with names. */
#include <errno.h>
#include <linux/bpf.h>

#include "rig.h"
#include "symbols/names.h"
#include "tree.h"

#define LIB   0x10000 /* where tree_mapped() has it */
#define DEPTH 8

static struct cbee_map *stacks, *places;
static uint64_t f, g;

static void put_stack(uint32_t id, uint64_t a, uint64_t b, uint64_t d)
{
	uint64_t value[DEPTH] = { a, 0, b, d };

	UNIT_EQ(cbee_map_set(stacks, &id, sizeof(id), value, sizeof(value), 0), 0);
}

static void put_place(void)
{
	struct bpf_stack_build_id value[4] = {
		{ .status = BPF_STACK_BUILD_ID_VALID, .build_id = { 1, 2, 3, 4, 5, 6, 7, 8 } },
		{ .status = BPF_STACK_BUILD_ID_EMPTY },
		{ .status = BPF_STACK_BUILD_ID_IP },
		{ .status = BPF_STACK_BUILD_ID_VALID, .build_id = { 0xff, 2 }, .offset = 0x77 },
	};
	uint32_t id = 5;

	value[0].offset = f + 3;
	value[2].ip = LIB + g + 2;
	UNIT_EQ(cbee_map_set(places, &id, sizeof(id), value, sizeof(value), 0), 0);
}

static void start(void)
{
	rig_begin();
	fake_add_map("stacks", BPF_MAP_TYPE_STACK_TRACE, 4, DEPTH * 8, 8);
	fake_add_map("places", BPF_MAP_TYPE_STACK_TRACE, 4, 4 * 32, 8);
	fake_add_map("array", BPF_MAP_TYPE_ARRAY, 4, 8, 4);
	rig_compile();
	stacks = cbee_map(c, "stacks");
	places = cbee_map(c, "places");
	UNIT_EQ(cbee_map_tune(places, 0, BPF_F_STACK_BUILD_ID), 0);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(cbee__names_new(&c->names, scratch), 0);
	f = tree_offset("f");
	g = tree_offset("_ZN2ns1gEi");
	scratch_put("kallsyms", "ffffffff81000000 T first;\nffffffff81000100 t second\n");
	tree_process(7, 1, tree_mapped());
	/* a call that is the last of f returns to where g begins */
	put_stack(3, LIB + f, LIB + g, LIB + 1);
	put_place();
	fake_forget();
}

struct seen {
	unsigned int count, most;
	struct cbee_frame frames[DEPTH];
	unsigned char id[CBEE_BUILD_ID]; /* of the first */
};

static bool see(void *arg, const struct cbee_frame *frame)
{
	struct seen *s = arg;

	if (!s->count && frame->build_id)
		memcpy(s->id, frame->build_id, sizeof(s->id));
	s->frames[s->count++] = *frame;
	return s->count < s->most;
}

static void frames_come_innermost_first(void)
{
	struct seen s = { .most = DEPTH };

	start();
	UNIT_EQ(cbee_stack_walk(stacks, 3, see, &s), 0);
	UNIT_EQ(s.count, 3);
	UNIT_EQ(s.frames[0].address, LIB + f);
	UNIT_EQ(s.frames[1].address, LIB + g);
	UNIT_EQ(s.frames[2].address, LIB + 1);
	CU_ASSERT_PTR_NULL(s.frames[0].build_id);
	s = (struct seen){ .most = 2 };
	UNIT_EQ(cbee_stack_walk(stacks, 3, see, &s), 0);
	UNIT_EQ(s.count, 2);
	end();
}

static void build_ids_come_with_offsets(void)
{
	struct seen s = { .most = DEPTH };

	start();
	UNIT_EQ(cbee_stack_walk(places, 5, see, &s), 0);
	UNIT_EQ(s.count, 3);
	CU_ASSERT_PTR_NOT_NULL(s.frames[0].build_id);
	CU_ASSERT(!memcmp(s.id, "\1\2\3\4\5\6\7\10\0\0", 10));
	UNIT_EQ(s.frames[0].address, 0);
	UNIT_EQ(s.frames[0].offset, f + 3);
	CU_ASSERT_PTR_NULL(s.frames[1].build_id);
	UNIT_EQ(s.frames[1].address, LIB + g + 2);
	UNIT_EQ(s.frames[2].offset, 0x77);
	end();
}

static void what_is_no_stack_says_why(void)
{
	struct seen s = { .most = DEPTH };
	char *text = NULL;

	start();
	fails(cbee_stack_walk(stacks, -EFAULT, see, &s), -EFAULT,
	      "there was no stack to keep in map 'stacks': a thread of the kernel has none in "
	      "user space");
	fails(cbee_stack_walk(stacks, -EEXIST, see, &s), -EEXIST,
	      "the stack was not kept: another has its place in map 'stacks'");
	CU_ASSERT_PTR_NOT_NULL(cbee_error(c)->hint);
	fails(cbee_stack_walk(stacks, -ENOMEM, see, &s), -ENOMEM,
	      "the stack was not kept: map 'stacks' is full");
	fails(cbee_stack_walk(stacks, -EINVAL, see, &s), -EINVAL,
	      "no stack was kept in map 'stacks': Invalid argument");
	fails(cbee_stack_walk(stacks, 4, see, &s), -ENOENT, "there is no stack 4 in map 'stacks'");
	fails(cbee_stack_walk(cbee_map(c, "array"), 0, see, &s), -EINVAL,
	      "map 'array' is not one of stacks");
	UNIT_EQ(cbee_stack_walk(NULL, 0, see, &s), -ENOENT);
	UNIT_EQ(cbee_stack_text(c, NULL, 0, NULL, &text), -ENOENT);
	UNIT_EQ(cbee_stack_json(c, NULL, 0, NULL, &text), -ENOENT);
	UNIT_EQ(cbee_stack_text(c, stacks, -EEXIST, NULL, &text), -EEXIST);
	UNIT_EQ(cbee_stack_json(c, stacks, 4, NULL, &text), -ENOENT);
	CU_ASSERT_PTR_NULL(text);
	UNIT_EQ(s.count, 0);
	fake_refuse("lookup stacks", EPERM);
	fails(cbee_stack_walk(stacks, 3, see, &s), -EPERM,
	      "cannot read from map 'stacks': Operation not permitted");
	end();
}

static void text_is(struct cbee_map *m, int32_t id, const struct cbee_stack_opts *opts,
		    const char *want)
{
	char *text = NULL;

	UNIT_EQ(cbee_stack_text(c, m, id, opts, &text), 0);
	UNIT_STR(text, want);
	free(text);
}

static void texts_have_a_line_for_each(void)
{
	struct cbee_stack_opts all = { .pid = 7,
				       .show = { .module = true, .offset = true },
				       .indent = "\t" };

	start();
	text_is(stacks, 3, &(struct cbee_stack_opts){ .pid = 7 }, "    f\n    f\n    [unknown]\n");
	text_is(stacks, 3, &all, "\tf+0x0 [lib.so]\n\tf+0x20 [lib.so]\n\t[unknown]+0x1 [lib.so]\n");
	all.pid = 8; /* no such process */
	text_is(stacks, 3, &all, "\t[unknown]+0x11000\n\t[unknown]+0x11020\n\t[unknown]+0x10001\n");
	put_stack(4, 0xffffffff81000110, 0xffffffff81000100, 0);
	text_is(stacks, 4, NULL, "    second\n    first;\n");
	text_is(stacks, 4, &(struct cbee_stack_opts){ .folded = true }, "first:;second");
	put_stack(4, 0, 0, 0);
	text_is(stacks, 4, NULL, "");
	text_is(stacks, 4, &(struct cbee_stack_opts){ .folded = true }, "");
	UNIT_EQ(cbee_sym_module_add(c, scratch_path("lib.so")), 0);
	all.pid = 7;
	text_is(places, 5, &all, "\tf+0x3 [lib.so]\n\tns::g+0x2 [lib.so]\n\t[unknown]+0x77\n");
	end();
}

static void json_is(struct cbee_map *m, int32_t id, const struct cbee_stack_opts *opts,
		    const char *want)
{
	char *text = NULL;

	UNIT_EQ(cbee_stack_json(c, m, id, opts, &text), 0);
	UNIT_STR(text, want);
	free(text);
}

static void json_has_an_object_for_each(void)
{
	struct cbee_stack_opts opts = { .pid = 7, .show = { .symbol = true } };
	char want[1024], lib[256];

	start();
	snprintf(lib, sizeof(lib), "%s", scratch_path("lib.so"));
	snprintf(want, sizeof(want),
		 "[{\"address\":\"0x11000\",\"name\":\"f\",\"offset\":0,\"module\":\"%s\"},"
		 "{\"address\":\"0x11020\",\"name\":\"f\",\"offset\":32,\"module\":\"%s\"},"
		 "{\"address\":\"0x10001\",\"name\":null,\"offset\":1,\"module\":\"%s\"}]",
		 lib, lib, lib);
	json_is(stacks, 3, &opts, want);
	UNIT_EQ(cbee_sym_module_add(c, lib), 0);
	snprintf(want, sizeof(want),
		 "[{\"build_id\":\"0102030405060708000000000000000000000000\","
		 "\"file_offset\":4099,\"name\":\"f\",\"offset\":3,\"module\":\"%s\"},"
		 "{\"address\":\"0x11022\",\"name\":\"_ZN2ns1gEi\",\"offset\":2,\"module\":\"%s\"},"
		 "{\"build_id\":\"ff02000000000000000000000000000000000000\","
		 "\"file_offset\":119,\"name\":null,\"offset\":null,\"module\":null}]",
		 lib, lib);
	json_is(places, 5, &opts, want);
	put_stack(4, 5, 0, 0);
	json_is(stacks, 4, NULL,
		"[{\"address\":\"0x5\",\"name\":null,\"offset\":null,\"module\":null}]");
	end();
}

static void stacks_are_deleted_and_cleared(void)
{
	struct seen s = { .most = DEPTH };
	uint32_t id = 3, count = 7;

	start();
	put_stack(4, 1, 2, 3);
	UNIT_EQ(cbee_map_delete(stacks, &id, sizeof(id)), 0);
	UNIT_EQ(cbee_stack_walk(stacks, 3, see, &s), -ENOENT);
	UNIT_EQ(cbee_map_clear(stacks), 0);
	UNIT_EQ(cbee_map_count(stacks, &count), 0);
	UNIT_EQ(count, 0);
	end();
}

static int write_all(void)
{
	struct cbee_stack_opts opts = { .pid = 7, .folded = true };
	char *text = NULL;
	int err = cbee__names_new(&c->names, scratch);

	if (!err)
		err = cbee_stack_text(c, stacks, 3, &opts, &text);
	free(text);
	text = NULL;
	if (!err)
		err = cbee_stack_text(c, stacks, 4, NULL, &text);
	free(text);
	text = NULL;
	if (!err)
		err = cbee_stack_json(c, places, 5, &opts, &text);
	free(text);
	cbee__names_free(c->names);
	c->names = NULL;
	return err;
}

static void no_memory(void)
{
	int err;

	start();
	put_stack(4, 0xffffffff81000110, 0xffffffff81000100, 0);
	cbee__names_free(c->names);
	c->names = NULL;
	UNIT_EACH_ALLOC(err, -ENOMEM, err = write_all());
	UNIT_EQ(err, 0);
	end();
}

UNIT_MAIN("stack", { "setup", tree_make },
	  { "frames_come_innermost_first", frames_come_innermost_first },
	  { "build_ids_come_with_offsets", build_ids_come_with_offsets },
	  { "what_is_no_stack_says_why", what_is_no_stack_says_why },
	  { "texts_have_a_line_for_each", texts_have_a_line_for_each },
	  { "json_has_an_object_for_each", json_has_an_object_for_each },
	  { "stacks_are_deleted_and_cleared", stacks_are_deleted_and_cleared },
	  { "no_memory", no_memory }, { "cleanup", scratch_remove })
