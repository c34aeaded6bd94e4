/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts that a map owns: checked, copied, given to it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "maps/map.h"
#include "maps/types.h"
#include "plain/layout.h"

#define MOST_DEPTH 32
#define MOST_BYTES (1u << 30)

uint64_t cbee__layout_bytes(const struct cbee_field *f)
{
	return (uint64_t)f->size * (f->count ? f->count : 1);
}

static bool scalar_fits(const struct cbee_field *f)
{
	uint32_t bits = f->bit_size ? f->bit_size : 1;

	if (f->members || f->size > 16 || __builtin_popcount(f->size) != 1)
		return false;
	if (f->kind == CBEE_FLOAT)
		return f->size == 4 || f->size == 8;
	if (f->kind == CBEE_CHAR || f->kind == CBEE_BOOL)
		return f->size <= 8 && (f->size == 1 || f->bit_size);
	return (!f->bit_size && !f->bit_offset) ||
	       (f->size <= 8 && f->bit_offset < 64 && bits <= 8 * f->size - f->bit_offset);
}

static bool fits(const struct cbee_field *f, unsigned int depth)
{
	const struct cbee_field *in = f + 1, *end = in + f->members;

	if (!f->name || f->kind > CBEE_UNION || cbee__layout_bytes(f) > MOST_BYTES ||
	    depth > MOST_DEPTH)
		return false;
	if (!cbee__field_is_whole(f))
		return scalar_fits(f);
	for (; in < end; in += 1 + in->members) {
		if (in->members >= (uint32_t)(end - in) || !fits(in, depth + 1) ||
		    in->offset + cbee__layout_bytes(in) > f->size)
			return false;
	}
	return true;
}

bool cbee__layout_fits(const struct cbee_field *f)
{
	return fits(f, 0) && cbee__layout_bytes(f) != 0;
}

struct cbee_field *cbee__layout_copy(const struct cbee_field *f)
{
	size_t count = 1 + (size_t)f->members, room = count * sizeof(*f);
	struct cbee_field *copy;
	char *names;

	for (size_t i = 0; i < count; i++)
		room += strlen(f[i].name) + 1;
	copy = malloc(room);
	if (!copy)
		return NULL;
	memcpy(copy, f, count * sizeof(*f));
	names = (char *)(copy + count);
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(f[i].name) + 1;

		copy[i].name = memcpy(names, f[i].name, len);
		names += len;
	}
	return copy;
}

void cbee__map_own_layout(struct cbee_map *m, enum cbee_part part, struct cbee_field *layout)
{
	free(m->own_layouts[part]);
	m->layouts[part] = m->own_layouts[part] = layout;
}

int cbee_map_set_layout(struct cbee_map *m, enum cbee_part part, const struct cbee_field *layout)
{
	struct cbee_field *copy = NULL;

	if (!m)
		return -ENOENT;
	if (m->owner || m->fd >= 0)
		return cbee__err(m->err, -EBUSY, "map '%s' has the layouts it was made with",
				 m->name);
	if (part > CBEE_VALUE || (layout && !cbee__layout_fits(layout)))
		return cbee__err(m->err, -EINVAL, "that is no layout of a key or value");
	if (layout)
		copy = cbee__layout_copy(layout);
	if (layout && !copy)
		return cbee__err_os(m->err, -ENOMEM, "cannot keep a layout");
	cbee__map_own_layout(m, part, copy);
	return 0;
}
