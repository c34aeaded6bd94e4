/* SPDX-License-Identifier: Apache-2.0 */
/* Which capability what takes, on which kernel; names the one that is missing. */
#ifndef CBEE_PRIVILEGE_H
#define CBEE_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>

#include "plain/buf.h"
#include "plain/err.h"

struct cbee;

/* What the kernel asks a capability for; to be or'ed. */
enum cbee__need {
	CBEE__NEED_BPF = 1 << 0,     /* maps and programs */
	CBEE__NEED_TRACE = 1 << 1,   /* programs that read kernel memory, and their probes */
	CBEE__NEED_EVENT = 1 << 2,   /* perf events, where a sysctl asks for more */
	CBEE__NEED_UPROBE = 1 << 3,  /* uprobes that are perf events */
	CBEE__NEED_TRACEFS = 1 << 4, /* what is in tracefs */
	CBEE__NEED_MOUNT = 1 << 5,   /* tracefs itself, where it is not mounted */
	CBEE__NEED_LISTS = 1 << 6,   /* probes that have to be made in tracefs */
	CBEE__NEED_PROCESS = 1 << 7, /* processes of others */
	CBEE__NEED_KSYMS = 1 << 8,   /* where the kernel's functions are */
	CBEE__NEED_NET = 1 << 9,     /* network cards, sockets and cgroups */
};

/* What it takes to trace in any way. */
#define CBEE__NEED_ANY	   (CBEE__NEED_BPF | CBEE__NEED_TRACE)
#define CBEE__NEED_EVENTS  (CBEE__NEED_ANY | CBEE__NEED_EVENT)
#define CBEE__NEED_UPROBES (CBEE__NEED_ANY | CBEE__NEED_UPROBE)

/* Those of @needs that this process has no capability for. */
unsigned int cbee__needs_missing(unsigned int needs);

/* Appends what is missing and for what: "CAP_BPF (to load BPF programs), ...". */
void cbee__needs_list(struct cbee_buf *out, unsigned int missing);

/*
 * Ends the sentence of a refusal: names the capabilities that are missing for @needs and
 * how to come by them; where none is, what else refuses. @err may be NULL.
 */
void cbee__needs_hint(struct cbee_err *err, unsigned int needs);

/* What sees tracefs, mounted or not. */
unsigned int cbee__needs_of_tracefs(void);

/* The capabilities that what is attached still takes, to be read and to be detached. */
uint64_t cbee__privileges_to_keep(const struct cbee *c);

#endif
