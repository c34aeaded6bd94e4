/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the kernel's types as C: those wanted, with the members wanted, laid out as they are. */
#include "headers/decl.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "headers/shape.h"
#include "headers/text.h"

/* ---- first pass: what must be declared, and how much of it ---- */

static bool source_has(const struct cbee__decl *d, const struct cbee__btf_type *t)
{
	const struct cbee__want *w = cbee__wants_name(d->env->wants, t->name);
	unsigned int own = t->kind == CBEE__BTF_TYPEDEF ? CBEE__WANT_OWN : CBEE__WANT_TAG_OWN;

	return (w && w->flags & own) || d->env->taken(t->name, strlen(t->name));
}

/* Which number the name needs to be the only one. */
static uint8_t copy_of(const struct cbee__decl *d, const struct cbee__btf_type *t)
{
	bool is_typedef = t->kind == CBEE__BTF_TYPEDEF;
	unsigned int copy = source_has(d, t) ? 2 : 0;

	for (size_t i = 0; i < cbee__node_count(d); i++) {
		struct cbee__btf_type other;

		if (cbee__btf_type(d->btf, cbee__node_at(d, i)->id, &other) ||
		    (other.kind == CBEE__BTF_TYPEDEF) != is_typedef || *other.name != *t->name ||
		    strcmp(other.name, t->name))
			continue;
		if (copy <= cbee__node_at(d, i)->copy)
			copy = cbee__node_at(d, i)->copy ? cbee__node_at(d, i)->copy + 1u : 2;
	}
	return copy < UINT8_MAX ? (uint8_t)copy : UINT8_MAX;
}

/* Asks for a declaration; one asked for as a whole stays whole. */
static int mark(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode)
{
	struct cbee__node *n = cbee__node_find(d, t->id),
			  fresh = { .id = t->id, .mode = (uint8_t)mode };

	if (!cbee__text_is_name(t->name) || cbee__decl_step(d, cbee__node_count(d)))
		return -EINVAL;
	if (n) {
		if (n->mode < (uint8_t)mode)
			n->mode = (uint8_t)mode;
		return 0;
	}
	fresh.copy = copy_of(d, t);
	cbee__buf_add(&d->nodes, &fresh, sizeof(fresh));
	if (d->nodes.err)
		return d->nodes.err;
	d->node_of[t->id] = (uint32_t)cbee__node_count(d);
	return 0;
}

static int mark_member(struct cbee__decl *d, const struct cbee__shape *s, enum cbee__mode mode,
		       bool wanted)
{
	if (s->base.kind == CBEE__BTF_TYPEDEF)
		return mark(d, &s->base, s->pointed ? CBEE__PRUNED : mode);
	if (!cbee__is_record(&s->base))
		return 0;
	if (!s->pointed)
		return mark(d, &s->base, mode);
	return wanted && !source_has(d, &s->base) ? mark(d, &s->base, CBEE__PRUNED) : 0;
}

/* Marks what node @i leads to. */
static int mark_from(struct cbee__decl *d, size_t i)
{
	enum cbee__mode mode = (enum cbee__mode)cbee__node_at(d, i)->mode;
	struct cbee__btf_type t;
	struct cbee__shape s;
	int err = cbee__btf_type(d->btf, cbee__node_at(d, i)->id, &t);

	cbee__node_at(d, i)->scanned = (uint8_t)mode;
	if (err)
		return err;
	if (cbee__is_record(&t))
		return cbee__each_kept(d, &t, mode, mark_member);
	err = cbee__shape_of(d->btf, t.type, &s);
	if (err)
		return err;
	if (cbee__is_record(&s.base) && !*s.base.name)
		return cbee__each_kept(d, &s.base, s.pointed ? CBEE__PRUNED : mode, mark_member);
	return mark_member(d, &s, mode, true);
}

/* Until nothing new turns up; a node whose mode rose is looked at again. */
static int mark_all(struct cbee__decl *d)
{
	bool again = true;
	int err = 0;

	while (again && !err) {
		again = false;
		for (size_t i = 0; i < cbee__node_count(d) && !err; i++) {
			if (cbee__node_at(d, i)->scanned >= cbee__node_at(d, i)->mode)
				continue;
			again = true;
			err = mark_from(d, i);
		}
	}
	return err;
}

static int mark_id(struct cbee__decl *d, uint32_t id, bool whole)
{
	struct cbee__btf_type t;
	int err = id ? cbee__btf_type(d->btf, id, &t) : 0;

	return err || !id ? err : mark(d, &t, whole ? CBEE__WHOLE : CBEE__PRUNED);
}

/* A function type behind a typedef has no shape of its own; nobody reads one. */
static bool is_function(const struct cbee__decl *d, uint32_t id)
{
	struct cbee__btf_type t;

	return !cbee__btf_resolve(d->btf, id, &t) && t.kind == CBEE__BTF_FUNC_PROTO;
}

static int mark_wanted(struct cbee__decl *d)
{
	int err = 0;

	for (size_t i = 0; i < cbee__wants_count(d->env->wants) && !err; i++) {
		const struct cbee__want *w = cbee__wants_at(d->env->wants, i);
		bool taken = d->env->taken(w->name, w->len);

		if (taken)
			continue;
		if (!(w->flags & CBEE__WANT_TAG_OWN)) {
			bool whole = w->flags & CBEE__WANT_TAG_VALUE;

			err = mark_id(d, w->flags & CBEE__WANT_STRUCT ? w->ids.struct_id : 0,
				      whole);
			if (!err && w->flags & CBEE__WANT_UNION)
				err = mark_id(d, w->ids.union_id, whole);
		}
		if (!err && w->flags & CBEE__WANT_PLAIN && !(w->flags & CBEE__WANT_OWN) &&
		    !is_function(d, w->ids.typedef_id))
			err = mark_id(d, w->ids.typedef_id, w->flags & CBEE__WANT_VALUE);
	}
	return err;
}

int cbee__decl_write(const struct cbee__decl_env *env, struct cbee_buf *out)
{
	struct cbee__decl d = { .env = env, .btf = env->btf, .out = out };
	int err = -ENOMEM;

	d.node_of = calloc(cbee__btf_end(env->btf), sizeof(*d.node_of));
	if (d.node_of)
		err = mark_wanted(&d);
	if (!err)
		err = mark_all(&d);
	for (size_t i = 0; !err && i < cbee__node_count(&d); i++)
		err = cbee__text_node(&d, cbee__node_at(&d, i));
	if (!err)
		err = cbee__text_enums(&d);
	cbee__buf_free(&d.nodes);
	free(d.node_of);
	return err ? err : out->err;
}

/* @budget: records without a name may be looked into this often. */
static bool has_member(const struct cbee__btf *btf, const struct cbee__btf_type *t,
		       const struct cbee__tok *member, unsigned int *budget)
{
	struct cbee__btf_member m;
	struct cbee__btf_type inner;

	for (uint32_t i = 0; i < t->count; i++) {
		if (cbee__btf_member(btf, t, i, &m))
			return false;
		if (*m.name) {
			if (cbee__tok_is(member, m.name))
				return true;
			continue;
		}
		if (!*budget || cbee__btf_resolve(btf, m.type, &inner) || !cbee__is_record(&inner))
			continue;
		--*budget;
		if (has_member(btf, &inner, member, budget))
			return true;
	}
	return false;
}

bool cbee__decl_has(const struct cbee__btf *btf, uint32_t struct_id, const char *member, size_t len)
{
	struct cbee__tok name = { .text = member, .len = len };
	struct cbee__btf_type t;
	unsigned int budget = 100;

	return !cbee__btf_type(btf, struct_id, &t) && cbee__is_record(&t) &&
	       has_member(btf, &t, &name, &budget);
}
