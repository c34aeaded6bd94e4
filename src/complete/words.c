/* SPDX-License-Identifier: Apache-2.0 */
/* Collects the words that a shell is to offer, each once, and few enough to look through. */
#include "complete/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/tool.h>

#define FIRST_SLOTS 256 /* a power of two */

struct item {
	uint32_t word, about; /* where they begin in the text; about 0: there is none */
	bool part;	      /* words begin so; else it is whole */
};

static struct item *items(const struct cbee__words *w)
{
	return (struct item *)(void *)w->items.data;
}

size_t cbee__words_count(const struct cbee__words *w)
{
	return w->items.len / sizeof(struct item);
}

static bool failed(const struct cbee__words *w)
{
	return w->text.err || w->items.err || w->slots.err;
}

/* ---- each once ---- */

/* Slots hold the number of an item plus 1; at most half of them are taken. */
static size_t slot_of(const struct cbee__words *w, const char *word)
{
	const uint32_t *slots = (const uint32_t *)(const void *)w->slots.data;
	size_t mask = w->slots.len / sizeof(*slots) - 1;
	uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */

	for (const char *c = word; *c; c++)
		hash = (hash ^ (unsigned char)*c) * UINT64_C(1099511628211);
	hash ^= hash >> 32;
	for (;; hash++) {
		uint32_t slot = slots[hash & mask];

		if (!slot || !strcmp(w->text.data + items(w)[slot - 1].word, word))
			return hash & mask;
	}
}

/* Makes room for one more item. */
static void grow_slots(struct cbee__words *w)
{
	size_t count = cbee__words_count(w), had = w->slots.len / sizeof(uint32_t);

	if (2 * (count + 1) <= had)
		return;
	cbee__buf_zero(&w->slots, (had ? had : FIRST_SLOTS) * sizeof(uint32_t));
	if (failed(w))
		return;
	memset(w->slots.data, 0, w->slots.len);
	for (size_t i = 0; i < count; i++) {
		size_t at = slot_of(w, w->text.data + items(w)[i].word);

		((uint32_t *)(void *)w->slots.data)[at] = (uint32_t)i + 1;
	}
}

/* Where a copy of @len bytes begins, with a NUL behind. */
static uint32_t keep(struct cbee__words *w, const char *text, size_t len)
{
	uint32_t at;

	if (!w->text.len)
		cbee__buf_char(&w->text, '\0'); /* so that nothing begins at 0 */
	at = (uint32_t)w->text.len;
	cbee__buf_add(&w->text, text, len);
	cbee__buf_char(&w->text, '\0');
	return at;
}

static uint32_t keep_string(struct cbee__words *w, const char *text)
{
	return keep(w, text, strlen(text));
}

static bool is_clean(const char *word)
{
	for (; *word; word++)
		if ((unsigned char)*word < ' ' || *word == 0x7f)
			return false;
	return true;
}

/* Adds @len bytes of @word unless they are there. */
static void add(struct cbee__words *w, const char *word, size_t len, struct item item)
{
	uint32_t *slot;

	grow_slots(w);
	item.word = keep(w, word, len);
	if (failed(w))
		return;
	slot = (uint32_t *)(void *)w->slots.data + slot_of(w, w->text.data + item.word);
	if (*slot) {
		w->text.len = item.about ? item.about : item.word;
		return;
	}
	cbee__buf_add(&w->items, &item, sizeof(item));
	if (!failed(w))
		*slot = (uint32_t)cbee__words_count(w);
}

static void add_word(struct cbee__words *w, const char *word, const char *about, bool part)
{
	struct item item = { .part = part };

	if (strncmp(word, w->typed, strlen(w->typed)) != 0 || !is_clean(word) || failed(w))
		return;
	if (about && *about)
		item.about = keep_string(w, about);
	add(w, word, strlen(word), item);
}

void cbee__words_add(struct cbee__words *w, const char *word, const char *about)
{
	add_word(w, word, about, false);
}

void cbee__words_part(struct cbee__words *w, const char *word, const char *about)
{
	add_word(w, word, about, true);
}

/* ---- in order ---- */

static int compare(const void *a, const void *b, void *text)
{
	const struct item *x = a, *y = b;

	return strcmp((char *)text + x->word, (char *)text + y->word);
}

void cbee__words_sort(struct cbee__words *w)
{
	if (w->items.len && !failed(w))
		qsort_r(w->items.data, cbee__words_count(w), sizeof(struct item), compare,
			w->text.data);
}

/* ---- few enough ---- */

/* How much of @word a part takes that goes beyond what was typed; 0: it has no parts. */
static size_t part_len(const char *word, size_t typed)
{
	size_t len = strlen(word), at;

	if (typed >= len)
		return 0;
	at = typed + strcspn(word + typed, CBEE__WORDS_GO_ON);
	at += strspn(word + at, CBEE__WORDS_GO_ON);
	return at < len ? at : 0;
}

static void shorten(struct cbee__words *w)
{
	struct cbee__words parts = { .typed = w->typed, .noun = w->noun };

	for (size_t i = 0; i < cbee__words_count(w); i++) {
		struct item item = items(w)[i];
		const char *word = w->text.data + item.word;
		size_t len = part_len(word, strlen(w->typed));

		item.about = len || !item.about ? 0
						: keep_string(&parts, w->text.data + item.about);
		item.part |= len > 0;
		add(&parts, word, len ? len : strlen(word), item);
	}
	parts.before = w->before;
	parts.behind = w->behind;
	cbee__words_free(w);
	*w = parts;
}

static void write_one(const struct cbee__words *w, const struct item *item, struct cbee_buf *out)
{
	const char *about = w->text.data + item->about;

	cbee__buf_str(out, w->before ? w->before : "");
	cbee__buf_str(out, w->text.data + item->word);
	if (!item->part && w->behind)
		cbee__buf_str(out, w->behind);
	cbee__buf_char(out, '\t');
	if (item->about)
		cbee_text_add(out, about, strlen(about));
	else if (item->part && w->noun)
		cbee__buf_str(out, w->noun);
	cbee__buf_char(out, '\n');
}

void cbee__words_write(struct cbee__words *w, struct cbee_buf *out)
{
	if (!failed(w) && cbee__words_count(w) > CBEE__WORDS_MOST)
		shorten(w);
	if (failed(w) || cbee__words_count(w) > CBEE__WORDS_MOST)
		return;
	for (size_t i = 0; i < cbee__words_count(w); i++)
		write_one(w, &items(w)[i], out);
}

void cbee__words_free(struct cbee__words *w)
{
	cbee__buf_free(&w->text);
	cbee__buf_free(&w->items);
	cbee__buf_free(&w->slots);
}
