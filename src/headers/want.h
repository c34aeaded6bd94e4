/* SPDX-License-Identifier: Apache-2.0 */
/* The names that a BPF source spells, and how it uses each. */
#ifndef CBEE_WANT_H
#define CBEE_WANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "headers/btf.h"
#include "plain/buf.h"
#include "plain/lex.h"

enum {
	CBEE__WANT_PLAIN = 1 << 0,     /* neither a tag nor behind "." or "->" */
	CBEE__WANT_STRUCT = 1 << 1,    /* behind "struct" */
	CBEE__WANT_UNION = 1 << 2,     /* behind "union" */
	CBEE__WANT_ENUM = 1 << 3,      /* behind "enum" */
	CBEE__WANT_TAG_VALUE = 1 << 4, /* as a tag, and not as a pointer to it */
	CBEE__WANT_VALUE = 1 << 5,     /* plain, and not as a pointer to it */
	CBEE__WANT_TAG_OWN = 1 << 6,   /* the source defines the tag itself */
	CBEE__WANT_OWN = 1 << 7,       /* the source defines the plain name itself */
	CBEE__WANT_ACCESSED = 1 << 8,  /* behind "." or "->" */
	CBEE__WANT_DECLARED = 1 << 9,  /* declared as a member or variable */
	CBEE__WANT_ARGUMENT = 1 << 10, /* alone as an argument: may be pasted */
	CBEE__WANT_WEAK_TAG = 1 << 11, /* no need if the kernel has no such record */
	CBEE__WANT_TAGS = CBEE__WANT_STRUCT | CBEE__WANT_UNION | CBEE__WANT_ENUM,
};

/* What BTF has under a name; filled in by whoever looks there. */
struct cbee__want_ids {
	uint32_t struct_id, union_id, enum_id, typedef_id;
	uint32_t enumerator_of; /* the enum, with the index beside it */
	int enumerator;
};

struct cbee__want {
	const char *name; /* not NUL-terminated */
	uint32_t len, hash;
	unsigned int flags;
	struct cbee__want_ids ids;
};

struct cbee__want_event {
	const char *category, *name; /* not NUL-terminated */
	size_t category_len, name_len;
};

struct cbee__wants {
	struct cbee_buf entries; /* struct cbee__want, in the order of their appearance */
	struct cbee_buf events;	 /* struct cbee__want_event: tracepoints with typed arguments */
	struct cbee_buf pastes;
	struct cbee_buf index;
	struct want_text *owned;
	struct cbee__btf_filter filter;
	int err;
};

/*
 * Adds the names of @text, which must outlive @w. @format is set for what the
 * source does not say itself, as a tracepoint's fields: tags in there are
 * wanted only if the kernel has them.
 * 0 or -ENOMEM, which sticks.
 */
int cbee__wants_scan(struct cbee__wants *w, const char *text, size_t len, bool format);

/* Adds one name (copied) with these flags. */
void cbee__wants_add(struct cbee__wants *w, const char *name, size_t len, unsigned int flags);

/* Keeps a heap string as long as @w lives; takes ownership also on failure. */
const char *cbee__wants_own(struct cbee__wants *w, char *text);

/* The entry of that name, or NULL. Valid until the next addition. */
struct cbee__want *cbee__wants_find(const struct cbee__wants *w, const char *name, size_t len);

/* The same for a NUL-terminated name, most often answered by three letters. */
struct cbee__want *cbee__wants_name(const struct cbee__wants *w, const char *name);

size_t cbee__wants_count(const struct cbee__wants *w);
struct cbee__want *cbee__wants_at(const struct cbee__wants *w, size_t i);

void cbee__wants_free(struct cbee__wants *w);

#endif
