/* SPDX-License-Identifier: Apache-2.0 */
/* Finds where the functions of Go return, and where they have really begun. */
#ifndef CBEE_RET_H
#define CBEE_RET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plain/err.h"

struct cbee__ret;

struct cbee__ret_sites {
	/* Behind the check of the stack's size, which may start the function again; else 0. */
	uint64_t entry;
	bool tls; /* the check finds the goroutine in thread-local storage, not in its register */
	uint64_t *at; /* of the return instructions, rising; belongs to the disassembler */
	size_t count;
};

/*
 * Opens a disassembler for @machine (EM_X86_64, EM_AARCH64). The library it
 * stands on is loaded now: it is large, and few need it. -EOPNOTSUPP: it is not
 * installed, or not made for that machine; -ENOMEM.
 */
int cbee__ret_open(struct cbee__ret **ret_r, unsigned int machine, struct cbee_err *err);

/*
 * Finds the sites in the @size bytes of a function, as offsets into it; valid
 * until the next call. -ENOENT: it never returns; -EBADMSG: there is something
 * in it that is no instruction; -ENOMEM.
 */
int cbee__ret_find(struct cbee__ret *r, const void *code, size_t size,
		   struct cbee__ret_sites *sites);

/* Takes NULL. */
void cbee__ret_free(struct cbee__ret *r);

#endif
