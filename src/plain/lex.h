/* SPDX-License-Identifier: Apache-2.0 */
/* Walks C text as tokens: no copies, no allocation, nothing evaluated. */
#ifndef CBEE_LEX_H
#define CBEE_LEX_H

#include <stdbool.h>
#include <stddef.h>

enum cbee__tok_kind {
	CBEE__TOK_NONE, /* the end of the text */
	CBEE__TOK_NAME,
	CBEE__TOK_NUMBER,
	CBEE__TOK_STRING,    /* with its quotes */
	CBEE__TOK_CHAR,	     /* with its quotes */
	CBEE__TOK_PUNCT,     /* one operator, the longest that fits: "->", "##", "..." */
	CBEE__TOK_DIRECTIVE, /* the '#' that opens a preprocessor line; text is its name */
	CBEE__TOK_HEADER,    /* "<...>" of an #include */
};

struct cbee__tok {
	enum cbee__tok_kind kind;
	const char *text; /* into the text walked; not NUL-terminated */
	size_t len;
	const char *from;  /* the first byte: text, or the '#' of a directive */
	bool in_directive; /* on a preprocessor line (its opening token too) */
};

struct cbee__lex {
	const char *at, *end;
	bool line_fresh;   /* nothing but blanks and comments since the newline */
	bool in_directive; /* until the next newline that is not escaped */
	bool header_next;  /* '<' opens a header name */
};

/* Starts at the first byte of @text, which must outlive the tokens. */
void cbee__lex_init(struct cbee__lex *lex, const char *text, size_t len);

/*
 * Gives the next token; comments, blanks and escaped newlines are skipped.
 * What is left open (a string, a comment) ends with its line or with the text.
 * False at the end, where *ret_tok is of kind CBEE__TOK_NONE.
 */
bool cbee__lex_next(struct cbee__lex *lex, struct cbee__tok *ret_tok);

/* Whether the token is spelled @text, whatever its kind. */
bool cbee__tok_is(const struct cbee__tok *tok, const char *text);

/* Whether the token is the opening of the directive @name ("include", "define"). */
bool cbee__tok_opens(const struct cbee__tok *tok, const char *name);

#endif
