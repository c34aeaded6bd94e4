/* SPDX-License-Identifier: Apache-2.0 */
/* Tries the compiler: whether it works, how fast, which libraries it maps. */
#ifndef CBEE_TRIAL_H
#define CBEE_TRIAL_H

#include <stddef.h>

/*
 * Compiles a small program that reads a kernel struct. 0 with the milliseconds
 * from the compiler's start to the image, or a negative errno with the sentence
 * in @why.
 */
int cbee__trial_compile(double *ret_ms, char *why, size_t size);

/*
 * Writes the paths of the libbcc and LLVM files that cbee-cc maps into @files,
 * and how many of them are LLVM's core. 0 or a negative errno.
 */
int cbee__trial_libraries(unsigned int *ret_llvms, char *files, size_t size);

#endif
