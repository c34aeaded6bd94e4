/* SPDX-License-Identifier: Apache-2.0 */
/* Walks C text as tokens: no copies, no allocation, nothing evaluated. */
#include "plain/lex.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static bool is_name(char c)
{
	return is_name_start(c) || is_digit(c);
}

/* The byte @ahead of the walk, or NUL behind the end. */
static char peek(const struct cbee__lex *lex, size_t ahead)
{
	return ahead < (size_t)(lex->end - lex->at) ? lex->at[ahead] : '\0';
}

void cbee__lex_init(struct cbee__lex *lex, const char *text, size_t len)
{
	*lex = (struct cbee__lex){ .at = text, .end = text + len, .line_fresh = true };
}

/* A backslash at the end of a line (with either kind of newline): its length, or 0. */
static size_t splice(const struct cbee__lex *lex)
{
	if (peek(lex, 0) != '\\')
		return 0;
	if (peek(lex, 1) == '\n')
		return 2;
	return peek(lex, 1) == '\r' && peek(lex, 2) == '\n' ? 3 : 0;
}

static void skip_block_comment(struct cbee__lex *lex)
{
	lex->at += 2;
	while (lex->at < lex->end && !(*lex->at == '*' && peek(lex, 1) == '/'))
		lex->at++;
	lex->at += lex->at < lex->end ? 2 : 0;
}

static void skip_line_comment(struct cbee__lex *lex)
{
	while (lex->at < lex->end && *lex->at != '\n')
		lex->at += splice(lex) ? splice(lex) : 1;
}

static void skip_blanks(struct cbee__lex *lex)
{
	while (lex->at < lex->end) {
		char c = *lex->at;

		if (c == '\n') {
			lex->line_fresh = true;
			lex->in_directive = lex->header_next = false;
			lex->at++;
		} else if (c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f') {
			lex->at++;
		} else if (c == '/' && peek(lex, 1) == '*') {
			skip_block_comment(lex);
		} else if (c == '/' && peek(lex, 1) == '/') {
			skip_line_comment(lex);
		} else if (splice(lex)) {
			lex->at += splice(lex);
		} else {
			return;
		}
	}
}

static void skip_quoted(struct cbee__lex *lex, char quote)
{
	lex->at++;
	while (lex->at < lex->end && *lex->at != quote && *lex->at != '\n') {
		size_t step = splice(lex);

		if (!step)
			step = *lex->at == '\\' && lex->end - lex->at > 1 ? 2 : 1;
		lex->at += step;
	}
	if (lex->at < lex->end && *lex->at == quote)
		lex->at++;
}

static void skip_number(struct cbee__lex *lex)
{
	while (is_name(peek(lex, 0)) || peek(lex, 0) == '.') {
		char c = *lex->at++ | 0x20;

		if ((c == 'e' || c == 'p') && (peek(lex, 0) == '+' || peek(lex, 0) == '-'))
			lex->at++;
	}
}

static void skip_punct(struct cbee__lex *lex)
{
	static const char *const longer[] = {
		"...", "<<=", ">>=", "->", "##", "==", "!=", "<=", ">=", "&&", "||", "<<",
		">>",  "++",  "--",  "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="
	};
	size_t left = (size_t)(lex->end - lex->at);

	for (size_t i = 0; i < sizeof(longer) / sizeof(longer[0]); i++) {
		size_t len = strlen(longer[i]);

		if (len <= left && !memcmp(lex->at, longer[i], len)) {
			lex->at += len;
			return;
		}
	}
	lex->at++;
}

/* Behind the '#': the directive's name becomes the token's text. */
static void open_directive(struct cbee__lex *lex, struct cbee__tok *tok)
{
	tok->kind = CBEE__TOK_DIRECTIVE;
	lex->at++;
	lex->in_directive = true;
	lex->line_fresh = false;
	skip_blanks(lex);
	tok->text = lex->at;
	while (lex->in_directive && is_name(peek(lex, 0)))
		lex->at++;
	tok->len = (size_t)(lex->at - tok->text);
	tok->in_directive = true;
	lex->header_next = cbee__tok_is(tok, "include") || cbee__tok_is(tok, "include_next") ||
			   cbee__tok_is(tok, "import");
}

/* The '>' that closes a header name on this line, or NULL. */
static const char *header_end(const struct cbee__lex *lex)
{
	for (const char *p = lex->at; p < lex->end && *p != '\n'; p++)
		if (*p == '>')
			return p;
	return NULL;
}

static enum cbee__tok_kind skip_token(struct cbee__lex *lex)
{
	char c = *lex->at;
	bool header = lex->header_next;

	lex->header_next = false;
	if (is_name_start(c)) {
		while (is_name(peek(lex, 0)))
			lex->at++;
		return CBEE__TOK_NAME;
	}
	if (is_digit(c) || (c == '.' && is_digit(peek(lex, 1)))) {
		skip_number(lex);
		return CBEE__TOK_NUMBER;
	}
	if (c == '"' || c == '\'') {
		skip_quoted(lex, c);
		return c == '"' ? CBEE__TOK_STRING : CBEE__TOK_CHAR;
	}
	if (c == '<' && header && header_end(lex)) {
		lex->at = header_end(lex) + 1;
		return CBEE__TOK_HEADER;
	}
	skip_punct(lex);
	return CBEE__TOK_PUNCT;
}

bool cbee__lex_next(struct cbee__lex *lex, struct cbee__tok *ret_tok)
{
	struct cbee__tok tok = { .kind = CBEE__TOK_NONE };

	skip_blanks(lex);
	tok.text = tok.from = lex->at;
	tok.in_directive = lex->in_directive;
	if (lex->at < lex->end) {
		if (*lex->at == '#' && lex->line_fresh) {
			open_directive(lex, &tok);
		} else {
			lex->line_fresh = false;
			tok.kind = skip_token(lex);
			tok.len = (size_t)(lex->at - tok.text);
		}
	}
	*ret_tok = tok;
	return tok.kind != CBEE__TOK_NONE;
}

bool cbee__tok_is(const struct cbee__tok *tok, const char *text)
{
	return strlen(text) == tok->len && !memcmp(tok->text, text, tok->len);
}

bool cbee__tok_opens(const struct cbee__tok *tok, const char *name)
{
	return tok->kind == CBEE__TOK_DIRECTIVE && cbee__tok_is(tok, name);
}
