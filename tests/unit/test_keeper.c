/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that events leave their list when their maker has closed them or is killed, not before. */
#include "kernel/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static int list_fd, fds_before, fail_in, failed;
static char text[256];

long __real_syscall(long nr, ...);
int __real_socketpair(int domain, int type, int protocol, int fds[2]);
int __real_pipe2(int fds[2], int flags);
long __wrap_syscall(long nr, ...);
int __wrap_socketpair(int domain, int type, int protocol, int fds[2]);
int __wrap_pipe2(int fds[2], int flags);

/* Whether this call is the one that fails. */
static int fails_now(void)
{
	if (!fail_in || --fail_in)
		return 0;
	failed = 1;
	errno = EMFILE;
	return 1;
}

long __wrap_syscall(long nr, ...)
{
	long a[5];
	va_list ap;

	va_start(ap, nr);
	for (int i = 0; i < 5; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return fails_now() ? -1 : __real_syscall(nr, a[0], a[1], a[2], a[3], a[4]);
}

int __wrap_socketpair(int domain, int type, int protocol, int fds[2])
{
	return fails_now() ? -1 : __real_socketpair(domain, type, protocol, fds);
}

int __wrap_pipe2(int fds[2], int flags)
{
	return fails_now() ? -1 : __real_pipe2(fds, flags);
}

/* A file in place of the list: what is written there can be read again. */
static void start(void)
{
	fds_before = unit_open_fds();
	list_fd = open("/tmp", O_TMPFILE | O_RDWR | O_APPEND | O_CLOEXEC, 0600);
	CU_ASSERT_FATAL(list_fd >= 0);
}

static void end(void)
{
	close(list_fd);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static const char *listed(void)
{
	ssize_t got = pread(list_fd, text, sizeof(text) - 1, 0);

	text[got > 0 ? got : 0] = '\0';
	return text;
}

/* What has been written at last, within ten seconds. */
static const char *listed_soon(const char *want)
{
	for (int i = 0; i < 1000 && strcmp(listed(), want) != 0; i++)
		usleep(10000);
	return text;
}

static void what_is_closed_is_removed(void)
{
	struct cbee__keeper k;

	start();
	UNIT_EQ(cbee__keeper_start(&k, list_fd, "g"), 0);
	UNIT_EQ(cbee__keeper_expect(&k, 1), 0);
	UNIT_EQ(cbee__keeper_expect(&k, 12), 0);
	usleep(50000);
	UNIT_STR(listed(), "");
	cbee__keeper_end(&k);
	UNIT_STR(listed(), "-:g/e0-:g/e1-:g/e2-:g/e3-:g/e4-:g/e5-:g/e6-:g/e7-:g/e8-:g/e9-:g/e10"
			   "-:g/e11");
	cbee__keeper_end(&k); /* there is nothing left to do */
	end();
}

static void there_may_be_no_events(void)
{
	struct cbee__keeper k;

	start();
	UNIT_EQ(cbee__keeper_start(&k, list_fd, "g"), 0);
	cbee__keeper_end(&k);
	UNIT_STR(listed(), "");
	end();
}

/* It is nobody's child: neither its end nor the one in between is heard of. */
static void it_is_no_child(void)
{
	struct cbee__keeper k;

	start();
	UNIT_EQ(cbee__keeper_start(&k, list_fd, "g"), 0);
	UNIT_EQ(waitpid(-1, NULL, __WALL | WNOHANG), -1);
	UNIT_EQ(errno, ECHILD);
	cbee__keeper_end(&k);
	end();
}

/* A process that starts a keeper for two events and waits. */
static pid_t start_maker(void)
{
	int ready[2];
	char byte;
	pid_t pid;

	CU_ASSERT_FATAL(!pipe(ready));
	pid = fork();
	if (!pid) {
		struct cbee__keeper k;

		if (cbee__keeper_start(&k, list_fd, "g") || cbee__keeper_expect(&k, 2) ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	UNIT_EQ(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void a_killed_maker_is_noticed(void)
{
	pid_t pid;

	start();
	pid = start_maker();
	usleep(50000);
	UNIT_STR(listed(), "");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	UNIT_STR(listed_soon("-:g/e0-:g/e1"), "-:g/e0-:g/e1");
	end();
}

/* Who has forked off holds the events too: they must not be removed under his hands. */
static void a_copy_is_waited_for(void)
{
	struct cbee__keeper k;
	pid_t pid;

	start();
	UNIT_EQ(cbee__keeper_start(&k, list_fd, "g"), 0);
	UNIT_EQ(cbee__keeper_expect(&k, 1), 0);
	pid = fork();
	if (!pid)
		for (;;)
			pause();
	cbee__keeper_end(&k);
	UNIT_STR(listed(), "");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	UNIT_STR(listed_soon("-:g/e0"), "-:g/e0");
	end();
}

static void one_that_is_gone_is_told(void)
{
	struct cbee__keeper k;

	start();
	UNIT_EQ(cbee__keeper_start(&k, list_fd, "g"), 0);
	shutdown(k.tell, SHUT_WR);
	UNIT_EQ(cbee__keeper_expect(&k, 1), -EPIPE);
	cbee__keeper_end(&k);
	end();
}

static void survives_failing_calls(void)
{
	int nth = 0, e;

	do {
		struct cbee__keeper k;

		start();
		failed = 0;
		fail_in = ++nth;
		e = cbee__keeper_start(&k, list_fd, "g");
		fail_in = 0;
		UNIT_EQ(e, failed ? -EMFILE : 0);
		if (e)
			UNIT_EQ(k.tell, -1);
		cbee__keeper_end(&k);
		end();
	} while (failed);
	UNIT_EQ(nth, 5); /* pidfd_open, socketpair, pipe2, clone */
}

UNIT_MAIN("keeper", { "what is closed is removed", what_is_closed_is_removed },
	  { "there may be no events", there_may_be_no_events },
	  { "it is no child", it_is_no_child },
	  { "a killed maker is noticed", a_killed_maker_is_noticed },
	  { "a copy is waited for", a_copy_is_waited_for },
	  { "one that is gone is told", one_that_is_gone_is_told },
	  { "survives failing calls", survives_failing_calls })
