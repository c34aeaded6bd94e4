/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the C functions that read the arguments of USDT probes. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "plain/lex.h"
#include "probes/usdt.h"
#include "symbols/usdtarg.h"

/* One location that the function in question is bound to. */
struct place {
	const struct cbee__usdt *probe;
	const struct cbee_usdt_location *loc;
	unsigned int *way;
};

/* All of them; the first place of each way is its example. */
struct places {
	struct place *items;
	size_t count;
	struct cbee_buf room; /* of items */
	struct cbee_buf examples;
	const struct place **ways;
	size_t way_count;
	const char *fn;
};

/* A symbol lies at a fixed distance from the code, wherever both are loaded. */
static uint64_t distance(const struct cbee_usdt_arg *arg, const struct cbee_usdt_location *loc)
{
	return arg->symbol ? arg->symbol_address - loc->address : 0;
}

static bool same_way(const struct place *a, const struct place *b)
{
	if (a->probe->machine != b->probe->machine || a->loc->arg_count != b->loc->arg_count)
		return false;
	for (unsigned int i = 0; i < a->loc->arg_count; i++) {
		const struct cbee_usdt_arg *x = &a->loc->args[i], *y = &b->loc->args[i];

		if (strcmp(x->text, y->text) != 0 || x->in != y->in ||
		    distance(x, a->loc) != distance(y, b->loc))
			return false;
	}
	return true;
}

/* Lists the places that functions named like that of @first, and bound from there on, have. */
static void collect(struct places *p, struct cbee__usdt_bound *first)
{
	p->fn = first->fn;
	for (struct cbee__usdt_bound *b = first; b; b = b->next) {
		unsigned int *way = b->ways;

		for (size_t i = 0; !strcmp(b->fn, first->fn) && i < b->list.count; i++)
			for (unsigned int l = 0; l < b->list.items[i].pub.location_count; l++) {
				struct place place = { &b->list.items[i],
						       &b->list.items[i].pub.locations[l], way++ };

				cbee__buf_add(&p->room, &place, sizeof(place));
			}
	}
	p->items = (struct place *)(void *)p->room.data;
	p->count = p->room.len / sizeof(*p->items);
}

static void settle_ways(struct places *p)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct place *place = &p->items[i];
		size_t w = 0;

		while (w < p->way_count && !same_way(p->ways[w], place))
			w++;
		*place->way = (unsigned int)w;
		if (w < p->way_count)
			continue;
		cbee__buf_add(&p->examples, &place, sizeof(const struct place *));
		if (p->examples.err)
			return;
		p->ways = (const struct place **)(void *)p->examples.data;
		p->way_count++;
	}
}

/* What the names of a file hold goes into a string of C. */
static void add_quoted(struct cbee_buf *text, const char *from)
{
	for (; *from; from++)
		cbee__buf_char(text, *from == '"' || *from == '\\' || !isprint((unsigned char)*from)
					     ? '?'
					     : *from);
}

static void add_name(struct cbee_buf *text, const struct place *place)
{
	add_quoted(text, place->probe->pub.provider);
	cbee__buf_char(text, ':');
	add_quoted(text, place->probe->pub.name);
}

static void add_head(struct cbee_buf *text, const struct places *p, unsigned int i)
{
	cbee__buf_fmt(text,
		      "static inline __attribute__((always_inline)) int "
		      "_bpf_readarg_%s_%u(struct pt_regs *ctx, void *to, unsigned long size)",
		      p->fn, i + 1);
}

/* Whoever reads it gets the reason as the compiler's message. */
static void add_unreadable(struct cbee_buf *text, const struct places *p, unsigned int i,
			   const struct place *place)
{
	const struct cbee_usdt_location *loc = place->loc;

	add_head(text, p, i);
	cbee__buf_str(text, " __attribute__((unavailable(\"USDT probe ");
	add_name(text, place);
	if (i < loc->arg_count) {
		cbee__buf_fmt(text, " has argument %u where BPF cannot read it: ", i + 1);
		add_quoted(text, loc->args[i].text);
	} else {
		cbee__buf_fmt(text, " has %u argument%s", loc->arg_count,
			      loc->arg_count == 1 ? "" : "s");
	}
	cbee__buf_str(text, "\")));\n");
}

/* A register, the address of a symbol and a number, as far as there are such, in one sum. */
static void add_sum(struct cbee_buf *text, const struct place *place,
		    const struct cbee_usdt_arg *arg)
{
	char code[32];

	cbee__buf_fmt(text, "0x%llxULL", (unsigned long long)arg->value);
	if (arg->symbol)
		cbee__buf_fmt(text, " + 0x%llxULL + ctx->%s",
			      (unsigned long long)distance(arg, place->loc),
			      cbee__usdt_pc(place->probe->machine));
	if (arg->base && cbee__usdt_register(place->probe->machine, arg->base, code, sizeof(code)))
		cbee__buf_fmt(text, " + %s", code);
	if (arg->index &&
	    cbee__usdt_register(place->probe->machine, arg->index, code, sizeof(code)))
		cbee__buf_fmt(text, " + (unsigned long long)%s * %u", code, arg->scale);
}

static void add_way(struct cbee_buf *text, const struct place *place,
		    const struct cbee_usdt_arg *arg)
{
	static const char *const types[9] = {
		[1] = "char", [2] = "short", [4] = "int", [8] = "long long"
	};
	const char *sign = arg->is_signed ? "signed" : "unsigned", *type = types[arg->size];

	cbee__buf_fmt(text, "\t\t%s %s v = 0;\n", sign, type);
	if (arg->in == CBEE_USDT_MEMORY) {
		cbee__buf_str(text, "\t\terr = CBEE_USDT_READ(&v, sizeof(v), (void *)(");
		add_sum(text, place, arg);
		cbee__buf_str(text, "));\n");
	} else {
		cbee__buf_fmt(text, "\t\tv = (%s %s)(", sign, type);
		add_sum(text, place, arg);
		cbee__buf_str(text, ");\n");
	}
	cbee__buf_str(text, "\t\tvalue = v;\n");
}

/* Refuses, where the compiler knows the size, what would cut a value off. */
static void add_size_check(struct cbee_buf *text, const struct places *p, unsigned int i)
{
	unsigned int size = 1;
	bool whole = false;

	for (size_t w = 0; w < p->way_count; w++) {
		const struct cbee_usdt_arg *arg = &p->ways[w]->loc->args[i];

		whole = whole || arg->is_float;
		size = arg->size > size ? arg->size : size;
	}
	add_head(text, p, i);
	cbee__buf_fmt(text,
		      " __attribute__((diagnose_if(size %s %u || size > 8 || (size & (size - 1)), "
		      "\"argument %u of USDT probe ",
		      whole ? "!=" : "<", size, i + 1);
	add_name(text, p->ways[0]);
	cbee__buf_fmt(text, " has %u byte%s: read it into %s\", \"error\")));\n", size,
		      size == 1 ? "" : "s", whole || size == 8 ? "as many" : "as many, or into 8");
}

static void add_reader(struct cbee_buf *text, const struct places *p, unsigned int i)
{
	for (size_t w = 0; w < p->way_count; w++) {
		const struct place *place = p->ways[w];

		if (i >= place->loc->arg_count || place->loc->args[i].in == CBEE_USDT_OTHER) {
			add_unreadable(text, p, i, place);
			return;
		}
	}
	add_size_check(text, p, i);
	add_head(text, p, i);
	cbee__buf_str(text, "\n{\n\tlong long value = 0;\n\tint err = 0;\n");
	for (size_t w = 0; w < p->way_count; w++) {
		if (p->way_count > 1)
			cbee__buf_fmt(text, "\tif (OPT(func) == %zu) {\n", w);
		else
			cbee__buf_str(text, "\t{\n");
		add_way(text, p->ways[w], &p->ways[w]->loc->args[i]);
		cbee__buf_str(text, "\t}\n");
	}
	cbee__buf_str(text, "\tif (size == 1)\n\t\t*(char *)to = (char)value;\n"
			    "\telse if (size == 2)\n\t\t*(short *)to = (short)value;\n"
			    "\telse if (size == 4)\n\t\t*(int *)to = (int)value;\n"
			    "\telse\n\t\t*(long long *)to = value;\n"
			    "\treturn err;\n}\n");
}

static bool is_first(const struct cbee__usdt_bound *all, const struct cbee__usdt_bound *b)
{
	while (all != b && strcmp(all->fn, b->fn) != 0)
		all = all->next;
	return all == b;
}

/* ---- functions that are not bound -------------------------------------- */

/* Where in a text the walk is. */
struct walk {
	struct cbee__lex lex;
	struct cbee__tok fn, tok; /* fn: the function, once its body has begun */
	unsigned int depth;
};

/* Moves to the next call that reads an argument; false at the end. */
static bool next_call(struct walk *w)
{
	struct cbee__tok last = { 0 };

	while (cbee__lex_next(&w->lex, &w->tok)) {
		if (w->tok.in_directive)
			continue;
		if (!w->depth && cbee__tok_is(&w->tok, "(") && last.kind == CBEE__TOK_NAME)
			w->fn = last;
		w->depth += cbee__tok_is(&w->tok, "{");
		w->depth -= w->depth && cbee__tok_is(&w->tok, "}");
		last = w->tok;
		if (w->depth && (cbee__tok_is(&w->tok, "bpf_usdt_readarg") ||
				 cbee__tok_is(&w->tok, "bpf_usdt_readarg_p")))
			return true;
	}
	return false;
}

static bool is_bound(const struct cbee__usdt_bound *all, const struct cbee__tok *fn)
{
	while (all && !cbee__tok_is(fn, all->fn))
		all = all->next;
	return all;
}

/* bcc's Python puts its readers in front of the text. */
static bool is_defined(const char *source, const struct cbee__tok *fn, const struct cbee__tok *nth)
{
	char call[256];

	return snprintf(call, sizeof(call), "_bpf_readarg_%.*s_%.*s(", (int)fn->len, fn->text,
			(int)nth->len, nth->text) < (int)sizeof(call) &&
	       strstr(source, call);
}

/* Calls of readers that are not there would compile, and be refused with no word of why. */
static void add_unbound(const struct cbee__usdt_bound *all, const char *source,
			struct cbee_buf *text)
{
	struct walk w = { 0 };

	cbee__lex_init(&w.lex, source, strlen(source));
	while (next_call(&w)) {
		if (is_bound(all, &w.fn) || !cbee__lex_next(&w.lex, &w.tok) ||
		    !cbee__lex_next(&w.lex, &w.tok) || w.tok.kind != CBEE__TOK_NUMBER ||
		    is_defined(source, &w.fn, &w.tok))
			continue;
		cbee__buf_fmt(text,
			      "int _bpf_readarg_%.*s_%.*s(struct pt_regs *ctx, void *to, "
			      "unsigned long size) __attribute__((unavailable(\"%.*s is not "
			      "bound to a USDT probe\")));\n",
			      (int)w.fn.len, w.fn.text, (int)w.tok.len, w.tok.text, (int)w.fn.len,
			      w.fn.text);
	}
}

void cbee__usdt_readers(struct cbee__usdt_bound *all, const char *source, struct cbee_buf *text)
{
	if (!all && !strstr(source, "bpf_usdt_readarg"))
		return;
	/* 5.5 has the helper for user memory; the one before reads both on these machines */
	cbee__buf_str(text, "#include <uapi/linux/ptrace.h>\n"
			    "#if defined(LINUX_VERSION_CODE) && LINUX_VERSION_CODE < 0x50500\n"
			    "#define CBEE_USDT_READ bpf_probe_read\n"
			    "#else\n"
			    "#define CBEE_USDT_READ bpf_probe_read_user\n"
			    "#endif\n");
	add_unbound(all, source, text);
	for (struct cbee__usdt_bound *b = all; b && !text->err; b = b->next) {
		struct places p = { 0 };

		if (!is_first(all, b))
			continue;
		collect(&p, b);
		settle_ways(&p);
		if (p.room.err || p.examples.err)
			text->err = -ENOMEM;
		for (unsigned int i = 0; !text->err && i < CBEE__USDT_ARGS_MAX; i++)
			add_reader(text, &p, i);
		cbee__buf_free(&p.examples);
		cbee__buf_free(&p.room);
	}
}
