/* SPDX-License-Identifier: Apache-2.0 */
/* The names that a BPF source spells, and how it uses each. */
#include "headers/want.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PARAMS_MAX 16
#define PARTS_MAX  4
#define NAME_LEN   128 /* longer names are not pasted */
#define PASTES_MAX 16384

/* A heap string that lives as long as the set. */
struct want_text {
	struct want_text *next;
	char *text;
};

/* "a ## b ## c" in a macro: parts that are parameters stand for any argument. */
struct paste {
	struct {
		const char *text;
		size_t len;
		bool param;
	} parts[PARTS_MAX];
	unsigned int count;
	unsigned int flags; /* how the result is used */
};

/* The walk: three tokens, and what they stand in. */
struct scan {
	struct cbee__wants *w;
	struct cbee__lex lex; /* behind @next */
	struct cbee__tok prev, cur, next;
	int braces, parens;
	int enum_at; /* the brace depth inside an enum's list, or -1 */
	bool enum_opens;
	bool format;
	struct cbee__tok params[PARAMS_MAX]; /* of the macro being defined */
	unsigned int param_count;
};

/* ---- the set ---- */

static uint32_t hash_of(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash ^ hash >> 15;
}

size_t cbee__wants_count(const struct cbee__wants *w)
{
	return w->entries.len / sizeof(struct cbee__want);
}

struct cbee__want *cbee__wants_at(const struct cbee__wants *w, size_t i)
{
	return (struct cbee__want *)(void *)w->entries.data + i;
}

/* The slot of the name, or the empty one where it belongs; slots hold entry numbers + 1. */
static uint32_t *slot_of(const struct cbee__wants *w, const char *name, size_t len, uint32_t hash)
{
	uint32_t *slots = (uint32_t *)(void *)w->index.data;
	size_t mask = w->index.len / sizeof(*slots) - 1;

	for (size_t i = hash & mask;; i = (i + 1) & mask) {
		const struct cbee__want *e;

		if (!slots[i])
			return &slots[i];
		e = cbee__wants_at(w, slots[i] - 1);
		if (e->hash == hash && e->len == len && !memcmp(e->name, name, len))
			return &slots[i];
	}
}

static struct cbee__want *find(const struct cbee__wants *w, const char *name, size_t len,
			       uint32_t hash)
{
	uint32_t slot = w->index.len ? *slot_of(w, name, len, hash) : 0;

	return slot ? cbee__wants_at(w, slot - 1) : NULL;
}

struct cbee__want *cbee__wants_find(const struct cbee__wants *w, const char *name, size_t len)
{
	return find(w, name, len, hash_of(name, len));
}

struct cbee__want *cbee__wants_name(const struct cbee__wants *w, const char *name)
{
	if (!cbee__btf_filter_has(&w->filter, name))
		return NULL;
	return cbee__wants_find(w, name, strlen(name));
}

/* Keeps the index at most half full. */
static void make_room(struct cbee__wants *w)
{
	size_t count = cbee__wants_count(w), slots = w->index.len / sizeof(uint32_t);
	struct cbee_buf bigger = { 0 }, old;

	if (count * 2 < slots)
		return;
	cbee__buf_zero(&bigger, (slots ? slots * 2 : 1024) * sizeof(uint32_t));
	if (bigger.err) {
		w->err = bigger.err;
		return;
	}
	old = w->index;
	w->index = bigger;
	for (size_t i = 0; i < count; i++) {
		const struct cbee__want *e = cbee__wants_at(w, i);

		*slot_of(w, e->name, e->len, e->hash) = (uint32_t)i + 1;
	}
	cbee__buf_free(&old);
}

/* A tag is weak only as long as nothing else names it. */
static void merge(struct cbee__want *e, unsigned int flags)
{
	const unsigned int records = CBEE__WANT_STRUCT | CBEE__WANT_UNION;
	bool weak = e->flags & CBEE__WANT_WEAK_TAG;

	if (flags & records)
		weak = flags & CBEE__WANT_WEAK_TAG && (weak || !(e->flags & records));
	e->flags |= flags | CBEE__WANT_WEAK_TAG;
	if (!weak)
		e->flags &= ~(unsigned int)CBEE__WANT_WEAK_TAG;
}

/* Adds a name that outlives the set. */
static void add(struct cbee__wants *w, const char *name, size_t len, unsigned int flags)
{
	struct cbee__want e = { .name = name, .len = (uint32_t)len };
	struct cbee__want *old;

	if (w->err || !len || len > UINT32_MAX)
		return;
	e.hash = hash_of(name, len);
	old = find(w, name, len, e.hash);
	if (old) {
		merge(old, flags);
		return;
	}
	make_room(w);
	if (w->err)
		return;
	e.flags = flags;
	cbee__buf_add(&w->entries, &e, sizeof(e));
	w->err = w->entries.err;
	if (w->err)
		return;
	*slot_of(w, name, len, e.hash) = (uint32_t)cbee__wants_count(w);
	cbee__btf_filter_add(&w->filter, name, len);
}

const char *cbee__wants_own(struct cbee__wants *w, char *text)
{
	struct want_text *node = text ? malloc(sizeof(*node)) : NULL;

	if (!node) {
		w->err = -ENOMEM;
		free(text);
		return NULL;
	}
	*node = (struct want_text){ .next = w->owned, .text = text };
	w->owned = node;
	return text;
}

void cbee__wants_add(struct cbee__wants *w, const char *name, size_t len, unsigned int flags)
{
	struct cbee__want *old = cbee__wants_find(w, name, len);
	char *copy;

	if (old) {
		merge(old, flags);
		return;
	}
	copy = malloc(len + 1);
	if (copy) {
		memcpy(copy, name, len);
		copy[len] = '\0';
	}
	if (cbee__wants_own(w, copy))
		add(w, copy, len, flags);
}

void cbee__wants_free(struct cbee__wants *w)
{
	struct want_text *next;

	if (!w)
		return;
	for (struct want_text *node = w->owned; node; node = next) {
		next = node->next;
		free(node->text);
		free(node);
	}
	cbee__buf_free(&w->entries);
	cbee__buf_free(&w->events);
	cbee__buf_free(&w->pastes);
	cbee__buf_free(&w->index);
	*w = (struct cbee__wants){ 0 };
}

/* ---- one name in its surroundings ---- */

static bool one_of(const struct cbee__tok *tok, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (cbee__tok_is(tok, words[i]))
			return true;
	return false;
}

#define ONE_OF(tok, ...)                                  \
	one_of(tok, (const char *const[]){ __VA_ARGS__ }, \
	       sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(char *))

/* The token behind the name, qualifiers skipped. */
static struct cbee__tok behind(const struct scan *s)
{
	struct cbee__lex lex = s->lex;
	struct cbee__tok tok = s->next;

	while (tok.kind == CBEE__TOK_NAME && ONE_OF(&tok, "const", "volatile", "__user", "__rcu"))
		cbee__lex_next(&lex, &tok);
	if (tok.in_directive != s->cur.in_directive || tok.kind == CBEE__TOK_DIRECTIVE)
		tok = (struct cbee__tok){ .text = "" };
	return tok;
}

static unsigned int tag_kind(const struct cbee__tok *tok)
{
	if (tok->kind != CBEE__TOK_NAME)
		return 0;
	return cbee__tok_is(tok, "struct")  ? CBEE__WANT_STRUCT
	       : cbee__tok_is(tok, "union") ? CBEE__WANT_UNION
	       : cbee__tok_is(tok, "enum")  ? CBEE__WANT_ENUM
					    : 0;
}

static unsigned int tag_flags(const struct scan *s, unsigned int kind)
{
	struct cbee__tok next = behind(s);

	if (cbee__tok_is(&next, "{"))
		return kind | CBEE__WANT_TAG_OWN;
	if (cbee__tok_is(&next, "*") || (cbee__tok_is(&next, ";") && !s->cur.in_directive))
		return kind;
	return kind | CBEE__WANT_TAG_VALUE;
}

static bool is_param(const struct scan *s, const struct cbee__tok *tok)
{
	for (unsigned int i = 0; i < s->param_count; i++)
		if (s->params[i].len == tok->len && !memcmp(s->params[i].text, tok->text, tok->len))
			return true;
	return false;
}

/* Whether the name is one the file gives to something at its outermost level. */
static bool defines(const struct scan *s)
{
	if (s->cur.in_directive)
		return s->param_count == 0 && cbee__tok_opens(&s->prev, "define");
	if (s->enum_at == s->braces && !s->parens)
		return cbee__tok_is(&s->prev, "{") || cbee__tok_is(&s->prev, ",");
	return !s->braces && !s->parens &&
	       (s->prev.kind == CBEE__TOK_NAME || ONE_OF(&s->prev, "*", "}", ",", ")")) &&
	       ONE_OF(&s->next, "(", "=", ";", "[", ",", "__attribute__", "SEC", "__packed");
}

static unsigned int plain_flags(const struct scan *s)
{
	unsigned int flags = CBEE__WANT_PLAIN;
	struct cbee__tok next = behind(s);

	if (ONE_OF(&s->prev, ".", "->"))
		return CBEE__WANT_ACCESSED;
	if (!cbee__tok_is(&next, "*"))
		flags |= CBEE__WANT_VALUE;
	if (ONE_OF(&s->prev, "(", ",") && ONE_OF(&s->next, ")", ",") && !is_param(s, &s->cur))
		flags |= CBEE__WANT_ARGUMENT;
	if (ONE_OF(&s->next, ";", "[", ",", "=", ":") &&
	    (cbee__tok_is(&s->prev, "*") ||
	     (s->prev.kind == CBEE__TOK_NAME && !ONE_OF(&s->prev, "return", "case", "goto"))))
		flags |= CBEE__WANT_DECLARED;
	if (defines(s))
		flags |= CBEE__WANT_OWN;
	return flags;
}

/* ---- macros of BCC that name things ---- */

/* The first token of argument @nth (from 0) of the call that begins at s->next. */
static struct cbee__tok argument(const struct scan *s, int nth)
{
	struct cbee__lex lex = s->lex;
	struct cbee__tok tok;
	int depth = 0;

	while (nth >= 0 && cbee__lex_next(&lex, &tok)) {
		if (!depth && !nth)
			return tok;
		if (ONE_OF(&tok, "(", "{"))
			depth++;
		if (ONE_OF(&tok, ")", "}") && --depth < 0)
			break;
		if (!depth && cbee__tok_is(&tok, ","))
			nth--;
	}
	return (struct cbee__tok){ .text = "" };
}

static bool starts_with(const struct cbee__tok *tok, const char *start)
{
	return tok->len > strlen(start) && !memcmp(tok->text, start, strlen(start));
}

/* BPF_HASH(name, ...), but BPF_TABLE("kind", key, leaf, name, ...). */
static void add_table(struct scan *s)
{
	struct cbee__tok name = argument(s, 0);

	if (name.kind == CBEE__TOK_STRING)
		name = argument(s, starts_with(&s->cur, "BPF_QUEUESTACK") ? 1 : 3);
	if (name.kind == CBEE__TOK_NAME)
		add(s->w, name.text, name.len, CBEE__WANT_OWN);
}

static void add_event(struct scan *s, const char *category, size_t category_len, const char *name,
		      size_t name_len)
{
	struct cbee__want_event e = { .category = category,
				      .category_len = category_len,
				      .name = name,
				      .name_len = name_len };

	cbee__buf_add(&s->w->events, &e, sizeof(e));
}

/* tracepoint__CATEGORY__EVENT, cut where libbcc cuts it: at the first "__". */
static void add_named_event(struct scan *s)
{
	const char *category = s->cur.text + strlen("tracepoint__");
	const char *end = s->cur.text + s->cur.len;
	const char *cut = memmem(category, (size_t)(end - category), "__", 2);

	if (cut && cut > category && cut + 2 < end)
		add_event(s, category, (size_t)(cut - category), cut + 2, (size_t)(end - cut - 2));
}

static void add_iterator(struct scan *s)
{
	struct cbee__tok target = argument(s, 0);
	char name[NAME_LEN] = "bpf_iter__";
	size_t len = strlen(name);

	if (target.kind != CBEE__TOK_NAME || target.len + len >= sizeof(name))
		return;
	memcpy(name + len, target.text, target.len);
	cbee__wants_add(s->w, name, len + target.len, CBEE__WANT_STRUCT);
}

static void add_bcc_names(struct scan *s)
{
	bool call = cbee__tok_is(&s->next, "(") && !s->cur.in_directive;

	if (starts_with(&s->cur, "tracepoint__"))
		add_named_event(s);
	if (!call)
		return;
	if (cbee__tok_is(&s->cur, "TRACEPOINT_PROBE")) {
		struct cbee__tok category = argument(s, 0), event = argument(s, 1);

		add_event(s, category.text, category.len, event.text, event.len);
	} else if (cbee__tok_is(&s->cur, "BPF_ITER")) {
		add_iterator(s);
	} else if (!s->braces && !s->parens && starts_with(&s->cur, "BPF_")) {
		add_table(s);
	}
}

/* ---- pasting ---- */

/* At the first part of "a ## b": keeps the chain for when all arguments are known. */
static void add_paste(struct scan *s, unsigned int kind)
{
	struct paste p = { .flags = kind ? kind | CBEE__WANT_WEAK_TAG
					 : CBEE__WANT_PLAIN | CBEE__WANT_VALUE };
	struct cbee__lex lex = s->lex;
	struct cbee__tok tok = s->cur, glue = s->next;

	for (;;) {
		p.parts[p.count].text = tok.text;
		p.parts[p.count].len = tok.len;
		p.parts[p.count++].param = is_param(s, &tok);
		if (!cbee__tok_is(&glue, "##") || p.count == PARTS_MAX)
			break;
		if (!cbee__lex_next(&lex, &tok))
			break;
		cbee__lex_next(&lex, &glue);
	}
	if (kind && !cbee__tok_is(&glue, "*"))
		p.flags |= CBEE__WANT_TAG_VALUE;
	cbee__buf_add(&s->w->pastes, &p, sizeof(p));
}

/* Adds the paste with @one for its first parameter and @two for the others. */
static void paste(struct cbee__wants *w, const struct paste *p, const struct cbee__want *one,
		  const struct cbee__want *two)
{
	char name[NAME_LEN];
	size_t at = 0;

	for (unsigned int i = 0; i < p->count; i++) {
		const char *text = p->parts[i].param ? one->name : p->parts[i].text;
		size_t len = p->parts[i].param ? one->len : p->parts[i].len;

		if (p->parts[i].param)
			one = two;
		if (len >= sizeof(name) - at)
			return;
		memcpy(name + at, text, len);
		at += len;
	}
	cbee__wants_add(w, name, at, p->flags);
}

static void paste_all(struct cbee__wants *w, const struct paste *p)
{
	size_t count = cbee__wants_count(w), done = 0;
	unsigned int params = 0;

	for (unsigned int i = 0; i < p->count; i++)
		params += p->parts[i].param;
	for (size_t i = 0; i < count && params; i++) {
		struct cbee__want one = *cbee__wants_at(w, i);

		if (!(one.flags & CBEE__WANT_ARGUMENT))
			continue;
		for (size_t j = params > 1 ? 0 : i; j < (params > 1 ? count : i + 1); j++) {
			struct cbee__want two = *cbee__wants_at(w, j);

			if ((two.flags & CBEE__WANT_ARGUMENT) && done++ < PASTES_MAX)
				paste(w, p, &one, &two);
		}
	}
}

/* ---- the walk ---- */

/* Behind "#define NAME(": the names up to ")". */
static void read_params(struct scan *s)
{
	struct cbee__lex lex = s->lex;
	struct cbee__tok tok;

	s->param_count = 0;
	if (!cbee__tok_is(&s->next, "(") || s->next.from != s->cur.text + s->cur.len)
		return;
	while (cbee__lex_next(&lex, &tok) && tok.in_directive && !cbee__tok_is(&tok, ")"))
		if (tok.kind == CBEE__TOK_NAME && s->param_count < PARAMS_MAX)
			s->params[s->param_count++] = tok;
}

static void scan_name(struct scan *s)
{
	unsigned int kind = tag_kind(&s->prev), flags;

	if (tag_kind(&s->cur)) {
		s->enum_opens = cbee__tok_is(&s->cur, "enum");
		return;
	}
	flags = kind ? tag_flags(s, kind) : plain_flags(s);
	if (kind && s->format)
		flags |= CBEE__WANT_WEAK_TAG;
	if (cbee__tok_opens(&s->prev, "define"))
		read_params(s);
	if (s->cur.in_directive && ONE_OF(&s->next, "##")) {
		if (!cbee__tok_is(&s->prev, "##"))
			add_paste(s, kind);
		return;
	}
	add(s->w, s->cur.text, s->cur.len, flags);
	add_bcc_names(s);
}

static void scan_punct(struct scan *s)
{
	if (s->cur.in_directive)
		return;
	if (cbee__tok_is(&s->cur, "{")) {
		s->braces++;
		if (s->enum_opens)
			s->enum_at = s->braces;
	} else if (cbee__tok_is(&s->cur, "}")) {
		if (s->enum_at == s->braces)
			s->enum_at = -1;
		s->braces -= s->braces > 0;
	} else if (cbee__tok_is(&s->cur, "(")) {
		s->parens++;
	} else if (cbee__tok_is(&s->cur, ")")) {
		s->parens -= s->parens > 0;
	}
	s->enum_opens = false;
}

static void scan_token(struct scan *s)
{
	static const struct cbee__tok none = { .text = "" };
	struct cbee__tok next = s->next;

	if (s->prev.in_directive != s->cur.in_directive)
		s->prev = none;
	if (next.in_directive != s->cur.in_directive || next.kind == CBEE__TOK_DIRECTIVE)
		s->next = none;
	if (s->cur.kind == CBEE__TOK_DIRECTIVE)
		s->param_count = 0;
	else if (s->cur.kind == CBEE__TOK_NAME)
		scan_name(s);
	else if (s->cur.kind == CBEE__TOK_PUNCT)
		scan_punct(s);
	s->next = next;
}

/* Between "struct" and its tag: whatever they say, the tag is what comes behind them. */
static void skip_attributes(struct scan *s)
{
	while (ONE_OF(&s->next, "__attribute__", "__attribute", "__packed", "__aligned")) {
		bool alone = cbee__tok_is(&s->next, "__packed");
		int depth = 0;

		do {
			if (s->next.kind == CBEE__TOK_NAME)
				add(s->w, s->next.text, s->next.len, CBEE__WANT_PLAIN);
			depth += cbee__tok_is(&s->next, "(") - cbee__tok_is(&s->next, ")");
			cbee__lex_next(&s->lex, &s->next);
		} while (s->next.kind != CBEE__TOK_NONE && !alone &&
			 (depth || cbee__tok_is(&s->next, "(")));
	}
}

int cbee__wants_scan(struct cbee__wants *w, const char *text, size_t len, bool format)
{
	struct scan s = { .w = w, .enum_at = -1, .format = format, .prev = { .text = "" } };

	cbee__lex_init(&s.lex, text, len);
	cbee__lex_next(&s.lex, &s.cur);
	while (s.cur.kind != CBEE__TOK_NONE && !w->err) {
		cbee__lex_next(&s.lex, &s.next);
		if (tag_kind(&s.cur))
			skip_attributes(&s);
		scan_token(&s);
		s.prev = s.cur;
		s.cur = s.next;
	}
	for (size_t i = 0; i < w->pastes.len / sizeof(struct paste) && !w->err; i++)
		paste_all(w, (const struct paste *)(void *)w->pastes.data + i);
	if (w->events.err || w->pastes.err)
		w->err = -ENOMEM;
	cbee__buf_reset(&w->pastes);
	return w->err;
}
