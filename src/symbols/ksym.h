/* SPDX-License-Identifier: Apache-2.0 */
/* Names for addresses in the kernel, and addresses for names. */
#ifndef CBEE_KSYM_H
#define CBEE_KSYM_H

#include <stdint.h>

#include "plain/err.h"

struct cbee_sym;
struct cbee__ksyms;

/* Nothing is read before the first question. @proc NULL: /proc. 0 or -ENOMEM. */
int cbee__ksyms_new(struct cbee__ksyms **ret_k, const char *proc);

/*
 * Fills in what is at @address, but not name. -ENOENT: no function; -EPERM: the
 * kernel hides its addresses; or why the list could not be read: then, too, @sym
 * has the bare address. The strings live as long as @k.
 */
int cbee__ksyms_find(struct cbee__ksyms *k, uint64_t address, struct cbee_sym *sym,
		     struct cbee_err *err);

/* The address of a function or, where the kernel lists it, of data. -ENOENT, -EPERM. */
int cbee__ksyms_address(struct cbee__ksyms *k, const char *name, uint64_t *ret_address,
			struct cbee_err *err);

/* Takes NULL. */
void cbee__ksyms_free(struct cbee__ksyms *k);

#endif
