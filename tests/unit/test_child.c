/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the command behind "--": held, let go, ended, and gone when we are. */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plain/err.h"
#include "unit.h"

static struct cbee__child child;
static struct cbee_err err;
static int fds_before;
static char mark[64];

static void start(void)
{
	fds_before = unit_open_fds();
	snprintf(mark, sizeof(mark), "/tmp/cbee-child-%d", (int)getpid());
	unlink(mark);
	signal(SIGPIPE, SIG_IGN); /* as the tracer has it */
}

static void end(void)
{
	cbee__child_end(&child);
	cbee__child_free(&child);
	while (waitpid(-1, NULL, 0) > 0)
		;
	cbee__err_clear(&err);
	unlink(mark);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static int hold(const char *command)
{
	char *argv[] = { (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
			 (char *)(uintptr_t)command, NULL };

	return cbee__child_hold(&child, argv, &err);
}

static int release(const char *name)
{
	char *argv[] = { (char *)(uintptr_t)name, NULL };

	return cbee__child_release(&child, argv, &err);
}

/* Waits up to ten seconds for the command to end; its status, or -1. */
static int status_of(void)
{
	int status = -1;

	for (int i = 0; i < 1000; i++) {
		if (cbee__child_ended(&child, &status))
			return status;
		poll(NULL, 0, 10);
	}
	return -1;
}

static void runs_when_it_may(void)
{
	char command[128];
	int status;

	start();
	snprintf(command, sizeof(command), "echo here >%s; exit 3", mark);
	UNIT_EQ(hold(command), 0);
	CU_ASSERT(child.pid > 0);
	poll(NULL, 0, 30);
	UNIT_EQ(access(mark, F_OK), -1);
	CU_ASSERT(!cbee__child_ended(&child, &status));
	UNIT_EQ(release("sh"), 0);
	status = status_of();
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	UNIT_EQ(access(mark, F_OK), 0);
	UNIT_EQ(child.pid, 0);
	CU_ASSERT(!cbee__child_ended(&child, &status));
	end();
}

static void a_missing_command_is_told(void)
{
	char *argv[] = { (char *)(uintptr_t) "cbee-no-such-command", NULL };
	int status;

	start();
	UNIT_EQ(cbee__child_hold(&child, argv, &err), 0);
	UNIT_EQ(cbee__child_release(&child, argv, &err), -ENOENT);
	UNIT_STR(err.text, "cannot run 'cbee-no-such-command': No such file or directory");
	status = status_of();
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 127);
	argv[0] = (char *)(uintptr_t) "/etc/passwd";
	UNIT_EQ(cbee__child_hold(&child, argv, &err), 0);
	UNIT_EQ(cbee__child_release(&child, argv, &err), -EACCES);
	UNIT_STR(err.text, "cannot run '/etc/passwd': Permission denied");
	end();
}

static void a_command_can_be_checked_first(void)
{
	char *argv[] = { (char *)(uintptr_t) "sh", NULL };

	start();
	UNIT_EQ(cbee__child_check(argv, &err), 0);
	argv[0] = (char *)(uintptr_t) "/bin/sh";
	UNIT_EQ(cbee__child_check(argv, &err), 0);
	argv[0] = (char *)(uintptr_t) "/etc/passwd";
	UNIT_EQ(cbee__child_check(argv, &err), -EACCES);
	UNIT_STR(err.text, "cannot run '/etc/passwd': Permission denied");
	argv[0] = (char *)(uintptr_t) "cbee-no-such-command";
	UNIT_EQ(cbee__child_check(argv, &err), -ENOENT);
	UNIT_STR(err.text, "cannot run 'cbee-no-such-command': No such file or directory");
	end();
}

static void its_output_goes_to_stderr(void)
{
	int saved, pipes[2], n;
	char got[64] = "";

	start();
	CU_ASSERT_FATAL(!pipe2(pipes, O_CLOEXEC));
	saved = fcntl(2, F_DUPFD_CLOEXEC, 10);
	dup2(pipes[1], 2);
	n = hold("echo out");
	dup2(saved, 2);
	close(saved);
	close(pipes[1]);
	UNIT_EQ(n, 0);
	UNIT_EQ(release("sh"), 0);
	CU_ASSERT(read(pipes[0], got, sizeof(got) - 1) == 4);
	UNIT_STR(got, "out\n");
	close(pipes[0]);
	UNIT_EQ(status_of(), 0);
	end();
}

/* What the tracer blocks or ignores is none of the command's business. */
static void signals_are_as_usual(void)
{
	sigset_t set, old;

	start();
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);
	UNIT_EQ(hold("grep -q '^SigBlk:.0000000000000000' /proc/self/status && "
		     "kill -PIPE $$; exit 9"),
		0);
	UNIT_EQ(release("sh"), 0);
	UNIT_EQ(status_of(), SIGPIPE);
	sigprocmask(SIG_SETMASK, &old, NULL);
	end();
}

static void ended_before_it_ran(void)
{
	char command[128];

	start();
	snprintf(command, sizeof(command), "echo here >%s", mark);
	UNIT_EQ(hold(command), 0);
	cbee__child_end(&child);
	UNIT_EQ(child.pid, 0);
	UNIT_EQ(waitpid(-1, NULL, 0), -1); /* it has been waited for */
	UNIT_EQ(access(mark, F_OK), -1);
	cbee__child_end(&child);
	cbee__child_free(&child);
	cbee__child_free(&child);
	end();
}

static void ended_while_it_runs(void)
{
	int status, pid;

	start();
	UNIT_EQ(hold("exec sleep 60"), 0);
	UNIT_EQ(release("sh"), 0);
	pid = child.pid;
	cbee__child_end(&child);
	UNIT_EQ(waitpid(pid, &status, 0), pid);
	UNIT_EQ(status, SIGTERM);
	end();
}

static void a_child_that_was_killed_is_told(void)
{
	start();
	UNIT_EQ(hold("exit 0"), 0);
	kill(child.pid, SIGKILL);
	UNIT_EQ(waitpid(child.pid, NULL, 0), child.pid);
	UNIT_EQ(release("sh"), -EPIPE);
	UNIT_STR(err.text, "cannot run 'sh': Broken pipe");
	child.pid = 0;
	end();
}

/* A tracer that dies takes the command with it, which has not run. */
static void our_death_is_its_end(void)
{
	char command[128], byte;
	int alive[2], pid;
	struct pollfd p;

	start();
	CU_ASSERT_FATAL(!pipe(alive));
	snprintf(command, sizeof(command), "echo here >%s", mark);
	pid = fork();
	if (!pid) {
		close(alive[0]);
		if (hold(command))
			_exit(1);
		raise(SIGKILL);
	}
	close(alive[1]);
	UNIT_EQ(waitpid(pid, NULL, 0), pid);
	p = (struct pollfd){ .fd = alive[0], .events = POLLIN };
	UNIT_EQ(poll(&p, 1, 10000), 1); /* the last who had the other end is gone */
	UNIT_EQ(read(alive[0], &byte, 1), 0);
	close(alive[0]);
	UNIT_EQ(access(mark, F_OK), -1);
	end();
}

UNIT_MAIN("child", { "runs when it may", runs_when_it_may },
	  { "a missing command is told", a_missing_command_is_told },
	  { "a command can be checked first", a_command_can_be_checked_first },
	  { "its output goes to stderr", its_output_goes_to_stderr },
	  { "signals are as usual", signals_are_as_usual },
	  { "ended before it ran", ended_before_it_ran },
	  { "ended while it runs", ended_while_it_runs },
	  { "a child that was killed is told", a_child_that_was_killed_is_told },
	  { "our death is its end", our_death_is_its_end })
