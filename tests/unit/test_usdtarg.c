/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how arguments of USDT probes are read, and told to people. */
#include "symbols/usdtarg.h"

#include <elf.h>

#include "unit.h"

static char room[200];
static struct cbee_usdt_arg arg;

static const struct cbee_usdt_arg *read_as(unsigned int machine, const char *text)
{
	arg = (struct cbee_usdt_arg){ .text = text };
	snprintf(room, sizeof(room), "%s", text);
	cbee__usdt_arg_read(&arg, room, machine, machine == EM_386 ? 4 : 8);
	return &arg;
}

/* Reads it and compares what people are told. */
static void tells(unsigned int machine, const char *text, const char *want)
{
	char told[200];
	int len = cbee_usdt_arg_text(read_as(machine, text), told, sizeof(told));

	UNIT_STR(told, want);
	UNIT_EQ(len, strlen(want));
}

static void x86(void)
{
	tells(EM_X86_64, "-4@%eax", "4 signed bytes in eax");
	tells(EM_X86_64, "1@%ah", "1 unsigned byte in ah");
	tells(EM_X86_64, "8@%r15", "8 unsigned bytes in r15");
	tells(EM_X86_64, "%rdi", "8 unsigned bytes in rdi");
	tells(EM_386, "%edi", "4 unsigned bytes in edi");
	tells(EM_X86_64, "-4@$-7", "4 signed bytes, always -7");
	tells(EM_X86_64, "8@$0xff", "8 unsigned bytes, always 255");
	tells(EM_X86_64, "8@$18446744073709551615", "8 unsigned bytes, always -1");
	tells(EM_X86_64, "-8@$-9223372036854775808", "8 signed bytes, always -9223372036854775808");
	tells(EM_X86_64, "-2@-24(%rbp)", "2 signed bytes at rbp-24");
	tells(EM_X86_64, "8@(%rsp)", "8 unsigned bytes at rsp");
	tells(EM_X86_64, "4@8(%rax,%rbx,4)", "4 unsigned bytes at rax+rbx*4+8");
	tells(EM_X86_64, "4@(%rax,%rbx)", "4 unsigned bytes at rax+rbx*1");
	tells(EM_X86_64, "4@16(,%rbx,8)", "4 unsigned bytes at rbx*8+16");
	tells(EM_X86_64, "-4@x(%rip)", "4 signed bytes at x");
	tells(EM_X86_64, "-4@x+8(%rip)", "4 signed bytes at x+8");
	tells(EM_X86_64, "-4@8+x(%rip)", "4 signed bytes at x+8");
	tells(EM_X86_64, "-4@x-8(%rip)", "4 signed bytes at x-8");
	tells(EM_X86_64, "-4@x", "4 signed bytes at x");
	tells(EM_X86_64, "-4@x(,%rax,4)", "4 signed bytes at x+rax*4");
	tells(EM_X86_64, "-4@x(%rax)", "4 signed bytes at x+rax");
	tells(EM_X86_64, "8@$x+4", "8 unsigned bytes, the address of x+4");
	tells(EM_X86_64, "8f@-8(%rbp)", "8 floating bytes at rbp-8");
}

static void parts(void)
{
	read_as(EM_X86_64, "-4@8+name(%rax,%rbx,4)");
	UNIT_EQ(arg.in, CBEE_USDT_MEMORY);
	UNIT_EQ(arg.size, 4);
	CU_ASSERT(arg.is_signed && !arg.is_float);
	UNIT_EQ(arg.value, 8);
	UNIT_STR(arg.symbol, "name");
	UNIT_STR(arg.base, "rax");
	UNIT_STR(arg.index, "rbx");
	UNIT_EQ(arg.scale, 4);
	UNIT_STR(arg.text, "-4@8+name(%rax,%rbx,4)");
}

static void arm64(void)
{
	tells(EM_AARCH64, "-4@x0", "4 signed bytes in x0");
	tells(EM_AARCH64, "4@w30", "4 unsigned bytes in w30");
	tells(EM_AARCH64, "8@sp", "8 unsigned bytes in sp");
	tells(EM_AARCH64, "8@xzr", "8 unsigned bytes in xzr");
	tells(EM_AARCH64, "-4@-12", "4 signed bytes, always -12");
	tells(EM_AARCH64, "8@[x29]", "8 unsigned bytes at x29");
	tells(EM_AARCH64, "8@[sp, 16]", "8 unsigned bytes at sp+16");
	tells(EM_AARCH64, "8@[sp,#-16]", "8 unsigned bytes at sp-16");
	tells(EM_AARCH64, "8@[x1, x2]", "8 unsigned bytes at x1+x2*1");
	tells(EM_AARCH64, "8@[x1, x2, lsl 3]", "8 unsigned bytes at x1+x2*8");
}

/* What is not understood is never taken for something else. */
static void not_readable(void)
{
	static const char *const bad[] = {
		"8f@%xmm0",
		"-8@%xmm0",
		"8@%st(1)",
		"8@%fs:x@tpoff",
		"8@%fs:0(%rax)",
		"8@",
		"8@x@GOTPCREL(%rip)",
		"8@8(%rip)",
		"8@(%rip)",
		"3@%eax",
		"0@%eax",
		"16@%rax",
		"8@$",
		"8@$x+",
		"8@%",
		"8@(%rax",
		"8@(%rax)x",
		"8@()",
		"8@(,)",
		"8@(,,4)",
		"8@(%rax,%rbx,3)",
		"8@(%rax,%rbx,4,5)",
		"8@(%rax,,4)",
		"8@(rax)",
		"8@(%zax)",
		"8@4x(%rax)",
		"8@x y",
		"8@99999999999999999999(%rax)",
		"8f@$5",
		"8f@%rax",
		"8@x+y(%rip)",
		"8@+",
		"4@%eflags",
		"99999999999999999999@%eax",
	};
	static const char *const bad_arm[] = {
		"8@",
		"8@v0",
		"8@x31",
		"8@x",
		"8@x1y",
		"8@[x1",
		"8@[x1]x",
		"8@[]",
		"8@[x1, z]",
		"8@[x1, x2, lsl 4]",
		"8@[x1, 4, lsl 1]",
		"8@[x1, v2]",
		"8@[x1, 4x]",
		"8@1x",
		"8@[x1, x2, lsl 1, 4]",
		"8@[v1]",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		UNIT_EQ(read_as(EM_X86_64, bad[i])->in, CBEE_USDT_OTHER);
		if (arg.in != CBEE_USDT_OTHER)
			printf("%s\n", bad[i]);
		CU_ASSERT(!arg.base && !arg.index && !arg.symbol && !arg.value);
	}
	for (size_t i = 0; i < sizeof(bad_arm) / sizeof(bad_arm[0]); i++) {
		UNIT_EQ(read_as(EM_AARCH64, bad_arm[i])->in, CBEE_USDT_OTHER);
		if (arg.in != CBEE_USDT_OTHER)
			printf("%s\n", bad_arm[i]);
	}
	UNIT_EQ(read_as(EM_S390, "8@%r2")->in, CBEE_USDT_OTHER);
	tells(EM_X86_64, "8f@%xmm0", "8 floating bytes where no probe can read: 8f@%xmm0");
}

static void parting(void)
{
	char text[] = "  -4@%eax 8@[sp, 16]  8@(%rax, %rbx) x", *at = text;

	UNIT_STR(cbee__usdt_arg_next(&at), "-4@%eax");
	UNIT_STR(cbee__usdt_arg_next(&at), "8@[sp, 16]");
	UNIT_STR(cbee__usdt_arg_next(&at), "8@(%rax, %rbx)");
	UNIT_STR(cbee__usdt_arg_next(&at), "x");
	CU_ASSERT_PTR_NULL(cbee__usdt_arg_next(&at));
	CU_ASSERT_PTR_NULL(cbee__usdt_arg_next(&at));
}

static void registers(void)
{
	char code[32];

	CU_ASSERT(cbee__usdt_register(EM_X86_64, "eax", code, sizeof(code)));
	UNIT_STR(code, "ctx->ax");
	CU_ASSERT(cbee__usdt_register(EM_X86_64, "bh", code, sizeof(code)));
	UNIT_STR(code, "(ctx->bx >> 8)");
	CU_ASSERT(cbee__usdt_register(EM_X86_64, "r9b", code, sizeof(code)));
	UNIT_STR(code, "ctx->r9");
	CU_ASSERT(cbee__usdt_register(EM_AARCH64, "x7", code, sizeof(code)));
	UNIT_STR(code, "ctx->regs[7]");
	CU_ASSERT(cbee__usdt_register(EM_AARCH64, "sp", code, sizeof(code)));
	UNIT_STR(code, "ctx->sp");
	CU_ASSERT(!cbee__usdt_register(EM_X86_64, "", code, sizeof(code)));
	CU_ASSERT(!cbee__usdt_register(EM_X86_64, "xmm0", code, sizeof(code)));
	UNIT_STR(cbee__usdt_pc(EM_X86_64), "ip");
	UNIT_STR(cbee__usdt_pc(EM_AARCH64), "pc");
}

static void types(void)
{
	struct cbee_usdt_arg first[] = { { .size = 4, .is_signed = true },
					 { .size = 8 },
					 { .size = 8, .is_float = true } };
	struct cbee_usdt_arg second[] = { { .size = 4 }, { .size = 4, .is_signed = true } };
	struct cbee_usdt_location locs[] = { { .args = second, .arg_count = 2 },
					     { .args = first, .arg_count = 3 } };
	struct cbee_usdt probe = { .locations = locs, .location_count = 2, .arg_count = 3 };

	UNIT_STR(cbee_usdt_arg_type(&probe, 0), "int32_t");
	UNIT_STR(cbee_usdt_arg_type(&probe, 1), "uint64_t");
	UNIT_STR(cbee_usdt_arg_type(&probe, 2), "double");
	CU_ASSERT_PTR_NULL(cbee_usdt_arg_type(&probe, 3));
	first[2].size = 4;
	UNIT_STR(cbee_usdt_arg_type(&probe, 2), "float");
	second[0].size = first[0].size = 1;
	UNIT_STR(cbee_usdt_arg_type(&probe, 0), "int8_t");
}

UNIT_MAIN("usdtarg", { "x86", x86 }, { "parts", parts }, { "arm64", arm64 },
	  { "not readable", not_readable }, { "parting", parting }, { "registers", registers },
	  { "types", types })
