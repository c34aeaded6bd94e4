/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a declared tracer in this process and keeps what it printed. */
#ifndef FAKE_RUNS_H
#define FAKE_RUNS_H

#include <stddef.h>

struct cbee_tool;

/* What the last run wrote to stdout and to stderr. */
extern char fake_out[16384], fake_errs[16384];

/* Call before each run's set-up: interrupts that the last run left unread must not end us. */
void fake_hold_interrupts(void);

/*
 * Runs @tool with the words of @line as arguments; the exit status. Checks that
 * no descriptor and no buffer is left open. fake_run_closed(): into a pipe that
 * nobody reads.
 */
int fake_run(const struct cbee_tool *tool, const char *line);
int fake_run_closed(const struct cbee_tool *tool, const char *line);

/* The same on terminals of so many columns, one for each of both; no more than some lines. */
int fake_run_terminal(const struct cbee_tool *tool, const char *line, unsigned int columns);

/* The number of lines; whether @part stands in @text (checked). */
size_t fake_line_count(const char *text);
void fake_has(const char *text, const char *part);

#endif
