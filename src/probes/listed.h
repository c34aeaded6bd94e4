/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a program on many places of binaries through few events, which tracefs lists. */
#ifndef CBEE_LISTED_H
#define CBEE_LISTED_H

#include <stdbool.h>
#include <stdint.h>

/*
 * For kernels that have cookies (Linux 5.15) but not uprobe.multi (6.6). Closing a uprobe
 * takes those 40 to 70 ms; but an event may have many probes, which are closed with it at
 * once: 1,000 of them in 80 ms. Perf makes only events of one probe, so these are made in
 * uprobe_events, which a process of its own clears of them; see kernel/keeper.h.
 */
struct cbee__listing;
struct cbee;

#define CBEE__LISTED_FEW 4 /* places for which it is not worth that */

struct cbee__listed_place {
	const char *path;
	uint64_t offset;
	uint32_t func; /* for cbee_func() of <cbee/bpf/func.h> */
	bool refused;  /* by the kernel, for reasons of its own; set here */
};

struct cbee__listed {
	int prog_fd;
	bool ret;   /* on return from there */
	bool apart; /* the program wants to know which place it is at: not on return */
	int pid;    /* this process only; 0: all */
	struct cbee__listed_place *places;
	unsigned int count;
};

/*
 * Begins a list; the handle owns it, as a link. -EOPNOTSUPP: tracefs cannot be seen; what
 * open() and pipes say.
 */
int cbee__listing_new(struct cbee *c, struct cbee__listing **ret_l);

/*
 * The same for @count places that the program tells apart. -EOPNOTSUPP: it does not know
 * how to, or there are so few that it is not worth it.
 */
int cbee__listing_begin(struct cbee *c, unsigned int count, struct cbee__listing **ret_l);

/* The map for programs that tell places apart; 0: none. */
int cbee__listing_places(const struct cbee__listing *l);

/*
 * Puts the program on all places, but for those that are refused then; on none if that
 * fails. The links belong to the handle.
 */
int cbee__listing_attach(struct cbee *c, struct cbee__listing *l, const struct cbee__listed *what);

/* When all links of the list have been cut. Takes NULL. */
void cbee__listing_free(struct cbee__listing *l);

#endif
