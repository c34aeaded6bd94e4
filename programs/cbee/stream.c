/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the records of every ring and perf buffer of a text as they come, and counts them. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

static void show_json(struct stream *s, const struct cbee_record *r, const char *record)
{
	struct cbee_buf *out = cbee_run_out(s->run);

	cbee_text_fmt(out, "{\"map\":\"%s\",", r->map);
	if (r->cpu >= 0)
		cbee_text_fmt(out, "\"cpu\":%d,", r->cpu);
	cbee_text_fmt(out, "\"record\":%s}\n", record);
}

static bool show(void *arg, const struct cbee_record *r)
{
	struct stream *s = arg;
	bool json = cbee_run_json(s->run);
	char *text = NULL;

	s->err = (json ? cbee_stream_json : cbee_stream_text)(cbee_run_cbee(s->run), r->map,
							      r->data, r->size, &text);
	if (s->err)
		return false;
	if (json)
		show_json(s, r, text);
	else
		cbee_text_fmt(cbee_run_out(s->run), "%s %s\n", r->map, text);
	free(text);
	s->records++;
	return true;
}

int streams_open(struct streams *all, struct cbee_run *run)
{
	struct cbee *c = cbee_run_cbee(run);
	int err = 0;

	all->items = calloc(cbee_maps(c) + 1, sizeof(*all->items));
	if (!all->items)
		return -ENOMEM;
	for (unsigned int i = 0; !err && i < cbee_maps(c); i++) {
		struct stream *s = &all->items[all->count];

		if (!cbee_map_is_stream(cbee_map_at(c, i)))
			continue;
		*s = (struct stream){ .run = run, .map = cbee_map_name(cbee_map_at(c, i)) };
		all->count++;
		err = cbee_stream_open(
			c, &(struct cbee_stream_opts){ .map = s->map, .each = show, .arg = s });
	}
	return err;
}

int streams_error(const struct streams *all)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].err)
			return all->items[i].err;
	return 0;
}

/* What a ring buffer has lost only the text can know, which is told that there is no room. */
static void sum_up_ring(const struct stream *s, bool json, struct cbee_buf *out)
{
	cbee_text_fmt(out, json ? "\"records\":%llu,\"lost\":null}\n" : "  %llu records\n",
		      s->records);
}

static void sum_up_perf(const struct stream *s, bool json, struct cbee_buf *out)
{
	uint64_t lost = cbee_stream_lost(cbee_run_cbee(s->run), s->map);

	cbee_text_fmt(out,
		      json ? "\"records\":%llu,\"lost\":%llu}\n" : "  %llu records, %llu lost\n",
		      s->records, (unsigned long long)lost);
}

void stream_sum_up(const struct streams *all, struct cbee_map *m, bool json, struct cbee_buf *out)
{
	const struct stream *s = all->items;
	struct cbee_map_info info;

	while (strcmp(s->map, cbee_map_name(m)))
		s++;
	if (!cbee_map_info(m, &info))
		(info.type == BPF_MAP_TYPE_RINGBUF ? sum_up_ring : sum_up_perf)(s, json, out);
}

void streams_free(struct streams *all)
{
	free(all->items);
	*all = (struct streams){ 0 };
}
