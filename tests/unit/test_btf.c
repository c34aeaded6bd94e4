/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/btf.c. */
#include "headers/btf.h"

#include <bpf/btf.h>
#include <errno.h>
#include <unistd.h>

#include "unit.h"

/* One of each kind; ids in the order of the calls. */
static struct btf *build(void)
{
	struct btf *b = btf__new_empty();

	CU_ASSERT_FATAL(b != NULL);
	btf__add_int(b, "int", 4, BTF_INT_SIGNED); /* 1 */
	btf__add_ptr(b, 1);
	btf__add_array(b, 1, 1, 7);
	btf__add_struct(b, "s", 16); /* 4 */
	btf__add_field(b, "a", 1, 0, 0);
	btf__add_field(b, "bits", 1, 35, 3);
	btf__add_field(b, "p", 2, 64, 0);
	btf__add_union(b, "u", 4); /* 5 */
	btf__add_field(b, "x", 1, 0, 0);
	btf__add_enum(b, "e", 4); /* 6 */
	btf__add_enum_value(b, "E_NEG", -1);
	btf__add_enum_value(b, "E_TWO", 2);
	btf__add_fwd(b, "f", BTF_FWD_UNION);
	btf__add_typedef(b, "t", 4); /* 8 */
	btf__add_volatile(b, 8);
	btf__add_const(b, 9);
	btf__add_restrict(b, 10);  /* 11 */
	btf__add_func_proto(b, 1); /* 12 */
	btf__add_func_param(b, "q", 2);
	btf__add_func_param(b, NULL, 0);
	btf__add_func(b, "fn", BTF_FUNC_STATIC, 12);
	btf__add_var(b, "v", BTF_VAR_STATIC, 1);
	btf__add_datasec(b, ".data", 4); /* 15 */
	btf__add_datasec_var_info(b, 14, 0, 4);
	btf__add_float(b, "double", 8);
	btf__add_decl_tag(b, "dt", 4, 0);
	btf__add_type_tag(b, "tt", 11); /* 18 */
	btf__add_enum64(b, "e64", 8, false);
	btf__add_enum64_value(b, "E_BIG", 0x8000000000000001ull);
	return b;
}

static struct cbee__btf *parse(struct btf *b)
{
	static uint32_t copy[1024]; /* libbpf's bytes go away when a split is made */
	struct cbee__btf *btf = NULL;
	uint32_t size;
	const void *data = btf__raw_data(b, &size);

	CU_ASSERT_FATAL(data != NULL && size <= sizeof(copy));
	memcpy(copy, data, size);
	UNIT_EQ(cbee__btf_parse(&btf, copy, size), 0);
	CU_ASSERT_FATAL(btf != NULL);
	return btf;
}

static void test_types(void)
{
	struct btf *b = build();
	struct cbee__btf *btf = parse(b);
	struct cbee__btf_type t;

	UNIT_EQ(cbee__btf_end(btf), 20);
	UNIT_EQ(cbee__btf_type(btf, 0, &t), 0);
	UNIT_EQ(t.kind, CBEE__BTF_VOID);
	for (uint32_t id = 1; id < 20; id++) {
		const struct btf_type *want = btf__type_by_id(b, id);

		UNIT_EQ(cbee__btf_type(btf, id, &t), 0);
		UNIT_EQ(t.kind, btf_kind(want));
		UNIT_STR(t.name, btf__name_by_offset(b, want->name_off));
	}
	UNIT_EQ(cbee__btf_type(btf, 20, &t), -EINVAL);
	UNIT_EQ(cbee__btf_type(btf, UINT32_MAX, &t), -EINVAL);
	cbee__btf_type(btf, 1, &t);
	UNIT_EQ(t.size, 4);
	UNIT_EQ(t.bits, 32);
	UNIT_EQ(t.encoding, 1);
	cbee__btf_type(btf, 3, &t);
	UNIT_EQ(t.type, 1);
	UNIT_EQ(t.count, 7);
	cbee__btf_type(btf, 7, &t);
	CU_ASSERT_TRUE(t.flag);
	UNIT_EQ(cbee__btf_resolve(btf, 18, &t), 0);
	UNIT_EQ(t.id, 4);
	UNIT_EQ(t.size, 16);
	cbee__btf_free(btf);
	btf__free(b);
}

static void check_member(struct cbee__btf *btf, const struct cbee__btf_type *t, uint32_t i,
			 const char *name, uint32_t off, uint32_t size)
{
	struct cbee__btf_member m;

	UNIT_EQ(cbee__btf_member(btf, t, i, &m), 0);
	UNIT_STR(m.name, name);
	UNIT_EQ(m.bit_off, off);
	UNIT_EQ(m.bit_size, size);
}

static void test_rows(void)
{
	struct btf *b = build();
	struct cbee__btf *btf = parse(b);
	struct cbee__btf_type t;
	const char *name;
	uint32_t id;
	int64_t value;

	cbee__btf_type(btf, 4, &t);
	UNIT_EQ(t.count, 3);
	check_member(btf, &t, 0, "a", 0, 0);
	check_member(btf, &t, 1, "bits", 35, 3);
	check_member(btf, &t, 2, "p", 64, 0);
	cbee__btf_type(btf, 6, &t);
	UNIT_EQ(cbee__btf_enumerator(btf, &t, 0, &name, &value), 0);
	UNIT_STR(name, "E_NEG");
	UNIT_EQ(value, -1);
	cbee__btf_type(btf, 19, &t);
	UNIT_EQ(cbee__btf_enumerator(btf, &t, 0, &name, &value), 0);
	CU_ASSERT_EQUAL((uint64_t)value, 0x8000000000000001ull);
	CU_ASSERT_FALSE(cbee__btf_enum_signed(btf, &t));
	cbee__btf_type(btf, 12, &t);
	UNIT_EQ(t.count, 2);
	UNIT_EQ(t.type, 1);
	UNIT_EQ(cbee__btf_param(btf, &t, 0, &name, &id), 0);
	UNIT_STR(name, "q");
	UNIT_EQ(id, 2);
	UNIT_EQ(cbee__btf_param(btf, &t, 1, &name, &id), 0);
	UNIT_STR(name, "");
	UNIT_EQ(id, 0);
	cbee__btf_free(btf);
	btf__free(b);
}

/* Until kernel 5.0: the place of a bitfield is in its int. */
static void test_old_bitfield(void)
{
	static const uint32_t raw[] = {
		0x0001eb9f,
		24,
		0,
		7 * 4 + 12,
		7 * 4 + 12,
		8,
		/* int of 4 bytes, 5 bits from bit 2 */
		1,
		1u << 24,
		4,
		2u << 16 | 5,
		/* struct with one member at bit 8, no bitfield flag */
		0,
		4u << 24 | 1,
		4,
		5,
		1,
		8,
		/* "\0int\0m\0" */
		0x746e6900,
		0x00006d00,
	};
	struct cbee__btf *btf = NULL;
	struct cbee__btf_type t;

	UNIT_EQ(cbee__btf_parse(&btf, raw, sizeof(raw)), 0);
	CU_ASSERT_FATAL(btf != NULL);
	UNIT_EQ(cbee__btf_type(btf, 2, &t), 0);
	check_member(btf, &t, 0, "m", 10, 5);
	cbee__btf_free(btf);
}

struct seen {
	char text[512];
};

static void note(void *ctx, enum cbee__btf_kind kind, uint32_t id, int nth, const char *name)
{
	struct seen *s = ctx;
	size_t len = strlen(s->text);

	snprintf(s->text + len, sizeof(s->text) - len, "%u:%u:%d:%s ", kind, id, nth, name);
}

static void test_find(void)
{
	struct btf *b = build();
	struct cbee__btf *btf = parse(b);
	struct cbee__btf_filter filter = { 0 };
	struct seen seen = { "" };

	cbee__btf_find(btf, 1, &filter, note, &seen);
	UNIT_STR(seen.text, "");
	cbee__btf_filter_add(&filter, "E_TWO and more", 5);
	cbee__btf_filter_add(&filter, "t!", 1);
	cbee__btf_filter_add(&filter, "u", 1);
	cbee__btf_filter_add(&filter, "int", 3);
	CU_ASSERT_TRUE(cbee__btf_filter_has(&filter, "E_T"));
	CU_ASSERT_FALSE(cbee__btf_filter_has(&filter, "E_"));
	cbee__btf_find(btf, 1, &filter, note, &seen);
	UNIT_STR(seen.text, "5:5:-1:u 6:6:1:E_TWO 8:8:-1:t ");
	seen.text[0] = '\0';
	cbee__btf_find(btf, 6, &filter, note, &seen);
	UNIT_STR(seen.text, "6:6:1:E_TWO 8:8:-1:t ");
	cbee__btf_free(btf);
	btf__free(b);
}

/* Two modules number their types from the same id; here they must not meet. */
static void test_modules(void)
{
	struct btf *b = build();
	struct cbee__btf *btf = parse(b);
	struct cbee__btf_type t;

	for (int i = 0; i < 2; i++) {
		static uint32_t copies[2][1024];
		struct btf *m = btf__new_empty_split(b);
		uint32_t size;
		const void *data;

		btf__add_struct(m, i ? "second" : "first", 8); /* 20 */
		btf__add_field(m, "a", 1, 0, 0);
		btf__add_field(m, i ? "own2" : "own1", 21, 32, 0);
		btf__add_typedef(m, "t2", 1); /* 21 */
		btf__add_ptr(m, 20);	      /* 22 */
		data = btf__raw_data(m, &size);
		CU_ASSERT_FATAL(data != NULL && size <= sizeof(copies[i]));
		memcpy(copies[i], data, size);
		UNIT_EQ(cbee__btf_add_parse(btf, copies[i], size), 0);
		UNIT_EQ(cbee__btf_end(btf), 23 + 3 * (uint32_t)i);
		UNIT_EQ(cbee__btf_type(btf, 20 + 3 * (uint32_t)i, &t), 0);
		UNIT_STR(t.name, i ? "second" : "first");
		check_member(btf, &t, 0, "a", 0, 0);
		check_member(btf, &t, 1, i ? "own2" : "own1", 32, 0);
		UNIT_EQ(cbee__btf_type(btf, 22 + 3 * (uint32_t)i, &t), 0);
		UNIT_EQ(t.type, 20 + 3 * (uint32_t)i);
		btf__free(m);
	}
	cbee__btf_free(btf);
	btf__free(b);
}

/* A module may have a function of the same name as the kernel. */
static void test_functions(void)
{
	static uint32_t copy[1024];
	struct btf *b = build(), *m;
	struct cbee__btf *btf = parse(b);
	const void *data;
	uint32_t size, id = 0;

	m = btf__new_empty_split(b);
	btf__add_func(m, "own", BTF_FUNC_STATIC, 12); /* 20 */
	btf__add_func(m, "fn", BTF_FUNC_STATIC, 12);
	data = btf__raw_data(m, &size);
	CU_ASSERT_FATAL(data != NULL && size <= sizeof(copy));
	memcpy(copy, data, size);
	UNIT_EQ(cbee__btf_add_parse(btf, copy, size), 0);
	UNIT_EQ(cbee__btf_func(btf, 1, "fn", &id), 0);
	UNIT_EQ(id, 13);
	UNIT_EQ(cbee__btf_func(btf, 20, "fn", &id), 0);
	UNIT_EQ(id, 21);
	UNIT_EQ(cbee__btf_func(btf, 1, "s", &id), -ESRCH);
	UNIT_EQ(cbee__btf_module_func("no_such_module", "fn", &id), -ENOENT);
	UNIT_EQ(cbee__btf_module_func("../btf/vmlinux", "vfs_read", &id), -ENOENT);
	btf__free(m);
	cbee__btf_free(btf);
	btf__free(b);
}

/* Reads everything there is; whatever the bytes, nothing outside them is touched. */
static void read_all(const void *data, size_t size)
{
	struct cbee__btf *btf = NULL;
	struct cbee__btf_filter filter;
	struct seen seen = { "" };
	int err = cbee__btf_parse(&btf, data, size);

	CU_ASSERT(err == 0 || err == -EINVAL);
	if (err)
		return;
	memset(&filter, 0xff, sizeof(filter));
	for (uint32_t id = 0; id < cbee__btf_end(btf) + 3; id++) {
		struct cbee__btf_type t;
		struct cbee__btf_member m;
		const char *name;
		uint32_t type;
		int64_t value;

		cbee__btf_resolve(btf, id, &t);
		if (cbee__btf_type(btf, id, &t))
			continue;
		for (uint32_t i = 0; i < t.count; i++) {
			if (t.kind == CBEE__BTF_STRUCT || t.kind == CBEE__BTF_UNION)
				cbee__btf_member(btf, &t, i, &m);
			if (t.kind == CBEE__BTF_ENUM || t.kind == CBEE__BTF_ENUM64)
				cbee__btf_enumerator(btf, &t, i, &name, &value);
			if (t.kind == CBEE__BTF_FUNC_PROTO)
				cbee__btf_param(btf, &t, i, &name, &type);
			if (t.kind == CBEE__BTF_ARRAY)
				break;
		}
	}
	cbee__btf_find(btf, 1, &filter, note, &seen);
	cbee__btf_free(btf);
}

static void test_truncated(void)
{
	struct btf *b = build();
	uint32_t size;
	const void *data = btf__raw_data(b, &size);

	for (uint32_t len = 0; len <= size; len++) {
		char *copy = malloc(len ? len : 1);

		CU_ASSERT_FATAL(copy != NULL);
		memcpy(copy, data, len);
		read_all(copy, len);
		free(copy);
	}
	btf__free(b);
}

static void test_flipped(void)
{
	struct btf *b = build();
	uint32_t size, seed = 12345;
	const void *data = btf__raw_data(b, &size);
	unsigned char *copy = malloc(size);

	CU_ASSERT_FATAL(copy != NULL);
	for (int round = 0; round < 20000; round++) {
		memcpy(copy, data, size);
		for (int i = 0; i <= round % 4; i++) {
			seed = seed * 1664525 + 1013904223;
			copy[(seed >> 8) % size] ^= (unsigned char)(1 + (seed >> 3) % 255);
		}
		read_all(copy, size);
	}
	free(copy);
	btf__free(b);
}

static void test_refused(void)
{
	struct btf *b = build();
	uint32_t size, *copy;
	const void *data = btf__raw_data(b, &size);
	struct cbee__btf *btf = NULL;

	copy = malloc(size);
	CU_ASSERT_FATAL(copy != NULL);
	memcpy(copy, data, size);
	UNIT_EQ(cbee__btf_parse(&btf, "", 0), -EINVAL);
	copy[0] ^= 0xffff; /* the other byte order, or no BTF at all */
	UNIT_EQ(cbee__btf_parse(&btf, copy, size), -EINVAL);
	memcpy(copy, data, size);
	copy[7] = 31u << 24; /* a kind nobody knows: its length is unknown too */
	UNIT_EQ(cbee__btf_parse(&btf, copy, size), -EINVAL);
	memcpy(copy, data, size);
	((char *)copy)[size - 1] = 'x'; /* strings without an end */
	UNIT_EQ(cbee__btf_parse(&btf, copy, size), -EINVAL);
	UNIT_EQ(cbee__btf_open(&btf, "/nonexistent/vmlinux"), -ENOENT);
	UNIT_EQ(cbee__btf_open(&btf, "/dev/null"), -EINVAL);
	CU_ASSERT_PTR_NULL(btf);
	cbee__btf_free(NULL);
	free(copy);
	btf__free(b);
}

static void test_no_memory(void)
{
	struct btf *b = build();
	struct cbee__btf *btf = NULL;
	uint32_t size;
	const void *data = btf__raw_data(b, &size);
	int err;

	UNIT_EACH_ALLOC(err, -ENOMEM, {
		btf = NULL;
		err = cbee__btf_parse(&btf, data, size);
		cbee__btf_free(btf);
	});
	UNIT_EQ(err, 0);
	btf__free(b);
}

/* The kernel's own, mapped or read, against libbpf's reading of it. */
static void test_kernel(void)
{
	struct cbee__btf *btf = NULL;
	struct btf *b;
	uint32_t func = 0;
	int bad = 0;

	if (access("/sys/kernel/btf/vmlinux", R_OK)) {
		printf("(skipped: no /sys/kernel/btf/vmlinux) ");
		return;
	}
	b = btf__parse("/sys/kernel/btf/vmlinux", NULL);
	CU_ASSERT_FATAL(b != NULL);
	UNIT_EQ(cbee__btf_open(&btf, "/sys/kernel/btf/vmlinux"), 0);
	CU_ASSERT_FATAL(btf != NULL);
	UNIT_EQ(cbee__btf_end(btf), btf__type_cnt(b));
	for (uint32_t id = 1; id < cbee__btf_end(btf); id++) {
		const struct btf_type *want = btf__type_by_id(b, id);
		struct cbee__btf_type t;

		bad += cbee__btf_type(btf, id, &t) || (int)t.kind != btf_kind(want) ||
		       strcmp(t.name, btf__name_by_offset(b, want->name_off));
		for (uint32_t i = 0; btf_is_composite(want) && i < t.count; i++) {
			struct cbee__btf_member m;

			bad += cbee__btf_member(btf, &t, i, &m) ||
			       m.bit_off != btf_member_bit_offset(want, i) ||
			       m.bit_size != btf_member_bitfield_size(want, i) ||
			       m.type != btf_members(want)[i].type;
		}
	}
	UNIT_EQ(bad, 0);
	UNIT_EQ(cbee__btf_kernel_func("vfs_read", &func), 0);
	UNIT_EQ(func, btf__find_by_name_kind(b, "vfs_read", BTF_KIND_FUNC));
	UNIT_EQ(cbee__btf_kernel_func("no_such_function", &func), -ESRCH);
	/* a type's name is no function's */
	UNIT_EQ(cbee__btf_kernel_func("task_struct", &func), -ESRCH);
	cbee__btf_free(btf);
	btf__free(b);
}

UNIT_MAIN("btf", { "types", test_types }, { "rows", test_rows },
	  { "old bitfield", test_old_bitfield }, { "find", test_find }, { "modules", test_modules },
	  { "functions", test_functions }, { "truncated", test_truncated },
	  { "flipped", test_flipped }, { "refused", test_refused }, { "no memory", test_no_memory },
	  { "kernel", test_kernel })
