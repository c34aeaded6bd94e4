/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches programs to entry and return of Go functions, without return probes. */
#ifndef CBEE_GOFUNC_H
#define CBEE_GOFUNC_H

struct cbee;
struct cbee_funcs_attach;

/*
 * Attaches entry_go, ret_go and end_go of @opts to the functions of the list that
 * are Go's. One that cannot be probed is left out and counted as skipped; all of
 * them: a failure.
 */
int cbee__gofunc_attach(struct cbee *c, const struct cbee_funcs_attach *opts);

#endif
