/* SPDX-License-Identifier: Apache-2.0 */
/* The command behind "--": started, held until it may run, waited for. */
#ifndef CBEE_CHILD_H
#define CBEE_CHILD_H

#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

struct cbee_err;

struct cbee__child {
	pid_t pid;	     /* 0: none, or waited for */
	int hold;	     /* closed or written to: the command runs */
	int failed;	     /* says with which errno exec() failed */
	struct rlimit files; /* how many files the command may open, if we have changed that */
	bool own_stdout;     /* its output does not go to stderr instead */
};

/* Whether there is such a program to run, here or on the PATH: 0, -ENOENT or -EACCES. */
int cbee__child_check(char *const *argv, struct cbee_err *err);

/*
 * Forks a process that will run @argv and that waits in front of exec(). If we die
 * first, it ends without having run. Of *@child only the limit is read (all zero: the
 * command gets ours) and where its output goes.
 */
int cbee__child_hold(struct cbee__child *child, char *const *argv, struct cbee_err *err);

/* Lets it run. -ENOENT and such, with the sentence, if the command cannot be run. */
int cbee__child_release(struct cbee__child *child, char *const *argv, struct cbee_err *err);

/* Whether it has ended; then *ret_status is what waitpid() says. Does not wait. */
bool cbee__child_ended(struct cbee__child *child, int *ret_status);

/* Ends it if it still is there: SIGTERM; SIGKILL while it is held. */
void cbee__child_end(struct cbee__child *child);

/* Closes what is open, and takes note of the end if that has come. */
void cbee__child_free(struct cbee__child *child);

#endif
