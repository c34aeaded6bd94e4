/* SPDX-License-Identifier: Apache-2.0 */
/* Tests keys and values as text and JSON, and maps as histograms. */
#include <errno.h>
#include <linux/bpf.h>

#include "rig.h"
#include "plain/scan.h"

/* What every kind of field looks like; 56 bytes. */
struct sample {
	int32_t n;
	char comm[8];
	uint16_t ports[2];
	struct {
		uint8_t a;
		int8_t b;
	} in[2];
	bool yes;
	char c;
	uint32_t bits; /* 3 without sign, 4 with it */
	union {
		uint8_t x;
		uint32_t y;
	} u;
	double d;
	unsigned __int128 big;
} __attribute__((packed, aligned(8)));

static const struct cbee_field sample[] = {
	{ "", CBEE_STRUCT, 0, 56, 0, 0, 0, 15 },  { "n", CBEE_INT, 0, 4, 0, 0, 0, 0 },
	{ "comm", CBEE_CHAR, 4, 1, 8, 0, 0, 0 },  { "ports", CBEE_UINT, 12, 2, 2, 0, 0, 0 },
	{ "in", CBEE_STRUCT, 16, 2, 2, 0, 0, 2 }, { "a", CBEE_UINT, 0, 1, 0, 0, 0, 0 },
	{ "b", CBEE_INT, 1, 1, 0, 0, 0, 0 },	  { "yes", CBEE_BOOL, 20, 1, 0, 0, 0, 0 },
	{ "c", CBEE_CHAR, 21, 1, 0, 0, 0, 0 },	  { "low", CBEE_UINT, 22, 4, 0, 0, 3, 0 },
	{ "high", CBEE_INT, 22, 4, 0, 3, 4, 0 },  { "", CBEE_UNION, 26, 4, 0, 0, 0, 2 },
	{ "x", CBEE_UINT, 0, 1, 0, 0, 0, 0 },	  { "y", CBEE_UINT, 0, 4, 0, 0, 0, 0 },
	{ "d", CBEE_FLOAT, 30, 8, 0, 0, 0, 0 },	  { "big", CBEE_UINT, 38, 16, 0, 0, 0, 0 },
};

static const struct cbee_field number[] = { { "", CBEE_UINT, 0, 8, 0, 0, 0, 0 } };
static const struct cbee_field chars[] = { { "", CBEE_CHAR, 0, 1, 8, 0, 0, 0 } };
static const struct cbee_field pair[] = { { "", CBEE_UINT, 0, 2, 2, 0, 0, 0 } };
static const struct cbee_field slot[] = { { "", CBEE_INT, 0, 4, 0, 0, 0, 0 } };
static const struct cbee_field by_pid[] = {
	{ "", CBEE_STRUCT, 0, 16, 0, 0, 0, 2 },
	{ "pid", CBEE_UINT, 0, 4, 0, 0, 0, 0 },
	{ "slot", CBEE_UINT, 8, 8, 0, 0, 0, 0 },
};
static const struct cbee_field by_disk[] = {
	{ "", CBEE_STRUCT, 0, 16, 0, 0, 0, 3 },
	{ "disk", CBEE_CHAR, 0, 1, 8, 0, 0, 0 },
	{ "flags", CBEE_UINT, 8, 4, 0, 0, 0, 0 },
	{ "slot", CBEE_INT, 12, 4, 0, 0, 0, 0 },
};
static const struct cbee_field no_slot[] = {
	{ "", CBEE_STRUCT, 0, 16, 0, 0, 0, 2 },
	{ "slot", CBEE_UINT, 0, 8, 0, 0, 0, 0 },
	{ "comm", CBEE_CHAR, 8, 1, 8, 0, 0, 0 },
};

static void add(const char *name, uint32_t type, uint32_t key_size, uint32_t value_size,
		const struct cbee_field *key)
{
	fake_add_map(name, type, key_size, value_size, 32);
	fake_set_layouts(key, value_size == 8 ? number : NULL);
}

static void start(void)
{
	rig_begin();
	add("sample", BPF_MAP_TYPE_HASH, sizeof(struct sample), 8, sample);
	add("plain", BPF_MAP_TYPE_HASH, 3, 2, NULL);
	add("cpus", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, slot);
	add("dist", BPF_MAP_TYPE_HASH, 4, 8, slot);
	add("pids", BPF_MAP_TYPE_HASH, 16, 8, by_pid);
	add("disks", BPF_MAP_TYPE_HASH, 16, 8, by_disk);
	add("none", BPF_MAP_TYPE_HASH, 16, 8, no_slot);
	fake_add_map("names", BPF_MAP_TYPE_PERCPU_HASH, 8, 4, 32);
	fake_set_layouts(chars, pair);
	fake_add_map("texts", BPF_MAP_TYPE_PERCPU_HASH, 8, 8, 32);
	fake_set_layouts(chars, chars);
	add("queue", BPF_MAP_TYPE_QUEUE, 0, 8, NULL);
	rig_load();
}

static void says(const char *map, enum cbee_part part, const void *data, size_t size,
		 const char *text, const char *json)
{
	char *got = NULL;

	UNIT_EQ(cbee_map_text(cbee_map(c, map), part, data, size, &got), 0);
	UNIT_STR(got, text);
	free(got);
	got = NULL;
	UNIT_EQ(cbee_map_json(cbee_map(c, map), part, data, size, &got), 0);
	UNIT_STR(got, json);
	free(got);
}

static void every_kind_is_written(void)
{
	struct sample s = {
		.n = -7,
		.comm = "a\"b",
		.ports = { 80, 443 },
		.in = { { 1, -1 }, { 2, -2 } },
		.yes = true,
		.c = -3,
		.bits = 5 | 8u << 3,
		.u = { .y = 258 },
		.d = 1.5,
		.big = (unsigned __int128)1 << 64 | 255,
	};

	UNIT_EQ(sizeof(s), 56);
	start();
	says("sample", CBEE_KEY, &s, sizeof(s),
	     "{ n = -7, comm = \"a\\\"b\", ports = [80, 443], in = [{ a = 1, b = -1 }, "
	     "{ a = 2, b = -2 }], yes = true, c = -3, low = 5, high = -8, { x = 2, y = 258 }, "
	     "d = 1.500000, big = \"0x000000000000000100000000000000ff\" }",
	     "{\"n\":-7,\"comm\":\"a\\\"b\",\"ports\":[80,443],\"in\":[{\"a\":1,\"b\":-1},"
	     "{\"a\":2,\"b\":-2}],\"yes\":true,\"c\":-3,\"low\":5,\"high\":-8,\"\":{\"x\":2,"
	     "\"y\":258},\"d\":1.500000,\"big\":\"0x000000000000000100000000000000ff\"}");
	UNIT_STR(cbee_map_layout(cbee_map(c, "sample"), CBEE_KEY)[2].name, "comm");
	CU_ASSERT(!cbee_map_layout(cbee_map(c, "plain"), CBEE_KEY));
	CU_ASSERT(!cbee_map_layout(NULL, CBEE_KEY));
	end();
}

static void without_a_layout_it_is_bytes(void)
{
	uint64_t cpus[FAKE_CPUS] = { 1, 2, 3 };
	char *text = NULL;

	start();
	says("plain", CBEE_KEY, "\x01\xab\x00", 3, "hex:01ab00", "\"hex:01ab00\"");
	says("plain", CBEE_VALUE, "\x02\xff", 2, "hex:02ff", "\"hex:02ff\"");
	says("cpus", CBEE_VALUE, cpus, sizeof(cpus), "[1, 2, 3]", "[1,2,3]");
	fails(cbee_map_text(cbee_map(c, "cpus"), CBEE_VALUE, cpus, 8, &text), -EINVAL,
	      "map 'cpus' has values of 24 bytes, not 8");
	fails(cbee_map_json(cbee_map(c, "plain"), CBEE_KEY, cpus, 8, &text), -EINVAL,
	      "map 'plain' has keys of 3 bytes, not 8");
	fails(cbee_map_text(cbee_map(c, "queue"), CBEE_KEY, cpus, 0, &text), -EOPNOTSUPP,
	      "map 'queue' has no keys");
	UNIT_EQ(cbee_map_text(NULL, CBEE_KEY, cpus, 8, &text), -ENOENT);
	end();
}

/* What @text says in bytes, written again. */
static void reads(const char *map, enum cbee_part part, const char *text, const char *want)
{
	unsigned char data[64];
	struct cbee_map_info info;
	char *got = NULL;
	size_t size;

	cbee_map_info(cbee_map(c, map), &info);
	size = part == CBEE_KEY ? info.key_size : cbee_map_value_bytes(cbee_map(c, map));
	memset(data, 0xee, sizeof(data));
	UNIT_EQ(cbee_map_parse(cbee_map(c, map), part, text, data, size), 0);
	UNIT_EQ(data[size], 0xee);
	UNIT_EQ(cbee_map_text(cbee_map(c, map), part, data, size, &got), 0);
	UNIT_STR(got, want);
	free(got);
}

static void refuses(const char *map, enum cbee_part part, const char *text, int code)
{
	unsigned char data[64];
	struct cbee_map_info info;

	cbee_map_info(cbee_map(c, map), &info);
	cbee__err_clear(&c->err);
	UNIT_EQ(cbee_map_parse(cbee_map(c, map), part, text, data,
			       part == CBEE_KEY ? info.key_size
						: cbee_map_value_bytes(cbee_map(c, map))),
		code);
	CU_ASSERT(cbee_error(c)->text[0] != '\0');
}

static void text_is_read_back(void)
{
	char data[16];

	start();
	reads("dist", CBEE_KEY, " -0x10 ", "-16");
	reads("dist", CBEE_KEY, "2147483647", "2147483647");
	reads("dist", CBEE_KEY, "-2147483648", "-2147483648");
	reads("dist", CBEE_VALUE, "18446744073709551615", "18446744073709551615");
	reads("pids", CBEE_KEY, "{ pid = 7, slot = 3 }", "{ pid = 7, slot = 3 }");
	reads("pids", CBEE_KEY, "{7,3}", "{ pid = 7, slot = 3 }");
	reads("disks", CBEE_KEY, "{ \"sd\\\"a\", flags = 1, 2 }",
	      "{ disk = \"sd\\\"a\", flags = 1, slot = 2 }");
	reads("cpus", CBEE_VALUE, "[1, 2, 3]", "[1, 2, 3]");
	reads("cpus", CBEE_VALUE, "7", "[7, 7, 7]");
	reads("cpus", CBEE_VALUE, "[1, hex:0200000000000000, 3]", "[1, 2, 3]");
	reads("plain", CBEE_KEY, "hex:01abFF", "hex:01abff");
	reads("plain", CBEE_KEY, "\"ab\"", "hex:616200");
	reads("plain", CBEE_VALUE, "258", "hex:0201");
	reads("plain", CBEE_VALUE, "-2", "hex:feff");
	reads("dist", CBEE_KEY, "hex:10000000", "16");
	reads("names", CBEE_KEY, "a b", "\"a b\"");
	reads("names", CBEE_KEY, "\"a\"", "\"a\"");
	reads("names", CBEE_KEY, "\"\\n\\u001b\\/\\\\\\q\\u12\"", "\"\\n\\u001b/\\\\qu12\"");
	reads("names", CBEE_VALUE, "[[1, 2], [3, 4], [5, 6]]", "[[1, 2], [3, 4], [5, 6]]");
	reads("names", CBEE_VALUE, "[1, 2]", "[[1, 2], [1, 2], [1, 2]]");
	reads("texts", CBEE_VALUE, "[ab, \"c\", ]", "[\"ab\", \"c\", \"\"]");
	refuses("names", CBEE_KEY, "nine char", -ERANGE);
	refuses("dist", CBEE_KEY, "2147483648", -ERANGE);
	refuses("dist", CBEE_KEY, "-2147483649", -ERANGE);
	refuses("dist", CBEE_KEY, "", -EINVAL);
	refuses("dist", CBEE_KEY, "x", -EINVAL);
	refuses("dist", CBEE_KEY, "1 2", -EINVAL);
	refuses("dist", CBEE_VALUE, "-1", -ERANGE);
	refuses("dist", CBEE_VALUE, "18446744073709551616", -ERANGE);
	refuses("pids", CBEE_KEY, "{ slot = 3, pid = 7 }", -EINVAL);
	refuses("pids", CBEE_KEY, "{ 7 }", -EINVAL);
	refuses("pids", CBEE_KEY, "{ 7, 3", -EINVAL);
	refuses("disks", CBEE_KEY, "{ \"ninechars\", 1, 2 }", -ERANGE);
	refuses("disks", CBEE_KEY, "{ \"open", -EINVAL);
	refuses("cpus", CBEE_VALUE, "[1, 2]", -EINVAL);
	refuses("cpus", CBEE_VALUE, "1, 2", -EINVAL);
	refuses("plain", CBEE_KEY, "hex:01ab", -EINVAL);
	refuses("plain", CBEE_KEY, "hex:01ab0011", -EINVAL);
	refuses("plain", CBEE_KEY, "hex:01abzz", -EINVAL);
	refuses("plain", CBEE_KEY, "01ab00", -EINVAL);
	refuses("plain", CBEE_KEY, "\"four\"", -ERANGE);
	refuses("plain", CBEE_VALUE, "65536", -ERANGE);
	UNIT_STR(cbee_error(c)->hint, "a value of 2 bytes looks like 0, or like hex: and 4 digits");
	refuses("pids", CBEE_KEY, "7", -EINVAL);
	UNIT_STR(cbee_error(c)->hint, "a key of 16 bytes looks like { pid = 0, slot = 0 }, or like "
				      "hex: and 32 digits");
	fails(cbee_map_parse(cbee_map(c, "dist"), CBEE_KEY, "9999999999", data, 4), -ERANGE,
	      "'9999999999' does not fit a key of map 'dist'");
	fails(cbee_map_parse(cbee_map(c, "dist"), CBEE_KEY, "1", data, 8), -EINVAL,
	      "map 'dist' has keys of 4 bytes, not 8");
	UNIT_EQ(cbee_map_parse(NULL, CBEE_KEY, "1", data, 8), -ENOENT);
	end();
}

/* All kinds at once, but for the one of 16 bytes. */
static void every_kind_is_read(void)
{
	static const char text[] =
		"{ n = -7, comm = \"ab\", ports = [80, 443], in = [{ a = 1, b = -1 }, "
		"{ a = 2, b = -2 }], yes = true, c = -3, low = 5, high = -8, "
		"{ x = 2, y = 258 }, d = 1.500000 }";
	struct cbee_field all[15];
	char data[56], *got = NULL;
	const char *at = text;

	memcpy(all, sample, sizeof(all));
	all[0].members = 14;
	memset(data, 0, sizeof(data));
	UNIT_EQ(cbee__layout_scan(all, &at, data), 0);
	UNIT_STR(at, "");
	start();
	UNIT_EQ(cbee_map_text(cbee_map(c, "sample"), CBEE_KEY, data, 56, &got), 0);
	CU_ASSERT(got && !strncmp(got, text, strlen(text) - 2));
	free(got);
	refuses("sample", CBEE_KEY, text, -EINVAL);
	end();
}

/* ---- histograms ------------------------------------------------------- */

static void count(const char *map, const void *key, size_t size, uint64_t n)
{
	UNIT_EQ(cbee_map_set(cbee_map(c, map), key, size, &n, sizeof(n), 0), 0);
}

static void draws(const char *map, const struct cbee_map_hist *how, const char *want)
{
	char *got = NULL;

	UNIT_EQ(cbee_map_hist(cbee_map(c, map), how, &got), 0);
	UNIT_STR(got, want);
	free(got);
}

static void slots_are_rows(void)
{
	static const struct cbee_map_hist text = { .unit = "nsecs" };
	static const struct cbee_map_hist strip = { .strip_zeros = true };
	static const struct cbee_map_hist json = { .unit = "nsecs", .json = true };

	start();
	draws("dist", &text, "");
	draws("dist", &json, "{\"unit\":\"nsecs\",\"histogram\":[]}");
	count("dist", &(uint32_t){ 2 }, 4, 4);
	count("dist", &(uint32_t){ 3 }, 4, 1);
	draws("dist", &text,
	      "     nsecs               : count     distribution\n"
	      "         0 -> 1          : 0        |                                        |\n"
	      "         2 -> 3          : 4        |****************************************|\n"
	      "         4 -> 7          : 1        |**********                              |\n");
	draws("dist", &strip,
	      "     value               : count     distribution\n"
	      "         2 -> 3          : 4        |****************************************|\n"
	      "         4 -> 7          : 1        |**********                              |\n");
	count("dist", &(uint32_t){ 0 }, 4, 2);
	count("dist", &(uint32_t){ 64 }, 4, 1);
	draws("dist", &json,
	      "{\"unit\":\"nsecs\",\"histogram\":[{\"low\":0,\"high\":1,\"count\":2},"
	      "{\"low\":2,\"high\":3,\"count\":4},{\"low\":4,\"high\":7,\"count\":1},"
	      "{\"low\":9223372036854775808,\"high\":18446744073709551615,\"count\":1}]}");
	end();
}

static void linear_slots_are_numbers(void)
{
	static const struct cbee_map_hist text = { .unit = "cpu", .linear = true };
	static const struct cbee_map_hist strip = { .linear = true, .strip_zeros = true };
	static const struct cbee_map_hist json = { .linear = true, .json = true };
	uint64_t cpus[FAKE_CPUS] = { 1, 2, 1 };

	start();
	UNIT_EQ(cbee_map_set(cbee_map(c, "cpus"), &(uint32_t){ 1 }, 4, cpus, sizeof(cpus), 0), 0);
	cpus[0] = 5;
	UNIT_EQ(cbee_map_set(cbee_map(c, "cpus"), &(uint32_t){ 2 }, 4, cpus, sizeof(cpus), 0), 0);
	draws("cpus", &text,
	      "     cpu           : count     distribution\n"
	      "        0          : 0        |                                        |\n"
	      "        1          : 4        |********************                    |\n"
	      "        2          : 8        |****************************************|\n");
	draws("cpus", &strip,
	      "     value         : count     distribution\n"
	      "        1          : 4        |********************                    |\n"
	      "        2          : 8        |****************************************|\n");
	draws("cpus", &json,
	      "{\"unit\":\"value\",\"histogram\":[{\"low\":1,\"high\":1,\"count\":4},"
	      "{\"low\":2,\"high\":2,\"count\":8}]}");
	end();
}

struct pid_key {
	uint32_t pid, pad;
	uint64_t slot;
};

struct disk_key {
	char disk[8];
	uint32_t flags, slot;
};

static void name_pid(void *arg, const void *key, size_t size, char *text, size_t room)
{
	const struct pid_key *k = key;

	UNIT_EQ(size, sizeof(*k));
	UNIT_EQ(k->slot, 0);
	snprintf(text, room, "%s %u", (const char *)arg, k->pid);
}

static void keys_have_sections(void)
{
	static char task[] = "task";
	const struct cbee_map_hist text = { .section = "pid" };
	const struct cbee_map_hist named = {
		.section = "who", .section_text = name_pid, .arg = task, .json = true
	};
	const struct cbee_map_hist json = { .section = "pid", .json = true };
	const struct cbee_map_hist disks = { .strip_zeros = true }, disks_json = { .json = true };

	start();
	draws("pids", &json, "[]");
	draws("pids", &text, "");
	/* 256 comes behind 7, though its bytes do not */
	count("pids", &(struct pid_key){ 256, 0, 1 }, 16, 1);
	count("pids", &(struct pid_key){ 7, 0, 1 }, 16, 2);
	count("pids", &(struct pid_key){ 7, 0, 2 }, 16, 1);
	draws("pids", &text,
	      "\npid = 7\n"
	      "     value               : count     distribution\n"
	      "         0 -> 1          : 2        |****************************************|\n"
	      "         2 -> 3          : 1        |********************                    |\n"
	      "\npid = 256\n"
	      "     value               : count     distribution\n"
	      "         0 -> 1          : 1        |****************************************|\n");
	draws("pids", &json,
	      "[{\"pid\":7,\"unit\":\"value\",\"histogram\":[{\"low\":0,\"high\":1,\"count\":2},"
	      "{\"low\":2,\"high\":3,\"count\":1}]},{\"pid\":256,\"unit\":\"value\","
	      "\"histogram\":[{\"low\":0,\"high\":1,\"count\":1}]}]");
	draws("pids", &named,
	      "[{\"who\":\"task 7\",\"unit\":\"value\",\"histogram\":[{\"low\":0,\"high\":1,"
	      "\"count\":2},{\"low\":2,\"high\":3,\"count\":1}]},{\"who\":\"task 256\","
	      "\"unit\":\"value\",\"histogram\":[{\"low\":0,\"high\":1,\"count\":1}]}]");
	count("disks", &(struct disk_key){ "sda", 3, 3 }, 16, 1);
	draws("disks", &disks,
	      "\nBucket ptr = { disk = \"sda\", flags = 3 }\n"
	      "     value               : count     distribution\n"
	      "         4 -> 7          : 1        |****************************************|\n");
	draws("disks", &disks_json,
	      "[{\"key\":{\"disk\":\"sda\",\"flags\":3},\"unit\":\"value\",\"histogram\":["
	      "{\"low\":4,\"high\":7,\"count\":1}]}]");
	end();
}

static void others_are_refused(void)
{
	static const struct cbee_map_hist log2 = { 0 }, linear = { .linear = true };
	char *text = NULL;

	start();
	fails(cbee_map_hist(cbee_map(c, "plain"), &log2, &text), -EINVAL,
	      "map 'plain' is no histogram: its key is neither a slot nor a struct that is known");
	fails(cbee_map_hist(cbee_map(c, "none"), &log2, &text), -EINVAL,
	      "map 'none' is no histogram: the last member of its key is no slot");
	count("dist", &(uint32_t){ 65 }, 4, 1);
	fails(cbee_map_hist(cbee_map(c, "dist"), &log2, &text), -ERANGE,
	      "map 'dist' counts in slot 65, beyond 64");
	count("dist", &(uint32_t){ 65536 }, 4, 1);
	fails(cbee_map_hist(cbee_map(c, "dist"), &linear, &text), -ERANGE,
	      "map 'dist' counts in slot 65536, beyond 65535");
	UNIT_EQ(cbee_map_hist(NULL, &log2, &text), -ENOENT);
	CU_ASSERT(!text);
	end();
}

static void survives_failing_allocations(void)
{
	static const struct cbee_map_hist log2 = { 0 };
	uint64_t value = 1;
	char *text = NULL;
	int e;

	start();
	count("pids", &(struct pid_key){ 256, 0, 1 }, 16, 1);
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		text = NULL;
		e = cbee_map_hist(cbee_map(c, "pids"), &log2, &text);
		free(text);
	});
	UNIT_EQ(e, 0);
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		text = NULL;
		e = cbee_map_text(cbee_map(c, "dist"), CBEE_VALUE, &value, 8, &text);
		free(text);
	});
	UNIT_EQ(e, 0);
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		text = NULL;
		e = cbee_map_hist(cbee_map(c, "dist"), &log2, &text);
		free(text);
	});
	end();
}

UNIT_MAIN("map_text", { "every kind is written", every_kind_is_written },
	  { "without a layout it is bytes", without_a_layout_it_is_bytes },
	  { "text is read back", text_is_read_back }, { "every kind is read", every_kind_is_read },
	  { "slots are rows", slots_are_rows },
	  { "linear slots are numbers", linear_slots_are_numbers },
	  { "keys have sections", keys_have_sections },
	  { "others are refused", others_are_refused },
	  { "survives failing allocations", survives_failing_allocations })
