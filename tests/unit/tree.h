/* SPDX-License-Identifier: Apache-2.0 */
/* A library of known functions, and a /proc of invented processes, in the scratch folder. */
#ifndef TREE_H
#define TREE_H

#include <stdint.h>

#include "scratch.h"

#define TREE_BUILD_ID "0102030405060708"

/*
 * Makes the scratch folder, with lib.so in it, whose functions are `f` (32 bytes, also called
 * `_f`), in which `inner` has bytes 8 to 15, `_ZN2ns1gEi` (16 bytes) behind it, and `last`, which
 * tells no size. Its build id is TREE_BUILD_ID.
 */
void tree_make(void);

/* Where the function begins in lib.so. */
uint64_t tree_offset(const char *function);

/* Process @pid as PID/stat and PID/maps have it; @born 0: takes it away. */
void tree_process(int pid, unsigned int born, const char *maps);

/* lib.so at 0x10000 to 0x20000, as a line of maps; valid until the next call. */
const char *tree_mapped(void);

#endif
