/* SPDX-License-Identifier: Apache-2.0 */
/* One poll over signals, timers, the command, a watched process, stdout and the streams. */
#ifndef CBEE_LOOP_H
#define CBEE_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

struct cbee;
struct cbee_err;

/* Why the loop woke up; several at once. */
enum {
	CBEE_LOOP_RECORDS = 1,	/* a stream has records */
	CBEE_LOOP_TICK = 2,	/* an interval has passed */
	CBEE_LOOP_DEADLINE = 4, /* the duration has passed */
	CBEE_LOOP_SIGNAL = 8,	/* SIGINT, SIGTERM or SIGHUP */
	CBEE_LOOP_CHILD = 16,	/* SIGCHLD */
	CBEE_LOOP_GONE = 32,	/* the watched process has ended */
	CBEE_LOOP_CLOSED = 64,	/* nobody reads stdout any more */
};

struct cbee__loop {
	int signals, interval, deadline, watched;
	sigset_t old_mask;
	bool masked;
	int last_signal;
};

/* All closed; needs no free. */
void cbee__loop_init(struct cbee__loop *l);

/* From here on the signals are taken by cbee__loop_wait(). */
int cbee__loop_catch_signals(struct cbee__loop *l, struct cbee_err *err);

/* Starts the clocks; 0 seconds: no such clock. */
int cbee__loop_start(struct cbee__loop *l, uint64_t interval_s, uint64_t duration_s,
		     struct cbee_err *err);

/* Watches process @pid. -ESRCH: there is none. */
int cbee__loop_watch(struct cbee__loop *l, int pid, struct cbee_err *err);

/* Waits for something to happen and returns the CBEE_LOOP_ bits, or a negative errno. */
int cbee__loop_wait(struct cbee__loop *l, const struct cbee *c, struct cbee_err *err);

/* Closes everything and gives the signals back. */
void cbee__loop_free(struct cbee__loop *l);

#endif
