/* SPDX-License-Identifier: Apache-2.0 */
/* Writes JSON values into a buffer, all on one line, without spaces. */
#ifndef CBEE_JSON_H
#define CBEE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plain/buf.h"

/* Lives on the stack; failures stick in the buffer. */
struct cbee_json {
	struct cbee_buf *out;
	bool comma; /* whether the next value follows another one */
};

/* Starts a document that is appended to @out; ends with its last value. */
void cbee__json_init(struct cbee_json *j, struct cbee_buf *out);

/* In all of the following, @key is NULL inside arrays and for the outermost value. */

/* Opens and closes containers; every begin needs its end. */
void cbee__json_begin_object(struct cbee_json *j, const char *key);
void cbee__json_end_object(struct cbee_json *j);
void cbee__json_begin_array(struct cbee_json *j, const char *key);
void cbee__json_end_array(struct cbee_json *j);

/* A string of @len bytes; each byte that is not part of valid UTF-8 becomes U+FFFD. */
void cbee__json_str(struct cbee_json *j, const char *key, const char *text, size_t len);

/* Numbers and words. */
void cbee__json_u64(struct cbee_json *j, const char *key, uint64_t value);
void cbee__json_i64(struct cbee_json *j, const char *key, int64_t value);
void cbee__json_bool(struct cbee_json *j, const char *key, bool value);
void cbee__json_null(struct cbee_json *j, const char *key);

/* Nanoseconds as seconds with six decimals, cut, not rounded, as clocks are. */
void cbee__json_seconds(struct cbee_json *j, const char *key, uint64_t ns);

/* @decimals digits after the point whatever the locale; null when not a finite number. */
void cbee__json_double(struct cbee_json *j, const char *key, double value, int decimals);

/* Bytes of the UTF-8 character that @text starts with; 0 when it starts with none. */
size_t cbee__utf8(const char *text, size_t len);

#endif
