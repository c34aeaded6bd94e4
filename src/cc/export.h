/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a module compiled by libbcc into an image. */
#ifndef CBEE_EXPORT_H
#define CBEE_EXPORT_H

#include <stdint.h>

struct cbee_buf;

/* What was compiled. */
struct cbee__cc_text {
	const char *text;
	const char *consts; /* @const_count names, each with its NUL; constant i is the i-th */
	uint32_t const_count;
};

/*
 * Appends the image of @module (from bpf_module_create_c_from_string) to @out.
 * 0, -ENOMEM, or -EINVAL when an instruction refers to an unknown map.
 */
int cbee__cc_export(void *module, const struct cbee__cc_text *text, struct cbee_buf *out);

#endif
