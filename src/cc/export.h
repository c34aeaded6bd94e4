/* SPDX-License-Identifier: Apache-2.0 */
/* Turns a module compiled by libbcc into an image. */
#ifndef CBEE_EXPORT_H
#define CBEE_EXPORT_H

#include <stdint.h>

struct cbee_buf;

/*
 * Appends the image of @module (from bpf_module_create_c_from_string) to @out.
 * @consts: @const_count NUL-terminated names one behind the other; constant i is
 * the i-th. 0, -ENOMEM, or -EINVAL when an instruction refers to an unknown map.
 */
int cbee__cc_export(void *module, const char *consts, uint32_t const_count, struct cbee_buf *out);

#endif
