/* SPDX-License-Identifier: Apache-2.0 */
/* Turns counts per log-linear slot into histograms, percentiles, text and JSON. */
#include "plain/hist.h"

#include <cbee/tool.h>

#include "plain/buf.h"
#include "plain/json.h"

#define SUB	   (1u << CBEE_SLOT_BITS) /* slots per power of two */
#define STARS	   40
#define STARS_WIDE 20

/* By how many bits the values of a slot were shifted to get its number. */
static unsigned int shift_of(unsigned int slot)
{
	return slot < SUB ? 0 : slot / SUB - 1;
}

uint64_t cbee__hist_low(unsigned int slot)
{
	if (slot < SUB)
		return slot;
	return (uint64_t)(SUB + slot % SUB) << shift_of(slot);
}

uint64_t cbee__hist_high(unsigned int slot)
{
	return cbee__hist_low(slot) + (((uint64_t)1 << shift_of(slot)) - 1);
}

void cbee__hist_add(struct cbee_hist *h, const struct cbee_hist *from)
{
	for (unsigned int i = 0; i < CBEE_SLOTS; i++)
		h->slots[i] += from->slots[i];
}

uint64_t cbee__hist_count(const struct cbee_hist *h)
{
	uint64_t count = 0;

	for (unsigned int i = 0; i < CBEE_SLOTS; i++)
		count += h->slots[i];
	return count;
}

/* ceil(p * count), between 1 and @count. */
static uint64_t rank_of(double p, uint64_t count)
{
	/* 0.07 * 100 is a little more than 7 in binary; it must not become rank 8. */
	double exact = p * (double)count * (1 - 1e-15);
	uint64_t rank;

	if (!(exact > 0))
		return 1;
	if (p >= 1 || exact >= (double)count)
		return count;
	rank = (uint64_t)exact;
	if ((double)rank < exact || !rank)
		rank++;
	return rank < count ? rank : count;
}

/* The @nth (from 1) of @count values spread over the middles of as many equal parts. */
static uint64_t spread(unsigned int slot, uint64_t nth, uint64_t count)
{
	uint64_t low = cbee__hist_low(slot), high = cbee__hist_high(slot);

	return low + (uint64_t)((double)(high - low) * ((double)nth - 0.5) / (double)count);
}

uint64_t cbee__hist_percentile(const struct cbee_hist *h, double p, uint64_t min, uint64_t max)
{
	uint64_t count = cbee__hist_count(h), rank = rank_of(p, count), before = 0, value;
	unsigned int slot = 0;

	if (!count)
		return 0;
	while (slot < CBEE_SLOTS - 1 && before + h->slots[slot] < rank)
		before += h->slots[slot++];
	if (rank == count)
		value = cbee__hist_high(slot);
	else
		value = spread(slot, rank - before, h->slots[slot]);
	if (value > max)
		value = max;
	return value < min ? min : value;
}

static int stars_for(uint64_t count, uint64_t most, int width)
{
	/* Keep the product within 64 bits; what is lost is far less than one star. */
	while (count > UINT64_MAX / STARS) {
		count /= 2;
		most /= 2;
	}
	return (int)(count * (uint64_t)width / most);
}

static void draw_bar(struct cbee_buf *out, uint64_t count, uint64_t most, int width)
{
	static const char bar[] = "****************************************";

	_Static_assert(sizeof(bar) == STARS + 1, "the longest bar");
	cbee__buf_fmt(out, " : %-8llu |%-*.*s|\n", (unsigned long long)count, width,
		      stars_for(count, most, width), bar);
}

/* The last row from @first on that is not empty, or 0; the first one; the largest count. */
static unsigned int measure(const uint64_t *rows, unsigned int count, unsigned int *first,
			    uint64_t *most)
{
	unsigned int last = 0;

	*most = 0;
	for (unsigned int i = count; i-- > *first;) {
		if (!rows[i])
			continue;
		last = last ? last : i;
		if (rows[i] > *most)
			*most = rows[i];
	}
	while (*most && !rows[*first])
		++*first;
	return last;
}

uint64_t cbee__hist_row_low(unsigned int row)
{
	return row > 1 ? (uint64_t)1 << (row - 1) : 0;
}

uint64_t cbee__hist_row_high(unsigned int row)
{
	return row > 1 ? 2 * (cbee__hist_row_low(row) - 1) + 1 : 1;
}

void cbee__hist_rows(struct cbee_buf *out, const uint64_t *rows, const char *unit, bool strip)
{
	unsigned int first = 1, last;
	uint64_t most;
	bool wide;

	last = measure(rows, CBEE_HIST_ROWS, &first, &most);
	wide = last > 32;
	if (!most)
		return;
	cbee__buf_fmt(out,
		      wide ? "               %-29s : count     distribution\n"
			   : "     %-19s : count     distribution\n",
		      unit);
	for (unsigned int i = strip ? first : 1; i <= last; i++) {
		cbee__buf_fmt(out, wide ? "%20llu -> %-20llu" : "%10llu -> %-10llu",
			      (unsigned long long)cbee__hist_row_low(i),
			      (unsigned long long)cbee__hist_row_high(i));
		draw_bar(out, rows[i], most, wide ? STARS_WIDE : STARS);
	}
}

void cbee__hist_linear(struct cbee_buf *out, const uint64_t *rows, unsigned int count,
		       const char *unit, bool strip)
{
	unsigned int first = 0, last;
	uint64_t most;

	last = measure(rows, count, &first, &most);
	if (!most)
		return;
	cbee__buf_fmt(out, "     %-13s : count     distribution\n", unit);
	for (unsigned int i = strip ? first : 0; i <= last; i++) {
		cbee__buf_fmt(out, "        %-10u", i);
		draw_bar(out, rows[i], most, STARS);
	}
}

void cbee__hist_text(const struct cbee_hist *h, struct cbee_buf *out, const char *unit)
{
	uint64_t rows[CBEE_HIST_ROWS] = { 0 };

	for (unsigned int i = 0; i < CBEE_SLOTS; i++)
		if (h->slots[i])
			rows[cbee_log2(cbee__hist_low(i)) + 1] += h->slots[i];
	cbee__hist_rows(out, rows, unit, false);
}

void cbee__hist_json(const struct cbee_hist *h, struct cbee_json *j, const char *key)
{
	cbee__json_begin_array(j, key);
	for (unsigned int i = 0; i < CBEE_SLOTS; i++) {
		if (!h->slots[i])
			continue;
		cbee__json_begin_object(j, NULL);
		cbee__json_u64(j, "low", cbee__hist_low(i));
		cbee__json_u64(j, "high", cbee__hist_high(i));
		cbee__json_u64(j, "count", h->slots[i]);
		cbee__json_end_object(j);
	}
	cbee__json_end_array(j);
}
