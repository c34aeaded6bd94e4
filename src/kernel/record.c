/* SPDX-License-Identifier: Apache-2.0 */
/* Records of streams to text and JSON, by the layout of what the text submits. */
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "kernel/handle.h"
#include "plain/layout.h"

bool cbee_map_is_stream(const struct cbee_map *m)
{
	return m && (m->info.type == BPF_MAP_TYPE_RINGBUF ||
		     (m->info.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && !m->counters));
}

const struct cbee_field *cbee_stream_layout(const struct cbee *c, const char *map)
{
	for (unsigned int i = 0; i < cbee_maps(c); i++)
		if (!strcmp(c->maps[i].name, map))
			return c->maps[i].record;
	return NULL;
}

/*
 * What the kernel makes of @size bytes in a perf buffer: a number of 4 bytes stands
 * in front, and both together are a multiple of 8.
 */
static size_t perf_size(size_t size)
{
	return ((size + sizeof(uint32_t) + 7) & ~(size_t)7) - sizeof(uint32_t);
}

/* The layout, if a record of @size bytes can be what it describes. */
static const struct cbee_field *layout_for(const struct cbee_map *m, size_t size)
{
	const struct cbee_field *f = m->record;

	if (f && m->info.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && size == perf_size(f->size))
		return f;
	return f && size == f->size ? f : NULL;
}

static int write_record(struct cbee_map *m, const void *data, size_t size, bool json, char **ret)
{
	struct cbee_buf out = { 0 };

	if (!m)
		return -ENOENT;
	if (!cbee_map_is_stream(m))
		return cbee__err(m->err, -EINVAL, "map '%s' is no ring or perf buffer", m->name);
	cbee__layout_write(layout_for(m, size), data, size, &out, json);
	if (out.err) {
		cbee__buf_free(&out);
		return cbee__err_os(m->err, -ENOMEM, "cannot print a record of '%s'", m->name);
	}
	*ret = cbee__buf_take(&out);
	return 0;
}

int cbee_stream_text(struct cbee *c, const char *map, const void *data, size_t size,
		     char **ret_text)
{
	return write_record(cbee_map(c, map), data, size, false, ret_text);
}

int cbee_stream_json(struct cbee *c, const char *map, const void *data, size_t size,
		     char **ret_json)
{
	return write_record(cbee_map(c, map), data, size, true, ret_json);
}
