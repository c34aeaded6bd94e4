/* SPDX-License-Identifier: Apache-2.0 */
/* Reads where a USDT probe's arguments are: "-4@%eax 8@-24(%rbp)". */
#ifndef CBEE_USDTARG_H
#define CBEE_USDTARG_H

#include <stdbool.h>
#include <stddef.h>

#include <cbee/usdt.h>

#define CBEE__USDT_ARGS_MAX 12 /* <sys/sdt.h> has no probes with more */

/*
 * Takes the next argument off *@at, NUL-terminated, in place, and moves *@at
 * behind it. NULL when there are no more.
 */
char *cbee__usdt_arg_next(char **at);

/*
 * Reads the argument @arg->text of a file for @machine (EM_...) with addresses of
 * @word bytes into the rest of @arg. What cannot be understood is CBEE_USDT_OTHER.
 * Names of registers and the symbol are cut out of @room, a copy of the text that
 * has to live as long. symbol_address is left alone.
 */
void cbee__usdt_arg_read(struct cbee_usdt_arg *arg, char *room, unsigned int machine,
			 unsigned int word);

/* Writes the C expression for a register of struct pt_regs *ctx. False: there is none. */
bool cbee__usdt_register(unsigned int machine, const char *name, char *code, size_t size);

/* The member of struct pt_regs that holds the place where the program is. */
const char *cbee__usdt_pc(unsigned int machine);

#endif
