/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what is there to be probed, without doing it. */
#ifndef CBEE_SYMBOLS_FIND_H
#define CBEE_SYMBOLS_FIND_H

#include <cbee/find.h>

struct cbee_err;
struct cbee__func_opts;

/* As cbee_funcs_each(), whose roots the caller gives. */
typedef bool (*cbee__func_fn)(void *arg, const struct cbee_func *func);
int cbee__funcs_each(const char *spec, const struct cbee__func_opts *opts, cbee__func_fn each,
		     void *arg, struct cbee_err *err);

/* As cbee_syscall_func(), from PROC/kallsyms (@proc NULL: /proc). */
int cbee__syscall_func(const char *proc, const char *name, char **ret_func, struct cbee_err *err);

#endif
