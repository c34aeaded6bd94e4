/* SPDX-License-Identifier: Apache-2.0 */
/* USDT probes that BPF functions are bound to: found, given readers, attached. */
#ifndef CBEE_PROBES_USDT_H
#define CBEE_PROBES_USDT_H

#include <cbee/usdt.h>

#include "plain/buf.h"
#include "plain/err.h"
#include "symbols/usdt.h"

struct cbee;

/* One cbee_usdt(). */
struct cbee__usdt_bound {
	struct cbee__usdt_bound *next;
	struct cbee__usdt_list list; /* only what is bound */
	unsigned int *ways; /* by location of all probes: how arguments are read, OPT(func) */
	size_t way_count;
	int pid; /* trace this process only; 0: all */
	char *fn;
};

/*
 * Appends the probes of the files that @opts means. -ENOENT: no such file; -ESRCH;
 * -EINVAL: neither path nor process; what cbee__usdt_read() returns, for one file.
 */
int cbee__usdt_find(struct cbee__usdt_list *list, const struct cbee_usdt_opts *opts,
		    const char *proc, struct cbee_err *err);

/* Whether @probe is what "provider:name" or "name" means. */
bool cbee__usdt_is(const struct cbee_usdt *probe, const char *name);

/*
 * Appends what @source, the text of functions, needs to be compiled: readers of
 * arguments for all that is bound; nothing if it reads none and none is. Settles
 * which way each location is read.
 */
void cbee__usdt_readers(struct cbee__usdt_bound *all, const char *source, struct cbee_buf *text);

/* Attaches all that is bound and adds their number to *@count. */
int cbee__usdt_attach(struct cbee *c, unsigned int *count);

/* Takes NULL. */
void cbee__usdt_bound_free(struct cbee__usdt_bound *all);

#endif
