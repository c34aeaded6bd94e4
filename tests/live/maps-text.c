/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts as libbcc tells them, and histograms that the kernel counted. */
#include <stdlib.h>
#include <sys/syscall.h>

#include "maps.h"

static void expect_text(const char *what, int err, char *text, const char *want)
{
	EXPECT(what, err, 0);
	if (err || !strcmp(text, want)) {
		free(text);
		return;
	}
	printf("%s:\n%s\nnot\n%s\n", what, text, want);
	free(text);
	bad = 1;
}

static void check_layouts(void)
{
	struct cbee *c = open_mine(
		"struct in { u8 a; u32 b; };\n"
		"struct key {\n"
		"	u32 pid; char comm[16]; u64 id; struct in one; struct in two[2];\n"
		"	u32 low:3; u32 high:7; union { u8 x; u16 y; }; bool flag; void *p;\n"
		"	signed char s;\n"
		"};\n"
		"struct packed { u8 a; u32 b; } __attribute__((packed));\n"
		"BPF_HASH(h, struct key, struct packed);\n"
		"BPF_HASH(twice, u64, struct { int m[2][3]; });\n"
		"int f(void *ctx) { return 0; }\n");
	struct in {
		uint8_t a;
		uint32_t b;
	};
	struct {
		uint32_t pid;
		char comm[16];
		uint64_t id;
		struct in one, two[2];
		uint32_t low : 3, high : 7;
		union {
			uint8_t x;
			uint16_t y;
		};
		bool flag;
		void *p;
		signed char s;
	} key;
	struct {
		uint8_t a;
		uint32_t b;
	} __attribute__((packed)) value = { 5, 70000 };
	struct cbee_map *m = cbee_map(c, "h");
	char *text = NULL;
	int err;

	memset(&key, 0, sizeof(key));
	key.pid = 12;
	strcpy(key.comm, "init");
	key.id = 1ull << 40;
	key.one = (struct in){ 1, 100000 };
	key.two[1] = (struct in){ 2, 3 };
	key.low = 5;
	key.high = 100;
	key.y = 258;
	key.flag = true;
	key.p = (void *)16;
	key.s = -9;
	err = cbee_map_json(m, CBEE_KEY, &key, sizeof(key), &text);
	expect_text("key", err, text,
		    "{\"pid\":12,\"comm\":\"init\",\"id\":1099511627776,\"one\":{\"a\":1,"
		    "\"b\":100000},\"two\":[{\"a\":0,\"b\":0},{\"a\":2,\"b\":3}],\"low\":5,"
		    "\"high\":100,\"\":{\"x\":2,\"y\":258},\"flag\":true,\"p\":16,\"s\":-9}");
	err = cbee_map_text(m, CBEE_VALUE, &value, sizeof(value), &text);
	expect_text("value", err, text, "{ a = 5, b = 70000 }");
	err = cbee_field_declare(cbee_map_layout(m, CBEE_VALUE), "value", &text);
	expect_text("declared", err, text, "struct { u8 a; u32 b; } __attribute__((packed)) value");
	EXPECT("a layout that libbcc does not tell",
	       cbee_map_layout(cbee_map(c, "twice"), CBEE_VALUE) == NULL, 1);
	EXPECT("that of a number", cbee_map_layout(cbee_map(c, "twice"), CBEE_KEY)->size, 8);
	cbee_free(c);
}

static void check_histograms(void)
{
	struct cbee *c = open_mine("struct key { u32 pid; u64 slot; };\n"
				   "BPF_HISTOGRAM(d);\n"
				   "BPF_HISTOGRAM(k, struct key);\n"
				   "TRACEPOINT_PROBE(syscalls, sys_enter_getpgid)\n" FILTER
				   "	struct key key = { .pid = args->pid & 1 };\n"
				   "	key.slot = bpf_log2l(args->pid);\n"
				   "	d.increment(bpf_log2l(args->pid));\n"
				   "	k.increment(key);\n"
				   "	return 0;\n"
				   "}\n");
	char *text = NULL;
	int err;

	EXPECT("attach", cbee_attach_auto(c, NULL), 0);
	for (int i = 0; i < 8; i++)
		syscall(SYS_getpgid, i);
	cbee_detach(c);
	err = cbee_map_hist(cbee_map(c, "d"), &(struct cbee_map_hist){ .unit = "pid" }, &text);
	expect_text(
		"histogram", err, text,
		"     pid                 : count     distribution\n"
		"         0 -> 1          : 2        |********************                    |\n"
		"         2 -> 3          : 2        |********************                    |\n"
		"         4 -> 7          : 4        |****************************************|\n");
	err = cbee_map_hist(
		cbee_map(c, "k"),
		&(struct cbee_map_hist){ .unit = "pid", .section = "odd", .json = true }, &text);
	expect_text("keyed", err, text,
		    "[{\"odd\":0,\"unit\":\"pid\",\"histogram\":[{\"low\":0,\"high\":1,"
		    "\"count\":1},{\"low\":2,\"high\":3,\"count\":1},{\"low\":4,\"high\":7,"
		    "\"count\":2}]},{\"odd\":1,\"unit\":\"pid\",\"histogram\":[{\"low\":0,"
		    "\"high\":1,\"count\":1},{\"low\":2,\"high\":3,\"count\":1},{\"low\":4,"
		    "\"high\":7,\"count\":2}]}]");
	cbee_free(c);
}

int main(void)
{
	check_layouts();
	check_histograms();
	if (!bad)
		puts("all as it should be");
	return bad;
}
