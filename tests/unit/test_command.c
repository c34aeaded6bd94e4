/* SPDX-License-Identifier: Apache-2.0 */
/* Tests commands as programs use them: held, let go, waited for, and each call refused once. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cbee/cbee.h>

#include "kernel/handle.h"
#include "unit.h"

static struct cbee c;
static struct cbee_command *cmd;
static char mark[64];
static int fds_before;

/* The call of this name fails with this errno. */
static const char *refused = "";
static int refused_with;

pid_t __real_fork(void);
long __real_syscall(long nr, ...);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout);
int __real_kill(pid_t pid, int signal);
int __real_pipe2(int *ends, int flags);
int __real_socketpair(int domain, int type, int protocol, int *ends);

pid_t __wrap_fork(void);
long __wrap_syscall(long nr, ...);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout);
int __wrap_kill(pid_t pid, int signal);
int __wrap_pipe2(int *ends, int flags);
int __wrap_socketpair(int domain, int type, int protocol, int *ends);

static int refuses(const char *call)
{
	errno = refused_with;
	return !strcmp(call, refused);
}

pid_t __wrap_fork(void)
{
	return refuses("fork") ? -1 : __real_fork();
}

long __wrap_syscall(long nr, ...)
{
	va_list ap;
	long a, b;

	va_start(ap, nr);
	a = va_arg(ap, long);
	b = va_arg(ap, long);
	va_end(ap);
	return nr == SYS_pidfd_open && refuses("pidfd_open") ? -1 : __real_syscall(nr, a, b);
}

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout)
{
	return refuses("poll") ? -1 : __real_poll(fds, count, timeout);
}

int __wrap_kill(pid_t pid, int signal)
{
	return refuses("kill") ? -1 : __real_kill(pid, signal);
}

int __wrap_pipe2(int *ends, int flags)
{
	return refuses("pipe2") ? -1 : __real_pipe2(ends, flags);
}

int __wrap_socketpair(int domain, int type, int protocol, int *ends)
{
	return refuses("socketpair") ? -1 : __real_socketpair(domain, type, protocol, ends);
}

static void refuse(const char *call, int err)
{
	refused = call;
	refused_with = err;
}

static void start(void)
{
	fds_before = unit_open_fds();
	snprintf(mark, sizeof(mark), "/tmp/cbee-command-%d", (int)getpid());
	unlink(mark);
	cmd = NULL;
}

static void end(void)
{
	refuse("", 0);
	cbee_command_free(cmd);
	while (waitpid(-1, NULL, 0) > 0)
		;
	cbee__err_clear(&c.err);
	unlink(mark);
	UNIT_EQ(unit_open_fds(), fds_before);
}

static int shell(const char *text)
{
	char *argv[] = { (char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c",
			 (char *)(uintptr_t)text, NULL };

	return cbee_command_start(&c, &cmd, argv);
}

static int program(const char *name)
{
	char *argv[] = { (char *)(uintptr_t)name, NULL };

	return cbee_command_start(&c, &cmd, argv);
}

static void held_and_let_go(void)
{
	char text[128];
	int status = 0, pid;

	start();
	snprintf(text, sizeof(text), "echo here >%s; exit 3", mark);
	UNIT_EQ(shell(text), 0);
	pid = cbee_command_pid(cmd);
	CU_ASSERT(pid > 0 && cbee_command_fd(cmd) >= 0);
	UNIT_EQ(cbee_command_wait(cmd, 30, &status), 0);
	UNIT_EQ(access(mark, F_OK), -1);
	UNIT_EQ(cbee_command_wait(cmd, -1, &status), -EBUSY);
	UNIT_STR(c.err.text, "'sh' was not let go yet");
	UNIT_EQ(cbee_command_go(cmd), 0);
	UNIT_EQ(cbee_command_pid(cmd), pid);
	UNIT_EQ(cbee_command_go(cmd), -EALREADY);
	UNIT_STR(c.err.text, "'sh' was let go already");
	UNIT_EQ(cbee_command_wait(cmd, -1, &status), 1);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	UNIT_EQ(access(mark, F_OK), 0);
	UNIT_EQ(cbee_command_pid(cmd), 0);
	status = 0;
	UNIT_EQ(cbee_command_wait(cmd, 0, &status), 1);
	UNIT_EQ(WEXITSTATUS(status), 3);
	UNIT_EQ(cbee_command_wait(cmd, -1, NULL), 1);
	UNIT_EQ(cbee_command_kill(cmd, SIGTERM), -ESRCH);
	UNIT_STR(c.err.text, "cannot send signal 15 to 'sh': No such process");
	end();
}

static void the_descriptor_tells_the_end(void)
{
	struct pollfd p = { .events = POLLIN };

	start();
	UNIT_EQ(shell("exit 0"), 0);
	p.fd = cbee_command_fd(cmd);
	UNIT_EQ(poll(&p, 1, 30), 0);
	UNIT_EQ(cbee_command_go(cmd), 0);
	UNIT_EQ(poll(&p, 1, 10000), 1);
	UNIT_EQ(cbee_command_wait(cmd, 0, NULL), 1);
	end();
}

static void output_stays_where_it_is(void)
{
	int saved, pipes[2];
	char got[64] = "";

	start();
	CU_ASSERT_FATAL(!pipe2(pipes, O_CLOEXEC));
	fflush(stdout);
	saved = fcntl(1, F_DUPFD_CLOEXEC, 10);
	dup2(pipes[1], 1);
	UNIT_EQ(shell("echo out"), 0);
	dup2(saved, 1);
	close(saved);
	close(pipes[1]);
	UNIT_EQ(cbee_command_go(cmd), 0);
	CU_ASSERT(read(pipes[0], got, sizeof(got) - 1) == 4);
	UNIT_STR(got, "out\n");
	close(pipes[0]);
	UNIT_EQ(cbee_command_wait(cmd, -1, NULL), 1);
	end();
}

static void signals(void)
{
	int status;

	start();
	UNIT_EQ(shell("exec sleep 60"), 0);
	UNIT_EQ(cbee_command_go(cmd), 0);
	UNIT_EQ(cbee_command_wait(cmd, 0, &status), 0);
	UNIT_EQ(cbee_command_kill(cmd, SIGTERM), 0);
	UNIT_EQ(cbee_command_wait(cmd, -1, &status), 1);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	end();
}

static void what_cannot_be_run(void)
{
	char *none[] = { NULL };

	start();
	UNIT_EQ(program("cbee-no-such-command"), -ENOENT);
	UNIT_STR(c.err.text, "cannot run 'cbee-no-such-command': No such file or directory");
	UNIT_EQ(program("/etc/passwd"), -EACCES);
	UNIT_EQ(program(""), -EINVAL);
	UNIT_STR(c.err.text, "no command to start");
	UNIT_EQ(cbee_command_start(NULL, &cmd, none), -EINVAL);
	CU_ASSERT_PTR_NULL(cmd);
	cbee_command_free(NULL);
	end();
}

/* What only the exec finds out: no interpreter of that name. */
static void an_exec_that_fails(void)
{
	int status = 0;
	FILE *f;

	start();
	f = fopen(mark, "we");
	CU_ASSERT_FATAL(f && fputs("#!/nowhere/interpreter\n", f) >= 0 && !fchmod(fileno(f), 0755));
	fclose(f);
	UNIT_EQ(program(mark), 0);
	UNIT_EQ(cbee_command_go(cmd), -ENOENT);
	CU_ASSERT(strstr(c.err.text, "': No such file or directory") != NULL);
	UNIT_EQ(cbee_command_pid(cmd), 0);
	UNIT_EQ(cbee_command_wait(cmd, -1, &status), 1);
	UNIT_EQ(WEXITSTATUS(status), 127);
	end();
}

/* This process has SIGPIPE as usual, and must live. */
static void one_that_was_killed_while_held(void)
{
	int status = 0;

	start();
	UNIT_EQ(shell("exit 0"), 0);
	UNIT_EQ(cbee_command_kill(cmd, SIGKILL), 0);
	UNIT_EQ(cbee_command_wait(cmd, 10000, &status), 1);
	UNIT_EQ(WTERMSIG(status), SIGKILL);
	UNIT_EQ(cbee_command_go(cmd), -EPIPE);
	UNIT_EQ(cbee_command_wait(cmd, 0, &status), 1);
	end();
}

static void freed_before_it_ran(void)
{
	char text[128];

	start();
	snprintf(text, sizeof(text), "echo here >%s", mark);
	UNIT_EQ(shell(text), 0);
	cbee_command_free(cmd);
	cmd = NULL;
	UNIT_EQ(waitpid(-1, NULL, 0), -1);
	UNIT_EQ(access(mark, F_OK), -1);
	end();
}

static void freed_while_it_runs(void)
{
	int status, pid;

	start();
	UNIT_EQ(shell("sleep 0.1; exit 5"), 0);
	pid = cbee_command_pid(cmd);
	UNIT_EQ(cbee_command_go(cmd), 0);
	cbee_command_free(cmd);
	cmd = NULL;
	UNIT_EQ(waitpid(pid, &status, 0), pid);
	UNIT_EQ(WEXITSTATUS(status), 5);
	end();
}

static void somebody_else_waited(void)
{
	start();
	UNIT_EQ(shell("exit 0"), 0);
	UNIT_EQ(cbee_command_go(cmd), 0);
	UNIT_EQ(waitpid(cbee_command_pid(cmd), NULL, 0), cbee_command_pid(cmd));
	UNIT_EQ(cbee_command_wait(cmd, -1, NULL), -ECHILD);
	UNIT_STR(c.err.text, "cannot wait for 'sh': No child processes");
	end();
}

static void each_call_may_be_refused(void)
{
	static const struct {
		const char *call;
		int err;
	} rows[] = { { "fork", EAGAIN }, { "pipe2", EMFILE }, { "socketpair", EMFILE } };
	int err;

	start();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		refuse(rows[i].call, rows[i].err);
		UNIT_EQ(shell("exit 0"), -rows[i].err);
		CU_ASSERT(!strncmp(c.err.text, "cannot start 'sh': ", 19));
		CU_ASSERT_PTR_NULL(cmd);
		UNIT_EQ(unit_open_fds(), fds_before);
	}
	refuse("", 0);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = shell("exit 0"));
	UNIT_EQ(err, 0);
	refuse("kill", EPERM);
	UNIT_EQ(cbee_command_kill(cmd, SIGTERM), -EPERM);
	refuse("poll", EINTR);
	UNIT_EQ(cbee_command_wait(cmd, 10000, NULL), 0);
	end();
}

static void an_old_kernel(void)
{
	int status;

	start();
	refuse("pidfd_open", ENOSYS);
	UNIT_EQ(shell("sleep 0.05; exit 4"), 0);
	UNIT_EQ(cbee_command_fd(cmd), -1);
	UNIT_EQ(cbee_command_go(cmd), 0);
	UNIT_EQ(cbee_command_wait(cmd, 1, &status), 0);
	UNIT_EQ(cbee_command_wait(cmd, -1, &status), 1);
	UNIT_EQ(WEXITSTATUS(status), 4);
	end();
}

UNIT_MAIN("command", { "held and let go", held_and_let_go },
	  { "the descriptor tells the end", the_descriptor_tells_the_end },
	  { "output stays where it is", output_stays_where_it_is }, { "signals", signals },
	  { "what cannot be run", what_cannot_be_run },
	  { "an exec that fails", an_exec_that_fails },
	  { "one that was killed while held", one_that_was_killed_while_held },
	  { "freed before it ran", freed_before_it_ran },
	  { "freed while it runs", freed_while_it_runs },
	  { "somebody else waited", somebody_else_waited },
	  { "each call may be refused", each_call_may_be_refused },
	  { "an old kernel", an_old_kernel })
