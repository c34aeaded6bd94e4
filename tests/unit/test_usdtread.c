/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the C text that reads the arguments of USDT probes. */
#include <elf.h>
#include <errno.h>

#include "probes/usdt.h"
#include "symbols/usdtarg.h"
#include "unit.h"

#define FN "_bpf_readarg_hit_1(struct pt_regs *ctx, void *to, unsigned long size)"

static struct cbee__usdt items[2];
static struct cbee_usdt_location locs[2][3];
static struct cbee_usdt_arg args[6][3];
static char rooms[6][64];
static unsigned int ways[2][3];
static struct cbee__usdt_bound bound[2];
static struct cbee_buf text;

/* Sets what location @l of probe @p has; up to three arguments, each of its own text. */
static void at(int p, int l, const char *one, const char *two)
{
	struct cbee_usdt_arg *a = args[3 * p + l];
	const char *const texts[] = { one, two };

	locs[p][l] = (struct cbee_usdt_location){ .address = 0x1000 + 16U * (unsigned int)l,
						  .args = a };
	for (int i = 0; i < 2 && texts[i]; i++) {
		a[i] = (struct cbee_usdt_arg){ .text = texts[i], .symbol_address = 0x4000 };
		snprintf(rooms[3 * p + l] + 32 * i, 32, "%s", texts[i]);
		cbee__usdt_arg_read(&a[i], rooms[3 * p + l] + 32 * i, EM_X86_64, 8);
		locs[p][l].arg_count++;
	}
	items[p].pub.locations = locs[p];
	items[p].pub.location_count = (unsigned int)l + 1;
}

static void start(void)
{
	static char hit[] = "hit", other[] = "other";

	for (int p = 0; p < 2; p++) {
		items[p] = (struct cbee__usdt){ .pub = { .provider = "app", .name = p ? "b" : "a" },
						.machine = EM_X86_64 };
		bound[p] = (struct cbee__usdt_bound){ .list = { .items = &items[p], .count = 1 },
						      .ways = ways[p],
						      .fn = p ? other : hit };
	}
	bound[0].next = NULL;
	memset(ways, 0xff, sizeof(ways));
}

static const char *make(const char *source)
{
	cbee__buf_free(&text);
	cbee__usdt_readers(&bound[0], source, &text);
	UNIT_EQ(text.err, 0);
	return text.data ? text.data : "";
}

static void has(const char *want)
{
	if (!strstr(text.data, want))
		printf("\nnot there: %s\nin: %s\n", want, text.data);
	CU_ASSERT(strstr(text.data, want) != NULL);
}

static void has_not(const char *want)
{
	if (strstr(text.data, want))
		printf("\nthere: %s\n", want);
	CU_ASSERT(!strstr(text.data, want));
}

static void end(void)
{
	cbee__buf_free(&text);
}

static void one_place(void)
{
	start();
	at(0, 0, "-4@%edi", "8@-24(%rbp)");
	make("");
	has(FN " __attribute__((diagnose_if(size < 4 || size > 8 || (size & (size - 1)), "
	       "\"argument 1 of USDT probe app:a has 4 bytes: read it into as many, or into 8\", "
	       "\"error\")));");
	has("signed int v = 0;\n\t\tv = (signed int)(0x0ULL + ctx->di);\n");
	has("err = CBEE_USDT_READ(&v, sizeof(v), (void *)(0xffffffffffffffe8ULL + ctx->bp));");
	has("_bpf_readarg_hit_3(struct pt_regs *ctx, void *to, unsigned long size) "
	    "__attribute__((unavailable(\"USDT probe app:a has 2 arguments\")));");
	has("_bpf_readarg_hit_12(");
	has_not("_bpf_readarg_hit_13(");
	has_not("OPT(");
	UNIT_EQ(ways[0][0], 0);
	end();
}

/* Places with the same operands are one way; others are told apart by a constant. */
static void several_places(void)
{
	start();
	at(0, 0, "-4@%edi", NULL);
	at(0, 1, "8@$7", NULL);
	at(0, 2, "-4@%edi", NULL);
	make("");
	UNIT_EQ(ways[0][0], 0);
	UNIT_EQ(ways[0][1], 1);
	UNIT_EQ(ways[0][2], 0);
	has("if (OPT(func) == 0) {\n\t\tsigned int v = 0;");
	has("if (OPT(func) == 1) {\n\t\tunsigned long long v = 0;\n"
	    "\t\tv = (unsigned long long)(0x7ULL);\n");
	has_not("OPT(func) == 2");
	has("size < 8 ||");
	has("app:a has 8 bytes: read it into as many\"");
	at(0, 2, "-4@%edi", "1@%al");
	make("");
	UNIT_EQ(ways[0][2], 2); /* another number of arguments */
	has("USDT probe app:a has 1 argument\"");
	end();
}

static void memory(void)
{
	start();
	at(0, 0, "-4@x+8(%rip)", "1@4(%rax,%rbx,4)");
	at(0, 1, "-4@x+8(%rip)", "1@4(%rax,%rbx,4)");
	make("");
	UNIT_EQ(ways[0][1], 1); /* the variable is at another distance from there */
	has("(void *)(0x8ULL + 0x3000ULL + ctx->ip)");
	has("(void *)(0x8ULL + 0x2ff0ULL + ctx->ip)");
	has("(void *)(0x4ULL + ctx->ax + (unsigned long long)ctx->bx * 4)");
	end();
}

static void floats(void)
{
	start();
	at(0, 0, "8f@%xmm0", "4f@8(%rsp)");
	make("");
	has("unavailable(\"USDT probe app:a has argument 1 where BPF cannot read it: 8f@%xmm0\")");
	has("size != 4 || size > 8");
	has("has 4 bytes: read it into as many\"");
	end();
}

/* One function for two probes reads what both have. */
static void one_function(void)
{
	static char hit[] = "hit";

	start();
	bound[0].next = &bound[1];
	at(0, 0, "-4@%edi", "4@%eax");
	at(1, 0, "-4@%esi", NULL);
	make("");
	has("_bpf_readarg_other_1(");
	has_not("OPT(");
	bound[1].fn = hit;
	make("");
	has_not("_bpf_readarg_other_1(");
	UNIT_EQ(ways[0][0], 0);
	UNIT_EQ(ways[1][0], 1);
	has("OPT(func) == 1");
	has("_bpf_readarg_hit_2(struct pt_regs *ctx, void *to, unsigned long size) "
	    "__attribute__((unavailable(\"USDT probe app:b has 1 argument\")));");
	end();
}

static void names_are_quoted(void)
{
	start();
	items[0].pub.name = "a\"b\\c\377";
	at(0, 0, "8@x\"@y", NULL);
	make("");
	has("USDT probe app:a?b?c? has argument 1 where BPF cannot read it: 8@x?@y\"");
	end();
}

static void unbound(void)
{
	start();
	at(0, 0, "-4@%edi", NULL);
	make("BPF_HASH(x);\nint hit(void *ctx)\n{ bpf_usdt_readarg(1, ctx, &x); }\n"
	     "#define bpf_usdt_readarg_p(1)\n"
	     "static int help(int x)\n{ if (x) { bpf_usdt_readarg_p(2, ctx, &x, 3); } "
	     "bpf_usdt_readarg(n, ctx, &x); }\n");
	has("int _bpf_readarg_help_2(struct pt_regs *ctx, void *to, unsigned long size) "
	    "__attribute__((unavailable(\"help is not bound to a USDT probe\")));");
	has_not("hit is not bound");
	/* as bcc's Python hands it over, with readers of its own */
	make("static int _bpf_readarg_on_1(void *ctx, void *to, long size)\n{ return 0; }\n"
	     "int on(void *ctx)\n{ bpf_usdt_readarg(1, ctx, &x); bpf_usdt_readarg(2, ctx, &x); "
	     "}\n");
	has_not("_bpf_readarg_on_1");
	has("_bpf_readarg_on_2");
	make("static int help(int x)\n{ bpf_usdt_readarg_p(2, ctx, &x, 3); bpf_usdt_readarg(n, "
	     "ctx); }");
	has_not("_bpf_readarg_help_n");
	cbee__buf_free(&text);
	cbee__usdt_readers(NULL, "int f(void) { return 0; }", &text);
	UNIT_EQ(text.len, 0);
	cbee__usdt_readers(NULL, "int f(void) { bpf_usdt_readarg(", &text);
	CU_ASSERT(text.len > 0);
	has_not("_bpf_readarg_f");
	end();
}

static void no_memory(void)
{
	int err = 0;

	start();
	at(0, 0, "-4@%edi", "4@%eax");
	at(0, 1, "8@$7", "4@%ebx");
	UNIT_EACH_ALLOC(err, -ENOMEM, {
		cbee__buf_free(&text);
		cbee__usdt_readers(&bound[0], "", &text);
		err = text.err;
	});
	UNIT_EQ(err, 0);
	end();
}

UNIT_MAIN("usdtread", { "one place", one_place }, { "several places", several_places },
	  { "memory", memory }, { "floats", floats }, { "one function", one_function },
	  { "names are quoted", names_are_quoted }, { "unbound", unbound },
	  { "no memory", no_memory })
