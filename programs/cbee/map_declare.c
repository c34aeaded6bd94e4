/* SPDX-License-Identifier: Apache-2.0 */
/* Reads layouts of maps as C declares them. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

#define MOST_DEPTH 16

/* Where the next character is, and what has been read. */
struct reading {
	const char *at;
	struct map_layout *to;
	int depth;
};

static bool read_type(struct reading *r, uint32_t *ret_align);

/* "[16]", or nothing. */
static bool read_count(struct reading *r, uint32_t *ret)
{
	unsigned long value;
	char *end;

	*ret = 0;
	if (!map_skip(&r->at, '['))
		return true;
	value = isdigit((unsigned char)*r->at) ? strtoul(r->at, &end, 0) : 0;
	if (!value || value > MAP_LAYOUT_BYTES)
		return false;
	r->at = end;
	*ret = (uint32_t)value;
	return map_skip(&r->at, ']');
}

/* A member's name, which may be missing. */
static bool read_name(struct reading *r, struct cbee_field *f)
{
	size_t len = map_word(&r->at);

	if (r->to->used + len + 1 > sizeof(r->to->names))
		return false;
	f->name = memcpy(r->to->names + r->to->used, r->at, len);
	r->to->names[r->to->used + len] = '\0';
	r->to->used += len + 1;
	r->at += len;
	return true;
}

static uint64_t round_up(uint64_t n, uint32_t to)
{
	return (n + to - 1) / to * to;
}

/* What stands between the braces; each member where C puts it. */
static bool read_members(struct reading *r, struct cbee_field *whole, uint32_t *ret_align)
{
	size_t first = r->to->count;
	uint64_t end = 0;

	if (!map_skip(&r->at, '{') || ++r->depth > MOST_DEPTH)
		return false;
	for (*ret_align = 1; !map_skip(&r->at, '}');) {
		struct cbee_field *f = &r->to->fields[r->to->count];
		uint64_t at = whole->kind == CBEE_UNION ? 0 : end;
		uint32_t align;

		if (!read_type(r, &align) || !read_name(r, f) || !read_count(r, &f->count) ||
		    !map_skip(&r->at, ';'))
			return false;
		f->offset = (uint32_t)round_up(at, align);
		at = f->offset + (uint64_t)f->size * (f->count ? f->count : 1);
		if (at > MAP_LAYOUT_BYTES)
			return false;
		end = at > end ? at : end;
		*ret_align = align > *ret_align ? align : *ret_align;
	}
	r->depth--;
	whole->members = (uint32_t)(r->to->count - first);
	if (map_skip_packed(&r->at)) {
		*ret_align = 1;
		end = map_pack(whole);
	}
	whole->size = (uint32_t)round_up(end, *ret_align);
	return whole->members;
}

static bool read_type(struct reading *r, uint32_t *ret_align)
{
	struct cbee_field *f = &r->to->fields[r->to->count];
	size_t len;

	if (r->to->count == MAP_LAYOUT_FIELDS)
		return false;
	r->to->count++;
	*f = (struct cbee_field){ .name = "" };
	f->kind = map_skip_word(&r->at, "struct") ? CBEE_STRUCT : CBEE_UNION;
	if (f->kind == CBEE_STRUCT || map_skip_word(&r->at, "union"))
		return read_members(r, f, ret_align);
	map_word(&r->at);
	len = map_scalar(r->at, f);
	r->at += len;
	*ret_align = f->size;
	return len;
}

bool map_layout_read(const char *text, struct map_layout *ret)
{
	struct reading r = { .at = text, .to = ret };
	uint32_t align;

	*ret = (struct map_layout){ 0 };
	if (isdigit((unsigned char)*text))
		return map_bytes_read(text, ret);
	if (!read_type(&r, &align) || !read_count(&r, &ret->fields[0].count) ||
	    !map_skip(&r.at, '\0'))
		return false;
	ret->bytes = ret->fields[0].size * (ret->fields[0].count ? ret->fields[0].count : 1);
	return ret->bytes <= MAP_LAYOUT_BYTES;
}
