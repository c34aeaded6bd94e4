/* SPDX-License-Identifier: Apache-2.0 */
/* Tells whether processes have the numbers here that the kernel has for them. */
#ifndef CBEE_PIDNS_H
#define CBEE_PIDNS_H

#include <stdbool.h>

/* Whether this process is in a PID namespace other than the first, as in most containers. */
bool cbee__pidns_is_own(void);

#endif
