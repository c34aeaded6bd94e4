/* SPDX-License-Identifier: Apache-2.0 */
/* Writes what is in the JSON of a tool, for the manual. */
#ifndef CBEE_MEMBERS_H
#define CBEE_MEMBERS_H

#include <cbee/tool.h>

struct cbee__described;

/* What every tracer can miss, behind the losses of its own. */
extern const struct cbee_loss cbee__loss_missed;

/* What is told of texts that have no losses of their own: of their streams, what was full. */
extern const struct cbee_loss cbee__loss_records;

/* The unit of a column, by itself or by its type; or NULL. */
const char *cbee__col_unit(const struct cbee_col *col);

/* A paragraph for each member: its name, type and unit, and what it means. */
void cbee__members_man(const struct cbee__described *d, struct cbee_buf *out);

#endif
