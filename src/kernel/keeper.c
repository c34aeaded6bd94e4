/* SPDX-License-Identifier: Apache-2.0 */
/* Takes events out of a list of tracefs when their maker has closed them, or is gone. */
#include "kernel/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLOSED	    0u	/* what is told besides a number of events: that they are closed */
#define BUSY_TRIES  100 /* to remove one that the kernel has not let go of yet */
#define BUSY_MS	    20
#define MOURNING_MS 1000 /* copies of descriptors may end a little after the last of the pipe's */
#define WAIT_MS	    3000 /* for the keeper, at most */

/* What a keeper is made with. */
struct keep {
	int tell, list, maker, gone; /* pipe's other end; list; pidfd of whom it is for; to hold */
	char command[CBEE__KEEPER_GROUP + 16]; /* "-:GROUP/e" */
};

/* ---- in the process of its own: nothing but system calls, for our threads are not there ------ */

/* Leaves only the four descriptors, as 0 to 3: no pipe of ours shall stay open for its sake. */
static int take_over(struct keep *k)
{
	int *const fds[] = { &k->tell, &k->list, &k->maker, &k->gone };

	for (int i = 0; i < 4; i++)
		*fds[i] = fcntl(*fds[i], F_DUPFD, 4);
	for (int i = 0; i < 4; i++) {
		if (*fds[i] < 0 || dup2(*fds[i], i) < 0)
			return -1;
		*fds[i] = i;
	}
	return (int)syscall(SYS_close_range, 4, ~0u, 0);
}

static void doze(int ms)
{
	poll(NULL, 0, ms);
}

/* Event number @i; "-:GROUP/e" has room behind it for the number. */
static void unlist(struct keep *k, unsigned int i)
{
	size_t len = strlen(k->command), end = len;
	unsigned int power = 1;

	while (i / power >= 10)
		power *= 10;
	for (; power; power /= 10)
		k->command[end++] = (char)('0' + i / power % 10);
	for (int n = 0; n < BUSY_TRIES; n++) {
		if (write(k->list, k->command, end) >= 0 || errno != EBUSY)
			break;
		doze(BUSY_MS);
	}
	memset(k->command + len, 0, end - len);
}

/*
 * The kernel removes one of several probes of an event even while that is open, and
 * then uses what it has freed. So nothing is removed before all have certainly been closed.
 */
static void keep(struct keep *k)
{
	struct pollfd maker = { .events = POLLIN };
	unsigned int count = 0, told = CLOSED;
	bool closed = false;

	while (read(k->tell, &told, sizeof(told)) == sizeof(told)) {
		closed = told == CLOSED;
		if (!closed)
			count = told;
	}
	maker.fd = k->maker;
	if (!closed && count) {
		while (poll(&maker, 1, -1) < 0)
			;
		doze(MOURNING_MS);
	}
	for (unsigned int i = 0; i < count; i++)
		unlist(k, i);
}

/* Of no session, group or folder of ours, and deaf: what ends us must not end it. */
static void become_keeper(struct keep *k)
{
	sigset_t every;

	sigfillset(&every);
	sigprocmask(SIG_SETMASK, &every, NULL);
	if (syscall(SYS_clone, 0, NULL, NULL, NULL, NULL))
		_exit(0); /* it is nobody's child then, but for init's */
	setsid();
	prctl(PR_SET_NAME, "cbee-keeper");
	if (!chdir("/") && !take_over(k))
		keep(k);
	_exit(0);
}

/* ---- in ours ----------------------------------------------------------------------------- */

/* Without a signal when it ends: nobody else shall take it for a child of his. */
static int fork_off(struct keep *k)
{
	long pid = syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);

	if (!pid)
		become_keeper(k);
	if (pid < 0)
		return -errno;
	while (waitpid((pid_t)pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	return 0;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int cbee__keeper_start(struct cbee__keeper *k, int list_fd, const char *group)
{
	int tell[2] = { -1, -1 }, gone[2] = { -1, -1 }, err = 0;
	struct keep keep = { .list = list_fd };

	snprintf(keep.command, sizeof(keep.command), "-:%.*s/e", CBEE__KEEPER_GROUP - 1, group);
	*k = CBEE__KEEPER_NONE;
	keep.maker = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (keep.maker < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, tell) ||
	    pipe2(gone, O_CLOEXEC))
		err = -errno;
	keep.tell = tell[0];
	keep.gone = gone[1];
	if (!err)
		err = fork_off(&keep);
	shut(&keep.maker);
	shut(&tell[0]);
	shut(&gone[1]);
	if (err) {
		shut(&tell[1]);
		shut(&gone[0]);
	}
	k->tell = tell[1];
	k->gone = gone[0];
	return err;
}

int cbee__keeper_expect(struct cbee__keeper *k, unsigned int count)
{
	if (send(k->tell, &count, sizeof(count), MSG_NOSIGNAL) == sizeof(count))
		return 0;
	return -errno; /* EPIPE: somebody has killed it */
}

void cbee__keeper_end(struct cbee__keeper *k)
{
	struct pollfd gone = { .fd = k->gone, .events = POLLIN };

	if (k->tell >= 0 && !cbee__keeper_expect(k, CLOSED)) {
		shut(&k->tell);
		while (poll(&gone, 1, WAIT_MS) < 0 && errno == EINTR)
			;
	}
	shut(&k->tell);
	shut(&k->gone);
}
