/* SPDX-License-Identifier: Apache-2.0 */
/* Turns the names that compilers of C++ and Rust make into those that people wrote. */
#include "symbols/demangle.h"

#include <ctype.h>
#include <errno.h>
#include <demangle.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* By references to parts of itself a short name can stand for one of very many bytes. */
#define NAME_MAX_BYTES 65536

struct output {
	struct cbee__demangle *d;
	size_t len;
	jmp_buf enough;
};

/* libiberty has no other way to be stopped. It holds no memory then but a part of a name. */
static void add(const char *part, size_t len, void *ctx)
{
	struct output *out = ctx;
	struct cbee__demangle *d = out->d;
	size_t cap = d->cap;
	char *text;

	if (out->len + len >= NAME_MAX_BYTES)
		longjmp(out->enough, 1);
	while (cap < out->len + len + 1)
		cap = cap ? 2 * cap : 128;
	text = cap == d->cap ? d->text : realloc(d->text, cap);
	if (!text) {
		d->err = -ENOMEM;
		longjmp(out->enough, 1);
	}
	d->text = text;
	d->cap = cap;
	memcpy(text + out->len, part, len);
	out->len += len;
	text[out->len] = '\0';
}

typedef int (*demangler)(const char *name, int options, demangle_callbackref add, void *ctx);

static char *demangled(struct cbee__demangle *d, const char *name, demangler by)
{
	struct output out = { .d = d };

	if (setjmp(out.enough) || !by(name, DMGL_PARAMS | DMGL_TYPES, add, &out) || !out.len)
		return NULL;
	return d->text;
}

/*
 * The bracket that opens the parameter list, or NULL. From the end backwards,
 * for names such as `f(int)::{lambda(char)#1}::operator()(char) const` have
 * brackets before; `>` of an operator would spoil counting more kinds.
 */
static char *params_of(char *text)
{
	char *at = strrchr(text, ')');
	int depth = 0;

	for (; at && at > text; at--) {
		if (*at == ')')
			depth++;
		else if (*at == '(' && !--depth)
			return at;
	}
	return NULL;
}

/* Skips the return type, which only templates carry: up to the last blank outside of brackets. */
static const char *skip_type(const char *text)
{
	const char *name = text;
	int depth = 0;

	for (const char *at = text; *at; at++) {
		if (!strncmp(at, "operator", 8) && !isalnum((unsigned char)at[8]) && at[8] != '_')
			break;
		if (strchr("<({[", *at))
			depth++;
		else if (strchr(">)}]", *at))
			depth--;
		else if (*at == ' ' && !depth)
			name = at + 1;
	}
	return name;
}

bool cbee__is_mangled(const char *name)
{
	return name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
}

const char *cbee__demangle(struct cbee__demangle *d, const char *name, bool params)
{
	char *text, *list;

	if (!cbee__is_mangled(name))
		return NULL;
	/* first, for C++ would half understand Rust's old names, `_ZN...17h<hash>E` */
	text = demangled(d, name, rust_demangle_callback);
	if (text || name[1] == 'R')
		return text;
	text = demangled(d, name, cplus_demangle_v3_callback);
	if (!text)
		return NULL;
	list = params_of(text);
	if (params || !list)
		return text;
	/* "non-virtual thunk to X::f()" is not X::f, and its words are no type. */
	if (strstr(text, " to ") || strstr(text, " for "))
		return text;
	*list = '\0';
	return skip_type(text);
}

bool cbee__sym_is_clone(const char *name, const char *plain)
{
	static const char *const kinds[] = { ".isra.", ".constprop.", ".part.", ".llvm.",
					     ".lto_priv." };
	size_t len = strlen(plain), i, digits;

	if (strncmp(name, plain, len) != 0 || !name[len])
		return false;
	for (name += len; *name; name += digits) {
		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
			if (!strncmp(name, kinds[i], strlen(kinds[i])))
				break;
		if (i == sizeof(kinds) / sizeof(kinds[0]))
			return false;
		name += strlen(kinds[i]);
		digits = strspn(name, "0123456789");
		if (!digits)
			return false;
	}
	return true;
}

void cbee__demangle_free(struct cbee__demangle *d)
{
	free(d->text);
	*d = (struct cbee__demangle){ 0 };
}
