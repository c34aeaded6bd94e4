/* SPDX-License-Identifier: Apache-2.0 */
/* One error: the code, the sentence for a person, what to do about it. */
#ifndef CBEE_ERR_H
#define CBEE_ERR_H

#include <stdarg.h>

struct cbee_err {
	int code;	/* 0 or a negative errno */
	char text[640]; /* what failed, on what, why; no program name, no full stop */
	char hint[384]; /* what to do about it, or empty */
	char *log;	/* compiler or verifier output that explains it, or NULL; owned */
};

/*
 * Records the sentence and returns @code, so that callers write
 * `return cbee__err(err, -ENOENT, "no file '%s'", path);`.
 * A later call replaces the sentence and drops hint and log. @e may be NULL.
 */
int cbee__err(struct cbee_err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with ": strerror(-code)" appended. */
int cbee__err_os(struct cbee_err *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Adds or replaces the advice. @e may be NULL. */
void cbee__err_hint(struct cbee_err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Attaches a heap string; takes ownership of @log, also when @e is NULL (frees it then). */
void cbee__err_log(struct cbee_err *e, char *log);

/* Moves @from into @to (freeing what @to held) and clears @from; returns the code. */
int cbee__err_move(struct cbee_err *to, struct cbee_err *from);

/* Frees the log and zeroes everything; takes NULL. */
void cbee__err_clear(struct cbee_err *e);

#endif
