/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and values of a map to text and JSON. */
#include "plain/layout.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "maps/map.h"
#include "plain/scan.h"

const struct cbee_field *cbee_map_layout(const struct cbee_map *m, enum cbee_part part)
{
	return m && (part == CBEE_KEY || part == CBEE_VALUE) ? m->layouts[part] : NULL;
}

/* Where a key, or the values of all CPUs, are to go. */
struct values {
	char *data;
	size_t size, step; /* bytes of all; from one CPU's to the next */
};

enum cbee_slots cbee_map_slots(const struct cbee_map *m)
{
	return m ? m->slots : CBEE_SLOTS_NONE;
}

/* One key, or one value of one CPU. */
static void write_one(const struct cbee_map *m, enum cbee_part part, const void *data,
		      struct cbee_buf *out, bool json)
{
	cbee__layout_write(cbee_map_layout(m, part), data,
			   part == CBEE_KEY ? m->info.key_size : m->info.value_size, out, json);
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

static bool is_text(const struct cbee_field *f)
{
	return f->count && f->kind == CBEE_CHAR;
}

/* Digits, two for each byte, and nothing else up to the end or a mark. */
static int scan_hex(const char **at, unsigned char *data, size_t size)
{
	*at += strlen(CBEE__LAYOUT_HEX);
	for (size_t i = 0; i < 2 * size; i++, ++*at) {
		const char digit = (char)tolower((unsigned char)**at);

		if (!isxdigit((unsigned char)digit))
			return -EINVAL;
		data[i / 2] = (unsigned char)(16 * data[i / 2] +
					      (digit <= '9' ? digit - '0' : digit - 'a' + 10));
	}
	return isxdigit((unsigned char)**at) ? -EINVAL : 0;
}

/* Text without quotes, which ends where the whole does. */
static int scan_bare(const struct cbee_field *f, const char **at, char *data, bool in_list)
{
	size_t len = strcspn(*at, in_list ? ",]" : "");

	if (len > f->count)
		return -ERANGE;
	memcpy(data, *at, len);
	*at += len;
	return 0;
}

/* What may be meant where there is no layout: a number, or text. */
static int scan_plain(const char **at, char *data, size_t size)
{
	struct cbee_field f = { .name = "", .kind = CBEE_CHAR, .size = 1, .count = (uint32_t)size };

	if (**at != '"') {
		if (size > 8 || __builtin_popcount((unsigned int)size) != 1)
			return -EINVAL;
		f = (struct cbee_field){ .name = "",
					 .kind = **at == '-' ? CBEE_INT : CBEE_UINT,
					 .size = (uint32_t)size };
	}
	return cbee__layout_scan(&f, at, data);
}

/* Whether it may be text though it is not declared so. */
static bool is_bytes(const struct cbee_field *f)
{
	return f->count && f->size == 1 && f->kind == CBEE_UINT;
}

/* One key, or one value of one CPU. */
static int scan_one(const struct cbee_map *m, enum cbee_part part, const char **at, char *data)
{
	const struct cbee_field *layout = cbee_map_layout(m, part);
	bool many = is_many(m, part), bare;

	while (isspace((unsigned char)**at))
		++*at;
	bare = layout && is_text(layout) && **at != '"';
	if (layout && is_bytes(layout) && **at == '"')
		return scan_plain(at, data, layout->count);
	if (!strncmp(*at, CBEE__LAYOUT_HEX, strlen(CBEE__LAYOUT_HEX)))
		return scan_hex(at, (unsigned char *)data,
				part == CBEE_KEY ? m->info.key_size : m->info.value_size);
	if (bare)
		return scan_bare(layout, at, data, many);
	if (layout)
		return cbee__layout_scan(layout, at, data);
	return scan_plain(at, data, part == CBEE_KEY ? m->info.key_size : m->info.value_size);
}

/* Whether what stands at @at is a value for each CPU, not one for all. */
static bool is_list(const struct cbee_map *m, enum cbee_part part, const char *at)
{
	const struct cbee_field *f = cbee_map_layout(m, part);

	if (!cbee__scan_char(&at, '['))
		return false;
	return !f || !f->count || f->kind == CBEE_CHAR || cbee__scan_char(&at, '[') ||
	       !strncmp(at, CBEE__LAYOUT_HEX, strlen(CBEE__LAYOUT_HEX));
}

/* All of @text; where it was left is in *@at. */
static int scan_all(const struct cbee_map *m, enum cbee_part part, const char **at,
		    const struct values *to)
{
	bool many = is_many(m, part), list = many && is_list(m, part, *at);
	int err = 0;

	for (size_t i = 0; !err && i < to->size; i += to->step) {
		if (many && !list && i) {
			memcpy(to->data + i, to->data, to->step);
			continue;
		}
		if (list && !cbee__scan_char(at, i ? ',' : '['))
			return -EINVAL;
		err = scan_one(m, part, at, to->data + i);
	}
	if (err)
		return err;
	return (list && !cbee__scan_char(at, ']')) || !cbee__scan_char(at, '\0') ? -EINVAL : 0;
}

/* Shows how such a key or value looks. */
static void add_example(struct cbee_map *m, enum cbee_part part, const void *zeros)
{
	size_t one = part == CBEE_KEY ? m->info.key_size : m->info.value_size;
	struct cbee_buf looks = { 0 };

	if (cbee_map_layout(m, part))
		write_one(m, part, zeros, &looks, false);
	else if (one <= 8 && __builtin_popcount((unsigned int)one) == 1)
		cbee__buf_str(&looks, "0");
	else
		cbee__buf_str(&looks, "\"text\"");
	if (!looks.err)
		cbee__err_hint(m->err,
			       "%s of %zu byte%s looks like %.200s, or like hex: and %zu digits",
			       part == CBEE_KEY ? "a key" : "a value", one, one == 1 ? "" : "s",
			       looks.data, 2 * one);
	cbee__buf_free(&looks);
}

int cbee_map_parse(struct cbee_map *m, enum cbee_part part, const char *text, void *data,
		   size_t size)
{
	struct values to = { .data = data, .size = size };
	const char *at = text;
	int err = check_part(m, part, size, &to.step);

	if (err)
		return err;
	memset(data, 0, size);
	err = scan_all(m, part, &at, &to);
	if (!err)
		return 0;
	memset(data, 0, size);
	cbee__err(m->err, err,
		  err == -ERANGE ? "'%.40s' does not fit %s of map '%s'"
				 : "'%.40s' is not for %s of map '%s'",
		  *at ? at : text, part == CBEE_KEY ? "a key" : "a value", m->name);
	add_example(m, part, data);
	return err;
}
