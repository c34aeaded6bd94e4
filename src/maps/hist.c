/* SPDX-License-Identifier: Apache-2.0 */
/* A map of counts by slot as histograms. */
#include "plain/hist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "maps/map.h"
#include "plain/json.h"
#include "plain/layout.h"

#define MOST_SLOTS 65536 /* linear */

/* One drawing under way. */
struct work {
	struct cbee_map *m;
	const struct cbee_map_hist *how;
	const struct cbee_field *layout; /* of the key, when keyed; NULL: the key is a slot */
	size_t slot_at, slot_size,
		first_size;    /* where the slot is; size of a lone integer before it */
	unsigned int before;   /* members before the slot */
	struct entry *entries; /* sorted by section */
	uint32_t count;
	uint64_t *rows;
	unsigned int row_count;
	struct cbee_buf out;
	struct cbee_json json;
};

struct entry {
	const char *key; /* with zeros for the slot */
	uint64_t slot, count;
};

static bool is_integer(const struct cbee_field *f)
{
	return (f->kind == CBEE_UINT || f->kind == CBEE_INT) && !f->count && !f->bit_size &&
	       f->size <= 8;
}

static int unfit(struct work *w, const char *why)
{
	return cbee__err(w->m->err, -EINVAL, "map '%s' is no histogram: %s", w->m->name, why);
}

/* Finds the slot in the key. */
static int find_slot(struct work *w)
{
	const struct cbee_field *f = cbee_map_layout(w->m, CBEE_KEY), *last = NULL;
	uint32_t value = w->m->info.value_size, key = w->m->info.key_size;

	if (value > 8 || __builtin_popcount(value) != 1)
		return unfit(w, "its values are no integers");
	w->slot_size = key;
	if (!f || f->kind != CBEE_STRUCT || f->count)
		return key > 8 || __builtin_popcount(key) != 1
			       ? unfit(w, "its key is neither a slot nor a struct that is known")
			       : 0;
	for (const struct cbee_field *in = f + 1; in <= f + f->members; in += 1 + in->members) {
		w->before += last != NULL;
		last = in;
	}
	if (!last || !is_integer(last))
		return unfit(w, "the last member of its key is no slot");
	w->slot_at = last->offset;
	w->slot_size = last->size;
	if (w->before == 1 && is_integer(f + 1) && !f[1].offset)
		w->first_size = f[1].size;
	w->layout = w->before ? f : NULL;
	return 0;
}

/* By section; lone integers by their value. */
static int compare(const void *a, const void *b, void *arg)
{
	const struct entry *x = a, *y = b;
	const struct work *w = arg;
	uint64_t m, n;

	if (!w->first_size)
		return memcmp(x->key, y->key, w->m->info.key_size);
	m = cbee__map_uint(x->key, w->first_size);
	n = cbee__map_uint(y->key, w->first_size);
	return m < n ? -1 : m > n;
}

/* Cuts the slots out of the keys. */
static int take_entries(struct work *w, struct cbee_map_items *items)
{
	uint64_t most = w->how->linear ? MOST_SLOTS - 1 : CBEE_HIST_ROWS - 1, top = 0;

	w->entries = calloc((size_t)items->count + 1, sizeof(*w->entries));
	if (!w->entries)
		return cbee__map_answer(w->m, -ENOMEM, "draw");
	for (uint32_t i = 0; i < items->count; i++) {
		char *key = (char *)items->keys + i * items->key_size;
		struct entry *e = &w->entries[w->count];

		e->count = cbee__map_total(w->m, (char *)items->values + i * items->value_size);
		e->slot = cbee__map_uint(key + w->slot_at, w->slot_size);
		e->key = key;
		memset(key + w->slot_at, 0, w->slot_size);
		if (!e->count)
			continue;
		w->count++;
		if (e->slot > most)
			return cbee__err(w->m->err, -ERANGE,
					 "map '%s' counts in slot %llu, beyond %llu", w->m->name,
					 (unsigned long long)e->slot, (unsigned long long)most);
		top = e->slot > top ? e->slot : top;
	}
	qsort_r(w->entries, w->count, sizeof(*w->entries), compare, w);
	w->row_count = w->how->linear ? (unsigned int)top + 1 : CBEE_HIST_ROWS;
	w->rows = calloc(w->row_count, sizeof(*w->rows));
	return w->rows ? 0 : cbee__map_answer(w->m, -ENOMEM, "draw");
}

/* What stands before the slot, by the layout. */
static void write_section(struct work *w, const char *key)
{
	const struct cbee_field *f = w->layout + 1;
	const char *name = w->how->section ? w->how->section : "key";

	if (w->how->json && w->before > 1)
		cbee__json_begin_object(&w->json, name);
	else if (w->before > 1)
		cbee__buf_str(&w->out, "{ ");
	for (unsigned int i = 0; i < w->before; i++, f += 1 + f->members) {
		if (w->how->json) {
			cbee__layout_json(f, key + f->offset, &w->json,
					  w->before > 1 ? f->name : name);
			continue;
		}
		cbee__buf_str(&w->out, i ? ", " : "");
		if (w->before > 1)
			cbee__buf_fmt(&w->out, "%s = ", f->name);
		cbee__layout_text(f, key + f->offset, &w->out);
	}
	if (w->how->json && w->before > 1)
		cbee__json_end_object(&w->json);
	else if (w->before > 1)
		cbee__buf_str(&w->out, " }");
}

/* The line above a keyed histogram, or JSON's first member. */
static void begin_section(struct work *w, const char *key)
{
	const struct cbee_map_hist *how = w->how;
	char text[256] = "";

	if (!how->json)
		cbee__buf_fmt(&w->out, "\n%s = ", how->section ? how->section : "Bucket ptr");
	if (how->section_text)
		how->section_text(how->arg, key, w->m->info.key_size, text, sizeof(text));
	if (!how->section_text)
		write_section(w, key);
	else if (how->json)
		cbee__json_str(&w->json, how->section ? how->section : "key", text, strlen(text));
	else
		cbee__buf_str(&w->out, text);
	if (!how->json)
		cbee__buf_char(&w->out, '\n');
}

static void write_json_rows(struct work *w)
{
	cbee__json_str(&w->json, "unit", w->how->unit ? w->how->unit : "value",
		       strlen(w->how->unit ? w->how->unit : "value"));
	cbee__json_begin_array(&w->json, "histogram");
	for (unsigned int i = 0; i < w->row_count; i++) {
		if (!w->rows[i])
			continue;
		cbee__json_begin_object(&w->json, NULL);
		cbee__json_u64(&w->json, "low", w->how->linear ? i : cbee__hist_row_low(i));
		cbee__json_u64(&w->json, "high", w->how->linear ? i : cbee__hist_row_high(i));
		cbee__json_u64(&w->json, "count", w->rows[i]);
		cbee__json_end_object(&w->json);
	}
	cbee__json_end_array(&w->json);
}

/* The histogram of the entries from @from on that share a section; where the next one starts. */
static uint32_t draw_one(struct work *w, uint32_t from)
{
	const char *unit = w->how->unit ? w->how->unit : "value";
	uint32_t i;

	memset(w->rows, 0, w->row_count * sizeof(*w->rows));
	for (i = from; i < w->count; i++) {
		if (w->layout && compare(&w->entries[from], &w->entries[i], w))
			break;
		/* slot 0 can only mean the value 0, which is of row 1 */
		w->rows[w->entries[i].slot || w->how->linear ? w->entries[i].slot : 1] +=
			w->entries[i].count;
	}
	if (w->how->json)
		cbee__json_begin_object(&w->json, NULL);
	if (w->layout)
		begin_section(w, w->entries[from].key);
	if (w->how->json) {
		write_json_rows(w);
		cbee__json_end_object(&w->json);
	} else if (w->how->linear) {
		cbee__hist_linear(&w->out, w->rows, w->row_count, unit, w->how->strip_zeros);
	} else {
		cbee__hist_rows(&w->out, w->rows, unit, w->how->strip_zeros);
	}
	return i;
}

static void draw(struct work *w)
{
	uint32_t at = 0;

	cbee__json_init(&w->json, &w->out);
	if (w->how->json && w->layout)
		cbee__json_begin_array(&w->json, NULL);
	while (at < w->count)
		at = draw_one(w, at);
	if (!w->count && !w->layout)
		draw_one(w, 0);
	if (w->how->json && w->layout)
		cbee__json_end_array(&w->json);
}

int cbee_map_hist(struct cbee_map *m, const struct cbee_map_hist *how, char **ret_text)
{
	struct work w = { .m = m, .how = how };
	struct cbee_map_items items = { 0 };
	int err = cbee__map_ready(m);

	if (!err)
		err = find_slot(&w);
	if (!err)
		err = cbee_map_get_batch(m, &items);
	if (!err)
		err = take_entries(&w, &items);
	if (!err) {
		draw(&w);
		if (w.out.err)
			err = cbee__map_answer(m, w.out.err, "draw");
		else
			*ret_text = w.out.data ? cbee__buf_take(&w.out) : strdup("");
	}
	if (!err && !*ret_text)
		err = cbee__map_answer(m, -ENOMEM, "draw");
	cbee__buf_free(&w.out);
	free(w.entries);
	free(w.rows);
	cbee_map_items_free(&items);
	return err;
}
