/* SPDX-License-Identifier: Apache-2.0 */
/* Small files of which the first line is all, as those of /proc and /sys. */
#ifndef CBEE_LINE_H
#define CBEE_LINE_H

#include <stddef.h>

/* Writes the file's first line, without its end; "" for an empty file. 0 or a negative errno. */
int cbee__line_read(const char *path, char *line, size_t size);

#endif
