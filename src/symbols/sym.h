/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the lists of the kernel's symbols, and of its functions that can be probed. */
#ifndef CBEE_SYMBOLS_SYM_H
#define CBEE_SYMBOLS_SYM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plain/err.h"

struct cbee__ksym {
	const char *name;   /* valid during the call only, as is module */
	const char *module; /* "" for the kernel itself */
	uint64_t address;   /* 0 when the kernel hides it */
	char type;	    /* as in nm(1); t, T, w, W: code */
};

/* Where the kernel shows its files; NULL: the usual place. */
struct cbee__roots {
	const char *proc, *tracefs, *debugfs;
};

/*
 * Calls @fn for every line of PROC/kallsyms (@proc NULL: /proc). Stops at the
 * first non-zero answer and returns it; else 0 or a negative errno, with a
 * sentence only for what went wrong in here.
 */
typedef int (*cbee__ksym_fn)(void *ctx, const struct cbee__ksym *sym);
int cbee__ksym_each(const char *proc, cbee__ksym_fn fn, void *ctx, struct cbee_err *err);

/*
 * The same for the kernel functions that can be probed: those of tracefs'
 * available_filter_functions (without addresses) when that can be read and not
 * @all, else all code in kallsyms. Left out are parts and markers that the
 * compiler made, such as `x.cold`, what the kernel forbids to probe, what ran at
 * boot only, and code that the kernel makes while it runs, such as programs of BPF.
 */
int cbee__kfunc_each(const struct cbee__roots *roots, bool all, cbee__ksym_fn fn, void *ctx,
		     struct cbee_err *err);

/* 1: the kernel forbids probes on @name, 0: not that it says so, -ENOMEM. */
int cbee__kfunc_is_forbidden(const struct cbee__roots *roots, const char *name);

/*
 * Reads @path line by line, without the newlines; @fn may write into the line.
 * Stops at the first non-zero answer and returns it; else 0 or a negative errno.
 */
typedef int (*cbee__line_fn)(void *ctx, char *line);
int cbee__line_each(const char *path, cbee__line_fn fn, void *ctx);

/* An address that is asked for; written only where it is found. */
struct cbee__ksym_want {
	const char *name, *module; /* module: "" for the kernel itself */
	uint64_t *address;
};

/*
 * Finds all @want in one reading, of several of one name the first; sorts them.
 * -EPERM: the kernel hides its addresses; -ENOENT: one is not there.
 */
int cbee__ksym_addresses(const char *proc, struct cbee__ksym_want *want, size_t count,
			 struct cbee_err *err);

/* -EPERM with the sentence that the kernel hides its addresses. */
int cbee__ksym_hidden(struct cbee_err *err);

/* What this kernel puts before the names of system calls, such as "__x64_sys_". */
int cbee__func_syscall_prefix(const char *proc, const char **ret_prefix, struct cbee_err *err);

/*
 * The same by the function of system call @name. -ENOENT: the kernel has none.
 * Meant of several that a 64-bit kernel may have is the one for 64-bit programs.
 */
int cbee__sym_syscall_prefix(const char *proc, const char *name, const char **ret_prefix,
			     struct cbee_err *err);

/* @name behind a prefix that some kernel has for system calls; NULL: none. Lower rank: better. */
const char *cbee__sym_syscall(const char *name, int *ret_rank);

#endif
