/* SPDX-License-Identifier: Apache-2.0 */
/* Notes what the compiler read besides what it was given. */
#ifndef CBEE_CC_INPUTS_H
#define CBEE_CC_INPUTS_H

struct cbee_buf;

/*
 * Appends the path of this program and its NUL. Before mounts are moved: in a chroot it is
 * told from the outer root afterwards.
 */
void cbee__cc_inputs_begin(struct cbee_buf *out);

/* Keeps "category/event" of a file ".../events/category/event/format" that was opened. */
void cbee__cc_note(const char *path);

/*
 * Appends, each with its NUL, the paths of the libraries this program has
 * mapped, and "category/event" of the tracepoints whose formats were read.
 */
void cbee__cc_inputs(struct cbee_buf *out);

#endif
