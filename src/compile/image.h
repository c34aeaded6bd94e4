/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiled module as bytes: programs, the maps and constants they refer
 * to, all by index. Written by cbee-cc, validated and read by the library.
 * Everything is little structures of 32-bit fields in the machine's own byte
 * order: an image never leaves the machine that made it.
 */
#ifndef CBEE_IMAGE_H
#define CBEE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "plain/buf.h"

struct cbee_err;

/* The upper half of the 64-bit immediate that stands for a constant; the lower is its index. */
#define CBEE_IMAGE_CONST_MARK 0xcbeec057u

/* An index of nothing. */
#define CBEE_IMAGE_NONE UINT32_MAX

enum { CBEE_IMAGE_RECORD = 2, CBEE_IMAGE_LAYOUTS };

struct cbee__image_prog {
	uint32_t name;	       /* offset into the strings */
	uint32_t first, count; /* instructions of 8 bytes */
	uint32_t reserved;
};

struct cbee__image_map {
	uint32_t name;
	uint32_t type, key_size, value_size, max_entries, flags;
	uint32_t inner;	   /* maps of maps: index of the template; else CBEE_IMAGE_NONE */
	uint32_t slots;	   /* enum cbee_slots */
	uint32_t counters; /* 1: a perf event array that no records come through; else 0 */
	/*
	 * By enum cbee_part, then of the records of a stream: the field that is the whole, or
	 * CBEE_IMAGE_NONE
	 */
	uint32_t layouts[CBEE_IMAGE_LAYOUTS];
};

/* A struct cbee_field; the members of a struct or union follow it. */
struct cbee__image_field {
	uint32_t name, kind, offset, size, count, bit_offset, bit_size, members;
};

enum cbee__image_ref_kind {
	CBEE_IMAGE_REF_MAP,   /* the instruction loads the address of map @index */
	CBEE_IMAGE_REF_CONST, /* the instruction loads constant @index */
};

struct cbee__image_ref {
	uint32_t insn; /* counted over all programs */
	uint32_t kind;
	uint32_t index;
};

/* A validated image; everything points into the caller's bytes. */
struct cbee__image {
	const struct cbee__image_prog *progs;
	const struct cbee__image_map *maps;
	const uint32_t *consts; /* names, as offsets into the strings */
	const struct cbee__image_ref *refs;
	const uint64_t *insns;
	const struct cbee__image_field *fields;
	const char *strings;
	uint32_t prog_count, map_count, const_count, ref_count, insn_count, field_count;
	uint32_t kern_version; /* as LINUX_VERSION_CODE */
	const char *license;
};

/*
 * Checks every offset, count, index and string of @bytes (8-byte aligned) and
 * fills @ret. -EINVAL with a sentence for anything that is not a whole image.
 */
int cbee__image_read(const void *bytes, size_t size, struct cbee__image *ret, struct cbee_err *err);

/* Collects the parts of an image; zeroed before use. */
struct cbee__image_writer {
	struct cbee_buf progs, maps, consts, refs, insns, fields, strings;
};

/* Adds a string, returns its offset. */
uint32_t cbee__image_string(struct cbee__image_writer *w, const char *str);

/* Adds one record; @count instructions for a program. Failures are found by _finish. */
void cbee__image_add_prog(struct cbee__image_writer *w, const char *name, const void *insns,
			  uint32_t count);
void cbee__image_add_map(struct cbee__image_writer *w, const struct cbee__image_map *map);
void cbee__image_add_const(struct cbee__image_writer *w, const char *name);
void cbee__image_add_ref(struct cbee__image_writer *w, const struct cbee__image_ref *ref);

/* Instructions added so far: where the next program starts. */
uint32_t cbee__image_insn_count(const struct cbee__image_writer *w);

/* Appends the image to @out and frees what @w held. 0 or -ENOMEM. */
int cbee__image_finish(struct cbee__image_writer *w, const char *license, uint32_t kern_version,
		       struct cbee_buf *out);

#endif
