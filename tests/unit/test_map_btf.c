/* SPDX-License-Identifier: Apache-2.0 */
/* Tests layouts that travel through the kernel as BTF: written for maps, read from them. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

#include "headers/btf.h"
#include "kernel.h"
#include "state.h"
#include "kernel/handle.h"
#include "maps/types.h"
#include "unit.h"

static const struct cbee_field key[] = {
	{ "", CBEE_STRUCT, 0, 56, 0, 0, 0, 16 },  { "n", CBEE_INT, 0, 4, 0, 0, 0, 0 },
	{ "comm", CBEE_CHAR, 4, 1, 8, 0, 0, 0 },  { "ports", CBEE_UINT, 12, 2, 2, 0, 0, 0 },
	{ "in", CBEE_STRUCT, 16, 2, 2, 0, 0, 2 }, { "a", CBEE_UINT, 0, 1, 0, 0, 0, 0 },
	{ "b", CBEE_INT, 1, 1, 0, 0, 0, 0 },	  { "yes", CBEE_BOOL, 20, 1, 0, 0, 0, 0 },
	{ "low", CBEE_UINT, 24, 4, 0, 0, 3, 0 },  { "high", CBEE_INT, 24, 4, 0, 3, 4, 0 },
	{ "", CBEE_UNION, 28, 4, 0, 0, 0, 2 },	  { "x", CBEE_UINT, 0, 1, 0, 0, 0, 0 },
	{ "y", CBEE_UINT, 0, 4, 0, 0, 0, 0 },	  { "d", CBEE_FLOAT, 32, 8, 0, 0, 0, 0 },
	{ "big", CBEE_UINT, 40, 8, 0, 0, 0, 0 },  { "f", CBEE_FLOAT, 48, 4, 0, 0, 0, 0 },
	{ "flag", CBEE_BOOL, 52, 1, 0, 0, 1, 0 },
};
static const struct cbee_field number[] = { { "", CBEE_UINT, 0, 8, 0, 0, 0, 0 } };
static const struct cbee_map_info info = { BPF_MAP_TYPE_HASH, 56, 8, 16, 0 };

static struct cbee_map *m, *again;
static int fds_before;
static char said[256];

static void start(void)
{
	fds_before = unit_open_fds();
	fake_reset();
	m = again = NULL;
	UNIT_EQ(cbee_map_new(&m), 0);
	UNIT_EQ(cbee_map_new(&again), 0);
}

static void end(void)
{
	cbee_map_free(m);
	cbee_map_free(again);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static void say(void *arg, const char *line)
{
	(void)arg;
	snprintf(said, sizeof(said), "%s", line);
}

/* Makes a map with layouts and opens it once more. */
static int there_and_back(void)
{
	uint32_t id = 0;
	int err = cbee_map_set_layout(m, CBEE_KEY, key);

	if (!err)
		err = cbee_map_set_layout(m, CBEE_VALUE, number);
	if (!err)
		err = cbee_map_create(m, "mine", &info, NULL);
	if (!err)
		err = cbee_map_id(m, &id);
	if (err)
		return err;
	err = cbee_map_open_id(again, id);
	return err;
}

static void same(const struct cbee_field *a, const struct cbee_field *b)
{
	UNIT_STR(a->name, b->name);
	UNIT_EQ(a->kind, b->kind);
	UNIT_EQ(a->offset, b->offset);
	UNIT_EQ(a->size, b->size);
	UNIT_EQ(a->count, b->count);
	UNIT_EQ(a->bit_offset, b->bit_offset);
	UNIT_EQ(a->bit_size, b->bit_size);
	UNIT_EQ(a->members, b->members);
}

static void layouts_come_back(void)
{
	start();
	UNIT_EQ(there_and_back(), 0);
	UNIT_EQ(fake_count("btf_load"), 1);
	CU_ASSERT_PTR_NOT_NULL(cbee_map_layout(again, CBEE_KEY));
	for (int i = 0; cbee_map_layout(again, CBEE_KEY) && i < 17; i++)
		same(&cbee_map_layout(again, CBEE_KEY)[i], &key[i]);
	if (cbee_map_layout(again, CBEE_VALUE))
		same(cbee_map_layout(again, CBEE_VALUE), number);
	UNIT_EQ(cbee_map_set_layout(m, CBEE_KEY, NULL), -EBUSY);
	end();
}

static void maps_of_a_program_share_one(void)
{
	static const struct cbee_field index[] = { { "", CBEE_INT, 0, 4, 0, 0, 0, 0 } };
	struct cbee *c = NULL;

	start();
	fake_add_map("a", BPF_MAP_TYPE_HASH, 4, 8, 4);
	fake_set_layouts(index, number);
	fake_add_map("b", BPF_MAP_TYPE_ARRAY, 4, 3, 4);
	fake_set_layouts(index, NULL);
	fake_add_map("q", BPF_MAP_TYPE_QUEUE, 0, 8, 4);
	fake_set_layouts(NULL, number);
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "m.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(fake_count("btf_load"), 1);
	UNIT_STR(fake_nth("map_create a", 0),
		 "map_create a type=1 key=4 value=8 entries=4 flags=0 key=1 value=2 of types");
	UNIT_STR(fake_nth("map_create b", 0),
		 "map_create b type=2 key=4 value=3 entries=4 flags=0 key=1 value=5 of types");
	UNIT_STR(fake_nth("map_create q", 0),
		 "map_create q type=22 key=0 value=8 entries=4 flags=0");
	cbee_free(c);
	end();
}

static void a_kernel_may_refuse_layouts(void)
{
	start();
	cbee_map_set_log(m, say, NULL);
	fake_refuse("btf_load", EINVAL);
	said[0] = '\0';
	UNIT_EQ(there_and_back(), 0);
	UNIT_STR(said, "the kernel does not keep the layouts of maps: Invalid argument");
	CU_ASSERT_PTR_NULL(cbee_map_layout(again, CBEE_KEY));
	CU_ASSERT_PTR_NOT_NULL(cbee_map_layout(m, CBEE_KEY));
	end();
	start();
	cbee_map_set_log(m, say, NULL);
	fake_refuse("map_create mine type=1 key=56 value=8 entries=16 flags=0 key", 524);
	UNIT_EQ(there_and_back(), 0);
	UNIT_STR(said, "the kernel does not keep the layout of map 'mine'");
	CU_ASSERT_PTR_NULL(cbee_map_layout(again, CBEE_KEY));
	end();
	start();
	cbee_map_set_log(again, say, NULL);
	fake_refuse("btf_get_fd_by_id", EPERM);
	UNIT_EQ(there_and_back(), 0);
	UNIT_STR(said, "cannot read the layout of map 'mine': Operation not permitted");
	end();
}

static void refuses(const struct cbee_field *layout)
{
	UNIT_EQ(cbee_map_set_layout(m, CBEE_KEY, layout), -EINVAL);
	UNIT_STR(cbee_map_error(m)->text, "that is no layout of a key or value");
}

static void layouts_are_checked(void)
{
	struct cbee_field f[3] = { { "", CBEE_STRUCT, 0, 8, 0, 0, 0, 2 },
				   { "a", CBEE_UINT, 0, 4, 0, 0, 0, 0 },
				   { "b", CBEE_UINT, 4, 4, 0, 0, 0, 0 } };

	start();
	UNIT_EQ(cbee_map_set_layout(m, CBEE_KEY, f), 0);
	UNIT_EQ(cbee_map_create(m, "mine", &info, NULL), -EINVAL);
	UNIT_STR(cbee_map_error(m)->text,
		 "the layout of the key of map 'mine' has 8 bytes, not 56");
	f[2].offset = 5;
	refuses(f);
	f[2].offset = 4;
	f[1].members = 2;
	refuses(f);
	f[1].members = 0;
	f[1].size = 3;
	refuses(f);
	f[1].size = 4;
	f[1].bit_size = 4;
	f[1].bit_offset = 29;
	refuses(f);
	f[1].bit_offset = 28;
	f[1].kind = CBEE_FLOAT;
	f[1].size = 2;
	refuses(f);
	f[1] = (struct cbee_field){ NULL, CBEE_UINT, 0, 4, 0, 0, 0, 0 };
	refuses(f);
	f[0].members = 0;
	f[0].size = 0;
	refuses(f);
	UNIT_EQ(cbee_map_set_layout(m, CBEE_KEY, NULL), 0);
	UNIT_EQ(cbee_map_set_layout(NULL, CBEE_KEY, NULL), -ENOENT);
	UNIT_EQ(cbee_map_set_layout(m, (enum cbee_part)7, NULL), -EINVAL);
	end();
}

/* ---- BTF of others ---------------------------------------------------- */

/* The layout that BTF of libbpf's making gives for type @id. */
static int read_type(struct btf *b, int id, struct cbee_field **ret)
{
	struct cbee__btf *btf = NULL;
	uint32_t size = 0;
	const void *raw = btf__raw_data(b, &size);
	int err = cbee__btf_parse(&btf, raw, size);

	*ret = NULL;
	UNIT_EQ(err, 0);
	if (!err)
		err = cbee__types_read(btf, (uint32_t)id, ret);
	cbee__btf_free(btf);
	return err;
}

static void others_are_read(void)
{
	static const struct cbee_field want[] = {
		{ "", CBEE_STRUCT, 0, 48, 0, 0, 0, 11 },  { "id", CBEE_UINT, 0, 8, 0, 0, 0, 0 },
		{ "state", CBEE_INT, 8, 4, 0, 0, 0, 0 },  { "p", CBEE_UINT, 16, 8, 0, 0, 0, 0 },
		{ "m", CBEE_INT, 24, 1, 6, 0, 0, 0 },	  { "odd", CBEE_UINT, 30, 1, 2, 0, 0, 0 },
		{ "far", CBEE_UINT, 32, 4, 0, 30, 2, 0 }, { "over", CBEE_UINT, 38, 4, 0, 4, 13, 0 },
		{ "c", CBEE_CHAR, 40, 1, 4, 0, 0, 0 },	  { "", CBEE_UNION, 44, 4, 0, 0, 0, 2 },
		{ "f", CBEE_FLOAT, 0, 4, 0, 0, 0, 0 },	  { "y", CBEE_BOOL, 0, 1, 0, 0, 0, 0 },
	};
	struct btf *b = btf__new_empty();
	struct cbee_field *got = NULL;
	int u64 = btf__add_int(b, "unsigned long long", 8, 0);
	int u32 = btf__add_int(b, "unsigned int", 4, 0);
	int chars = btf__add_int(b, "char", 1, BTF_INT_SIGNED);
	int schar = btf__add_int(b, "signed char", 1, BTF_INT_SIGNED);
	int type = btf__add_const(b, btf__add_volatile(b, btf__add_typedef(b, "id_t", u64)));
	int e = btf__add_enum(b, "state", 4), pointer, grid, none, text, half, flt, yes, un, all;

	btf__add_enum_value(b, "BAD", -1);
	pointer = btf__add_ptr(b, 0);
	grid = btf__add_array(b, u32, btf__add_array(b, u32, schar, 3), 2);
	none = btf__add_array(b, u32, u32, 0);
	text = btf__add_array(b, u32, chars, 4);
	half = btf__add_float(b, "half", 2);
	flt = btf__add_float(b, "float", 4);
	yes = btf__add_int(b, "_Bool", 1, BTF_INT_BOOL);
	un = btf__add_union(b, NULL, 4);
	btf__add_field(b, "f", flt, 0, 0);
	btf__add_field(b, "y", yes, 0, 0);
	all = btf__add_struct(b, "all", 48);
	btf__add_field(b, "id", type, 0, 0);
	btf__add_field(b, "state", e, 64, 0);
	btf__add_field(b, "p", pointer, 128, 0);
	btf__add_field(b, "m", grid, 192, 0);
	btf__add_field(b, "odd", half, 240, 0);
	btf__add_field(b, NULL, u32, 256, 30);
	btf__add_field(b, "far", u32, 286, 2);
	btf__add_field(b, "over", u32, 308, 13); /* over the end of its unit, as packed ones are */
	btf__add_field(b, "c", text, 320, 0);
	btf__add_field(b, NULL, un, 352, 0);
	btf__add_field(b, "rest", none, 384, 0);
	UNIT_EQ(read_type(b, all, &got), 0);
	if (got)
		for (int i = 0; i < 12; i++)
			same(&got[i], &want[i]);
	free(got);
	UNIT_EQ(read_type(b, pointer, &got), 0);
	free(got);
	UNIT_EQ(read_type(b, none, &got), -ENODATA);
	UNIT_EQ(read_type(b, btf__add_func_proto(b, 0), &got), -EINVAL);
	UNIT_EQ(read_type(b, 0, &got), -EINVAL);
	UNIT_EQ(read_type(b, 999, &got), -EINVAL);
	btf__free(b);
}

static void wild_types_are_refused(void)
{
	struct btf *b = btf__new_empty();
	struct cbee_field *got = NULL;
	int u8 = btf__add_int(b, "u8", 1, 0), last = u8, wide, s;

	for (int i = 0; i < 40; i++) { /* deep */
		s = btf__add_struct(b, NULL, 1);
		btf__add_field(b, "in", last, 0, 0);
		last = s;
	}
	UNIT_EQ(read_type(b, last, &got), -EINVAL);
	last = u8;
	for (int i = 0; i < 14; i++) { /* two times itself, again and again */
		s = btf__add_union(b, NULL, 1);
		btf__add_field(b, "a", last, 0, 0);
		btf__add_field(b, "b", last, 0, 0);
		last = s;
	}
	UNIT_EQ(read_type(b, last, &got), -E2BIG);
	wide = btf__add_array(b, u8, btf__add_array(b, u8, u8, 1u << 20), 1u << 20);
	UNIT_EQ(read_type(b, wide, &got), -EINVAL);
	wide = btf__add_array(b, u8, u8, 3);
	s = btf__add_struct(b, "out", 2);
	btf__add_field(b, "a", wide, 0, 0);
	UNIT_EQ(read_type(b, s, &got), -EINVAL);
	s = btf__add_struct(b, "empty", 0);
	UNIT_EQ(read_type(b, s, &got), -ENODATA);
	btf__free(b);
}

/* Every byte of good BTF, changed: what comes is a layout that fits, or none. */
static void broken_types_do_no_harm(void)
{
	static const unsigned char changes[] = { 0, 1, 4, 0x7f, 0x80, 0xff };
	struct cbee__types t = CBEE__TYPES_NONE;
	uint32_t id = cbee__types_add(&t, key, 0);
	struct cbee__btf *btf;
	struct cbee_field *got;
	struct fake_btf *raw;

	fake_reset();
	UNIT_EQ(cbee__types_load(&t), 0);
	raw = &fake.btfs[0];
	for (size_t i = 0; i < raw->size; i++)
		for (size_t c = 0; c < sizeof(changes); c++) {
			char was = raw->data[i], *copy = malloc(raw->size);

			raw->data[i] = (char)changes[c];
			memcpy(copy, raw->data, raw->size); /* the sanitizer sees its end */
			raw->data[i] = was;
			btf = NULL;
			got = NULL;
			if (!cbee__btf_parse(&btf, copy, raw->size) &&
			    !cbee__types_read(btf, id, &got))
				CU_ASSERT(cbee__layout_fits(got));
			free(got);
			cbee__btf_free(btf);
			free(copy);
		}
	cbee__types_free(&t);
}

/* A map whose BTF tells of another size has no layout. */
static void sizes_must_agree(void)
{
	struct btf *b = btf__new_empty();
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	uint32_t size, id = 0;
	const void *raw;
	int fd;

	start();
	opts.btf_key_type_id = (uint32_t)btf__add_int(b, "u32", 4, 0);
	opts.btf_value_type_id = (uint32_t)btf__add_int(b, "u64", 8, 0);
	raw = btf__raw_data(b, &size);
	opts.btf_fd = (uint32_t)bpf_btf_load(raw, size, NULL);
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "odd", 4, 4, 1, &opts);
	UNIT_EQ(cbee_map_id_next(0, &id), 0);
	UNIT_EQ(cbee_map_open_id(again, id), 0);
	CU_ASSERT_PTR_NOT_NULL(cbee_map_layout(again, CBEE_KEY));
	CU_ASSERT_PTR_NULL(cbee_map_layout(again, CBEE_VALUE));
	close(fd);
	close((int)opts.btf_fd);
	btf__free(b);
	end();
}

/* ---- failures --------------------------------------------------------- */

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC_AFTER(start(), e, -ENOMEM, {
		e = there_and_back();
		end();
	});
	UNIT_EQ(e, 0);
}

static void survives_failing_calls(void)
{
	int e = 0, failed = 1, nth = 1;

	for (; failed; nth++) {
		start();
		fake_fail(nth, EPERM);
		e = there_and_back();
		failed = fake_failed();
		if (failed && e) {
			UNIT_EQ(e, -EPERM);
			UNIT_EQ(cbee_map_error(e == m->err->code ? m : again)->code, -EPERM);
		}
		end();
	}
	UNIT_EQ(e, 0);
	CU_ASSERT(nth > 7);
}

UNIT_MAIN("map_btf", { "layouts come back", layouts_come_back },
	  { "maps of a program share one", maps_of_a_program_share_one },
	  { "a kernel may refuse layouts", a_kernel_may_refuse_layouts },
	  { "layouts are checked", layouts_are_checked }, { "others are read", others_are_read },
	  { "wild types are refused", wild_types_are_refused },
	  { "broken types do no harm", broken_types_do_no_harm },
	  { "sizes must agree", sizes_must_agree },
	  { "survives failing allocations", survives_failing_allocations },
	  { "survives failing calls", survives_failing_calls })
