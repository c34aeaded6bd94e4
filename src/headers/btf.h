/* SPDX-License-Identifier: Apache-2.0 */
/* Reads BTF, the kernel's description of its own types, and of its modules'. */
#ifndef CBEE_BTF_H
#define CBEE_BTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cbee__btf;

/* The kinds as the format numbers them (Documentation/bpf/btf.rst). */
enum cbee__btf_kind {
	CBEE__BTF_VOID = 0,
	CBEE__BTF_INT = 1,
	CBEE__BTF_PTR = 2,
	CBEE__BTF_ARRAY = 3,
	CBEE__BTF_STRUCT = 4,
	CBEE__BTF_UNION = 5,
	CBEE__BTF_ENUM = 6,
	CBEE__BTF_FWD = 7,
	CBEE__BTF_TYPEDEF = 8,
	CBEE__BTF_VOLATILE = 9,
	CBEE__BTF_CONST = 10,
	CBEE__BTF_RESTRICT = 11,
	CBEE__BTF_FUNC = 12,
	CBEE__BTF_FUNC_PROTO = 13,
	CBEE__BTF_VAR = 14,
	CBEE__BTF_DATASEC = 15,
	CBEE__BTF_FLOAT = 16,
	CBEE__BTF_DECL_TAG = 17,
	CBEE__BTF_TYPE_TAG = 18,
	CBEE__BTF_ENUM64 = 19,
	CBEE__BTF_KINDS
};

struct cbee__btf_type {
	uint32_t id;
	enum cbee__btf_kind kind;
	const char *name; /* "" when it has none */
	uint32_t size;	  /* bytes; of an int, enum, float, struct, union */
	uint32_t type;	  /* what a ptr, typedef, qualifier, func, array or func proto leads to */
	uint32_t count;	  /* members, enumerators, parameters, or array elements */
	bool flag;	  /* fwd: a union; struct: bitfield sizes given; enum: signed */
	uint8_t encoding; /* int: bit 0 signed, bit 1 char, bit 2 bool */
	uint8_t bits;	  /* int: how many of its bits are meant */
	uint8_t bit_off;  /* int: where they begin */
	const uint32_t *rows;
	unsigned int part;
};

struct cbee__btf_member {
	const char *name; /* "" when it has none */
	uint32_t type;
	uint32_t bit_off;  /* from the start of the struct */
	uint32_t bit_size; /* of a bitfield, else 0 */
};

/* Opens the BTF of a kernel. 0, -ENOENT, -ENOMEM, -EINVAL for damaged data, other errno. */
int cbee__btf_open(struct cbee__btf **ret_btf, const char *path);

/* The same from bytes that stay the caller's and must be aligned to 4. */
int cbee__btf_parse(struct cbee__btf **ret_btf, const void *data, size_t size);

/*
 * Adds the BTF of a module, whose new types get the next free ids;
 * their references are translated wherever they are read.
 */
int cbee__btf_add(struct cbee__btf *btf, const char *path);
int cbee__btf_add_parse(struct cbee__btf *btf, const void *data, size_t size);

void cbee__btf_free(struct cbee__btf *btf);

/* One more than the highest id; ids start at 1, and 0 is void. */
uint32_t cbee__btf_end(const struct cbee__btf *btf);

/* Reads one type; 0, or -EINVAL for an id or a name out of range. */
int cbee__btf_type(const struct cbee__btf *btf, uint32_t id, struct cbee__btf_type *ret_type);

/* Reads member @i < count of a struct or union. 0 or -EINVAL. */
int cbee__btf_member(const struct cbee__btf *btf, const struct cbee__btf_type *type, uint32_t i,
		     struct cbee__btf_member *ret_member);

/* Reads enumerator @i < count. 0 or -EINVAL. */
int cbee__btf_enumerator(const struct cbee__btf *btf, const struct cbee__btf_type *type, uint32_t i,
			 const char **ret_name, int64_t *ret_value);

/* Reads parameter @i < count of a func proto; name "" and type 0 for "...". 0 or -EINVAL. */
int cbee__btf_param(const struct cbee__btf *btf, const struct cbee__btf_type *type, uint32_t i,
		    const char **ret_name, uint32_t *ret_type);

/* Whether the enumerators of this type are signed numbers. */
bool cbee__btf_enum_signed(const struct cbee__btf *btf, const struct cbee__btf_type *type);

/*
 * Follows typedefs, qualifiers and type tags from @id to what they stand for.
 * 0, or -EINVAL also for a chain without end.
 */
int cbee__btf_resolve(const struct cbee__btf *btf, uint32_t id, struct cbee__btf_type *ret_type);

/* The id, not below @first, of the function of that name. -ESRCH: there is none. */
int cbee__btf_func(const struct cbee__btf *btf, uint32_t first, const char *name, uint32_t *ret_id);

/* The same in the running kernel's own BTF; also what cbee__btf_open() returns. */
int cbee__btf_kernel_func(const char *name, uint32_t *ret_id);

/*
 * The same in a kernel module's BTF, with the id that the kernel has for it. -ENOENT: no
 * such module, or it has no BTF.
 */
int cbee__btf_module_func(const char *module, const char *name, uint32_t *ret_id);

/* A set of first-three-letters: cheap to ask before a name is hashed or compared. */
struct cbee__btf_filter {
	uint8_t bits[8192];
};

void cbee__btf_filter_add(struct cbee__btf_filter *filter, const char *name, size_t len);
bool cbee__btf_filter_has(const struct cbee__btf_filter *filter, const char *name);

/*
 * Called with a named type, or with an enumerator (@nth of type @id; -1 for the type itself).
 */
typedef void cbee__btf_found(void *ctx, enum cbee__btf_kind kind, uint32_t id, int nth,
			     const char *name);

/*
 * Walks ids from @first on and reports every struct, union, enum, typedef,
 * forward and enumerator whose name passes the filter.
 */
void cbee__btf_find(const struct cbee__btf *btf, uint32_t first,
		    const struct cbee__btf_filter *filter, cbee__btf_found *found, void *ctx);

#endif
