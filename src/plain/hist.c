/* SPDX-License-Identifier: Apache-2.0 */
/* Turns counts per log-linear slot into histograms, percentiles, text and JSON. */
#include "plain/hist.h"

#include <inttypes.h>
#include <stdio.h>

#include <cbee/tool.h>

#include "plain/buf.h"
#include "plain/json.h"
#include "plain/look.h"

#define SUB	    (1u << CBEE_SLOT_BITS) /* slots per power of two */
#define STARS	    40
#define STARS_WIDE  20
#define STARS_MOST  80 /* where the terminal is wider */
#define STARS_LEAST 8
#define COUNT_WIDTH 8
#define SCREEN	    80 /* columns that these are for */

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
	while (count > UINT64_MAX / STARS_MOST) {
		count /= 2;
		most /= 2;
	}
	return (int)(count * (uint64_t)width / most);
}

/* What rows of a histogram have in common. */
struct drawing {
	uint64_t most; /* the largest count */
	int low, high; /* columns of the two limits of a row */
	int stars;     /* columns of the longest bar */
	bool limits_grouped, counts_grouped;
};

/* How many columns a number takes in groups of three digits. */
static int grouped_width(uint64_t value)
{
	int digits = snprintf(NULL, 0, "%" PRIu64, value);

	return digits + (digits - 1) / 3;
}

/* As bcc draws; on a terminal as wide as that is, and with groups of digits if all have room. */
static struct drawing plan(const struct cbee_buf *out, uint64_t most, uint64_t last, bool wide)
{
	struct drawing d = { .most = most,
			     .low = wide ? 20 : 10,
			     .high = wide ? 20 : 10,
			     .stars = wide ? STARS_WIDE : STARS };
	int screen = out->look ? (int)out->look->width : 0;

	if (!screen)
		return d;
	d.limits_grouped = grouped_width(last) <= d.high;
	d.counts_grouped = grouped_width(most) <= COUNT_WIDTH;
	d.stars += screen - SCREEN;
	if (d.stars > STARS_MOST)
		d.stars = STARS_MOST;
	if (d.stars < STARS_LEAST)
		d.stars = STARS_LEAST;
	return d;
}

/* A number with @width columns, right aligned if @right. */
static void draw_number(struct cbee_buf *out, uint64_t value, int width, bool right, bool grouped)
{
	struct cbee_buf text = { .look = out->look };

	cbee__look_number(&text, value, grouped ? (size_t)width : 0);
	if (text.err)
		out->err = text.err;
	else
		cbee__buf_fmt(out, right ? "%*s" : "%-*s", width, text.data);
	cbee__buf_free(&text);
}

static void draw_bar(struct cbee_buf *out, uint64_t count, const struct drawing *d)
{
	static const char bar[] = "****************************************"
				  "****************************************";
	int stars = stars_for(count, d->most, d->stars);

	_Static_assert(sizeof(bar) == STARS_MOST + 1, "the longest bar");
	cbee__buf_str(out, " : ");
	draw_number(out, count, COUNT_WIDTH, false, d->counts_grouped);
	cbee__buf_str(out, " |");
	if (stars) {
		cbee__mark(out, CBEE_MARK_BAR);
		cbee__buf_add(out, bar, (size_t)stars);
		cbee__mark_end(out);
	}
	cbee__buf_fmt(out, "%*s|\n", d->stars - stars, "");
}

static void draw_limits(struct cbee_buf *out, unsigned int row, const struct drawing *d)
{
	draw_number(out, cbee__hist_row_low(row), d->low, true, d->limits_grouped);
	cbee__buf_str(out, " -> ");
	draw_number(out, cbee__hist_row_high(row), d->high, false, d->limits_grouped);
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
	struct drawing d;
	uint64_t most;
	bool wide;

	last = measure(rows, CBEE_HIST_ROWS, &first, &most);
	wide = last > 32;
	if (!most)
		return;
	d = plan(out, most, cbee__hist_row_high(last), wide);
	cbee__mark(out, CBEE_MARK_HEAD);
	cbee__buf_fmt(out,
		      wide ? "               %-29s : count     distribution"
			   : "     %-19s : count     distribution",
		      unit);
	cbee__mark_end(out);
	cbee__buf_char(out, '\n');
	for (unsigned int i = strip ? first : 1; i <= last; i++) {
		draw_limits(out, i, &d);
		draw_bar(out, rows[i], &d);
	}
}

void cbee__hist_linear(struct cbee_buf *out, const uint64_t *rows, unsigned int count,
		       const char *unit, bool strip)
{
	unsigned int first = 0, last;
	struct drawing d;
	uint64_t most;

	last = measure(rows, count, &first, &most);
	if (!most)
		return;
	d = plan(out, most, last, false);
	cbee__mark(out, CBEE_MARK_HEAD);
	cbee__buf_fmt(out, "     %-13s : count     distribution", unit);
	cbee__mark_end(out);
	cbee__buf_char(out, '\n');
	for (unsigned int i = strip ? first : 0; i <= last; i++) {
		cbee__buf_fmt(out, "        %-10u", i);
		draw_bar(out, rows[i], &d);
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
