/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel type comes down to when it is written as C: its parts, its members, its extent. */
#include "headers/shape.h"

#include <errno.h>
#include <string.h>

#include "headers/want.h"

#define STEPS_MAX 20000000ul

struct cbee__node *cbee__node_at(const struct cbee__decl *d, size_t i)
{
	return (struct cbee__node *)(void *)d->nodes.data + i;
}

size_t cbee__node_count(const struct cbee__decl *d)
{
	return d->nodes.len / sizeof(struct cbee__node);
}

struct cbee__node *cbee__node_find(const struct cbee__decl *d, uint32_t id)
{
	return d->node_of[id] ? cbee__node_at(d, d->node_of[id] - 1) : NULL;
}

bool cbee__is_record(const struct cbee__btf_type *t)
{
	return t->kind == CBEE__BTF_STRUCT || t->kind == CBEE__BTF_UNION;
}

bool cbee__is_enum(const struct cbee__btf_type *t)
{
	return t->kind == CBEE__BTF_ENUM || t->kind == CBEE__BTF_ENUM64;
}

int cbee__decl_step(struct cbee__decl *d, size_t steps)
{
	d->steps += steps;
	return d->steps > STEPS_MAX ? -EINVAL : 0;
}

/* ---- shapes: pointers and arrays around a base ---- */

bool cbee__names_anonymous(const struct cbee__btf *btf, const struct cbee__btf_type *t)
{
	struct cbee__btf_type target;
	uint32_t id = t->type;

	for (int i = 0; i < CBEE__CHAIN_MAX; i++) {
		if (cbee__btf_type(btf, id, &target))
			return false;
		if (target.kind != CBEE__BTF_CONST && target.kind != CBEE__BTF_VOLATILE &&
		    target.kind != CBEE__BTF_TYPE_TAG)
			return cbee__is_record(&target) && !*target.name;
		id = target.type;
	}
	return false;
}

static int shape_array(struct cbee__shape *s, const struct cbee__btf_type *t)
{
	size_t len = strlen(s->right), stars = strlen(s->left);
	char dim[16], *end = dim + sizeof(dim) - 1;
	uint32_t n = t->count;

	/* "[n]" by hand: this runs for every array of every member. */
	*end = '\0';
	*--end = ']';
	do
		*--end = (char)('0' + n % 10);
	while (n /= 10);
	*--end = '[';
	if (stars && s->left[stars - 1] == '*') {
		if (stars >= CBEE__CHAIN_MAX || len + 2 > sizeof(s->right))
			return -EINVAL;
		s->left[stars] = '(';
		s->left[stars + 1] = '\0';
		s->right[len++] = ')';
		s->right[len] = '\0';
	}
	if (len + strlen(end) >= sizeof(s->right))
		return -EINVAL;
	memcpy(s->right + len, end, strlen(end) + 1);
	return 0;
}

int cbee__shape_of(const struct cbee__btf *btf, uint32_t id, struct cbee__shape *s)
{
	size_t stars;
	int err;

	s->pointed = s->is_volatile = false;
	s->left[0] = s->right[0] = '\0';
	for (int i = 0; i < CBEE__CHAIN_MAX; i++) {
		err = cbee__btf_type(btf, id, &s->base);
		if (err)
			return err;
		switch (s->base.kind) {
		case CBEE__BTF_TYPEDEF:
			if (cbee__names_anonymous(btf, &s->base))
				return 0;
			break;
		case CBEE__BTF_VOLATILE:
			s->is_volatile = true;
			break;
		case CBEE__BTF_CONST:
		case CBEE__BTF_RESTRICT:
		case CBEE__BTF_TYPE_TAG:
			break;
		case CBEE__BTF_PTR:
			stars = strlen(s->left);
			s->left[stars] = '*';
			s->left[stars + 1] = '\0';
			s->pointed = true;
			s->is_volatile = false; /* that was the pointer */
			break;
		case CBEE__BTF_ARRAY:
			err = shape_array(s, &s->base);
			if (err)
				return err;
			break;
		case CBEE__BTF_FUNC_PROTO: /* its pointer is as good as any other */
			s->base = (struct cbee__btf_type){ .name = "" };
			return s->pointed ? 0 : -EINVAL;
		default:
			return 0;
		}
		id = s->base.type;
	}
	return -EINVAL;
}

/* ---- which members ---- */

bool cbee__is_wanted(const struct cbee__decl *d, const char *name)
{
	return cbee__wants_name(d->env->wants, name) != NULL;
}

/* Whether the record, or an anonymous one inside it, has a member of a wanted name. */
static bool has_wanted(struct cbee__decl *d, const struct cbee__btf_type *t, unsigned int depth)
{
	struct cbee__btf_member m;
	struct cbee__btf_type inner;

	for (uint32_t i = 0; i < t->count && depth < CBEE__DEPTH_MAX; i++) {
		if (cbee__decl_step(d, 1) || cbee__btf_member(d->btf, t, i, &m))
			return false;
		if (*m.name ? cbee__is_wanted(d, m.name)
			    : !cbee__btf_resolve(d->btf, m.type, &inner) &&
				      cbee__is_record(&inner) && has_wanted(d, &inner, depth + 1))
			return true;
	}
	return false;
}

bool cbee__keeps(struct cbee__decl *d, const struct cbee__btf_member *m, enum cbee__mode mode)
{
	struct cbee__btf_type t;

	if (*m->name)
		return mode == CBEE__WHOLE || cbee__is_wanted(d, m->name);
	if (cbee__btf_resolve(d->btf, m->type, &t) || !cbee__is_record(&t))
		return false;
	return mode == CBEE__WHOLE || has_wanted(d, &t, 0);
}

int cbee__each_kept(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode,
		    cbee__visit *fn)
{
	int err = d->depth < CBEE__DEPTH_MAX ? 0 : -EINVAL;

	d->depth++;
	for (uint32_t i = 0; i < t->count && !err; i++) {
		struct cbee__btf_member m;
		struct cbee__shape s;

		err = cbee__decl_step(d, 1);
		if (!err)
			err = cbee__btf_member(d->btf, t, i, &m);
		if (err || !cbee__keeps(d, &m, mode))
			continue;
		err = cbee__shape_of(d->btf, m.type, &s);
		if (!err && !*m.name)
			err = cbee__btf_resolve(d->btf, m.type, &s.base);
		if (err)
			break;
		if (cbee__is_record(&s.base) && (!*m.name || !*s.base.name))
			err = cbee__each_kept(d, &s.base, s.pointed ? CBEE__PRUNED : mode, fn);
		else
			err = fn(d, &s, mode, cbee__is_wanted(d, m.name));
	}
	d->depth--;
	return err;
}

/* ---- layout ---- */

/* What a C compiler aligns a number of this size to inside a struct. */
static uint32_t number_align(uint32_t size)
{
	struct wide {
		char c;
		long long v;
	};
	uint32_t most = size > 8 ? 16 : (uint32_t)offsetof(struct wide, v);

	return size && size < most ? size : most;
}

/* The extent of what stands inside @count array elements, where that is known. */
static int extent_base(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode,
		       struct cbee__extent *e)
{
	const struct cbee__node *n = cbee__node_find(d, t->id);
	struct cbee__btf_type target;
	int err;

	switch (t->kind) {
	case CBEE__BTF_PTR:
		*e = (struct cbee__extent){ sizeof(void *), sizeof(void *), false };
		return 0;
	case CBEE__BTF_STRUCT:
	case CBEE__BTF_UNION:
		if (!*t->name)
			return cbee__extent_record(d, t, mode, e);
		*e = (struct cbee__extent){ t->size, n ? n->align : 0, false };
		return e->align ? 0 : -EINVAL;
	case CBEE__BTF_TYPEDEF: /* of a record without a name */
		err = cbee__btf_resolve(d->btf, t->id, &target);
		*e = (struct cbee__extent){ target.size, n ? n->align : 0, false };
		return err || e->align ? err : -EINVAL;
	case CBEE__BTF_INT:
	case CBEE__BTF_FLOAT:
	case CBEE__BTF_ENUM:
	case CBEE__BTF_ENUM64:
		*e = (struct cbee__extent){ t->size, number_align(t->size), false };
		return t->size && t->size <= 16 ? 0 : -EINVAL;
	default:
		return -EINVAL;
	}
}

int cbee__extent_of(struct cbee__decl *d, uint32_t id, enum cbee__mode mode, struct cbee__extent *e)
{
	struct cbee__btf_type t;
	uint64_t count = 1;
	int err;

	for (int i = 0; i < CBEE__CHAIN_MAX; i++) {
		err = cbee__btf_type(d->btf, id, &t);
		if (err)
			return err;
		switch (t.kind) {
		case CBEE__BTF_TYPEDEF:
			if (!cbee__names_anonymous(d->btf, &t))
				break;
			/* fall through */
		default:
			err = extent_base(d, &t, mode, e);
			e->size *= count;
			return err;
		case CBEE__BTF_ARRAY:
			if (t.count && count > UINT32_MAX / t.count)
				return -EINVAL;
			count *= t.count;
			break;
		case CBEE__BTF_VOLATILE:
		case CBEE__BTF_CONST:
		case CBEE__BTF_RESTRICT:
		case CBEE__BTF_TYPE_TAG:
			break;
		}
		id = t.type;
	}
	return -EINVAL;
}

int cbee__extent_member(struct cbee__decl *d, const struct cbee__btf_member *m,
			enum cbee__mode mode, struct cbee__extent *e)
{
	struct cbee__btf_type t;
	int err;

	if (*m->name)
		return cbee__extent_of(d, m->type, mode, e);
	err = cbee__btf_resolve(d->btf, m->type, &t);
	return err ? err : cbee__extent_record(d, &t, mode, e);
}

/* Whether the compiler would put the member elsewhere, were the struct not packed. */
static bool misplaced(const struct cbee__btf_member *m, const struct cbee__extent *e)
{
	uint64_t unit = e->size * 8;

	if (!m->bit_size || !unit)
		return m->bit_off % 8 || m->bit_off / 8 % e->align;
	return m->bit_off / unit != (m->bit_off + (uint64_t)m->bit_size - 1) / unit;
}

int cbee__extent_record(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode,
			struct cbee__extent *e)
{
	struct cbee__extent whole = { t->size, 1, false };
	int err = d->depth < CBEE__DEPTH_MAX ? 0 : -EINVAL;
	uint64_t at = 0;

	d->depth++;
	for (uint32_t i = 0; i < t->count && !err; i++) {
		struct cbee__btf_member m;
		struct cbee__extent one;
		uint64_t end;

		err = cbee__decl_step(d, 1);
		if (!err)
			err = cbee__btf_member(d->btf, t, i, &m);
		if (err || !cbee__keeps(d, &m, mode))
			continue;
		err = cbee__extent_member(d, &m, mode, &one);
		if (err)
			break;
		end = m.bit_off + (m.bit_size ? m.bit_size : one.size * 8);
		if (m.bit_off < at || end > t->size * 8ull || m.bit_size > one.size * 8)
			err = -EINVAL;
		if (t->kind == CBEE__BTF_STRUCT)
			at = end;
		if (one.align > whole.align)
			whole.align = one.align;
		whole.packed |= misplaced(&m, &one);
	}
	d->depth--;
	if (whole.packed || t->size % whole.align)
		whole = (struct cbee__extent){ t->size, 1, true };
	*e = whole;
	return err;
}
