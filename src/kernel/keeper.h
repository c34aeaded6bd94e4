/* SPDX-License-Identifier: Apache-2.0 */
/* Takes events out of a list of tracefs when their maker has closed them, or is gone. */
#ifndef CBEE_KEEPER_H
#define CBEE_KEEPER_H

/*
 * A process of its own, which outlives ours by as long as that takes: the events of a
 * list would stay there if we were killed. It is no child of ours.
 */
struct cbee__keeper {
	int tell; /* socket to it; it acts when no copy of this end is open any more */
	int gone; /* at its end when the keeper has ended */
};

#define CBEE__KEEPER_NONE     \
	(struct cbee__keeper) \
	{                     \
		-1, -1        \
	}

#define CBEE__KEEPER_GROUP 48 /* bytes of a group's name, with the NUL */

/*
 * Has the events "e0", "e1"... of @group removed from the list that @list_fd is open to
 * write. Linux 5.9. A negative errno: *@k is none.
 */
int cbee__keeper_start(struct cbee__keeper *k, int list_fd, const char *group);

/* Before another one is listed: there may be so many of them now. -EPIPE: it has been killed. */
int cbee__keeper_expect(struct cbee__keeper *k, unsigned int count);

/*
 * Nobody but us had the events open, and we have closed them: they are removed when this
 * returns. (If a process has forked off meanwhile and holds them too: when that lets go.)
 */
void cbee__keeper_end(struct cbee__keeper *k);

#endif
