/* SPDX-License-Identifier: Apache-2.0 */
/* Turns counts per log-linear slot into histograms, percentiles, text and JSON. */
#ifndef CBEE_HIST_H
#define CBEE_HIST_H

#include <stdbool.h>
#include <stdint.h>

struct cbee_buf;
struct cbee_hist;
struct cbee_json;

/* The smallest and the largest value that fall in @slot, which is below CBEE_SLOTS. */
uint64_t cbee__hist_low(unsigned int slot);
uint64_t cbee__hist_high(unsigned int slot);

/* Adds the counts of @from to @h. */
void cbee__hist_add(struct cbee_hist *h, const struct cbee_hist *from);

/* How many values were counted in all. */
uint64_t cbee__hist_count(const struct cbee_hist *h);

/*
 * The value that the share @p (0 to 1) of all values does not exceed: the one
 * of rank ceil(p * count), the values of a slot taken as evenly spread over it.
 * Never outside @min and @max, the extremes as the caller knows them (0 and
 * UINT64_MAX when it does not), and exactly @max for the last rank. 0 if empty.
 */
uint64_t cbee__hist_percentile(const struct cbee_hist *h, double p, uint64_t min, uint64_t max);

/* Rows by powers of two: row n counts from 2^(n-1), row 1 also zero; row 0 is not used. */
#define CBEE_HIST_ROWS 65

/* The smallest and the largest value of row @row, which is 1 to 64. */
uint64_t cbee__hist_row_low(unsigned int row);
uint64_t cbee__hist_row_high(unsigned int row);

/* Draws CBEE_HIST_ROWS such rows, as bcc does; nothing when empty. @strip: from the first count. */
void cbee__hist_rows(struct cbee_buf *out, const uint64_t *rows, const char *unit, bool strip);

/* Draws rows that count their own number, likewise. */
void cbee__hist_linear(struct cbee_buf *out, const uint64_t *rows, unsigned int count,
		       const char *unit, bool strip);

/* Draws rows by powers of two, as bcc does; nothing when empty. */
void cbee__hist_text(const struct cbee_hist *h, struct cbee_buf *out, const char *unit);

/* An array with {"low":,"high":,"count":} for each slot that is not empty. */
void cbee__hist_json(const struct cbee_hist *h, struct cbee_json *j, const char *key);

#endif
