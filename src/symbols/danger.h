/* SPDX-License-Identifier: Apache-2.0 */
/* Knows the functions of programs that a probe would break. */
#ifndef CBEE_DANGER_H
#define CBEE_DANGER_H

#include <stddef.h>

/* Bytes from a function's start that cbee__danger() wants to see. */
#define CBEE__DANGER_CODE 1

/*
 * Why a program that calls the function would break if it were probed, in words
 * that complete "... cannot be probed: ", or NULL. @symbol: as the symbol table
 * has it; @code: its first @len bytes, fewer when they cannot be read.
 */
const char *cbee__danger(const char *symbol, const unsigned char *code, size_t len);

#endif
