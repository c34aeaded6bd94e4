/* SPDX-License-Identifier: Apache-2.0 */
/* Writes declarations of kernel types as C text, laid out as the kernel has them. */
#include "headers/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "headers/want.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"

bool cbee__text_is_name(const char *name)
{
	return *name && strchr(LETTERS, *name) && !name[strspn(name, LETTERS "0123456789")];
}

static int write_record(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode);

static const char *keyword(const struct cbee__btf_type *t)
{
	bool is_union = t->kind == CBEE__BTF_UNION || (t->kind == CBEE__BTF_FWD && t->flag);

	return is_union ? "union" : cbee__is_enum(t) ? "enum" : "struct";
}

static void write_name(struct cbee__decl *d, const struct cbee__btf_type *t)
{
	const struct cbee__node *n = cbee__node_find(d, t->id);

	cbee__buf_str(d->out, t->name);
	if (n && n->copy)
		cbee__buf_fmt(d->out, "___%u", n->copy);
}

/* The compiler's word for a number; the name in BTF only if it is one of those words. */
static const char *number_word(const struct cbee__btf_type *t, bool is_signed)
{
	static const char *const words[] = {
		"char",
		"signed char",
		"unsigned char",
		"short int",
		"short unsigned int",
		"short",
		"unsigned short",
		"int",
		"unsigned int",
		"long int",
		"long unsigned int",
		"long",
		"unsigned long",
		"long long int",
		"long long unsigned int",
		"long long",
		"unsigned long long",
		"_Bool",
		"float",
		"double",
		"long double",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!cbee__is_enum(t) && !strcmp(t->name, words[i]))
			return words[i];
	if (t->kind == CBEE__BTF_INT && t->encoding & 4 && t->size == 1)
		return "_Bool";
	switch (t->size) {
	case 1:
		return is_signed ? "signed char" : "unsigned char";
	case 2:
		return is_signed ? "short" : "unsigned short";
	case 4:
		return is_signed ? "int" : "unsigned int";
	case 8:
		return is_signed ? "long long" : "unsigned long long";
	case 16:
		return is_signed ? "__int128" : "unsigned __int128";
	default:
		return NULL;
	}
}

static int write_number(struct cbee__decl *d, const struct cbee__btf_type *t)
{
	bool is_signed = cbee__is_enum(t) ? cbee__btf_enum_signed(d->btf, t) && t->flag
					  : t->encoding & 1;
	const char *word = number_word(t, is_signed);

	if (!word)
		return -EINVAL;
	cbee__buf_str(d->out, word);
	return 0;
}

/* The type in front of a declarator. @inlined: a record is written out whatever its tag. */
static int write_base(struct cbee__decl *d, const struct cbee__shape *s, enum cbee__mode mode,
		      bool inlined)
{
	const struct cbee__btf_type *t = &s->base;

	switch (t->kind) {
	case CBEE__BTF_VOID:
		cbee__buf_str(d->out, "void");
		return s->pointed ? 0 : -EINVAL;
	case CBEE__BTF_TYPEDEF:
		write_name(d, t);
		return 0;
	case CBEE__BTF_STRUCT:
	case CBEE__BTF_UNION:
	case CBEE__BTF_FWD:
		if (t->kind != CBEE__BTF_FWD && (inlined || !*t->name))
			return write_record(d, t, s->pointed ? CBEE__PRUNED : mode);
		if (!cbee__text_is_name(t->name))
			return -EINVAL;
		cbee__buf_fmt(d->out, "%s ", keyword(t));
		write_name(d, t);
		return 0;
	case CBEE__BTF_INT:
	case CBEE__BTF_FLOAT:
	case CBEE__BTF_ENUM:
	case CBEE__BTF_ENUM64:
		return write_number(d, t);
	default:
		return -EINVAL;
	}
}

/* "type *name[3]" */
static int write_declarator(struct cbee__decl *d, uint32_t id, const struct cbee__btf_type *named,
			    const char *name, enum cbee__mode mode)
{
	struct cbee__shape s;
	int err = cbee__shape_of(d->btf, id, &s);

	if (!err && !*name)
		err = cbee__btf_resolve(d->btf, id, &s.base);
	if (!err && s.is_volatile && *name)
		cbee__buf_str(d->out, "volatile ");
	if (!err)
		err = write_base(d, &s, mode, !*name);
	if (err || !*name)
		return err;
	cbee__buf_char(d->out, ' ');
	for (size_t i = strlen(s.left); i > 0; i--)
		cbee__buf_char(d->out, s.left[i - 1]);
	if (named)
		write_name(d, named);
	else
		cbee__buf_str(d->out, name);
	cbee__buf_str(d->out, s.right);
	return 0;
}

/* The first multiple of @align at or behind @bytes. */
static uint64_t aligned(uint64_t bytes, uint32_t align)
{
	return (bytes + align - 1) / align * align;
}

/* Fills the space from bit @at to bit @to. Bits before bytes: packed bitfields run on. */
static void write_gap(struct cbee__decl *d, uint64_t at, uint64_t to)
{
	uint64_t from = (at + 7) / 8, bytes = to / 8;

	if (bytes > from)
		cbee__buf_fmt(d->out, "\tchar __pad%u[%" PRIu64 "];\n", d->pads++, bytes - from);
	else if (bytes * 8 > at)
		cbee__buf_fmt(d->out, "\tunsigned char :%u;\n", (unsigned int)(bytes * 8 - at));
	if (bytes * 8 > at)
		at = bytes * 8;
	if (to > at)
		cbee__buf_fmt(d->out, "\tunsigned char :%u;\n", (unsigned int)(to - at));
}

static int write_member(struct cbee__decl *d, const struct cbee__btf_member *m,
			enum cbee__mode mode)
{
	int err;

	if (*m->name && !cbee__text_is_name(m->name))
		return -EINVAL;
	cbee__buf_char(d->out, '\t');
	err = write_declarator(d, m->type, NULL, m->name, mode);
	if (m->bit_size)
		cbee__buf_fmt(d->out, ":%u", m->bit_size);
	cbee__buf_str(d->out, ";\n");
	return err;
}

/* The space in front of a member, unless the compiler leaves it by itself. */
static void write_gap_before(struct cbee__decl *d, uint64_t at, const struct cbee__btf_member *m,
			     uint32_t align)
{
	if (m->bit_size || aligned((at + 7) / 8, align) * 8 != m->bit_off)
		write_gap(d, at, m->bit_off);
}

/* The space behind the last member, which in a union is a member of full size. */
static void write_tail(struct cbee__decl *d, const struct cbee__btf_type *t, uint64_t at,
		       uint32_t align)
{
	if (aligned((at + 7) / 8, align) == t->size)
		return;
	write_gap(d, t->kind == CBEE__BTF_UNION ? 0 : at, t->size * 8ull);
}

static int write_members(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode,
			 const struct cbee__extent *whole)
{
	uint64_t at = 0, most = 0;

	for (uint32_t i = 0; i < t->count; i++) {
		struct cbee__btf_member m;
		struct cbee__extent e;
		int err = cbee__btf_member(d->btf, t, i, &m);

		if (err)
			return err;
		if (!cbee__keeps(d, &m, mode))
			continue;
		err = cbee__extent_member(d, &m, mode, &e);
		if (err)
			return err;
		write_gap_before(d, t->kind == CBEE__BTF_UNION ? 0 : at, &m,
				 whole->packed ? 1 : e.align);
		err = write_member(d, &m, mode);
		if (err)
			return err;
		at = m.bit_off + (m.bit_size ? m.bit_size : e.size * 8);
		most = at > most ? at : most;
	}
	write_tail(d, t, most, whole->align);
	return 0;
}

/* "struct { ... }", with the tag if it has a node of its own that is being written. */
static int write_record(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode)
{
	struct cbee__node *n = cbee__node_find(d, t->id);
	bool tagged = n && n->state == CBEE__NODE_OPEN && cbee__is_record(t) && *t->name;
	struct cbee__extent e;
	int err = cbee__extent_record(d, t, mode, &e);

	if (err)
		return err;
	cbee__buf_str(d->out, keyword(t));
	if (tagged) {
		cbee__buf_char(d->out, ' ');
		write_name(d, t);
	}
	cbee__buf_str(d->out, " {\n");
	err = write_members(d, t, mode, &e);
	cbee__buf_str(d->out, e.packed ? "} __attribute__((packed))" : "}");
	return err;
}

/* What must be complete before the record that has this member; a cbee__visit. */
static int write_first(struct cbee__decl *d, const struct cbee__shape *s, enum cbee__mode mode,
		       bool wanted)
{
	struct cbee__node *n = cbee__node_find(d, s->base.id);

	(void)mode;
	(void)wanted;
	if (!n || (s->pointed && s->base.kind != CBEE__BTF_TYPEDEF))
		return 0;
	return cbee__text_node(d, n);
}

static int write_typedef(struct cbee__decl *d, const struct cbee__btf_type *t, struct cbee__node *n)
{
	struct cbee__extent e = { 0, 1, false };
	enum cbee__mode mode = (enum cbee__mode)n->mode;
	struct cbee__shape s;
	int err = cbee__shape_of(d->btf, t->type, &s);

	if (!err && cbee__is_record(&s.base) && !*s.base.name)
		err = cbee__each_kept(d, &s.base, s.pointed ? CBEE__PRUNED : mode, write_first);
	else if (!err)
		err = write_first(d, &s, mode, true);
	if (err)
		return err;
	if (cbee__names_anonymous(d->btf, t))
		err = cbee__extent_of(d, t->type, mode, &e);
	n->align = e.align;
	cbee__buf_str(d->out, "typedef ");
	if (!err && s.base.kind == CBEE__BTF_VOID && !s.pointed)
		cbee__buf_fmt(d->out, "void %s", t->name);
	else if (!err)
		err = write_declarator(d, t->type, t, t->name, mode);
	cbee__buf_str(d->out, ";\n");
	return err;
}

static int write_tagged(struct cbee__decl *d, const struct cbee__btf_type *t, struct cbee__node *n)
{
	struct cbee__extent e;
	int err = cbee__each_kept(d, t, (enum cbee__mode)n->mode, write_first);

	if (!err)
		err = cbee__extent_record(d, t, (enum cbee__mode)n->mode, &e);
	if (err)
		return err;
	n->align = e.align;
	err = write_record(d, t, (enum cbee__mode)n->mode);
	cbee__buf_str(d->out, ";\n");
	return err;
}

int cbee__text_node(struct cbee__decl *d, struct cbee__node *n)
{
	struct cbee__btf_type t;
	int err;

	if (n->state == CBEE__NODE_DONE)
		return 0;
	if (n->state == CBEE__NODE_OPEN || d->depth >= CBEE__DEPTH_MAX)
		return -EINVAL;
	n->state = CBEE__NODE_OPEN;
	d->depth++;
	err = cbee__btf_type(d->btf, n->id, &t);
	if (!err)
		err = cbee__is_record(&t) ? write_tagged(d, &t, n) : write_typedef(d, &t, n);
	d->depth--;
	n->state = CBEE__NODE_DONE;
	return err;
}

/* ---- enums ---- */

static void write_value(struct cbee__decl *d, int64_t value, bool is_signed)
{
	if (is_signed && value < 0)
		cbee__buf_fmt(d->out, " = -%" PRIu64, 0 - (uint64_t)value);
	else
		cbee__buf_fmt(d->out, " = %" PRIu64 "%s", (uint64_t)value,
			      (uint64_t)value > INT64_MAX ? "ULL" : "");
}

static bool wants_enumerator(const struct cbee__decl *d, const struct cbee__want *w)
{
	return w->ids.enumerator_of && w->flags & CBEE__WANT_PLAIN &&
	       !(w->flags & CBEE__WANT_OWN) && !d->env->taken(w->name, w->len);
}

/* Lowest and highest value: they give the type its size and its sign. */
static int write_bounds(struct cbee__decl *d, const struct cbee__btf_type *t)
{
	bool is_signed = cbee__btf_enum_signed(d->btf, t);
	int64_t value, low = 0, high = 0;
	const char *name;
	int err = 0;

	for (uint32_t i = 0; i < t->count && !err; i++) {
		err = cbee__btf_enumerator(d->btf, t, i, &name, &value);
		if (err)
			break;
		if (!i || (is_signed ? value < low : (uint64_t)value < (uint64_t)low))
			low = value;
		if (!i || (is_signed ? value > high : (uint64_t)value > (uint64_t)high))
			high = value;
	}
	cbee__buf_fmt(d->out, " __low%u", d->pads);
	write_value(d, low, is_signed);
	cbee__buf_fmt(d->out, ", __high%u", d->pads++);
	write_value(d, high, is_signed);
	return err;
}

/* The enum, with those of its enumerators that the source names. */
static int write_enum(struct cbee__decl *d, uint32_t id, bool tagged)
{
	const struct cbee__wants *wants = d->env->wants;
	struct cbee__btf_type t;
	const char *name, *sep = "";
	int64_t value;
	int err = cbee__btf_type(d->btf, id, &t);

	if (err || (tagged && !cbee__text_is_name(t.name)))
		return err ? err : -EINVAL;
	cbee__buf_fmt(d->out, "enum %s%s{", tagged ? t.name : "", tagged ? " " : "");
	for (size_t i = 0; i < cbee__wants_count(wants); i++) {
		const struct cbee__want *w = cbee__wants_at(wants, i);

		if (w->ids.enumerator_of != id || !wants_enumerator(d, w))
			continue;
		err = cbee__btf_enumerator(d->btf, &t, (uint32_t)w->ids.enumerator, &name, &value);
		if (err)
			return err;
		cbee__buf_fmt(d->out, "%s %s", sep, name);
		write_value(d, value, cbee__btf_enum_signed(d->btf, &t));
		sep = ",";
	}
	if (tagged) {
		cbee__buf_str(d->out, sep);
		err = write_bounds(d, &t);
	}
	cbee__buf_fmt(d->out, " }%s;\n",
		      tagged && t.size && t.size < 4 ? " __attribute__((packed))" : "");
	return err;
}

static bool wants_enum(const struct cbee__decl *d, const struct cbee__want *w)
{
	return w->ids.enum_id && w->flags & CBEE__WANT_ENUM && !(w->flags & CBEE__WANT_TAG_OWN) &&
	       !d->env->taken(w->name, w->len);
}

/* Whether an earlier entry has already brought the enum of enumerator @w, or a tag will. */
static bool enum_done(const struct cbee__decl *d, size_t i, uint32_t id)
{
	for (size_t j = 0; j < cbee__wants_count(d->env->wants); j++) {
		const struct cbee__want *w = cbee__wants_at(d->env->wants, j);

		if ((wants_enum(d, w) && w->ids.enum_id == id) ||
		    (j < i && wants_enumerator(d, w) && w->ids.enumerator_of == id))
			return true;
	}
	return false;
}

int cbee__text_enums(struct cbee__decl *d)
{
	int err = 0;

	for (size_t i = 0; i < cbee__wants_count(d->env->wants) && !err; i++) {
		const struct cbee__want *w = cbee__wants_at(d->env->wants, i);

		if (wants_enum(d, w))
			err = write_enum(d, w->ids.enum_id, true);
		if (!err && wants_enumerator(d, w) && !enum_done(d, i, w->ids.enumerator_of))
			err = write_enum(d, w->ids.enumerator_of, false);
	}
	return err;
}
