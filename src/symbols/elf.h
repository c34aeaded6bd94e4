/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what is in a binary: function symbols, build id, Go or not. */
#ifndef CBEE_ELF_H
#define CBEE_ELF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plain/err.h"

struct cbee__elf;

struct cbee__elf_sym {
	const char *name; /* without a version; valid during the call only */
	uint64_t address; /* as linked */
	uint64_t size;	  /* 0: not known */
	uint64_t offset;  /* of its first byte in the file that was opened */
	bool code;	  /* in an executable segment */
	bool ifunc;	  /* not the function itself but what chooses it at load time */
};

/*
 * Opens a program or shared library for this machine, finds the separate debug
 * file when the file itself has no full symbol table (below @debug_root, NULL:
 * /usr/lib/debug), and reads what else the calls below tell. Survives files
 * made to do harm. -ENOENT, -EACCES and the like as open(2); -EISDIR; -EINVAL:
 * not a regular file; -ENOEXEC: not ELF, truncated, for another machine, not
 * something that runs; -ENOMEM.
 */
int cbee__elf_open(struct cbee__elf **ret_e, const char *path, const char *debug_root,
		   struct cbee_err *err);

/*
 * Calls @fn for every function symbol that lies in the file: from the full
 * symbol table, wherever that was found, then from the dynamic one; a symbol
 * that is in both comes twice. A Go program that was stripped has a table of its
 * own, which then serves. Names longer than CBEE__ELF_NAME_MAX or with
 * control characters are left out. Stops at the first non-zero answer of @fn
 * and returns it; 0 otherwise.
 */
#define CBEE__ELF_NAME_MAX 4096
typedef int (*cbee__elf_sym_fn)(void *ctx, const struct cbee__elf_sym *sym);
int cbee__elf_each(struct cbee__elf *e, cbee__elf_sym_fn fn, void *ctx);

#define CBEE__BUILD_ID_SIZE 129

struct cbee__elf_info {
	char build_id[CBEE__BUILD_ID_SIZE]; /* in hexadecimal, cut at 64 bytes; "": none */
	char *debug_file;		    /* the separate file that gave the symbols, or NULL */
	bool stripped; /* no full symbol table anywhere: local functions cannot be found */
	bool go;       /* made by the Go compiler: return probes would break its stacks */
};

/* What else the file tells; lives as long as @e. */
const struct cbee__elf_info *cbee__elf_info(const struct cbee__elf *e);

/* Takes NULL. */
void cbee__elf_free(struct cbee__elf *e);

#endif
