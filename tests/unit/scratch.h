/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for the files of a test. */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>

/* The folder, once it is made. */
extern char scratch[];

void scratch_make(void);
void scratch_remove(void);

/* A path in the folder; valid until the third call from now. */
const char *scratch_path(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Writes a file in the folder, and makes folders for it: text, or any bytes. */
void scratch_put(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void scratch_write(const char *name, const void *data, size_t len);

/* Runs a shell command in the folder; the test fails when it does. What it says is in `err`. */
void scratch_run(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
