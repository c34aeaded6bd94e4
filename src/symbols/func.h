/* SPDX-License-Identifier: Apache-2.0 */
/* Turns what a person writes into the list of functions to probe. */
#ifndef CBEE_FUNC_H
#define CBEE_FUNC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plain/err.h"
#include "symbols/sym.h"

struct cbee__func {
	char *name;	      /* for people: demangled, with parameters only if needed */
	char *symbol;	      /* as the symbol table has it */
	char *module_or_path; /* the kernel module, NULL: none; or the file to probe */
	uint64_t address;     /* in the kernel, 0: not known; or as linked */
	uint64_t offset;      /* user: in the file */
	uint64_t size;	      /* user; 0: not known */
	bool user;
	bool ifunc;   /* not the function but what chooses it: runs once, at load time */
	bool go;      /* a return probe on it may kill the program */
	bool several; /* the kernel has more functions of this name in the same module */
};

/* Starts zeroed. */
struct cbee__funcs {
	struct cbee__func *items;
	size_t count, cap;
	size_t ifuncs; /* left out because a pattern, not a name, matched them */
};

struct cbee__func_opts {
	bool regexp;
	bool unchecked;		  /* take a literal kernel name without reading the list */
	int pid;		  /* the process whose files are meant; 0: none */
	size_t limit;		  /* most functions that one spec may match; 0: any number */
	struct cbee__roots roots; /* for tests; all NULL: the usual places */
	const char *debug_root;	  /* as for cbee__elf_open() */
};

/*
 * Appends the functions that @spec names to @funcs, each once however often and
 * under whatever names it is asked for; in the order of offsets, in the
 * kernel of names. On failure @funcs is as before.
 *
 * A path with a slash is a file (in the process's root with a pid), else the
 * name of a library such as `c` or `libc.so.6`, else a program on the PATH. A
 * kernel name may be that of a system call on any machine (`sys_execve`). A
 * name also stands for its `.isra.0`, `.constprop.0` and `.part.0` when the
 * compiler left only those. Left out are `x.cold`, which is jumped into, and, by
 * patterns only, `_start`: neither has a return address to put a probe on.
 *
 * -ENOENT: no such function, file, library; -ESRCH: no such process; -E2BIG:
 * over the limit; -EPERM: the kernel forbids it; -ELOOP: see
 * cbee__pattern_match(); what cbee__file_split(),
 * cbee__pattern_compile() and cbee__elf_open() return.
 */
int cbee__func_find(const char *spec, const struct cbee__func_opts *opts, struct cbee__funcs *funcs,
		    struct cbee_err *err);

/*
 * Fills in the addresses of kernel functions that have none yet, of `several`
 * the first. -EPERM: the kernel hides them; -ENOENT: one is not there any more.
 */
int cbee__func_addresses(struct cbee__funcs *funcs, const struct cbee__func_opts *opts,
			 struct cbee_err *err);

/* Frees all and zeroes; takes NULL. */
void cbee__funcs_free(struct cbee__funcs *funcs);

#endif
