/* SPDX-License-Identifier: Apache-2.0 */
/* The programs that a handle has loaded, each once however many use it. */
#ifndef CBEE_KERNEL_PROG_H
#define CBEE_KERNEL_PROG_H

#include <stdint.h>

struct cbee;
struct cbee__load;

/*
 * cbee__module_load_prog(), or the descriptor of a program that has been loaded
 * just so and has the same constants. Give it back with cbee__prog_put(), which
 * takes those of cbee__module_load_prog() too. fentry, fexit and functions with an
 * OPT(func) of their own are never shared.
 */
int cbee__prog_get(struct cbee *c, const struct cbee__load *load);

/* Closes the descriptor, unless somebody else uses the program. */
void cbee__prog_put(struct cbee *c, int fd);

/*
 * What the kernel left out of the runs of program @fd; 0 for one that several links may
 * share. cbee__progs_missed(): of those, each counted once.
 */
uint64_t cbee__prog_missed(const struct cbee *c, int fd);
uint64_t cbee__progs_missed(const struct cbee *c);

/* Closes all of them. */
void cbee__progs_close(struct cbee *c);

#endif
