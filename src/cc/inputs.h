/* SPDX-License-Identifier: Apache-2.0 */
/* Notes what the compiler read besides what it was given. */
#ifndef CBEE_CC_INPUTS_H
#define CBEE_CC_INPUTS_H

struct cbee_buf;

/*
 * Appends, each with its NUL, the paths of this program and of the libraries it
 * has mapped, and "category/event" of the tracepoints whose formats were read.
 */
void cbee__cc_inputs(struct cbee_buf *out);

#endif
