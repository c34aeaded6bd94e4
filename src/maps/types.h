/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts of keys and values as BTF, which the kernel keeps beside a map. */
#ifndef CBEE_MAPS_TYPES_H
#define CBEE_MAPS_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include <cbee/map.h>

#include "plain/buf.h"
#include "plain/err.h"

/* ---- layouts.c: layouts that a map owns ------------------------------- */

/* Bytes of the whole. */
uint64_t cbee__layout_bytes(const struct cbee_field *f);

/* Whether every member lies inside the struct that it stands in. */
bool cbee__layout_fits(const struct cbee_field *f);

/* A copy in one piece of memory, names included, for the caller to free; NULL: no memory. */
struct cbee_field *cbee__layout_copy(const struct cbee_field *f);

/* ---- btf_write.c ------------------------------------------------------ */

#define CBEE__SCALARS 13

/* The types of some maps; begin with CBEE__TYPES_NONE. */
struct cbee__types {
	struct cbee_buf types, strings;
	uint32_t count;			 /* the id given last */
	uint32_t scalars[CBEE__SCALARS]; /* their ids; 0: none yet */
	int fd;				 /* in the kernel, or -1 */
};

#define CBEE__TYPES_NONE \
	{                \
		.fd = -1 \
	}

/*
 * Adds the type that @f describes, or for NULL that of @size bytes; its id. Not enough memory
 * is told by cbee__types_load().
 */
uint32_t cbee__types_add(struct cbee__types *t, const struct cbee_field *f, uint32_t size);

/* Loads what was added: 0, -ENOMEM, or what the kernel says. Nothing added: 0 without a call. */
int cbee__types_load(struct cbee__types *t);

/* Closes and frees. */
void cbee__types_free(struct cbee__types *t);

/* ---- btf_read.c ------------------------------------------------------- */

/*
 * Reads the layout of type @id from the kernel's BTF object number @btf_id, for the caller
 * to free. -ENOMEM; any other negative errno: it cannot be read, or is not one of data.
 */
struct cbee__btf;
int cbee__types_open(uint32_t btf_id, struct cbee_buf *bytes, struct cbee__btf **ret_btf);
int cbee__types_read(const struct cbee__btf *btf, uint32_t id, struct cbee_field **ret_layout);

#endif
