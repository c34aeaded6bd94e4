/* SPDX-License-Identifier: Apache-2.0 */
/* Which security modules the kernel asks. */
#ifndef CBEE_LSM_H
#define CBEE_LSM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether "bpf" is one of them: asked of the kernel (Linux 6.8), or
 * of securityfs; true when neither tells. Fills @names with those that are, by
 * name or by number, with commas between them.
 */
bool cbee__lsm_has_bpf(char *names, size_t size);

#endif
