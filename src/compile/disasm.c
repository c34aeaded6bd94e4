/* SPDX-License-Identifier: Apache-2.0 */
/* Writes BPF instructions as text. */
#include "compile/disasm.h"

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What headers older than the kernel lack. */
#define MODE_MEMSX    0x80 /* Linux 6.6: loads that extend the sign */
#define LOAD_ACQUIRE  0x100
#define STORE_RELEASE 0x110 /* both Linux 6.15 */
#define KERNEL_CALL   2
#define ADDR_SPACE    1 /* offset of a move: cast between address spaces, Linux 6.9 */

struct disasm {
	struct cbee_buf *out;
	const struct bpf_insn *insns;
	uint32_t at, count;
	const struct cbee__disasm_names *names;
};

/* By BPF_SIZE. */
static const char *const sizes[] = { "u32", "u16", "u8", "u64" };
static const char *const signed_sizes[] = { "s32", "s16", "s8", NULL };

/* By the code's upper 4 bits; NULL: written in another way, or no operation. */
static const char *const alu_ops[16] = { "+=",	"-=", "*=", "/=", "|=", "&=",	"<<=",
					 ">>=", NULL, "%=", "^=", "=",	"s>>=", NULL };
static const char *const jump_ops[16] = { NULL,	 "==", ">",  ">=", "&",	 "!=", "s>",
					  "s>=", NULL, NULL, "<",  "<=", "s<", "s<=" };

struct atomic {
	int32_t imm;
	const char *text; /* of size, place, register, and register 0 */
};

#define FETCH(name) "%3$s = atomic_fetch_" name "((%1$s *)(%2$s), %3$s)"

static const struct atomic atomics[] = {
	{ BPF_ADD, "lock *(%1$s *)(%2$s) += %3$s" },
	{ BPF_OR, "lock *(%1$s *)(%2$s) |= %3$s" },
	{ BPF_AND, "lock *(%1$s *)(%2$s) &= %3$s" },
	{ BPF_XOR, "lock *(%1$s *)(%2$s) ^= %3$s" },
	{ BPF_ADD | BPF_FETCH, FETCH("add") },
	{ BPF_OR | BPF_FETCH, FETCH("or") },
	{ BPF_AND | BPF_FETCH, FETCH("and") },
	{ BPF_XOR | BPF_FETCH, FETCH("xor") },
	{ BPF_XCHG, "%3$s = atomic_xchg((%1$s *)(%2$s), %3$s)" },
	{ BPF_CMPXCHG, "%4$s = atomic_cmpxchg((%1$s *)(%2$s), %4$s, %3$s)" },
};

/* The names of the helpers, out of the header that the library is built with. */
#define HELPER(name, ...) [BPF_FUNC_##name] = "bpf_" #name
static const char *const helpers[] = { __BPF_FUNC_MAPPER(HELPER) };

#define HELPERS (sizeof(helpers) / sizeof(helpers[0]))

#define SAY(d, ...) cbee__buf_fmt((d)->out, __VA_ARGS__)

/* A register as an operand: r of 64 bits, or w of 32. */
struct reg {
	char name[8];
};

static struct reg reg(unsigned int number, bool wide)
{
	return (struct reg){ { wide ? 'r' : 'w', number < 10 ? (char)('0' + number) : '1',
			       number < 10 ? '\0' : (char)('0' + number % 10), '\0' } };
}

static void say_hex(struct disasm *d, int32_t imm)
{
	SAY(d, imm < 0 && imm > -4096 ? "%d" : "0x%x", imm);
}

/* The second operand: a register, or the immediate. */
static void say_source(struct disasm *d, const struct bpf_insn *in, bool wide)
{
	if (BPF_SRC(in->code) == BPF_X)
		SAY(d, "%s", reg(in->src_reg, wide).name);
	else
		say_hex(d, in->imm);
}

static bool say_swap(struct disasm *d, const struct bpf_insn *in)
{
	const char *how = BPF_CLASS(in->code) == BPF_ALU64 ? "bswap"
			  : BPF_SRC(in->code) == BPF_TO_BE ? "be"
							   : "le";
	struct reg r = reg(in->dst_reg, true);

	if (in->imm != 16 && in->imm != 32 && in->imm != 64)
		return false;
	SAY(d, "%s = %s%d %s", r.name, how, in->imm, r.name);
	return true;
}

/* A move with an offset is one that extends the sign, or changes the address space. */
static bool say_move(struct disasm *d, const struct bpf_insn *in, bool wide)
{
	struct reg src = reg(in->src_reg, wide);

	SAY(d, "%s = ", reg(in->dst_reg, wide).name);
	if (!in->off)
		say_source(d, in, wide);
	else if (in->off == 8 || in->off == 16 || in->off == 32)
		SAY(d, "(s%d)%s", in->off, src.name);
	else if (in->off == ADDR_SPACE && wide)
		SAY(d, "addr_space_cast(%s, %d, %d)", src.name, (uint32_t)in->imm >> 16,
		    in->imm & 0xffff);
	else
		return false;
	return true;
}

static bool say_alu(struct disasm *d, const struct bpf_insn *in)
{
	bool wide = BPF_CLASS(in->code) == BPF_ALU64;
	uint8_t op = BPF_OP(in->code);
	const char *text = alu_ops[op >> 4];
	struct reg dst = reg(in->dst_reg, wide);

	if (op == BPF_END)
		return say_swap(d, in);
	if (op == BPF_MOV)
		return say_move(d, in, wide);
	if (op == BPF_NEG) {
		SAY(d, "%s = -%s", dst.name, dst.name);
		return true;
	}
	if (!text || in->off < 0 || in->off > 1 || (in->off && op != BPF_DIV && op != BPF_MOD))
		return false;
	SAY(d, "%s %s%s ", dst.name, in->off ? "s" : "", text);
	say_source(d, in, wide);
	return true;
}

static bool say_call(struct disasm *d, const struct bpf_insn *in)
{
	uint32_t id = (uint32_t)in->imm;

	if (in->src_reg == BPF_PSEUDO_CALL)
		SAY(d, "call %+d <%lld>", in->imm, (long long)d->at + 1 + in->imm);
	else if (in->src_reg == KERNEL_CALL)
		SAY(d, "call kernel function#%u", id);
	else if (in->src_reg)
		return false;
	else if (id < HELPERS && helpers[id])
		SAY(d, "call %s#%u", helpers[id], id);
	else
		SAY(d, "call helper#%u", id);
	return true;
}

static void say_target(struct disasm *d, const char *verb, int32_t by)
{
	SAY(d, "%s %+d <%lld>", verb, by, (long long)d->at + 1 + by);
}

static bool say_jump(struct disasm *d, const struct bpf_insn *in)
{
	bool wide = BPF_CLASS(in->code) == BPF_JMP;
	uint8_t op = BPF_OP(in->code);

	if (wide && op == BPF_CALL && BPF_SRC(in->code) == BPF_K)
		return say_call(d, in);
	if (wide && op == BPF_EXIT)
		SAY(d, "exit");
	else if (op == BPF_JA && BPF_SRC(in->code) == BPF_K)
		say_target(d, wide ? "goto" : "gotol", wide ? in->off : in->imm);
	else if (op == 0xe0 && wide && BPF_SRC(in->code) == BPF_K)
		say_target(d, in->src_reg ? "goto_or_nop" : "may_goto", in->off);
	else if (jump_ops[op >> 4]) {
		SAY(d, "if %s %s ", reg(in->dst_reg, wide).name, jump_ops[op >> 4]);
		say_source(d, in, wide);
		say_target(d, " goto", in->off);
	} else {
		return false;
	}
	return true;
}

/* A place in memory: "r2 +8". */
struct place {
	char text[16];
};

static struct place place(unsigned int base, int16_t off)
{
	struct place p;

	snprintf(p.text, sizeof(p.text), "%s %+d", reg(base, true).name, off);
	return p;
}

static bool say_map(struct disasm *d, const struct bpf_insn *in, const char *name)
{
	bool value = in->src_reg == BPF_PSEUDO_MAP_VALUE || in->src_reg == BPF_PSEUDO_MAP_IDX_VALUE;
	bool index = in->src_reg == BPF_PSEUDO_MAP_IDX || in->src_reg == BPF_PSEUDO_MAP_IDX_VALUE;

	if (name)
		SAY(d, "map[%s]", name);
	else
		SAY(d, "map[%s:%d]", index ? "index" : "fd", in->imm);
	if (value)
		SAY(d, "[0] %+d", in[1].imm);
	return true;
}

/* The one instruction that takes two slots. */
static bool say_load_imm64(struct disasm *d, const struct bpf_insn *in)
{
	const char *name = NULL;
	uint64_t value;

	if (d->at + 1 >= d->count || in[1].code)
		return false;
	value = (uint32_t)in->imm | (uint64_t)(uint32_t)in[1].imm << 32;
	if (d->names && d->names->loaded)
		name = d->names->loaded(d->names->arg, d->at);
	SAY(d, "%s = ", reg(in->dst_reg, true).name);
	switch (in->src_reg) {
	case 0:
		SAY(d, "0x%llx ll", (unsigned long long)value);
		if (name)
			SAY(d, " ; OPT(%s)", name);
		return true;
	case BPF_PSEUDO_BTF_ID:
		SAY(d, "btf_id[%d]", in->imm);
		return true;
	case BPF_PSEUDO_FUNC:
		say_target(d, "code", in->imm);
		return true;
	default:
		return in->src_reg <= BPF_PSEUDO_MAP_IDX_VALUE && say_map(d, in, name);
	}
}

/* Loads: of an immediate, of the packet by its offset, from memory. */
static bool say_load(struct disasm *d, const struct bpf_insn *in)
{
	const char *size = sizes[BPF_SIZE(in->code) >> 3];
	uint8_t mode = BPF_MODE(in->code);

	if (mode == BPF_IMM)
		return BPF_SIZE(in->code) == BPF_DW && say_load_imm64(d, in);
	if (BPF_SIZE(in->code) == BPF_DW || (mode != BPF_ABS && mode != BPF_IND))
		return false;
	if (mode == BPF_ABS)
		SAY(d, "r0 = *(%s *)skb[%d]", size, in->imm);
	else
		SAY(d, "r0 = *(%s *)skb[%s %+d]", size, reg(in->src_reg, true).name, in->imm);
	return true;
}

static bool say_load_reg(struct disasm *d, const struct bpf_insn *in)
{
	bool is_signed = BPF_MODE(in->code) == MODE_MEMSX;
	const char *size = (is_signed ? signed_sizes : sizes)[BPF_SIZE(in->code) >> 3];

	if (!size || (BPF_MODE(in->code) != BPF_MEM && !is_signed))
		return false;
	SAY(d, "%s = *(%s *)(%s)", reg(in->dst_reg, true).name, size,
	    place(in->src_reg, in->off).text);
	return true;
}

static bool say_atomic(struct disasm *d, const struct bpf_insn *in)
{
	bool wide = BPF_SIZE(in->code) == BPF_DW;
	const char *size = sizes[BPF_SIZE(in->code) >> 3];

	if (in->imm == LOAD_ACQUIRE || in->imm == STORE_RELEASE) {
		bool load = in->imm == LOAD_ACQUIRE;

		SAY(d,
		    load ? "%3$s = load_acquire((%1$s *)(%2$s))"
			 : "store_release((%1$s *)(%2$s), %3$s)",
		    size, place(load ? in->src_reg : in->dst_reg, in->off).text,
		    reg(load ? in->dst_reg : in->src_reg, wide).name);
		return true;
	}
	for (size_t i = 0; i < sizeof(atomics) / sizeof(atomics[0]); i++)
		if (atomics[i].imm == in->imm && (wide || BPF_SIZE(in->code) == BPF_W)) {
			SAY(d, atomics[i].text, size, place(in->dst_reg, in->off).text,
			    reg(in->src_reg, wide).name, reg(0, wide).name);
			return true;
		}
	return false;
}

static bool say_store(struct disasm *d, const struct bpf_insn *in)
{
	bool is_reg = BPF_CLASS(in->code) == BPF_STX;

	if (is_reg && BPF_MODE(in->code) == BPF_ATOMIC)
		return say_atomic(d, in);
	if (BPF_MODE(in->code) != BPF_MEM)
		return false;
	SAY(d, "*(%s *)(%s) = ", sizes[BPF_SIZE(in->code) >> 3], place(in->dst_reg, in->off).text);
	if (is_reg)
		SAY(d, "%s", reg(in->src_reg, true).name);
	else
		say_hex(d, in->imm);
	return true;
}

/* By class. Each says whether it knew the instruction; it may have written half a line if not. */
static bool (*const by_class[8])(struct disasm *d, const struct bpf_insn *in) = {
	[BPF_LD] = say_load,	[BPF_LDX] = say_load_reg, [BPF_ST] = say_store,
	[BPF_STX] = say_store,	[BPF_ALU] = say_alu,	  [BPF_JMP] = say_jump,
	[BPF_JMP32] = say_jump, [BPF_ALU64] = say_alu,
};

void cbee__disasm(struct cbee_buf *out, const struct bpf_insn *insns, uint32_t count,
		  const struct cbee__disasm_names *names)
{
	struct disasm d = { .out = out, .insns = insns, .count = count, .names = names };

	for (; d.at < count && !out->err; d.at++) {
		const struct bpf_insn *in = insns + d.at;
		size_t before;

		SAY(&d, "%4u: ", d.at);
		before = out->len;
		if (!by_class[BPF_CLASS(in->code)](&d, in) && !out->err) {
			out->len = before;
			SAY(&d, "(%02x) dst=%u src=%u off=%d imm=0x%x: no instruction", in->code,
			    in->dst_reg, in->src_reg, in->off, (uint32_t)in->imm);
		} else if (in->code == (BPF_LD | BPF_IMM | BPF_DW)) {
			d.at++;
		}
		cbee__buf_char(out, '\n');
	}
}
