/* SPDX-License-Identifier: Apache-2.0 */
/* Text to bytes by a layout: reads back what plain/layout.c writes. */
#ifndef CBEE_SCAN_H
#define CBEE_SCAN_H

#include <stdbool.h>

struct cbee_field;

/*
 * Reads what @f is to hold from *@at, which is moved behind it, into @data,
 * which is zeros. -EINVAL: no such value there; -ERANGE: it does not fit.
 */
int cbee__layout_scan(const struct cbee_field *f, const char **at, void *data);

/* Moves *@at behind blanks and @c; false when something else stands there. */
bool cbee__scan_char(const char **at, char c);

#endif
