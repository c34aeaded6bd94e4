/* SPDX-License-Identifier: Apache-2.0 */
/* A layout as C spells it. */
#include <errno.h>

#include "maps/map.h"
#include "plain/layout.h"

/* Integers by enum cbee_field_kind and the logarithm of their size. */
static const char *const words[][5] = {
	[CBEE_UINT] = { "u8", "u16", "u32", "u64", "unsigned __int128" },
	[CBEE_INT] = { "s8", "s16", "s32", "s64", "__int128" },
	[CBEE_CHAR] = { "char", "u16", "u32", "u64", "unsigned __int128" },
	[CBEE_BOOL] = { "bool", "u16", "u32", "u64", "unsigned __int128" },
	[CBEE_FLOAT] = { "u8", "u16", "float", "double", "unsigned __int128" },
};

/* What C aligns it to: 1 if members stand where C would not put them by itself. */
static uint32_t align_of(const struct cbee_field *f)
{
	const struct cbee_field *end = f + 1 + f->members;
	uint32_t most = 1;
	bool packed = false;

	if (!cbee__field_is_whole(f))
		return f->size;
	for (const struct cbee_field *in = f + 1; in < end; in += 1 + in->members) {
		uint32_t align = align_of(in);

		most = align > most ? align : most;
		packed |= !in->bit_size && in->offset % align;
	}
	return packed || f->size % most ? 1 : most;
}

static bool is_packed(const struct cbee_field *f)
{
	const struct cbee_field *end = f + 1 + f->members;

	if (align_of(f) > 1)
		return false;
	for (const struct cbee_field *in = f + 1; in < end; in += 1 + in->members)
		if (align_of(in) > 1)
			return true;
	return false;
}

static void declare(const struct cbee_field *f, const char *name, struct cbee_buf *out)
{
	const struct cbee_field *end = f + 1 + f->members;

	if (cbee__field_is_whole(f)) {
		cbee__buf_str(out, f->kind == CBEE_UNION ? "union { " : "struct { ");
		for (const struct cbee_field *in = f + 1; in < end; in += 1 + in->members) {
			declare(in, in->name, out);
			cbee__buf_str(out, "; ");
		}
		cbee__buf_str(out, is_packed(f) ? "} __attribute__((packed))" : "}");
	} else {
		cbee__buf_str(out, words[f->kind][__builtin_ctz(f->size)]);
	}
	if (name[0])
		cbee__buf_fmt(out, " %s", name);
	if (f->count)
		cbee__buf_fmt(out, "[%u]", f->count);
	if (f->bit_size)
		cbee__buf_fmt(out, ":%u", f->bit_size);
}

int cbee_field_declare(const struct cbee_field *f, const char *name, char **ret_text)
{
	struct cbee_buf out = { 0 };

	if (!f)
		return -ENOENT;
	declare(f, name, &out);
	if (out.err) {
		cbee__buf_free(&out);
		return -ENOMEM;
	}
	*ret_text = cbee__buf_take(&out);
	return 0;
}
