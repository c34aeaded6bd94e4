/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how cbee map reads and writes layouts and flags in words. */
#include <errno.h>
#include <linux/bpf.h>

#include "../../programs/cbee/cbee.h"
#include "plain/buf.h"
#include "unit.h"

static struct map_layout layout;

/* Reads @text, which has @bytes, and writes it again as @want; NULL: bytes are all it says. */
static void reads(const char *text, uint32_t bytes, const char *want)
{
	char *out = NULL;

	CU_ASSERT(map_layout_read(text, &layout));
	UNIT_EQ(layout.bytes, bytes);
	UNIT_EQ(layout.count > 0, want != NULL);
	if (!layout.count)
		return;
	UNIT_EQ(cbee_field_declare(layout.fields, "", &out), 0);
	UNIT_STR(out, want);
	free(out);
}

static void refuses(const char *text)
{
	if (map_layout_read(text, &layout))
		printf("\n'%s' is read\n", text);
	CU_ASSERT(!map_layout_read(text, &layout));
}

static void layouts_are_read(void)
{
	reads("4", 4, "u32");
	reads("0x8", 8, "u64");
	reads("1", 1, "u8");
	reads("3", 3, NULL);
	reads("0", 0, NULL);
	reads("s16", 2, "s16");
	reads(" u128 ", 16, "unsigned __int128");
	reads("unsigned __int128[2]", 32, "unsigned __int128[2]");
	reads("__int128", 16, "__int128");
	reads("char[16]", 16, "char[16]");
	reads("double[0x2]", 16, "double[2]");
	reads("struct{u8 a;u32 b;}", 8, "struct { u8 a; u32 b; }");
	UNIT_EQ(layout.fields[2].offset, 4);
	reads("struct { u8 a; u16 b[3]; bool c; s64 d; }", 24,
	      "struct { u8 a; u16 b[3]; bool c; s64 d; }");
	UNIT_EQ(layout.fields[2].offset, 2);
	UNIT_EQ(layout.fields[3].offset, 8);
	UNIT_EQ(layout.fields[4].offset, 16);
	reads("union { u8 a[5]; u32 b; }", 8, "union { u8 a[5]; u32 b; }");
	UNIT_EQ(layout.fields[2].offset, 0);
	reads("struct { u32 p; struct { u8 x; u64 y; } in[2]; union { u8 a; float f; }; } [2]", 96,
	      "struct { u32 p; struct { u8 x; u64 y; } in[2]; union { u8 a; float f; }; }[2]");
	UNIT_EQ(layout.fields[0].members, 7);
	UNIT_EQ(layout.fields[2].offset, 8);
	UNIT_EQ(layout.fields[2].members, 2);
	UNIT_EQ(layout.fields[5].offset, 40);
}

static void packed_layouts_are_read(void)
{
	reads("struct { u8 a; u32 b; u16 c[2]; } __attribute__((packed))", 9,
	      "struct { u8 a; u32 b; u16 c[2]; } __attribute__((packed))");
	UNIT_EQ(layout.fields[2].offset, 1);
	UNIT_EQ(layout.fields[3].offset, 5);
	reads("struct { u8 n; struct { u8 x; u64 y; } __attribute__((packed)) in[2]; u16 z; }", 22,
	      "struct { u8 n; struct { u8 x; u64 y; } __attribute__((packed)) in[2]; u16 z; }");
	UNIT_EQ(layout.fields[2].offset, 1);
	UNIT_EQ(layout.fields[4].offset, 1);
	UNIT_EQ(layout.fields[5].offset, 20);
	reads("union { u8 a[5]; u32 b; } __attribute__((packed))", 5,
	      "union { u8 a[5]; u32 b; } __attribute__((packed))");
}

static void others_are_refused(void)
{
	static const char *const wrong[] = {
		"",
		"u33",
		"u32 x",
		"u32[",
		"u32[0]",
		"u32[-1]",
		"u32[1",
		"u32[1]]",
		"u32[99999999]",
		"4x",
		"16777217",
		"-4",
		"struct",
		"struct {",
		"struct {}",
		"struct x { u8 a; }",
		"struct { u8 a }",
		"struct { u8 a:3; }",
		"struct { u8 a; } x",
		"struct { a; }",
		"unsigned",
		"struct { u8 a; } __attribute__((aligned(8)))",
		"struct { u8 a; } __attribute__((packed",
		"struct { u64 a[2097153]; }",
		"99999999999999999999",
		"union { u8; ",
	};
	char deep[512] = "", many[2048] = "struct { ", name[1400];

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		refuses(wrong[i]);
	for (int i = 0; i < 20; i++)
		strcat(deep, "struct { ");
	strcat(deep, "u8 a; ");
	for (int i = 0; i < 20; i++)
		strcat(deep, i < 19 ? "} b; " : "}");
	refuses(deep);
	for (int i = 0; i < MAP_LAYOUT_FIELDS; i++)
		strcat(many, "u8 a; ");
	strcat(many, "}");
	refuses(many);
	snprintf(name, sizeof(name), "struct { u8 %0*d; }", 1200, 0);
	name[12] = 'a';
	refuses(name);
}

static void flags_have_names(void)
{
	struct cbee_buf out = { 0 };
	uint32_t flags = 0;

	map_flags_write(&out, 0);
	UNIT_STR(out.data, "0");
	cbee__buf_reset(&out);
	map_flags_write(&out, BPF_F_NO_PREALLOC | BPF_F_RDONLY_PROG | 1u << 30);
	UNIT_STR(out.data, "no_prealloc,rdonly_prog,0x40000000");
	cbee__buf_free(&out);
	CU_ASSERT(map_flags_read("no_prealloc,mmapable", &flags));
	UNIT_EQ(flags, BPF_F_NO_PREALLOC | BPF_F_MMAPABLE);
	CU_ASSERT(map_flags_read("0x11", &flags));
	UNIT_EQ(flags, 17);
	CU_ASSERT(!map_flags_read("no_prealloc,", &flags) || flags == BPF_F_NO_PREALLOC);
	CU_ASSERT(!map_flags_read("prealloc", &flags));
	CU_ASSERT(!map_flags_read("1x", &flags));
	CU_ASSERT(!map_flags_read("4294967296", &flags));
}

UNIT_MAIN("map_words", { "layouts are read", layouts_are_read },
	  { "packed layouts are read", packed_layouts_are_read },
	  { "others are refused", others_are_refused }, { "flags have names", flags_have_names })
