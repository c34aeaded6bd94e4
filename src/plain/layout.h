/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes to text and JSON by a layout. */
#ifndef CBEE_PLAIN_LAYOUT_H
#define CBEE_PLAIN_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct cbee_buf;
struct cbee_field;
struct cbee_json;

/* Whether it has members: a struct or a union. */
bool cbee__field_is_whole(const struct cbee_field *f);

/* Appends what @f, which starts @data, says: "7", "\"init\"", "[1, 2]", "{ a = 1 }". */
void cbee__layout_text(const struct cbee_field *f, const void *data, struct cbee_buf *out);

/* The same as JSON, under @key. */
void cbee__layout_json(const struct cbee_field *f, const void *data, struct cbee_json *j,
		       const char *key);

#define CBEE__LAYOUT_HEX "hex:" /* in front of bytes as hexadecimal digits */

/*
 * The @size bytes at @data by @f as JSON or as text; as "hex:0a0b" (JSON: in a string)
 * if @f is NULL.
 */
void cbee__layout_write(const struct cbee_field *f, const void *data, size_t size,
			struct cbee_buf *out, bool json);

#endif
