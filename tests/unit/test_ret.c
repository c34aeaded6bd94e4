/* SPDX-License-Identifier: Apache-2.0 */
/* Tests where return instructions and beginnings are found, in bytes written by hand. */
#include <elf.h>
#include <errno.h>

#include "symbols/ret.h"
#include "unit.h"

static struct cbee__ret *r;
static struct cbee__ret_sites sites;

static int look(unsigned int machine, const void *code, size_t size)
{
	struct cbee_err err = { 0 };

	cbee__ret_free(r);
	r = NULL;
	UNIT_EQ(cbee__ret_open(&r, machine, &err), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	return cbee__ret_find(r, code, size, &sites);
}

static void done(void)
{
	cbee__ret_free(r);
	r = NULL;
}

#define LOOK(machine, code) look(machine, code, sizeof(code))

/* cmp 16(%r14),%rsp; jbe +9; sub $24,%rsp; c3 inside a constant; ret; jmp; ret; call; jmp */
static const unsigned char small[] = {
	0x49, 0x3b, 0x66, 0x10, 0x76, 0x10, 0x48, 0x83, 0xec, 0x18, 0xb8, 0xc3, 0xc3, 0xc3, 0xc3,
	0x48, 0x83, 0xc4, 0x18, 0xc3, 0x31, 0xc0, 0xc3, 0xe8, 0,    0,	  0,	0,    0xeb, 0xe2,
};

static void returns_of_x86(void)
{
	UNIT_EQ(LOOK(EM_X86_64, small), 0);
	UNIT_EQ(sites.entry, 6);
	UNIT_EQ(sites.tls, 0);
	UNIT_EQ(sites.count, 2);
	UNIT_EQ(sites.at[0], 19);
	UNIT_EQ(sites.at[1], 22);
	done();
}

static void checks_of_x86(void)
{
	/* lea -0x80(%rsp),%r12; cmp 16(%r14),%r12; jbe (long); ret */
	static const unsigned char medium[] = { 0x4c, 0x8d, 0x64, 0x24, 0x80, 0x4d, 0x3b, 0x66,
						0x10, 0x0f, 0x86, 0,	0,    0,    0,	  0xc3 };
	/* mov %rsp,%r12; sub $0x12000,%r12; jb; cmp 16(%r14),%r12; jbe; repz ret */
	static const unsigned char large[] = { 0x49, 0x89, 0xe4, 0x49, 0x81, 0xec, 0,
					       0x20, 0x01, 0,	 0x72, 0x06, 0x4d, 0x3b,
					       0x66, 0x10, 0x76, 0,    0xf3, 0xc3 };
	/* mov %fs:-8,%rcx; cmp 16(%rcx),%rsp; jbe; ret */
	static const unsigned char old[] = { 0x64, 0x48, 0x8b, 0x0c, 0x25, 0xf8, 0xff, 0xff,
					     0xff, 0x48, 0x3b, 0x61, 0x10, 0x76, 0,    0xc3 };
	/* no check: inc %rax; cmp %rbx,%rax; jbe to the start; ret $8; int3 */
	static const unsigned char none[] = { 0x48, 0xff, 0xc0, 0x48, 0x39, 0xd8,
					      0x76, 0xf8, 0xc2, 8,    0,    0xcc };
	/* call; then what looks like the check is none */
	static const unsigned char late[] = { 0xe8, 0,	  0,	0,    0,    0x49,
					      0x3b, 0x66, 0x10, 0x76, 0x00, 0xc3 };

	UNIT_EQ(LOOK(EM_X86_64, medium), 0);
	UNIT_EQ(sites.entry, 15);
	UNIT_EQ(LOOK(EM_X86_64, large), 0);
	UNIT_EQ(sites.entry, 18);
	UNIT_EQ(sites.at[0], 18);
	UNIT_EQ(LOOK(EM_X86_64, old), 0);
	UNIT_EQ(sites.entry, 15);
	UNIT_EQ(sites.tls, 1);
	UNIT_EQ(LOOK(EM_X86_64, none), 0);
	UNIT_EQ(sites.entry, 0);
	UNIT_EQ(sites.count, 1);
	UNIT_EQ(sites.at[0], 8);
	UNIT_EQ(LOOK(EM_X86_64, late), 0);
	UNIT_EQ(sites.entry, 0);
	done();
}

static void arm64(void)
{
	/* ldr x16,[x28,#16]; cmp sp,x16; b.ls; str x30,[sp,#-80]!; ret; nop; ret; b */
	static const unsigned char code[] = {
		0x90, 0x0b, 0x40, 0xf9, 0xff, 0x63, 0x30, 0xeb, 0x89, 0x0a, 0x00,
		0x54, 0xfe, 0x0f, 0x1b, 0xf8, 0xc0, 0x03, 0x5f, 0xd6, 0x1f, 0x20,
		0x03, 0xd5, 0xc0, 0x03, 0x5f, 0xd6, 0xf9, 0xff, 0xff, 0x17,
	};
	/* ldr x16,[x28,#16]; sub x17,sp,#16; cmp x17,x16; b.ls; ret */
	static const unsigned char medium[] = { 0x90, 0x0b, 0x40, 0xf9, 0xf1, 0x43, 0x00,
						0xd1, 0x3f, 0x02, 0x10, 0xeb, 0xc9, 0x0b,
						0x00, 0x54, 0xc0, 0x03, 0x5f, 0xd6 };
	static const unsigned char none[] = { 0xc0, 0x03, 0x5f, 0xd6 };

	UNIT_EQ(LOOK(EM_AARCH64, code), 0);
	UNIT_EQ(sites.entry, 12);
	UNIT_EQ(sites.count, 2);
	UNIT_EQ(sites.at[0], 16);
	UNIT_EQ(sites.at[1], 24);
	UNIT_EQ(LOOK(EM_AARCH64, medium), 0);
	UNIT_EQ(sites.entry, 16);
	UNIT_EQ(LOOK(EM_AARCH64, none), 0);
	UNIT_EQ(sites.entry, 0);
	done();
}

static void what_cannot_be_read(void)
{
	static const unsigned char bad[] = { 0xc3, 0x06, 0xc3 }, endless[] = { 0xeb, 0xfe };
	struct cbee_err err = { 0 };

	UNIT_EQ(LOOK(EM_X86_64, bad), -EBADMSG);
	UNIT_EQ(look(EM_X86_64, small, 18), -EBADMSG); /* ends inside an instruction */
	UNIT_EQ(LOOK(EM_X86_64, endless), -ENOENT);
	UNIT_EQ(look(EM_X86_64, small, 0), -ENOENT);
	done();
	UNIT_EQ(cbee__ret_open(&r, EM_RISCV, &err), -EOPNOTSUPP);
	UNIT_STR(err.text, "a Go program for a machine of ELF number 243");
	cbee__err_clear(&err);
	cbee__ret_free(NULL);
}

static void survives_failing_allocations(void)
{
	struct cbee_err err = { 0 };
	unsigned char many[100];
	int e;

	memset(many, 0xc3, sizeof(many));
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		e = cbee__ret_open(&r, EM_X86_64, &err);
		if (!e)
			e = cbee__ret_find(r, many, sizeof(many), &sites);
		done();
		cbee__err_clear(&err);
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("ret", { "returns of x86", returns_of_x86 }, { "checks of x86", checks_of_x86 },
	  { "arm64", arm64 }, { "what cannot be read", what_cannot_be_read },
	  { "survives failing allocations", survives_failing_allocations })
