/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and values of a map to text and JSON. */
#include "plain/layout.h"

#include <errno.h>

#include "maps/map.h"
#include "plain/json.h"

const struct cbee_field *cbee_map_layout(const struct cbee_map *m, enum cbee_part part)
{
	return m && (part == CBEE_KEY || part == CBEE_VALUE) ? m->layouts[part] : NULL;
}

/* Bytes without a layout, as digits. */
static void hex(struct cbee_buf *out, const unsigned char *data, size_t size)
{
	for (size_t i = 0; i < size; i++)
		cbee__buf_fmt(out, "%02x", data[i]);
}

/* One key, or one value of one CPU. */
static void write_one(const struct cbee_map *m, enum cbee_part part, const void *data,
		      struct cbee_buf *out, bool json)
{
	const struct cbee_field *layout = cbee_map_layout(m, part);
	struct cbee_json j;

	if (!layout) {
		cbee__buf_str(out, json ? "\"" : "");
		hex(out, data, part == CBEE_KEY ? m->info.key_size : m->info.value_size);
		cbee__buf_str(out, json ? "\"" : "");
	} else if (json) {
		cbee__json_init(&j, out);
		cbee__layout_json(layout, data, &j, NULL);
	} else {
		cbee__layout_text(layout, data, out);
	}
}

static int write_part(struct cbee_map *m, enum cbee_part part, const void *data, size_t size,
		      bool json, char **ret_text)
{
	struct cbee_buf out = { 0 };
	bool many;
	size_t step, want;

	if (!m)
		return -ENOENT;
	many = part == CBEE_VALUE && cbee__map_per_cpu(m);
	step = part == CBEE_KEY ? m->info.key_size : m->info.value_size;
	want = part == CBEE_KEY ? step : cbee_map_value_bytes(m);
	if (size != want)
		return cbee__err(m->err, -EINVAL, "map '%s' has %s of %zu bytes, not %zu", m->name,
				 part == CBEE_KEY ? "keys" : "values", want, size);
	if (!size)
		return cbee__err(m->err, -EOPNOTSUPP, "map '%s' has no keys", m->name);
	step = many ? (step + 7) & ~(size_t)7 : step;
	for (size_t at = 0; at < size; at += step) {
		cbee__buf_str(&out, !many ? "" : !at ? "[" : json ? "," : ", ");
		write_one(m, part, (const char *)data + at, &out, json);
	}
	cbee__buf_str(&out, many ? "]" : "");
	if (out.err) {
		cbee__buf_free(&out);
		return cbee__map_answer(m, -ENOMEM, "print");
	}
	*ret_text = cbee__buf_take(&out);
	return 0;
}

int cbee_map_text(struct cbee_map *m, enum cbee_part part, const void *data, size_t size,
		  char **ret_text)
{
	return write_part(m, part, data, size, false, ret_text);
}

int cbee_map_json(struct cbee_map *m, enum cbee_part part, const void *data, size_t size,
		  char **ret_json)
{
	return write_part(m, part, data, size, true, ret_json);
}
