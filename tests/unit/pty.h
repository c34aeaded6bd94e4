/* SPDX-License-Identifier: Apache-2.0 */
/* Terminals for tests: what is written to one is read back byte by byte. */
#ifndef PTY_H
#define PTY_H

#include <stddef.h>

struct pty {
	int master, slave; /* the slave is the terminal */
};

/* A terminal of so many columns that changes nothing of what is written to it. */
struct pty pty_open(unsigned int columns);
void pty_resize(const struct pty *p, unsigned int columns);

/* Closes it; what had been written and not read is in @text, with a NUL. */
void pty_close(struct pty *p, char *text, size_t size);

#endif
