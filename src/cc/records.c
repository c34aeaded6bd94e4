/* SPDX-License-Identifier: Apache-2.0 */
/* Finds out what the records of streams look like. */
#include "records.h"

#include <jansson.h>
#include <linux/bpf.h>
#include <string.h>

#include <bcc/bcc_common.h>

#include "compile/image.h"
#include "layout.h"
#include "plain/buf.h"
#include "plain/lex.h"

#define PREFIX	     "cbee_record_" /* what the names of our maps begin with */
#define MOST_STRUCTS 256

/* ---- the structs of a text -------------------------------------------- */

/* A definition whose ';' has just been read. */
struct definition {
	struct cbee__tok name; /* its tag, or what typedef calls it */
	bool tag;
};

/* What a definition has that decides whether libbcc describes it well. */
struct traits {
	bool bits, attributes;
};

/* Skips to the '}' that closes the '{' just read; false when there is nothing in between. */
static bool skip_body(struct cbee__lex *lex, struct traits *has)
{
	struct cbee__tok tok;
	int depth = 1, count = 0;

	for (; depth && cbee__lex_next(lex, &tok); count++) {
		if (tok.in_directive)
			continue;
		depth += cbee__tok_is(&tok, "{");
		depth -= cbee__tok_is(&tok, "}");
		has->bits = has->bits || cbee__tok_is(&tok, ":");
		has->attributes = has->attributes || cbee__tok_is(&tok, "__attribute__");
	}
	return !depth && count > 1;
}

/* Skips to the ')' that closes the '(' just read. */
static void skip_parens(struct cbee__lex *lex)
{
	struct cbee__tok tok;

	for (int depth = 1; depth && cbee__lex_next(lex, &tok);) {
		depth += cbee__tok_is(&tok, "(");
		depth -= cbee__tok_is(&tok, ")");
	}
}

/*
 * Reads what stands between '}' and ';': attributes, and the names of types or
 * variables, of which *ret_name gets the last before a comma. False if there is
 * anything else, as the value of a variable or the body of a function.
 */
static bool read_tail(struct cbee__lex *lex, struct cbee__tok *ret_name, struct traits *has)
{
	struct cbee__tok tok;
	bool attribute = false, first = true;

	*ret_name = (struct cbee__tok){ 0 };
	while (cbee__lex_next(lex, &tok) && !tok.in_directive) {
		if (cbee__tok_is(&tok, ";"))
			return true;
		if (attribute && cbee__tok_is(&tok, "("))
			skip_parens(lex);
		else if (cbee__tok_is(&tok, ","))
			first = false;
		else if (tok.kind != CBEE__TOK_NAME)
			return false;
		attribute = cbee__tok_is(&tok, "__attribute__");
		has->attributes = has->attributes || attribute;
		if (first && !attribute && tok.kind == CBEE__TOK_NAME)
			*ret_name = tok;
	}
	return false;
}

/*
 * Behind the word "struct": whether a definition with a name follows, which is then
 * read. Not if it has bit fields and attributes: where there are bit fields, libbcc
 * tells nothing of packing and alignment.
 */
static bool read_struct(struct cbee__lex *lex, bool is_typedef, struct definition *ret)
{
	struct cbee__lex back = *lex;
	struct cbee__tok tok, name;
	struct traits has = { 0 };

	*ret = (struct definition){ 0 };
	cbee__lex_next(lex, &tok);
	if (cbee__tok_is(&tok, "__attribute__") && cbee__lex_next(lex, &tok)) {
		has.attributes = true;
		skip_parens(lex);
		cbee__lex_next(lex, &tok);
	}
	if (tok.kind == CBEE__TOK_NAME) {
		ret->name = tok;
		ret->tag = true;
		cbee__lex_next(lex, &tok);
	}
	if (!cbee__tok_is(&tok, "{")) {
		*lex = back;
		return false;
	}
	if (!skip_body(lex, &has))
		return false;
	back = *lex;
	if (!read_tail(lex, &name, &has)) {
		*lex = back; /* what follows may be a body, whose braces count */
		return false;
	}
	if (!ret->tag && is_typedef)
		ret->name = name;
	return ret->name.len && !(has.bits && has.attributes);
}

/* Moves behind the next definition outside functions; false when there are no more. */
static bool next_struct(struct cbee__lex *lex, struct definition *ret)
{
	struct cbee__tok tok;
	bool is_typedef = false;
	int depth = 0;

	while (cbee__lex_next(lex, &tok)) {
		if (tok.in_directive)
			continue;
		depth += cbee__tok_is(&tok, "{");
		depth -= cbee__tok_is(&tok, "}");
		if (depth < 0) /* braces in branches of #if: where functions end is not known */
			return false;
		if (depth)
			continue;
		if (cbee__tok_is(&tok, "struct") && read_struct(lex, is_typedef, ret))
			return true;
		is_typedef = cbee__tok_is(&tok, "typedef");
	}
	return false;
}

void cbee__cc_records_declare(const char *text, struct cbee_buf *out)
{
	const char *at = text;
	struct definition def;
	struct cbee__lex lex;

	cbee__lex_init(&lex, text, strlen(text));
	if (!strstr(text, "perf_submit") && !strstr(text, "ringbuf_"))
		lex.end = lex.at;
	for (int i = 0; i < MOST_STRUCTS && next_struct(&lex, &def); i++) {
		cbee__buf_add(out, at, (size_t)(lex.at - at));
		cbee__buf_fmt(out, " BPF_TABLE(\"array\", int, %s%.*s, " PREFIX "%d, 1);",
			      def.tag ? "struct " : "", (int)def.name.len, def.name.text, i);
		at = lex.at;
	}
	cbee__buf_str(out, at);
}

/* ---- what is submitted ------------------------------------------------ */

bool cbee__cc_records_own(void *module, size_t i)
{
	return !strncmp(bpf_table_name(module, i), PREFIX, strlen(PREFIX));
}

/* Names of types that are the same on every machine that Linux runs on. */
static const char *const same[][2] = {
	{ "u8", "unsigned char" },
	{ "u16", "unsigned short" },
	{ "u32", "unsigned int" },
	{ "u64", "unsigned long long" },
	{ "s8", "signed char" },
	{ "s16", "short" },
	{ "s32", "int" },
	{ "s64", "long long" },
	{ "uint8_t", "unsigned char" },
	{ "uint16_t", "unsigned short" },
	{ "uint32_t", "unsigned int" },
	{ "uint64_t", "unsigned long long" },
	{ "int8_t", "signed char" },
	{ "int16_t", "short" },
	{ "int32_t", "int" },
	{ "int64_t", "long long" },
	{ "char", "char" },
	{ "int", "int" },
	{ "unsigned int", "unsigned int" },
	{ "long", "long" },
	{ "unsigned long", "unsigned long" },
	{ "bool", "_Bool" },
};

/* Whether the type spelled @spelled, of @len bytes, can be the one that libbcc calls @word. */
static bool can_be(const char *spelled, size_t len, const char *word)
{
	if (len > 2 && !strncmp(spelled, "__", 2)) {
		spelled += 2;
		len -= 2;
	}
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		if (strlen(same[i][0]) == len && !strncmp(same[i][0], spelled, len))
			return word && !strcmp(word, same[i][1]);
	return true;
}

/* Whether member @is of a map's value is the one submitted as "name#type". */
static bool member_fits(const json_t *is, const char *submitted)
{
	const json_t *type = json_array_get(is, 1), *more = json_array_get(is, 2);
	const char *name = json_string_value(json_array_get(is, 0));
	const char *spelled = strchr(submitted, '#'), *bracket;
	size_t len;

	if (!name || !spelled || strlen(name) != (size_t)(spelled - submitted) ||
	    strncmp(name, submitted, strlen(name)))
		return false;
	bracket = strchr(++spelled, '[');
	len = bracket ? (size_t)(bracket - spelled) : strlen(spelled);
	while (len && spelled[len - 1] == ' ')
		len--;
	if (bracket && (!json_is_array(more) || json_integer_value(json_array_get(more, 0)) !=
							strtoll(bracket + 1, NULL, 10)))
		return false;
	return can_be(spelled, len, json_string_value(type));
}

/* Whether @desc, of a map's value, has the members that are submitted to @stream. */
static bool fits(void *module, const char *stream, const json_t *desc)
{
	const json_t *members = json_array_get(desc, 1);
	size_t count = bpf_perf_event_fields(module, stream), at = 0;

	for (size_t i = 0; i < json_array_size(members); i++) {
		const json_t *member = json_array_get(members, i);
		const char *name = json_string_value(json_array_get(member, 0));

		if (name && !strncmp(name, "__pad_", 6)) /* libbcc's, to make the padding seen */
			continue;
		if (at == count || !member_fits(member, bpf_perf_event_field(module, stream, at++)))
			return false;
	}
	return count && at == count;
}

/* Whether two descriptions differ in nothing but the name of the struct. */
static bool same_members(const json_t *a, const json_t *b)
{
	return json_equal(json_array_get(a, 1), json_array_get(b, 1)) &&
	       json_equal(json_array_get(a, 2), json_array_get(b, 2));
}

/* ---- how much is submitted -------------------------------------------- */

/* The calls that submit: which registers hold the map and the size. */
static const struct submit {
	int helper, map_reg, size_reg;
} submits[] = {
	{ BPF_FUNC_perf_event_output, BPF_REG_2, BPF_REG_5 },
	{ BPF_FUNC_ringbuf_output, BPF_REG_1, BPF_REG_3 },
	{ BPF_FUNC_ringbuf_reserve, BPF_REG_1, BPF_REG_2 },
};

static bool is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

/* Whether the instruction changes register @reg; @reg is none that a store has as address. */
static bool writes(const struct bpf_insn *insn, int reg)
{
	int class = BPF_CLASS(insn->code);

	return insn->dst_reg == reg &&
	       (class == BPF_ALU || class == BPF_ALU64 || class == BPF_LDX || class == BPF_LD);
}

/* What last changed @reg before the call; NULL: nothing since the call before that. */
static const struct bpf_insn *setter(const struct bpf_insn *start, const struct bpf_insn *call,
				     int reg)
{
	for (const struct bpf_insn *in = call - 1; in >= start && !is_call(in); in--)
		if (writes(in, reg))
			return in;
	return NULL;
}

/* Whether the call submits something of another size to map @fd. */
static bool differs(const struct bpf_insn *start, const struct bpf_insn *call,
		    const struct submit *s, int fd, size_t size)
{
	const struct bpf_insn *map = setter(start, call, s->map_reg);
	const struct bpf_insn *bytes = setter(start, call, s->size_reg);

	if (!map || map->code != (BPF_LD | BPF_IMM | BPF_DW) || map->src_reg != BPF_PSEUDO_MAP_FD ||
	    map->imm != fd || !bytes)
		return false;
	return BPF_OP(bytes->code) == BPF_MOV && BPF_SRC(bytes->code) == BPF_K &&
	       (BPF_CLASS(bytes->code) == BPF_ALU || BPF_CLASS(bytes->code) == BPF_ALU64) &&
	       (uint32_t)bytes->imm != size;
}

/* Whether some function submits something that is not of @size bytes to map @fd. */
static bool other_sizes(void *module, int fd, size_t size)
{
	for (size_t f = 0; f < bpf_num_functions(module); f++) {
		const struct bpf_insn *insns = bpf_function_start_id(module, f);
		size_t count = bpf_function_size_id(module, f) / sizeof(*insns);

		for (size_t i = 0; i < count; i++)
			for (size_t k = 0; k < sizeof(submits) / sizeof(submits[0]); k++)
				if (is_call(&insns[i]) && !insns[i].src_reg &&
				    insns[i].imm == submits[k].helper &&
				    differs(insns, &insns[i], &submits[k], fd, size))
					return true;
	}
	return false;
}

/* ---- both together ---------------------------------------------------- */

/* The table of ours that describes what is submitted to @stream; -1: none, or several. */
static int find_table(void *module, const char *stream)
{
	int fd = bpf_table_fd(module, stream), table = -1;
	json_t *found = NULL;
	bool many = false;

	for (size_t i = 0; i < bpf_num_tables(module); i++) {
		json_t *desc = cbee__cc_records_own(module, i)
				       ? json_loads(bpf_table_leaf_desc_id(module, i), 0, NULL)
				       : NULL;

		if (desc && fits(module, stream, desc) &&
		    !other_sizes(module, fd, bpf_table_leaf_size_id(module, i))) {
			many = many || (found && !same_members(found, desc));
			table = (int)i;
			json_decref(found);
			found = json_incref(desc);
		}
		json_decref(desc);
	}
	json_decref(found);
	return many ? -1 : table;
}

uint32_t cbee__cc_records_layout(struct cbee__image_writer *w, void *module, size_t i)
{
	const char *stream = bpf_table_name(module, i);
	int table = bpf_perf_event_fields(module, stream) ? find_table(module, stream) : -1;

	if (table < 0)
		return CBEE_IMAGE_NONE;
	return cbee__cc_layout(w, bpf_table_leaf_desc_id(module, (size_t)table),
			       (uint32_t)bpf_table_leaf_size_id(module, (size_t)table));
}
