/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one value of a record, and writes it as text. */
#ifndef CBEE_CELL_H
#define CBEE_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "declared/col.h"

uint64_t cbee__cell_unsigned(const struct cbee_col *col, const void *record);
int64_t cbee__cell_signed(const struct cbee_col *col, const void *record);

/* The bytes of a CHARS or TEXT column; NULL for a TEXT that is NULL. */
const char *cbee__cell_bytes(const struct cbee_col *col, const void *record, size_t *ret_len);

struct cbee_list cbee__cell_list(const struct cbee_col *col, const void *record);

/* Writes HH:MM:SS of the local time zone. */
void cbee__cell_clock(const struct cbee__cols *c, uint64_t monotonic_ns, char text[16]);

/* Nanoseconds since the tracer started. */
uint64_t cbee__cell_since(const struct cbee__cols *c, uint64_t monotonic_ns);

/* Columns of the screen that the column takes; 0: the rest of the line. */
size_t cbee__cell_width(const struct cbee__cols *c, const struct cbee_col *col);

/* Appends the value as text, unpadded; @csv for machines. */
void cbee__cell_text(const struct cbee__cols *c, const struct cbee_col *col, struct cbee_buf *out,
		     const void *record, bool csv);

#endif
