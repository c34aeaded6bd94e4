/* SPDX-License-Identifier: Apache-2.0 */
/* What the two sides of execsnoop share: the record of one exec, rows of the loss table. */
#ifndef EXECSNOOP_H
#define EXECSNOOP_H

#define EXEC_ARGS     16383 /* bytes of arguments that are kept; a mask, for the verifier */
#define EXEC_ARG      4096  /* bytes of one argument of an exec that failed */
#define EXEC_ARGS_MAX 128   /* arguments of an exec that failed */
#define EXEC_PATH     256

/* Why the arguments are not all there; 0: they are. */
enum { EXEC_CUT = 1, EXEC_UNREADABLE = 2 };

struct exec_event {
	unsigned long long time; /* CLOCK_MONOTONIC, nanoseconds */
	unsigned int pid, ppid, uid, cpu;
	int ret;
	unsigned int flags;
	unsigned int path_len; /* with its NUL */
	unsigned int args_len; /* bytes in @args: strings, each with its NUL */
	char comm[16], pcomm[16];
	char path[EXEC_PATH]; /* the file that was to be run */
	char args[EXEC_ARGS + 1 + EXEC_ARG];
};

/* Rows of the loss table. */
enum { LOST_FOLLOW, LOST_EVENTS, LOST_FAILED };

#endif
