/* SPDX-License-Identifier: Apache-2.0 */
/* What a kernel type comes down to when it is written as C: its parts, its members, its extent. */
#ifndef CBEE_SHAPE_H
#define CBEE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "headers/btf.h"
#include "plain/buf.h"
#include "headers/decl.h"

#define CBEE__CHAIN_MAX 64 /* typedefs, pointers, arrays in a row */
#define CBEE__DEPTH_MAX 48 /* structs inside structs */

/* How much of a type is written: the members that the source names, or all. */
enum cbee__mode { CBEE__PRUNED = 1, CBEE__WHOLE };

enum cbee__node_state { CBEE__NODE_NEW, CBEE__NODE_OPEN, CBEE__NODE_DONE };

/* A type that gets a declaration of its own: a tagged struct or union, or a typedef. */
struct cbee__node {
	uint32_t id;
	uint8_t mode, scanned; /* how much of it is asked for; of how much the needs are known */
	uint8_t copy;	       /* 0, or the number behind the name */
	enum cbee__node_state state;
	uint32_t align; /* once written */
};

/* The work on one text. */
struct cbee__decl {
	const struct cbee__decl_env *env;
	const struct cbee__btf *btf;
	struct cbee_buf *out;
	struct cbee_buf nodes; /* struct cbee__node */
	uint32_t *node_of;     /* by type id: number of the node + 1 */
	unsigned int pads;     /* names given to padding */
	unsigned int depth;    /* of the recursion */
	unsigned long steps;   /* members looked at: damaged data must not keep us for ever */
};

/* Pointers and arrays around a base: a struct, a number, void, or a typedef that is kept. */
struct cbee__shape {
	struct cbee__btf_type base;
	bool pointed;			/* through a pointer */
	bool is_volatile;		/* the base: reading it must not be left out */
	char left[CBEE__CHAIN_MAX + 1]; /* in reverse: first what stands nearest to the name */
	char right[256];
};

struct cbee__extent {
	uint64_t size;
	uint32_t align;
	bool packed;
};

struct cbee__node *cbee__node_at(const struct cbee__decl *d, size_t i);
size_t cbee__node_count(const struct cbee__decl *d);

/* The node of a type, or NULL. */
struct cbee__node *cbee__node_find(const struct cbee__decl *d, uint32_t id);

bool cbee__is_record(const struct cbee__btf_type *t);
bool cbee__is_enum(const struct cbee__btf_type *t);

/* Counts work done; -EINVAL when it is more than any sane description needs. */
int cbee__decl_step(struct cbee__decl *d, size_t steps);

/* Whether the typedef stands for a struct or union that has no other name. */
bool cbee__names_anonymous(const struct cbee__btf *btf, const struct cbee__btf_type *t);

/* Takes a type apart; typedefs and qualifiers vanish, functions become void. 0 or -EINVAL. */
int cbee__shape_of(const struct cbee__btf *btf, uint32_t id, struct cbee__shape *s);

/* Whether the source names it. */
bool cbee__is_wanted(const struct cbee__decl *d, const char *name);

/* Whether the member is written; one without a name is, if something in it is. */
bool cbee__keeps(struct cbee__decl *d, const struct cbee__btf_member *m, enum cbee__mode mode);

typedef int cbee__visit(struct cbee__decl *d, const struct cbee__shape *s, enum cbee__mode mode,
			bool wanted);

/*
 * Calls @fn with what each kept member comes down to, and whether the source
 * names the member; records without a name are looked into instead. 0, what
 * @fn returned, or -EINVAL.
 */
int cbee__each_kept(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode,
		    cbee__visit *fn);

/* Size and alignment of a type as it will be written. 0 or -EINVAL. */
int cbee__extent_of(struct cbee__decl *d, uint32_t id, enum cbee__mode mode,
		    struct cbee__extent *e);
int cbee__extent_member(struct cbee__decl *d, const struct cbee__btf_member *m,
			enum cbee__mode mode, struct cbee__extent *e);

/* The same of a record, with whether it must be packed to come out as the kernel has it. */
int cbee__extent_record(struct cbee__decl *d, const struct cbee__btf_type *t, enum cbee__mode mode,
			struct cbee__extent *e);

#endif
