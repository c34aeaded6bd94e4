/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the kernel's types as C: those wanted, with the members wanted, laid out as they are. */
#ifndef CBEE_DECL_H
#define CBEE_DECL_H

#include <stdbool.h>
#include <stddef.h>

#include "headers/btf.h"
#include "plain/buf.h"
#include "headers/want.h"

struct cbee__decl_env {
	const struct cbee__btf *btf;
	const struct cbee__wants *wants; /* with what BTF has for each looked up */
	/* Whether a name belongs to text that follows (bpf.h), or precedes (plain typedefs). */
	bool (*taken)(const char *name, size_t len);
};

/*
 * Appends structs, unions, enums, typedefs and enumerators. A struct used by
 * value is whole; of others only the members that the source names are there,
 * padding stands for the rest. A type whose name is taken, by the source or by
 * another kernel type, gets "___2" behind it. 0, -ENOMEM, or -EINVAL when the
 * description contradicts itself.
 */
int cbee__decl_write(const struct cbee__decl_env *env, struct cbee_buf *out);

/* Whether the type of this tag has this member, anonymous structs looked through. */
bool cbee__decl_has(const struct cbee__btf *btf, uint32_t struct_id, const char *member,
		    size_t len);

#endif
