/* SPDX-License-Identifier: Apache-2.0 */
/* What bpf_trace_printk() writes, line by line, from the kernel's trace pipe. */
#ifndef CBEE_TRACEPIPE_H
#define CBEE_TRACEPIPE_H

#include <stdbool.h>
#include <stdint.h>

struct cbee;
struct cbee_trace_line;

/*
 * Takes one line of the pipe apart, cutting @line into strings that *ret points
 * to. False if it is not a message: an empty line, or the mark for lines that
 * were lost, whose number is then added to *lost.
 */
bool cbee__trace_parse(char *line, struct cbee_trace_line *ret, uint64_t *lost);

/* Reads from @fd, which the handle then owns, also on failure. 0, -ENOMEM or -errno. */
int cbee__trace_start(struct cbee *c, int fd);

/* The descriptor that poll() is to watch; -1 while the pipe is not open. */
int cbee__trace_poll_fd(const struct cbee *c);

/* Closes the pipe; nothing if it is not open. */
void cbee__trace_close(struct cbee *c);

#endif
