/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how instructions become text: every class, every operation, and what is none. */
#include "compile/disasm.h"

#include <errno.h>
#include <linux/bpf.h>

#include "unit.h"

#define INSN(code_, dst, src, off_, imm_)                                                         \
	{                                                                                         \
		.code = (code_), .dst_reg = (dst), .src_reg = (src), .off = (off_), .imm = (imm_) \
	}

struct row {
	struct bpf_insn insn;
	const char *text;
};

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct cbee_buf b = { 0 };
		char want[128];

		snprintf(want, sizeof(want), "   0: %s\n", rows[i].text);
		cbee__disasm(&b, &rows[i].insn, 1, NULL);
		UNIT_STR(b.data, want);
		cbee__buf_free(&b);
	}
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof((rows)[0]))

static void arithmetic(void)
{
	static const struct row rows[] = {
		{ INSN(0x07, 1, 0, 0, 5), "r1 += 0x5" },
		{ INSN(0x0f, 1, 2, 0, 0), "r1 += r2" },
		{ INSN(0x04, 1, 0, 0, -1), "w1 += -1" },
		{ INSN(0x0c, 10, 2, 0, 0), "w10 += w2" },
		{ INSN(0x17, 3, 0, 0, 255), "r3 -= 0xff" },
		{ INSN(0x2f, 3, 4, 0, 0), "r3 *= r4" },
		{ INSN(0x37, 3, 0, 0, 7), "r3 /= 0x7" },
		{ INSN(0x37, 3, 0, 1, 7), "r3 s/= 0x7" },
		{ INSN(0x4f, 3, 4, 0, 0), "r3 |= r4" },
		{ INSN(0x57, 3, 0, 0, -8), "r3 &= -8" },
		{ INSN(0x57, 3, 0, 0, -4096), "r3 &= 0xfffff000" },
		{ INSN(0x67, 3, 0, 0, 32), "r3 <<= 0x20" },
		{ INSN(0x77, 3, 0, 0, 32), "r3 >>= 0x20" },
		{ INSN(0x87, 3, 0, 0, 0), "r3 = -r3" },
		{ INSN(0x84, 3, 0, 0, 0), "w3 = -w3" },
		{ INSN(0x9f, 3, 4, 0, 0), "r3 %= r4" },
		{ INSN(0x9c, 3, 4, 1, 0), "w3 s%= w4" },
		{ INSN(0xaf, 3, 4, 0, 0), "r3 ^= r4" },
		{ INSN(0xcf, 3, 4, 0, 0), "r3 s>>= r4" },
		{ INSN(0xb7, 9, 0, 0, 0), "r9 = 0x0" },
		{ INSN(0xbf, 6, 1, 0, 0), "r6 = r1" },
		{ INSN(0xbc, 6, 1, 0, 0), "w6 = w1" },
		{ INSN(0xbf, 6, 1, 8, 0), "r6 = (s8)r1" },
		{ INSN(0xbc, 6, 1, 16, 0), "w6 = (s16)w1" },
		{ INSN(0xbf, 6, 1, 32, 0), "r6 = (s32)r1" },
		{ INSN(0xbf, 6, 1, 1, 0x10002), "r6 = addr_space_cast(r1, 1, 2)" },
		{ INSN(0xd4, 2, 0, 0, 16), "r2 = le16 r2" },
		{ INSN(0xdc, 2, 0, 0, 32), "r2 = be32 r2" },
		{ INSN(0xd7, 2, 0, 0, 64), "r2 = bswap64 r2" },
		{ INSN(0xd7, 2, 0, 0, 8), "(d7) dst=2 src=0 off=0 imm=0x8: no instruction" },
		{ INSN(0xbf, 6, 1, 3, 0), "(bf) dst=6 src=1 off=3 imm=0x0: no instruction" },
		{ INSN(0x07, 1, 0, 1, 5), "(07) dst=1 src=0 off=1 imm=0x5: no instruction" },
		{ INSN(0xe7, 1, 0, 0, 5), "(e7) dst=1 src=0 off=0 imm=0x5: no instruction" },
	};

	CHECK(rows);
}

static void jumps(void)
{
	static const struct row rows[] = {
		{ INSN(0x05, 0, 0, 4, 0), "goto +4 <5>" },
		{ INSN(0x05, 0, 0, -3, 0), "goto -3 <-2>" },
		{ INSN(0x06, 0, 0, 0, 70000), "gotol +70000 <70001>" },
		{ INSN(0xe5, 0, 0, 2, 0), "may_goto +2 <3>" },
		{ INSN(0xe5, 0, 1, 2, 0), "goto_or_nop +2 <3>" },
		{ INSN(0x15, 1, 0, 1, 0), "if r1 == 0x0 goto +1 <2>" },
		{ INSN(0x1d, 1, 2, 1, 0), "if r1 == r2 goto +1 <2>" },
		{ INSN(0x16, 1, 0, 1, 9), "if w1 == 0x9 goto +1 <2>" },
		{ INSN(0x1e, 1, 2, 1, 0), "if w1 == w2 goto +1 <2>" },
		{ INSN(0x25, 1, 0, 1, 1), "if r1 > 0x1 goto +1 <2>" },
		{ INSN(0x35, 1, 0, 1, 1), "if r1 >= 0x1 goto +1 <2>" },
		{ INSN(0x45, 1, 0, 1, 1), "if r1 & 0x1 goto +1 <2>" },
		{ INSN(0x55, 1, 0, 1, 1), "if r1 != 0x1 goto +1 <2>" },
		{ INSN(0x65, 1, 0, 1, -1), "if r1 s> -1 goto +1 <2>" },
		{ INSN(0x75, 1, 0, 1, -1), "if r1 s>= -1 goto +1 <2>" },
		{ INSN(0xa5, 1, 0, 1, 1), "if r1 < 0x1 goto +1 <2>" },
		{ INSN(0xb5, 1, 0, 1, 1), "if r1 <= 0x1 goto +1 <2>" },
		{ INSN(0xc5, 1, 0, 1, 1), "if r1 s< 0x1 goto +1 <2>" },
		{ INSN(0xd6, 1, 0, 1, 1), "if w1 s<= 0x1 goto +1 <2>" },
		{ INSN(0x85, 0, 0, 0, 1), "call bpf_map_lookup_elem#1" },
		{ INSN(0x85, 0, 0, 0, 14), "call bpf_get_current_pid_tgid#14" },
		{ INSN(0x85, 0, 0, 0, 9999), "call helper#9999" },
		{ INSN(0x85, 0, 0, 0, -1), "call helper#4294967295" },
		{ INSN(0x85, 0, 1, 0, 6), "call +6 <7>" },
		{ INSN(0x85, 0, 2, 0, 1234), "call kernel function#1234" },
		{ INSN(0x95, 0, 0, 0, 0), "exit" },
		{ INSN(0x85, 0, 3, 0, 0), "(85) dst=0 src=3 off=0 imm=0x0: no instruction" },
		{ INSN(0x8d, 0, 0, 0, 0), "(8d) dst=0 src=0 off=0 imm=0x0: no instruction" },
		{ INSN(0x96, 0, 0, 0, 0), "(96) dst=0 src=0 off=0 imm=0x0: no instruction" },
		{ INSN(0xf5, 0, 0, 0, 0), "(f5) dst=0 src=0 off=0 imm=0x0: no instruction" },
	};

	CHECK(rows);
}

static void memory(void)
{
	static const struct row rows[] = {
		{ INSN(0x61, 1, 6, 0, 0), "r1 = *(u32 *)(r6 +0)" },
		{ INSN(0x69, 1, 6, 2, 0), "r1 = *(u16 *)(r6 +2)" },
		{ INSN(0x71, 1, 6, -1, 0), "r1 = *(u8 *)(r6 -1)" },
		{ INSN(0x79, 1, 10, -32768, 0), "r1 = *(u64 *)(r10 -32768)" },
		{ INSN(0x81, 1, 6, 4, 0), "r1 = *(s32 *)(r6 +4)" },
		{ INSN(0x91, 1, 6, 4, 0), "r1 = *(s8 *)(r6 +4)" },
		{ INSN(0x99, 1, 6, 4, 0), "(99) dst=1 src=6 off=4 imm=0x0: no instruction" },
		{ INSN(0xc1, 1, 6, 4, 0), "(c1) dst=1 src=6 off=4 imm=0x0: no instruction" },
		{ INSN(0x62, 10, 0, -4, 1), "*(u32 *)(r10 -4) = 0x1" },
		{ INSN(0x72, 10, 0, -4, -1), "*(u8 *)(r10 -4) = -1" },
		{ INSN(0xc2, 10, 0, -4, 1), "(c2) dst=10 src=0 off=-4 imm=0x1: no instruction" },
		{ INSN(0x6b, 10, 1, -4, 0), "*(u16 *)(r10 -4) = r1" },
		{ INSN(0x7b, 10, 1, -8, 0), "*(u64 *)(r10 -8) = r1" },
		{ INSN(0x30, 0, 0, 0, 23), "r0 = *(u8 *)skb[23]" },
		{ INSN(0x28, 0, 0, 0, 12), "r0 = *(u16 *)skb[12]" },
		{ INSN(0x40, 0, 3, 0, 4), "r0 = *(u32 *)skb[r3 +4]" },
		{ INSN(0x38, 0, 0, 0, 4), "(38) dst=0 src=0 off=0 imm=0x4: no instruction" },
		{ INSN(0x60, 0, 0, 0, 4), "(60) dst=0 src=0 off=0 imm=0x4: no instruction" },
		{ INSN(0x00, 0, 0, 0, 0), "(00) dst=0 src=0 off=0 imm=0x0: no instruction" },
	};

	CHECK(rows);
}

static void atomics(void)
{
	static const struct row rows[] = {
		{ INSN(0xdb, 1, 2, 8, 0x00), "lock *(u64 *)(r1 +8) += r2" },
		{ INSN(0xc3, 1, 2, 8, 0x00), "lock *(u32 *)(r1 +8) += w2" },
		{ INSN(0xdb, 1, 2, 8, 0x40), "lock *(u64 *)(r1 +8) |= r2" },
		{ INSN(0xdb, 1, 2, 8, 0x50), "lock *(u64 *)(r1 +8) &= r2" },
		{ INSN(0xdb, 1, 2, 8, 0xa0), "lock *(u64 *)(r1 +8) ^= r2" },
		{ INSN(0xdb, 1, 2, 8, 0x01), "r2 = atomic_fetch_add((u64 *)(r1 +8), r2)" },
		{ INSN(0xc3, 1, 2, 8, 0x41), "w2 = atomic_fetch_or((u32 *)(r1 +8), w2)" },
		{ INSN(0xdb, 1, 2, 8, 0x51), "r2 = atomic_fetch_and((u64 *)(r1 +8), r2)" },
		{ INSN(0xdb, 1, 2, 8, 0xa1), "r2 = atomic_fetch_xor((u64 *)(r1 +8), r2)" },
		{ INSN(0xdb, 1, 2, 8, 0xe1), "r2 = atomic_xchg((u64 *)(r1 +8), r2)" },
		{ INSN(0xc3, 1, 2, 8, 0xf1), "w0 = atomic_cmpxchg((u32 *)(r1 +8), w0, w2)" },
		{ INSN(0xdb, 1, 2, 8, 0xf1), "r0 = atomic_cmpxchg((u64 *)(r1 +8), r0, r2)" },
		{ INSN(0xd3, 1, 2, 8, 0x100), "w1 = load_acquire((u8 *)(r2 +8))" },
		{ INSN(0xdb, 1, 2, 8, 0x110), "store_release((u64 *)(r1 +8), r2)" },
		{ INSN(0xd3, 1, 2, 8, 0x00), "(d3) dst=1 src=2 off=8 imm=0x0: no instruction" },
		{ INSN(0xdb, 1, 2, 8, 0x77), "(db) dst=1 src=2 off=8 imm=0x77: no instruction" },
	};

	CHECK(rows);
}

static const char *loaded(const void *arg, uint32_t at)
{
	return at == *(const uint32_t *)arg ? "it" : NULL;
}

/* The one that takes two slots; @named: whether its name is known. */
static void wide(uint8_t src, int32_t low, int32_t high, int named, const char *text)
{
	struct bpf_insn insns[] = { INSN(0x95, 0, 0, 0, 0), INSN(0x18, 4, src, 0, low),
				    INSN(0, 0, 0, 0, high), INSN(0x95, 0, 0, 0, 0) };
	uint32_t at = 1;
	struct cbee__disasm_names names = { loaded, &at };
	struct cbee_buf b = { 0 };
	char want[128];

	snprintf(want, sizeof(want), "   0: exit\n   1: %s\n   3: exit\n", text);
	cbee__disasm(&b, insns, 4, named ? &names : NULL);
	UNIT_STR(b.data, want);
	cbee__buf_free(&b);
}

static void wide_loads(void)
{
	struct bpf_insn cut = INSN(0x18, 4, 0, 0, 1), bad[] = { cut, cut };
	struct cbee_buf b = { 0 };

	wide(0, -16, 0x12345678, 0, "r4 = 0x12345678fffffff0 ll");
	wide(0, 5, 0, 1, "r4 = 0x5 ll ; OPT(it)");
	wide(1, 17, 0, 0, "r4 = map[fd:17]");
	wide(5, 2, 0, 0, "r4 = map[index:2]");
	wide(5, 2, 0, 1, "r4 = map[it]");
	wide(2, 17, 8, 0, "r4 = map[fd:17][0] +8");
	wide(6, 2, 8, 1, "r4 = map[it][0] +8");
	wide(3, 99, 0, 0, "r4 = btf_id[99]");
	wide(4, 3, 0, 0, "r4 = code +3 <5>");
	cbee__disasm(&b, &cut, 1, NULL);
	UNIT_STR(b.data, "   0: (18) dst=4 src=0 off=0 imm=0x1: no instruction\n");
	cbee__buf_reset(&b);
	cbee__disasm(&b, bad, 2, NULL);
	UNIT_STR(b.data, "   0: (18) dst=4 src=0 off=0 imm=0x1: no instruction\n"
			 "   1: (18) dst=4 src=0 off=0 imm=0x1: no instruction\n");
	cbee__buf_free(&b);
}

/* Whatever the bytes are, there is a line for them and nothing is read beyond the end. */
static void any_bytes(void)
{
	struct bpf_insn *insn = malloc(sizeof(*insn));

	for (int code = 0; code < 256; code++)
		for (int regs = 0; regs < 256; regs++) {
			struct cbee_buf b = { 0 };

			memset(insn, regs, sizeof(*insn));
			insn->code = (uint8_t)code;
			cbee__disasm(&b, insn, 1, NULL);
			if (!b.data || b.data[b.len - 1] != '\n')
				CU_FAIL("a line is missing");
			cbee__buf_free(&b);
		}
	free(insn);
}

static void survives_failing_allocations(void)
{
	struct bpf_insn exits[64];

	for (int i = 0; i < 64; i++)
		exits[i] = (struct bpf_insn)INSN(0x95, 0, 0, 0, 0);
	for (int nth = 1; nth < 3; nth++) {
		struct cbee_buf b = { 0 };

		unit_fail_alloc(nth);
		cbee__disasm(&b, exits, 64, NULL);
		unit_fail_alloc(0);
		UNIT_EQ(b.err, -ENOMEM);
		cbee__buf_free(&b);
	}
}

UNIT_MAIN("disasm", { "arithmetic", arithmetic }, { "jumps", jumps }, { "memory", memory },
	  { "atomics", atomics }, { "wide loads", wide_loads }, { "any bytes", any_bytes },
	  { "survives failing allocations", survives_failing_allocations })
