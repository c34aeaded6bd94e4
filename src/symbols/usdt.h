/* SPDX-License-Identifier: Apache-2.0 */
/* Lists the USDT probes of a binary. */
#ifndef CBEE_SYMBOLS_USDT_H
#define CBEE_SYMBOLS_USDT_H

#include <stddef.h>

#include <cbee/usdt.h>

#include "plain/err.h"

struct cbee__usdt {
	struct cbee_usdt pub;
	unsigned int machine; /* EM_... */
};

/* Starts zeroed. */
struct cbee__usdt_list {
	struct cbee__usdt *items;
	size_t count, cap;
	void *blocks; /* all that the items point to */
};

/*
 * Appends the probes of the file, sorted by provider and name; those with the
 * same are one, with several locations, if they have the same semaphore. Notes that are damaged or name places
 * outside the code are passed over. After -ENOMEM there may be some of them.
 * Otherwise fails as cbee__elf_open() does.
 */
int cbee__usdt_read(struct cbee__usdt_list *list, const char *path, struct cbee_err *err);

/* Takes an empty one. */
void cbee__usdt_free(struct cbee__usdt_list *list);

#endif
