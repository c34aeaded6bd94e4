/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the entries of a map, with keys and values as the text declares them. */
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

/* One map on its way out. */
struct show {
	struct cbee *c;
	struct cbee_buf *out;
	struct cbee_map *map;
	struct cbee_map_info info;
	bool json, array;
	size_t entries;
	int err;
};

static bool is_zero(const void *value, size_t size)
{
	const char *bytes = value;

	return !bytes[0] && !memcmp(bytes, bytes + 1, size - 1);
}

/* Writes a key or a value; the first failure stays in s->err. */
static void add_part(struct show *s, enum cbee_part part, const void *data)
{
	size_t size = part == CBEE_KEY ? s->info.key_size : cbee_map_value_bytes(s->map);
	char *text = NULL;

	if (s->err)
		return;
	s->err = (s->json ? cbee_map_json : cbee_map_text)(s->map, part, data, size, &text);
	if (!s->err)
		cbee_text_fmt(s->out, "%s", text);
	free(text);
}

static bool entry(void *arg, const void *key, const void *value)
{
	struct show *s = arg;

	if (s->array && is_zero(value, cbee_map_value_bytes(s->map)))
		return true;
	cbee_text_fmt(s->out, "%s%s", s->json && s->entries ? "," : "",
		      s->json ? "{\"key\":" : "  ");
	s->entries++;
	add_part(s, CBEE_KEY, key);
	cbee_text_fmt(s->out, "%s", s->json ? ",\"value\":" : ": ");
	if (map_has_sums(s->map))
		cbee_text_fmt(s->out, "%llu", (unsigned long long)map_sum(s->map, value));
	else
		add_part(s, CBEE_VALUE, value);
	cbee_text_fmt(s->out, "%s", s->json ? "" : "\n");
	stacks_show(s->c, s->map, key, s->json, s->out);
	cbee_text_fmt(s->out, "%s", s->json ? "}" : "");
	return !s->err;
}

int entries_show(struct cbee *c, struct cbee_map *m, bool array, bool json, struct cbee_buf *out)
{
	struct show s = { .c = c, .out = out, .map = m, .array = array, .json = json };
	int err = cbee_map_info(m, &s.info);

	if (err)
		return err;
	if (json)
		cbee_text_fmt(out, "\"entries\":[");
	err = cbee_map_walk(m, entry, &s);
	if (json)
		cbee_text_fmt(out, "]}\n");
	else if (!s.entries)
		cbee_text_fmt(out, "  nothing\n");
	return err ? err : s.err;
}
