/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/lex.c. */
#include "plain/lex.h"

#include "unit.h"

/* Spells the tokens of @text: kind letter, text, "!" when on a preprocessor line. */
static const char *spell(const char *text, size_t len)
{
	static const char letters[] = "-nds'p#<";
	static char out[2048];
	struct cbee__lex lex;
	struct cbee__tok tok;
	size_t at = 0;

	out[0] = '\0';
	cbee__lex_init(&lex, text, len);
	while (cbee__lex_next(&lex, &tok))
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%c%.*s%s", at ? " " : "",
				       letters[tok.kind], (int)tok.len, tok.text,
				       tok.in_directive ? "!" : "");
	return out;
}

#define SPELLS(text, want) UNIT_STR(spell(text, strlen(text)), want)

static void test_tokens(void)
{
	SPELLS("", "");
	SPELLS("int a_1=0x1fULL;", "nint na_1 p= d0x1fULL p;");
	SPELLS("p->x.y...z##w", "np p-> nx p. ny p... nz p## nw");
	SPELLS("a<<=b>>c==d", "na p<<= nb p>> nc p== nd");
	SPELLS("1.5e-3 .5 1e+2.x 0x1p-3", "d1.5e-3 d.5 d1e+2.x d0x1p-3");
}

static void test_quotes(void)
{
	SPELLS("\"a\\\"b\" 'x' '\\''", "s\"a\\\"b\" ''x' ''\\''");
	SPELLS("\"open\nnext", "s\"open nnext");
	SPELLS("\"// not a comment\"", "s\"// not a comment\"");
	SPELLS("\"a\\\nb\" c", "s\"a\\\nb\" nc");
	SPELLS("\"\\", "s\"\\");
}

static void test_comments(void)
{
	SPELLS("a/* b */c//d\ne", "na nc ne");
	SPELLS("a // b \\\n still\nc", "na nc");
	SPELLS("a /* open", "na");
	SPELLS("a /*/ b */ c", "na nc");
	SPELLS("a / b", "na p/ nb");
}

static void test_directives(void)
{
	SPELLS("#define A b\nc", "#define! nA! nb! nc");
	SPELLS(" # /* x */ define A \\\n b\nc", "#define! nA! nb! nc");
	SPELLS("a # b", "na p# nb");
	SPELLS("#\nx", "#! nx");
	SPELLS("#include <a/b.h> // c\n#include \"d.h\"\n1 <2> 3",
	       "#include! <<a/b.h>! #include! s\"d.h\"! d1 p< d2 p> d3");
	SPELLS("#include <open\nx", "#include! p<! nopen! nx");
	SPELLS("#define X <a>\n", "#define! nX! p<! na! p>!");
	SPELLS("a\r\n#if 1 \\\r\n 2\r\nb", "na #if! d1! d2! nb");
}

static void test_places(void)
{
	const char *text = "x\n  #  include <y>\n";
	struct cbee__lex lex;
	struct cbee__tok tok;

	cbee__lex_init(&lex, text, strlen(text));
	CU_ASSERT_TRUE(cbee__lex_next(&lex, &tok));
	CU_ASSERT_TRUE(cbee__tok_is(&tok, "x"));
	CU_ASSERT_FALSE(cbee__tok_is(&tok, "xy"));
	CU_ASSERT_FALSE(cbee__tok_is(&tok, ""));
	CU_ASSERT_TRUE(cbee__lex_next(&lex, &tok));
	CU_ASSERT_TRUE(cbee__tok_opens(&tok, "include"));
	CU_ASSERT_FALSE(cbee__tok_opens(&tok, "define"));
	UNIT_EQ(tok.from - text, 4);
	UNIT_EQ(tok.text - text, 7);
	CU_ASSERT_TRUE(cbee__lex_next(&lex, &tok));
	UNIT_EQ(tok.kind, CBEE__TOK_HEADER);
	CU_ASSERT_FALSE(cbee__lex_next(&lex, &tok));
	UNIT_EQ(tok.kind, CBEE__TOK_NONE);
	CU_ASSERT_FALSE(cbee__lex_next(&lex, &tok));
}

/* Every prefix must end, inside the prefix; under ASan in a buffer of its exact size. */
static void test_prefixes(void)
{
	static const char text[] = "#include <a.h>\n\"s\\\"t\" 'c' /* k */ // l\\\n m\n"
				   "x->y ... .5e+1 # q \\\r\n##\\";

	for (size_t len = 0; len < sizeof(text); len++) {
		char *copy = malloc(len ? len : 1);
		struct cbee__lex lex;
		struct cbee__tok tok;
		const char *last = copy;

		CU_ASSERT_FATAL(copy != NULL);
		memcpy(copy, text, len);
		cbee__lex_init(&lex, copy, len);
		while (cbee__lex_next(&lex, &tok)) {
			CU_ASSERT(tok.from >= last && tok.text + tok.len <= copy + len);
			last = tok.text + tok.len;
		}
		free(copy);
	}
}

UNIT_MAIN("lex", { "tokens", test_tokens }, { "quotes", test_quotes },
	  { "comments", test_comments }, { "directives", test_directives },
	  { "places", test_places }, { "prefixes", test_prefixes })
