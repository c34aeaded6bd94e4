/* SPDX-License-Identifier: Apache-2.0 */
/* Reads where a USDT probe's arguments are: "-4@%eax 8@-24(%rbp)". */
#include "symbols/usdtarg.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- registers -------------------------------------------------------- */

/* One of x86: its name in struct pt_regs, and by bytes 8, 4, 2, 1 and the second byte alone. */
struct x86_register {
	const char *member;
	const char *names[5];
};

static const struct x86_register x86_registers[] = {
	{ "ax", { "rax", "eax", "ax", "al", "ah" } },
	{ "bx", { "rbx", "ebx", "bx", "bl", "bh" } },
	{ "cx", { "rcx", "ecx", "cx", "cl", "ch" } },
	{ "dx", { "rdx", "edx", "dx", "dl", "dh" } },
	{ "si", { "rsi", "esi", "si", "sil", "" } },
	{ "di", { "rdi", "edi", "di", "dil", "" } },
	{ "bp", { "rbp", "ebp", "bp", "bpl", "" } },
	{ "sp", { "rsp", "esp", "sp", "spl", "" } },
	{ "r8", { "r8", "r8d", "r8w", "r8b", "" } },
	{ "r9", { "r9", "r9d", "r9w", "r9b", "" } },
	{ "r10", { "r10", "r10d", "r10w", "r10b", "" } },
	{ "r11", { "r11", "r11d", "r11w", "r11b", "" } },
	{ "r12", { "r12", "r12d", "r12w", "r12b", "" } },
	{ "r13", { "r13", "r13d", "r13w", "r13b", "" } },
	{ "r14", { "r14", "r14d", "r14w", "r14b", "" } },
	{ "r15", { "r15", "r15d", "r15w", "r15b", "" } },
};

static bool x86_register(const char *name, char *code, size_t size)
{
	for (size_t r = 0; r < sizeof(x86_registers) / sizeof(x86_registers[0]); r++)
		for (int i = 0; i < 5; i++) {
			if (strcmp(x86_registers[r].names[i], name) != 0)
				continue;
			snprintf(code, size, i == 4 ? "(ctx->%s >> 8)" : "ctx->%s",
				 x86_registers[r].member);
			return true;
		}
	return false;
}

static bool arm64_register(const char *name, char *code, size_t size)
{
	char *end;
	unsigned long number;

	if (!strcmp(name, "sp"))
		snprintf(code, size, "ctx->sp");
	else if (!strcmp(name, "xzr") || !strcmp(name, "wzr"))
		snprintf(code, size, "0");
	else {
		if ((name[0] != 'x' && name[0] != 'w') || !isdigit((unsigned char)name[1]))
			return false;
		number = strtoul(name + 1, &end, 10);
		if (*end || number > 30)
			return false;
		snprintf(code, size, "ctx->regs[%lu]", number);
	}
	return true;
}

bool cbee__usdt_register(unsigned int machine, const char *name, char *code, size_t size)
{
	if (!*name)
		return false;
	if (machine == EM_X86_64 || machine == EM_386)
		return x86_register(name, code, size);
	return machine == EM_AARCH64 && arm64_register(name, code, size);
}

const char *cbee__usdt_pc(unsigned int machine)
{
	return machine == EM_AARCH64 ? "pc" : "ip";
}

static bool is_register(unsigned int machine, const char *name)
{
	char code[32];

	return cbee__usdt_register(machine, name, code, sizeof(code));
}

/* ---- reading ---------------------------------------------------------- */

char *cbee__usdt_arg_next(char **at)
{
	char *from = *at + strspn(*at, " "), *end = from;
	int depth = 0;

	if (!*from)
		return NULL;
	for (; *end && (*end != ' ' || depth > 0); end++)
		depth += (*end == '[' || *end == '(') - (*end == ']' || *end == ')');
	*at = end + (*end == ' ');
	*end = '\0';
	return from;
}

/* "-4@", "8f@"; without it the argument is as wide as an address. False: of no known size. */
static bool read_size(struct cbee_usdt_arg *arg, char **at, unsigned int word)
{
	bool minus = **at == '-';
	char *end;
	unsigned long size;

	arg->size = word;
	if (!isdigit((unsigned char)(*at)[minus]))
		return true;
	size = strtoul(*at + minus, &end, 10);
	if (*end == 'f' && end[1] == '@') {
		arg->is_float = true;
		end++;
	}
	if (*end != '@')
		return true;
	*at = end + 1;
	arg->is_signed = minus && !arg->is_float;
	if (size != 1 && size != 2 && size != 4 && size != 8)
		return false;
	arg->size = (unsigned int)size;
	return true;
}

/* A whole number with or without a sign, in decimal or 0x. */
static bool read_number(char **at, int64_t *ret)
{
	char *from = *at, *end;
	bool minus = *from == '-';
	uint64_t value;

	from += minus || *from == '+';
	if (!isdigit((unsigned char)*from))
		return false;
	errno = 0;
	value = strtoull(from, &end, strncmp(from, "0x", 2) ? 10 : 16);
	if (errno)
		return false;
	*ret = (int64_t)(minus ? -value : value);
	*at = end;
	return true;
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

/* "12", "name", "name+12", "12+name" or nothing, up to @stop, which is cut off. */
static bool read_offset(struct cbee_usdt_arg *arg, char **at, char stop)
{
	char *name = NULL, *end = NULL, last;
	int64_t number;

	while (**at && **at != stop) {
		if (read_number(at, &number)) {
			arg->value = (int64_t)((uint64_t)arg->value + (uint64_t)number);
			if (is_name(**at))
				return false;
			continue;
		}
		*at += **at == '+';
		if (name || !is_name(**at) || isdigit((unsigned char)**at))
			return false;
		for (name = end = *at; is_name(*end); end++)
			;
		*at = end;
	}
	last = **at;
	if (last != stop)
		return false;
	*at += last != '\0';
	if (end)
		*end = '\0'; /* only now: what follows the name has been read */
	arg->symbol = name;
	return true;
}

/* Cuts a name at the first of @stops. */
static char *cut(char **at, const char *stops)
{
	char *from = *at, *end;

	from += strspn(from, " ");
	end = from + strcspn(from, stops);
	*at = end + (*end != '\0');
	*end = '\0';
	return from;
}

static bool read_scale(struct cbee_usdt_arg *arg, const char *text)
{
	char *end;
	unsigned long scale = strtoul(text, &end, 10);

	if (end == text || *end || (scale != 1 && scale != 2 && scale != 4 && scale != 8))
		return false;
	arg->scale = (unsigned int)scale;
	return true;
}

/* "%base)", "%base,%index,4)" or ",%index,4)". */
static bool read_x86_inside(struct cbee_usdt_arg *arg, char *at, unsigned int machine)
{
	char *close = strchr(at, ')'), *base, *index, *scale;

	if (!close || close[1])
		return false;
	*close = '\0';
	base = cut(&at, ",");
	index = cut(&at, ",");
	scale = cut(&at, ",");
	if (*at)
		return false;
	if (!strcmp(base, "%rip") && arg->symbol && !*index)
		return true; /* only says that the symbol moves with the code */
	if (*base) {
		arg->base = base + 1;
		if (*base != '%' || !is_register(machine, base + 1))
			return false;
	}
	if (!*index)
		return *base && !*scale;
	arg->index = index + 1;
	arg->scale = 1;
	return *index == '%' && is_register(machine, index + 1) &&
	       (!*scale || read_scale(arg, scale));
}

static bool read_x86(struct cbee_usdt_arg *arg, char *at, unsigned int machine)
{
	if (*at == '$') {
		at++;
		arg->in = CBEE_USDT_CONSTANT;
		return *at && read_offset(arg, &at, '\0');
	}
	if (*at == '%' && !strpbrk(at, "(:")) {
		arg->in = CBEE_USDT_REGISTER;
		arg->base = at + 1;
		return is_register(machine, at + 1);
	}
	arg->in = CBEE_USDT_MEMORY;
	if (strchr(at, '('))
		return read_offset(arg, &at, '(') && read_x86_inside(arg, at, machine);
	return *at && read_offset(arg, &at, '\0');
}

/* "[base]", "[base, 12]", "[base, index]" or "[base, index, lsl 3]". */
static bool read_arm64_memory(struct cbee_usdt_arg *arg, char *at, unsigned int machine)
{
	char *close = strchr(at, ']'), *second, *shift;
	static const char *const shifts[] = { "", "lsl 1", "lsl 2", "lsl 3" };

	arg->in = CBEE_USDT_MEMORY;
	if (!close || close[1])
		return false;
	*close = '\0';
	arg->base = cut(&at, ",");
	second = cut(&at, ",");
	shift = cut(&at, ",");
	if (*at || !is_register(machine, arg->base))
		return false;
	if (!*second)
		return !*shift;
	second += *second == '#';
	if (read_number(&second, &arg->value))
		return !*second && !*shift;
	arg->index = second;
	for (unsigned int i = 0; i < 4; i++)
		if (!strcmp(shift, shifts[i]))
			arg->scale = 1U << i;
	return arg->scale && is_register(machine, second);
}

static bool read_arm64(struct cbee_usdt_arg *arg, char *at, unsigned int machine)
{
	if (*at == '[')
		return read_arm64_memory(arg, at + 1, machine);
	arg->in = CBEE_USDT_CONSTANT;
	if (read_number(&at, &arg->value))
		return !*at;
	arg->in = CBEE_USDT_REGISTER;
	arg->base = at;
	return is_register(machine, at);
}

void cbee__usdt_arg_read(struct cbee_usdt_arg *arg, char *room, unsigned int machine,
			 unsigned int word)
{
	bool known = read_size(arg, &room, word);
	struct cbee_usdt_arg head = *arg;

	if (machine == EM_AARCH64)
		known = known && read_arm64(arg, room, machine);
	else
		known = known && read_x86(arg, room, machine);
	/* a constant is never of floating point: it would be a number of another size */
	if (!known || (arg->is_float && arg->in != CBEE_USDT_MEMORY)) {
		*arg = head;
		arg->in = CBEE_USDT_OTHER;
	}
}

/* ---- for people ------------------------------------------------------- */

const char *cbee_usdt_arg_type(const struct cbee_usdt *probe, unsigned int i)
{
	static const char *const types[3][4] = {
		{ "uint8_t", "uint16_t", "uint32_t", "uint64_t" },
		{ "int8_t", "int16_t", "int32_t", "int64_t" },
		{ "uint8_t", "uint16_t", "float", "double" },
	};
	const struct cbee_usdt_arg *widest = NULL;
	int size = 0;

	for (unsigned int l = 0; l < probe->location_count; l++) {
		const struct cbee_usdt_arg *a = probe->locations[l].args + i;

		if (i >= probe->locations[l].arg_count)
			continue;
		if (!widest || a->size > widest->size ||
		    (a->size == widest->size && a->is_signed && !widest->is_signed))
			widest = a;
	}
	if (!widest)
		return NULL;
	while (1U << size < widest->size)
		size++;
	return types[widest->is_float ? 2 : widest->is_signed][size];
}

/* " + 12" without the blanks; nothing for 0. */
static void write_offset(char *text, size_t size, int64_t value)
{
	text[0] = '\0';
	if (value)
		snprintf(text, size, "%+lld", (long long)value);
}

int cbee_usdt_arg_text(const struct cbee_usdt_arg *arg, char *text, size_t size)
{
	const char *kind = arg->is_float ? "floating" : arg->is_signed ? "signed" : "unsigned";
	char number[24], index[32] = "", what[40];
	const char *plus;

	snprintf(what, sizeof(what), "%u %s byte%s", arg->size, kind, arg->size == 1 ? "" : "s");
	write_offset(number, sizeof(number), arg->value);
	if (arg->index)
		snprintf(index, sizeof(index), "%.12s*%u", arg->index, arg->scale);
	plus = arg->index && (arg->base || arg->symbol) ? "+" : "";
	switch (arg->in) {
	case CBEE_USDT_CONSTANT:
		if (arg->symbol)
			return snprintf(text, size, "%s, the address of %s%s", what, arg->symbol,
					number);
		return snprintf(text, size, "%s, always %lld", what, (long long)arg->value);
	case CBEE_USDT_REGISTER:
		return snprintf(text, size, "%s in %s", what, arg->base);
	case CBEE_USDT_MEMORY:
		return snprintf(text, size, "%s at %s%s%s%s%s%s", what,
				arg->symbol ? arg->symbol : "", arg->symbol && arg->base ? "+" : "",
				arg->base ? arg->base : "", plus, index, number);
	default:
		return snprintf(text, size, "%s where no probe can read: %s", what, arg->text);
	}
}
