/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and values of a map to text and JSON. */
#include "plain/layout.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "maps/map.h"
#include "plain/json.h"
#include "plain/scan.h"

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

/* Whether @size is that of the part; the bytes from one CPU's to the next. */
static int check_part(struct cbee_map *m, enum cbee_part part, size_t size, size_t *ret_step)
{
	size_t one, want;

	if (!m)
		return -ENOENT;
	one = part == CBEE_KEY ? m->info.key_size : m->info.value_size;
	want = part == CBEE_KEY ? one : cbee_map_value_bytes(m);
	if (size != want)
		return cbee__err(m->err, -EINVAL, "map '%s' has %s of %zu bytes, not %zu", m->name,
				 part == CBEE_KEY ? "keys" : "values", want, size);
	if (!size)
		return cbee__err(m->err, -EOPNOTSUPP, "map '%s' has no keys", m->name);
	*ret_step = part == CBEE_VALUE && cbee__map_per_cpu(m) ? (one + 7) & ~(size_t)7 : one;
	return 0;
}

static bool is_many(const struct cbee_map *m, enum cbee_part part)
{
	return part == CBEE_VALUE && cbee__map_per_cpu(m);
}

static int write_part(struct cbee_map *m, enum cbee_part part, const void *data, size_t size,
		      bool json, char **ret_text)
{
	struct cbee_buf out = { 0 };
	size_t step = 0;
	int err = check_part(m, part, size, &step);
	bool many;

	if (err)
		return err;
	many = is_many(m, part);
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

/* Digits, two for each byte, as are written where there is no layout. */
static int scan_hex(const char **at, unsigned char *data, size_t size)
{
	for (size_t i = 0; i < 2 * size; i++, ++*at) {
		const char digit = (char)tolower((unsigned char)**at);

		if (!isxdigit((unsigned char)digit))
			return -EINVAL;
		data[i / 2] = (unsigned char)(16 * data[i / 2] +
					      (digit <= '9' ? digit - '0' : digit - 'a' + 10));
	}
	return 0;
}

int cbee_map_parse(struct cbee_map *m, enum cbee_part part, const char *text, void *data,
		   size_t size)
{
	const struct cbee_field *layout = cbee_map_layout(m, part);
	const char *at = text;
	size_t step = 0;
	int err = check_part(m, part, size, &step);
	bool many;

	if (err)
		return err;
	many = is_many(m, part);
	memset(data, 0, size);
	for (size_t i = 0; !err && i < size; i += step) {
		char *to = (char *)data + i;

		if (many && !cbee__scan_char(&at, i ? ',' : '['))
			err = -EINVAL;
		else if (layout)
			err = cbee__layout_scan(layout, &at, to);
		else
			err = scan_hex(&at, (void *)to, many ? m->info.value_size : step);
	}
	if (!err && ((many && !cbee__scan_char(&at, ']')) || !cbee__scan_char(&at, '\0')))
		err = -EINVAL;
	if (!err)
		return 0;
	return cbee__err(m->err, err,
			 err == -ERANGE ? "'%.20s' does not fit %s of map '%s'"
					: "'%.20s' is not for %s of map '%s'",
			 *at ? at : text, part == CBEE_KEY ? "a key" : "a value", m->name);
}
