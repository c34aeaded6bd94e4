/* SPDX-License-Identifier: Apache-2.0 */
/* Tells what a process is written in. */
#ifndef CBEE_LANGUAGE_H
#define CBEE_LANGUAGE_H

struct cbee_err;

/* As cbee_language(), from @proc. */
int cbee__language(const char *proc, int pid, const char **ret_language, struct cbee_err *err);

#endif
