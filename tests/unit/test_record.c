/* SPDX-License-Identifier: Apache-2.0 */
/* Tests records as text and JSON, and layouts as C. */
#include <errno.h>
#include <linux/bpf.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "unit.h"

/* struct { u32 pid; char comm[8]; u8 last; }, 16 bytes */
static const struct cbee_field task[] = {
	{ "", CBEE_STRUCT, 0, 16, 0, 0, 0, 3 },
	{ "pid", CBEE_UINT, 0, 4, 0, 0, 0, 0 },
	{ "comm", CBEE_CHAR, 4, 1, 8, 0, 0, 0 },
	{ "last", CBEE_UINT, 12, 1, 0, 0, 0, 0 },
};

struct task {
	uint32_t pid;
	char comm[8];
	uint8_t last;
};

static const struct task init = { 1, "init", 7 };
static struct cbee *c;
static char lines[512];

static void say(void *arg, const char *line)
{
	size_t at = strlen(lines);

	(void)arg;
	snprintf(lines + at, sizeof(lines) - at, "%s\n", line);
}

static void start(void)
{
	fake_reset();
	fake_add_map("ring", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096);
	fake_set_record(task);
	fake_add_map("perf", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0);
	fake_set_record(task);
	fake_add_map("bytes", BPF_MAP_TYPE_RINGBUF, 0, 0, 4096);
	fake_add_map("dist", BPF_MAP_TYPE_ARRAY, 4, 8, 64);
	fake_set_slots(CBEE_SLOTS_LOG2);
	fake_add_map("counters", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 8);
	fake_set_counters();
	fake_add_prog("entry");
	UNIT_EQ(cbee_new(&c), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "m.c", .text = "" }), 0);
}

/* A record, with zeros behind it up to @size, as text and as JSON. */
static void expect(const char *map, size_t size, const char *text, const char *json)
{
	char bytes[32] = { 0 }, *got = NULL;

	memcpy(bytes, &init, sizeof(init));
	UNIT_EQ(cbee_stream_text(c, map, bytes, size, &got), 0);
	UNIT_STR(got, text);
	free(got);
	UNIT_EQ(cbee_stream_json(c, map, bytes, size, &got), 0);
	UNIT_STR(got, json);
	free(got);
}

#define TEXT "{ pid = 1, comm = \"init\", last = 7 }"
#define JSON "{\"pid\":1,\"comm\":\"init\",\"last\":7}"

static void layouts_are_kept(void)
{
	start();
	UNIT_STR(cbee_stream_layout(c, "ring")[2].name, "comm");
	UNIT_EQ(cbee_stream_layout(c, "perf")->size, 16);
	CU_ASSERT_PTR_NULL(cbee_stream_layout(c, "bytes"));
	CU_ASSERT_PTR_NULL(cbee_stream_layout(c, "none"));
	UNIT_EQ(cbee_map_slots(cbee_map(c, "dist")), CBEE_SLOTS_LOG2);
	UNIT_EQ(cbee_map_slots(cbee_map(c, "ring")), CBEE_SLOTS_NONE);
	UNIT_EQ(cbee_map_slots(NULL), CBEE_SLOTS_NONE);
	CU_ASSERT(cbee_map_is_stream(cbee_map(c, "ring")));
	CU_ASSERT(cbee_map_is_stream(cbee_map(c, "perf")));
	CU_ASSERT(!cbee_map_is_stream(cbee_map(c, "dist")));
	CU_ASSERT(!cbee_map_is_stream(cbee_map(c, "counters")));
	CU_ASSERT(!cbee_map_is_stream(NULL));
	cbee_free(c);
}

static void records_are_written(void)
{
	start();
	expect("ring", 16, TEXT, JSON);
	expect("perf", 20, TEXT, JSON); /* the kernel's padding */
	expect("perf", 16, TEXT, JSON);
	cbee_free(c);
}

/* Bytes are shown as they are when they are not what the layout says. */
static void other_sizes_are_not(void)
{
	start();
	expect("ring", 20, "hex:01000000696e6974000000000700000000000000",
	       "\"hex:01000000696e6974000000000700000000000000\"");
	expect("ring", 3, "hex:010000", "\"hex:010000\"");
	expect("ring", 0, "hex:", "\"hex:\"");
	expect("perf", 12, "hex:01000000696e697400000000", "\"hex:01000000696e697400000000\"");
	expect("perf", 28, "hex:01000000696e69740000000007000000000000000000000000000000",
	       "\"hex:01000000696e69740000000007000000000000000000000000000000\"");
	expect("bytes", 2, "hex:0100", "\"hex:0100\"");
	cbee_free(c);
}

static void wrong_maps_are_refused(void)
{
	char *got;

	start();
	UNIT_EQ(cbee_stream_text(c, "dist", "", 0, &got), -EINVAL);
	UNIT_STR(cbee_error(c)->text, "map 'dist' is no ring or perf buffer");
	UNIT_EQ(cbee_stream_json(c, "none", "", 0, &got), -ENOENT);
	cbee_free(c);
}

static void drop(void *arg, const void *data, size_t size)
{
	(void)arg;
	(void)data;
	(void)size;
}

static void an_unknown_layout_is_told(void)
{
	struct cbee_stream_opts ring = { .map = "ring", .record = drop };
	struct cbee_stream_opts bytes = { .map = "bytes", .record = drop };

	start();
	lines[0] = '\0';
	UNIT_EQ(cbee_load(c), 0);
	cbee_set_log(c, say, NULL);
	UNIT_EQ(cbee_stream_open(c, &ring), 0);
	CU_ASSERT_PTR_NULL(strstr(lines, "not known"));
	UNIT_EQ(cbee_stream_open(c, &bytes), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(lines, "what a record of 'bytes' looks like is not known"));
	cbee_free(c);
}

static void declare(const struct cbee_field *f, const char *name, const char *want)
{
	char *text = NULL;

	UNIT_EQ(cbee_field_declare(f, name, &text), 0);
	UNIT_STR(text, want);
	free(text);
}

static void layouts_are_declared(void)
{
	static const struct cbee_field number[] = { { "", CBEE_INT, 0, 2, 0, 0, 0, 0 } };
	static const struct cbee_field all[] = {
		{ "", CBEE_STRUCT, 0, 48, 0, 0, 0, 10 },   { "b", CBEE_BOOL, 0, 1, 0, 0, 0, 0 },
		{ "low", CBEE_UINT, 4, 4, 0, 0, 3, 0 },	   { "", CBEE_UNION, 8, 4, 0, 0, 0, 2 },
		{ "x", CBEE_UINT, 0, 1, 0, 0, 0, 0 },	   { "y", CBEE_INT, 0, 4, 0, 0, 0, 0 },
		{ "in", CBEE_STRUCT, 12, 3, 2, 0, 0, 2 },  { "c", CBEE_CHAR, 0, 1, 0, 0, 0, 0 },
		{ "s", CBEE_UINT, 1, 2, 0, 0, 0, 0 },	   { "d", CBEE_FLOAT, 24, 8, 0, 0, 0, 0 },
		{ "wide", CBEE_UINT, 32, 16, 0, 0, 0, 0 },
	};
	/* packed is what is inside only: y is where C puts it */
	static const struct cbee_field inside[] = {
		{ "", CBEE_STRUCT, 0, 12, 0, 0, 0, 5 },	 { "n", CBEE_UINT, 0, 1, 0, 0, 0, 0 },
		{ "in", CBEE_STRUCT, 1, 5, 0, 0, 0, 2 }, { "c", CBEE_CHAR, 0, 1, 0, 0, 0, 0 },
		{ "x", CBEE_UINT, 1, 4, 0, 0, 0, 0 },	 { "y", CBEE_UINT, 8, 4, 0, 0, 0, 0 },
	};
	char *text;
	int e;

	declare(inside, "",
		"struct { u8 n; struct { char c; u32 x; } __attribute__((packed)) in; u32 y; }");
	declare(task, "key", "struct { u32 pid; char comm[8]; u8 last; } key");
	declare(number, "slot", "s16 slot");
	declare(number, "", "s16");
	declare(all, "v",
		"struct { bool b; u32 low:3; union { u8 x; s32 y; }; struct { char c; u16 s; } "
		"__attribute__((packed)) in[2]; double d; unsigned __int128 wide; } v");
	UNIT_EQ(cbee_field_declare(NULL, "x", &text), -ENOENT);
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		e = cbee_field_declare(all, "v", &text);
		if (!e)
			free(text);
	});
	UNIT_EQ(e, 0);
}

static void survives_failing_allocations(void)
{
	char *text;
	int e;

	start();
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		e = cbee_stream_text(c, "ring", &init, sizeof(init), &text);
		if (e)
			UNIT_STR(cbee_error(c)->text,
				 "cannot print a record of 'ring': Cannot allocate memory");
		else
			free(text);
	});
	UNIT_EQ(e, 0);
	cbee_free(c);
}

UNIT_MAIN("record", { "layouts are kept", layouts_are_kept },
	  { "records are written", records_are_written },
	  { "other sizes are not", other_sizes_are_not },
	  { "wrong maps are refused", wrong_maps_are_refused },
	  { "an unknown layout is told", an_unknown_layout_is_told },
	  { "layouts are declared", layouts_are_declared },
	  { "survives failing allocations", survives_failing_allocations })
