/* SPDX-License-Identifier: Apache-2.0 */
/* The capabilities of this thread: which it has, what they are called, giving them up. */
#ifndef CBEE_CAPS_H
#define CBEE_CAPS_H

#include <stdbool.h>
#include <stdint.h>

#include "plain/buf.h"

/* The numbers of <linux/capability.h>, those of newer kernels too. */
enum cbee__cap {
	CBEE__CAP_DAC_OVERRIDE = 1,
	CBEE__CAP_DAC_READ_SEARCH = 2,
	CBEE__CAP_KILL = 5,
	CBEE__CAP_SETPCAP = 8,
	CBEE__CAP_NET_ADMIN = 12,
	CBEE__CAP_SYS_PTRACE = 19,
	CBEE__CAP_SYS_ADMIN = 21,
	CBEE__CAP_SYSLOG = 34,
	CBEE__CAP_PERFMON = 38,
	CBEE__CAP_BPF = 39,
	CBEE__CAP_CHECKPOINT_RESTORE = 40,
};

/* A set is a number with a bit for each. */
#define CBEE__CAP_BIT(cap) (1ull << (cap))

/* Those in effect; none if the kernel does not tell. */
uint64_t cbee__caps(void);

/*
 * In a program that has capabilities which its user may not have, goes on with the user's
 * rights to files, until cbee__caps_raise() with what this returns. For files whose contents
 * are shown: such a program must not be a way to read any.
 */
uint64_t cbee__caps_as_user(void);
void cbee__caps_raise(uint64_t caps);

/*
 * Gives up all others, for good: those that a program it starts would get too.
 * 0 or a negative errno, and then some may be left.
 */
int cbee__caps_keep(uint64_t keep);

/*
 * Appends the names of those in the set: "CAP_BPF, CAP_PERFMON", or as setcap(8) takes
 * them "cap_bpf,cap_perfmon".
 */
void cbee__caps_list(struct cbee_buf *out, uint64_t caps, bool for_setcap);

#endif
