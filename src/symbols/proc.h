/* SPDX-License-Identifier: Apache-2.0 */
/* Names for addresses in processes, also in those that have ended. */
#ifndef CBEE_PROC_H
#define CBEE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plain/err.h"
#include "symbols/files.h"
#include "symbols/jit.h"
#include "symbols/mapping.h"

struct cbee_sym;

struct cbee__proc {
	int pid;
	struct cbee__identity id;
	struct cbee__mappings maps;
	struct cbee__jit jit;
	bool fresh; /* maps were read for this question: they need not be read again */
	bool ended;
	uint64_t used; /* when */
};

/* Processes that are remembered; beyond that the one not asked about for longest is forgotten. */
#define CBEE__PROCS_MAX 1024

/* Starts zeroed but for @root and @files, which belong to the owner. */
struct cbee__procs {
	const char *root; /* "/proc" */
	struct cbee__files *files;
	struct cbee__proc **items;
	size_t count;
	uint64_t clock;
};

/*
 * The process with that number, as it is now: for each question, once. One that
 * has ended since it was asked for last is the one that was. Belongs to @ps and is
 * valid until the next call. -ESRCH: no such process; -EACCES, -EPERM; -ENOMEM.
 */
int cbee__procs_get(struct cbee__procs *ps, int pid, struct cbee__proc **ret_proc,
		    struct cbee_err *err);

/*
 * Fills in what is at @address, but not name. -ENOENT: no symbol there, but @sym has
 * what is known. -ENOMEM. The strings live until the next cbee__procs_get().
 */
int cbee__proc_find(struct cbee__procs *ps, struct cbee__proc *p, uint64_t address,
		    struct cbee_sym *sym, struct cbee_err *err);

/* The sentence for @code, with which reading process @pid failed; returns it. */
int cbee__proc_refused(int pid, int code, struct cbee_err *err);

/* Frees all processes; root and files stay. */
void cbee__procs_clear(struct cbee__procs *ps);

#endif
