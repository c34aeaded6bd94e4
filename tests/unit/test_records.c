/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how cbee-cc finds out what records look like and which maps are histograms. */
#include "cc/records.h"

#include <errno.h>
#include <linux/bpf.h>

#include <bcc/bcc_common.h>
#include <cbee/map.h>

#include "cc/macro.h"
#include "compile/image.h"
#include "plain/buf.h"
#include "unit.h"

/* ---- a module of libbcc ----------------------------------------------- */

static struct table {
	const char *name, *desc;
	size_t size;
	const char *const *fields;
} tables[8];

static size_t table_count;
static struct bpf_insn insns[16];
static size_t insn_count;

size_t bpf_num_tables(void *module)
{
	(void)module;
	return table_count;
}

const char *bpf_table_name(void *module, size_t i)
{
	(void)module;
	return tables[i].name;
}

const char *bpf_table_leaf_desc_id(void *module, size_t i)
{
	(void)module;
	return tables[i].desc;
}

size_t bpf_table_leaf_size_id(void *module, size_t i)
{
	(void)module;
	return tables[i].size;
}

static const struct table *table_of(const char *name)
{
	for (size_t i = 0; i < table_count; i++)
		if (!strcmp(tables[i].name, name))
			return &tables[i];
	abort();
}

int bpf_table_fd(void *module, const char *name)
{
	(void)module;
	return 100 + (int)(table_of(name) - tables);
}

size_t bpf_perf_event_fields(void *module, const char *name)
{
	const char *const *fields = table_of(name)->fields;
	size_t count = 0;

	(void)module;
	while (fields && fields[count])
		count++;
	return count;
}

const char *bpf_perf_event_field(void *module, const char *name, size_t i)
{
	(void)module;
	return table_of(name)->fields[i];
}

size_t bpf_num_functions(void *module)
{
	(void)module;
	return insn_count > 0;
}

void *bpf_function_start_id(void *module, size_t i)
{
	(void)module;
	(void)i;
	return insns;
}

size_t bpf_function_size_id(void *module, size_t i)
{
	(void)module;
	(void)i;
	return insn_count * sizeof(insns[0]);
}

static void add_table(const char *name, size_t size, const char *desc, const char *const *fields)
{
	tables[table_count++] = (struct table){ name, desc, size, fields };
}

/* What the compiler makes of table @i.perf_submit(ctx, &data, @size). */
static void submit(int i, int size)
{
	struct bpf_insn *in = &insns[insn_count];

	in[0] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 5, .imm = 999 };
	in[1] = (struct bpf_insn){ .code = BPF_LD | BPF_IMM | BPF_DW,
				   .dst_reg = 2,
				   .src_reg = BPF_PSEUDO_MAP_FD,
				   .imm = 100 + i };
	in[2] = (struct bpf_insn){ 0 };
	in[3] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 5, .imm = size };
	in[4] = (struct bpf_insn){ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_perf_event_output };
	insn_count += 5;
}

#define LOOSE  "[\"a\",[[\"x\",\"unsigned char\"],[\"y\",\"unsigned int\"]],\"struct\"]"
#define PACKED "[\"b\",[[\"x\",\"unsigned char\"],[\"y\",\"unsigned int\"]],\"struct_packed\"]"
#define BITS   "[\"c\",[[\"x\",\"unsigned char\"],[\"y\",\"unsigned int\",3]],\"struct\"]"
#define PADDED                                                                         \
	"[\"d\",[[\"x\",\"unsigned char\"],[\"__pad_1\",\"char\",[3]],[\"y\",\"int\"," \
	"[4]]],\"struct\"]"

static const char *const numbers[] = { "x#u8", "y#__u32", NULL };
static const char *const arrays[] = { "x#my_t", "y#int[4]", NULL };

/* The layout of the first table's records as C has it; NULL: none. The caller frees it. */
static char *layout(void)
{
	struct cbee__image_writer w = { 0 };
	struct cbee_field fields[16] = { 0 };
	uint32_t at = cbee__cc_records_layout(&w, NULL, 0);
	struct cbee_buf image = { 0 };
	struct cbee__image im;
	char *text = NULL;

	cbee__image_finish(&w, "", 0, &image);
	UNIT_EQ(cbee__image_read(image.data, image.len, &im, NULL), 0);
	for (uint32_t i = 0; i < im.field_count; i++)
		fields[i] = (struct cbee_field){ .name = im.strings + im.fields[i].name,
						 .kind = im.fields[i].kind,
						 .offset = im.fields[i].offset,
						 .size = im.fields[i].size,
						 .count = im.fields[i].count,
						 .bit_size = im.fields[i].bit_size,
						 .members = im.fields[i].members };
	if (at != CBEE_IMAGE_NONE)
		UNIT_EQ(cbee_field_declare(&fields[at], "r", &text), 0);
	cbee__buf_free(&image);
	return text;
}

static void expect(const char *want)
{
	char *text = layout();

	if (want)
		UNIT_STR(text, want);
	else
		CU_ASSERT_PTR_NULL(text);
	free(text);
}

static void start(const char *const *fields)
{
	table_count = insn_count = 0;
	add_table("events", 4, "\"unsigned int\"", fields);
}

/* ---- tests ------------------------------------------------------------ */

static void members_choose_the_struct(void)
{
	start(numbers);
	expect(NULL);
	add_table("cbee_record_0", 20, PADDED, NULL);
	expect(NULL);
	add_table("cbee_record_1", 8, LOOSE, NULL);
	expect("struct { u8 x; u32 y; } r");
	add_table("mine", 5, PACKED, NULL);
	expect("struct { u8 x; u32 y; } r");
	CU_ASSERT(cbee__cc_records_own(NULL, 1));
	CU_ASSERT(!cbee__cc_records_own(NULL, 0));
	start(arrays);
	add_table("cbee_record_0", 8, LOOSE, NULL);
	expect(NULL);
	add_table("cbee_record_1", 20, PADDED, NULL);
	expect("struct { u8 x; s32 y[4]; } r");
	start(NULL);
	add_table("cbee_record_0", 8, LOOSE, NULL);
	expect(NULL);
}

static void what_could_be_two_things_is_neither(void)
{
	start(numbers);
	add_table("cbee_record_0", 8, LOOSE, NULL);
	add_table("cbee_record_1", 8, LOOSE, NULL);
	expect("struct { u8 x; u32 y; } r");
	add_table("cbee_record_2", 5, PACKED, NULL);
	expect(NULL);
	start(numbers);
	add_table("cbee_record_0", 4, BITS, NULL);
	expect("struct { u8 x; u32 y:3; } r");
	add_table("cbee_record_1", 8, LOOSE, NULL);
	expect(NULL);
}

static void sizes_decide(void)
{
	start(numbers);
	add_table("cbee_record_0", 8, LOOSE, NULL);
	add_table("cbee_record_1", 5, PACKED, NULL);
	submit(0, 5);
	expect("struct { u8 x; u32 y; } __attribute__((packed)) r");
	submit(1, 8); /* to another map */
	expect("struct { u8 x; u32 y; } __attribute__((packed)) r");
	submit(0, 8);
	expect(NULL);
	/* a size that is computed tells nothing */
	start(numbers);
	add_table("cbee_record_0", 8, LOOSE, NULL);
	submit(0, 999);
	expect(NULL);
	insns[3] = (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 5 };
	expect("struct { u8 x; u32 y; } r");
}

static void what_libbcc_does_not_tell_is_left_out(void)
{
	start(numbers);
	add_table("cbee_record_0", 16, LOOSE, NULL); /* aligned(16) */
	expect(NULL);
	start(numbers);
	add_table("cbee_record_0", 8, "no json", NULL);
	add_table("cbee_record_1", 8, "[7]", NULL);
	expect(NULL);
}

static void declare(const char *text, const char *want)
{
	struct cbee_buf out = { 0 };

	cbee__cc_records_declare(text, &out);
	UNIT_STR(out.data, want);
	cbee__buf_free(&out);
}

#define USE	    "e.perf_submit"
#define TABLE(t, n) " BPF_TABLE(\"array\", int, " t ", cbee_record_" #n ", 1);"

static void structs_get_a_table_behind_them(void)
{
	declare("struct a { int x; };\n", "struct a { int x; };\n");
	declare("struct a { int x; };\n" USE, "struct a { int x; };" TABLE("struct a", 0) "\n" USE);
	declare("struct a\n{ struct { int y; } x; } __attribute__((packed)) ; int z;" USE,
		"struct a\n{ struct { int y; } x; } __attribute__((packed)) ;" TABLE(
			"struct a", 0) " int z;" USE);
	declare("typedef struct { int x; } a_t, *b_t;" USE,
		"typedef struct { int x; } a_t, *b_t;" USE);
	declare("typedef struct { int x; } __attribute__((aligned(8))) a_t;" USE,
		"typedef struct { int x; } __attribute__((aligned(8))) a_t;" TABLE("a_t", 0) USE);
	declare("typedef struct a { int x; } a_t;struct b { int x; };" USE,
		"typedef struct a { int x; } a_t;" TABLE(
			"struct a", 0) "struct b { int x; };" TABLE("struct b", 1) USE);
	declare("#if A\nstruct a { int x; };\n#else\nstruct a { long x; };\n#endif\n" USE,
		"#if A\nstruct a { int x; };" TABLE(
			"struct a", 0) "\n#else\nstruct a { long x; };" TABLE("struct a",
									      1) "\n#endif\n" USE);
}

static void nothing_else_does(void)
{
	static const char *const texts[] = {
		"struct a;" USE,
		"struct a {};" USE,
		"struct a { int x:3; } __attribute__((packed));" USE,
		"struct a { int x:3; int y __attribute__((aligned(8))); };" USE,
		"struct __attribute__((packed)) a { int x:3; };" USE,
		"struct { int x; } v;" USE,
		"struct a { int x; } v = { 1 };" USE,
		"struct a { int x; } f(void) { }" USE,
		"struct a *f(struct b *p) { struct c { int x; }; }" USE,
		"int f(void) { struct c { int x; }; " USE,
		"#define A struct a { int x; };\n" USE,
		"/* struct a { int x; }; */" USE,
		"union a { int x; };" USE,
		"} struct a { int x; };" USE,
		"struct a { int x; }" USE,
		"struct a { int x; " USE,
		"struct __attribute__((",
		"ringbuf_ struct",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		declare(texts[i], texts[i]);
}

static void histograms_are_found(void)
{
	static const char text[] = "BPF_HASH(a);\nBPF_HISTOGRAM(dist);\n"
				   "BPF_HISTOGRAM ( lin , int, 32);\n"
				   "/* BPF_HISTOGRAM(b) */ BPF_HISTOGRAM(last";

	UNIT_EQ(cbee__cc_slots(text, "dist", 64), CBEE_SLOTS_LINEAR);
	UNIT_EQ(cbee__cc_slots(text, "lin", 32), CBEE_SLOTS_LINEAR);
	UNIT_EQ(cbee__cc_slots(text, "last", 64), CBEE_SLOTS_LINEAR);
	for (const char *const *none = (const char *const[]){ "a", "b", "dis", "distance", NULL };
	     *none; none++)
		UNIT_EQ(cbee__cc_slots(text, *none, 64), CBEE_SLOTS_NONE);
	UNIT_EQ(cbee__cc_slots("", "a", 64), CBEE_SLOTS_NONE);
	UNIT_EQ(cbee__cc_slots("BPF_HISTOGRAM(d) bpf_log2l(x)", "d", 64), CBEE_SLOTS_LOG2);
	UNIT_EQ(cbee__cc_slots("BPF_HISTOGRAM(d) bpf_log2(x)", "d", 64), CBEE_SLOTS_LOG2);
	UNIT_EQ(cbee__cc_slots("BPF_HISTOGRAM(d) bpf_log2(x)", "d", 65), CBEE_SLOTS_LINEAR);
	UNIT_EQ(cbee__cc_slots("BPF_HISTOGRAM(d, struct k) bpf_log2(x)", "d", 0), CBEE_SLOTS_LOG2);
	UNIT_EQ(cbee__cc_slots("BPF_HISTOGRAM(d, struct k)", "d", 0), CBEE_SLOTS_LINEAR);
	UNIT_EQ(cbee__cc_slots("BPF_HISTOGRAM(d) // bpf_log2(x)", "d", 64), CBEE_SLOTS_LINEAR);
}

static void counters_are_found(void)
{
	CU_ASSERT(cbee__cc_counters("BPF_PERF_OUTPUT(a); BPF_PERF_ARRAY (b, 8);", "b"));
	CU_ASSERT(!cbee__cc_counters("BPF_PERF_OUTPUT(a); BPF_PERF_ARRAY (b, 8);", "a"));
	CU_ASSERT(!cbee__cc_counters("/* BPF_PERF_ARRAY(a, 8) */", "a"));
}

static void a_text_without_memory_is_told(void)
{
	int e;

	UNIT_EACH_ALLOC(e, -ENOMEM, {
		struct cbee_buf out = { 0 };

		cbee__cc_records_declare("struct a { int x; };" USE, &out);
		e = out.err;
		cbee__buf_free(&out);
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("records", { "members choose the struct", members_choose_the_struct },
	  { "what could be two things is neither", what_could_be_two_things_is_neither },
	  { "sizes decide", sizes_decide },
	  { "what libbcc does not tell is left out", what_libbcc_does_not_tell_is_left_out },
	  { "structs get a table behind them", structs_get_a_table_behind_them },
	  { "nothing else does", nothing_else_does },
	  { "histograms are found", histograms_are_found },
	  { "counters are found", counters_are_found },
	  { "a text without memory is told", a_text_without_memory_is_told })
