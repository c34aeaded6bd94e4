/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the layouts of keys and values from the BTF that the kernel keeps beside a map. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/btf.h>

#include "headers/btf.h"
#include "maps/types.h"

#define MOST_DEPTH  31
#define MOST_FIELDS 8192

/* The fields so far, and how deep in structs the next one is. */
struct reading {
	const struct cbee__btf *btf;
	struct cbee_buf fields;
	int depth;
};

static int add_type(struct reading *r, uint32_t id, const char *name);

static struct cbee_field *field_at(struct reading *r, size_t i)
{
	return (struct cbee_field *)r->fields.data + i;
}

static size_t field_count(const struct reading *r)
{
	return r->fields.len / sizeof(struct cbee_field);
}

/* Follows the dimensions of an array to what its elements are; @ret_count is 0 for no array. */
static int strip_arrays(const struct reading *r, uint32_t id, struct cbee__btf_type *t,
			uint64_t *ret_count)
{
	int err = cbee__btf_resolve(r->btf, id, t);
	uint64_t count = 1;
	bool is_array = !err && t->kind == CBEE__BTF_ARRAY;

	for (int i = 0; !err && t->kind == CBEE__BTF_ARRAY; i++) {
		count *= t->count;
		if (count > UINT32_MAX || i > MOST_DEPTH)
			return -EINVAL;
		err = cbee__btf_resolve(r->btf, t->type, t);
	}
	*ret_count = is_array ? count : 0;
	return err || !is_array || count ? err : -ENODATA; /* no elements, as at a struct's end */
}

static enum cbee_field_kind int_kind(const struct cbee__btf_type *t)
{
	if (t->encoding & BTF_INT_BOOL)
		return CBEE_BOOL;
	/* clang marks them by their name only */
	if (t->size == 1 && (t->encoding & BTF_INT_CHAR || !strcmp(t->name, "char")))
		return CBEE_CHAR;
	return t->encoding & BTF_INT_SIGNED ? CBEE_INT : CBEE_UINT;
}

/* Kind and size of what is no struct. */
static int set_scalar(const struct reading *r, const struct cbee__btf_type *t, struct cbee_field *f)
{
	f->size = t->size;
	switch (t->kind) {
	case CBEE__BTF_INT:
		f->kind = int_kind(t);
		return 0;
	case CBEE__BTF_ENUM:
	case CBEE__BTF_ENUM64:
		f->kind = cbee__btf_enum_signed(r->btf, t) ? CBEE_INT : CBEE_UINT;
		return 0;
	case CBEE__BTF_PTR:
		f->kind = CBEE_UINT;
		f->size = 8;
		return 0;
	case CBEE__BTF_FLOAT:
		f->kind = CBEE_FLOAT;
		if (f->size == 4 || f->size == 8)
			return 0;
		/* as bytes, so that what stands beside it can be read */
		f->kind = CBEE_UINT;
		f->count = f->size * (f->count ? f->count : 1);
		f->size = 1;
		return 0;
	default:
		return -EINVAL;
	}
}

/*
 * Puts the bit field into a unit of its own type where C has it, else (packed) into the smallest
 * one that holds it.
 */
static int place_bits(struct cbee_field *f, const struct cbee__btf_member *m, uint32_t room)
{
	uint32_t unit = f->size, from = unit ? m->bit_off / 8 / unit * unit : 0;

	if (!unit || from + unit > room || m->bit_off - 8 * from + m->bit_size > 8 * unit) {
		from = m->bit_off / 8;
		for (unit = 1; 8 * unit < m->bit_off % 8 + m->bit_size; unit *= 2)
			;
		if (unit <= room && from + unit > room)
			from = room - unit;
	}
	if (unit > 8 || from + unit > room)
		return -EINVAL;
	f->offset = from;
	f->size = unit;
	f->bit_offset = m->bit_off - 8 * from;
	f->bit_size = m->bit_size;
	return 0;
}

static int add_member(struct reading *r, const struct cbee__btf_type *t, uint32_t i)
{
	size_t at = field_count(r);
	struct cbee__btf_member m;
	int err = cbee__btf_member(r->btf, t, i, &m);

	if (!err)
		err = add_type(r, m.type, m.name);
	if (err == -ENODATA || (!err && m.bit_size && !m.name[0])) {
		r->fields.len = at * sizeof(struct cbee_field);
		return 0;
	}
	if (err)
		return err;
	if (m.bit_size)
		return field_at(r, at)->count ? -EINVAL : place_bits(field_at(r, at), &m, t->size);
	field_at(r, at)->offset = m.bit_off / 8;
	return m.bit_off % 8 ? -EINVAL : 0;
}

static int add_members(struct reading *r, size_t at, const struct cbee__btf_type *t)
{
	int err = ++r->depth > MOST_DEPTH ? -EINVAL : 0;

	for (uint32_t i = 0; !err && i < t->count; i++)
		err = add_member(r, t, i);
	r->depth--;
	if (err)
		return err;
	field_at(r, at)->kind = t->kind == CBEE__BTF_UNION ? CBEE_UNION : CBEE_STRUCT;
	field_at(r, at)->size = t->size;
	field_at(r, at)->members = (uint32_t)(field_count(r) - at - 1);
	return 0;
}

/* Adds the type as a field at offset 0, and its members. -ENODATA: it takes no room. */
static int add_type(struct reading *r, uint32_t id, const char *name)
{
	struct cbee_field f = { .name = name };
	size_t at = field_count(r);
	struct cbee__btf_type t;
	uint64_t count;
	int err = strip_arrays(r, id, &t, &count);

	if (err)
		return err;
	if (at == MOST_FIELDS)
		return -E2BIG;
	f.count = (uint32_t)count;
	cbee__buf_add(&r->fields, &f, sizeof(f));
	if (r->fields.err)
		return r->fields.err;
	if (t.kind == CBEE__BTF_STRUCT || t.kind == CBEE__BTF_UNION)
		return t.size ? add_members(r, at, &t) : -ENODATA;
	return set_scalar(r, &t, field_at(r, at));
}

int cbee__types_read(const struct cbee__btf *btf, uint32_t id, struct cbee_field **ret_layout)
{
	struct reading r = { .btf = btf };
	int err = add_type(&r, id, "");

	if (!err && !cbee__layout_fits(field_at(&r, 0)))
		err = -EINVAL;
	if (!err) {
		*ret_layout = cbee__layout_copy(field_at(&r, 0));
		err = *ret_layout ? 0 : -ENOMEM;
	}
	cbee__buf_free(&r.fields);
	return err;
}

/* What the kernel has under that descriptor. */
static int read_bytes(int fd, struct cbee_buf *bytes)
{
	struct bpf_btf_info info = { 0 };
	uint32_t len = sizeof(info), size;
	int err = bpf_obj_get_info_by_fd(fd, &info, &len);

	size = info.btf_size;
	if (err)
		return err;
	cbee__buf_zero(bytes, size);
	if (bytes->err)
		return bytes->err;
	info = (struct bpf_btf_info){ .btf = (uintptr_t)bytes->data, .btf_size = size };
	len = sizeof(info);
	return bpf_obj_get_info_by_fd(fd, &info, &len);
}

int cbee__types_open(uint32_t btf_id, struct cbee_buf *bytes, struct cbee__btf **ret_btf)
{
	int fd = bpf_btf_get_fd_by_id(btf_id);
	int err = fd < 0 ? fd : read_bytes(fd, bytes);

	if (fd >= 0)
		close(fd);
	return err ? err : cbee__btf_parse(ret_btf, bytes->data, bytes->len);
}
