/* SPDX-License-Identifier: Apache-2.0 */
/* What cbee-cc's own versions of libbcc functions need from it, and give to it. */
#ifndef CBEE_INTERPOSE_H
#define CBEE_INTERPOSE_H

#include <stdbool.h>

/* The "descriptor" of the first map that a compile declares. */
#define CBEE_CC_FIRST_MAP (1 << 28)

/* The template that map "descriptor" @fd was declared with, as such a number; -1: none. */
int cbee__cc_inner(int fd);

/* Nothing that is compiled names tracepoints: libbcc's parse for them is left out. */
void cbee__cc_skip_tracepoints(void);

/* Whether the running kernel has bpf_probe_read_kernel and its siblings (Linux 5.5). */
bool cbee__cc_has_probe_read_kernel(void);

#endif
