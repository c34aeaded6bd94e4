/* SPDX-License-Identifier: Apache-2.0 */
/* A folder with a library of known functions, and with a /proc of invented processes. */
#ifndef TREE_H
#define TREE_H

#include <stdint.h>

/* The folder. */
extern char tree_root[];

#define TREE_BUILD_ID "0102030405060708"

/*
 * Makes it, with lib.so in it, whose functions are `f` (32 bytes, also called `_f`), in which
 * `inner` has bytes 8 to 15, `_ZN2ns1gEi` (16 bytes) behind it, and `last`, which tells no size.
 * Its build id is TREE_BUILD_ID.
 */
void tree_make(void);
void tree_remove(void);

/* Where the function begins in lib.so. */
uint64_t tree_offset(const char *function);

/* A path in the folder; valid until the third call from now. */
const char *tree_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Writes a file in the folder, and makes folders for it. */
void tree_put(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Runs a shell command in the folder; the test fails when it does. */
void tree_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Process @pid as PID/stat and PID/maps have it; @born 0: takes it away. */
void tree_process(int pid, unsigned int born, const char *maps);

/* lib.so at 0x10000 to 0x20000, as a line of maps; valid until the next call. */
const char *tree_mapped(void);

#endif
