/* SPDX-License-Identifier: Apache-2.0 */
/* Answers for a handle what is at an address; keeps what it had to read for that. */
#ifndef CBEE_SYMBOLS_NAMES_H
#define CBEE_SYMBOLS_NAMES_H

#include <stdint.h>

#include "plain/buf.h"
#include "plain/err.h"

struct cbee;
struct cbee_sym;
struct cbee_sym_opts;
struct cbee__names;
struct cbee__proc;

/* @proc: where processes are; NULL: /proc. 0 or -ENOMEM. */
int cbee__names_new(struct cbee__names **ret_n, const char *proc);

/* Takes NULL. */
void cbee__names_free(struct cbee__names *n);

/* Who is asked about; good for any number of addresses, until the next question. */
struct cbee__names_asked {
	struct cbee__names *names;
	struct cbee__proc *proc; /* NULL: the kernel */
	int code;		 /* why nothing can be answered, or 0 */
};

/* Begins a question. Returns, and keeps for the answers, what cbee_sym() says of the process. */
int cbee__names_ask(struct cbee *c, int pid, struct cbee__names_asked *asked, struct cbee_err *err);

/* As cbee_sym(). */
int cbee__names_answer(const struct cbee__names_asked *asked, uint64_t address,
		       struct cbee_sym *sym, struct cbee_err *err);

/* As cbee_sym_build_id(). */
int cbee__names_by_id(struct cbee *c, const void *build_id, uint64_t offset, struct cbee_sym *sym,
		      struct cbee_err *err);

/* Appends as cbee_sym_format() has it. */
void cbee__sym_write(struct cbee_buf *out, const struct cbee_sym *sym,
		     const struct cbee_sym_opts *opts);

#endif
