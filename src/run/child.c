/* SPDX-License-Identifier: Apache-2.0 */
/* The command behind "--": started, held until it may run, waited for. */
#include "run/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plain/buf.h"
#include "plain/err.h"
#include "plain/path.h"

int cbee__child_check(char *const *argv, struct cbee_err *err)
{
	struct cbee_buf path = { 0 };
	int e = cbee__path_find(argv[0], &path);

	cbee__buf_free(&path);
	return e ? cbee__err_os(err, e, "cannot run '%.100s'", argv[0]) : 0;
}

/* In the new process: never returns. */
static void be_command(const struct cbee__child *child, char *const *argv, int hold, int failed)
{
	sigset_t none;
	char go;
	int err;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (child->files.rlim_max)
		setrlimit(RLIMIT_NOFILE, &child->files);
	/* a tracer's is for its data */
	if (!child->own_stdout)
		dup2(2, 1);
	if (read(hold, &go, 1) != 1)
		_exit(127);
	execvp(argv[0], argv);
	err = errno;
	if (write(failed, &err, sizeof(err)) < 0)
		_exit(126);
	_exit(127);
}

int cbee__child_hold(struct cbee__child *child, char *const *argv, struct cbee_err *err)
{
	int hold[2] = { -1, -1 }, failed[2] = { -1, -1 };
	int e = 0;

	child->pid = 0;
	child->hold = child->failed = -1;
	/* a socket, for writing to it raises no signal when the child is gone */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, hold) || pipe2(failed, O_CLOEXEC))
		e = -errno;
	if (!e) {
		child->pid = fork();
		e = child->pid < 0 ? -errno : 0;
	}
	if (!e && !child->pid) {
		close(hold[1]);
		be_command(child, argv, hold[0], failed[1]);
	}
	if (hold[0] >= 0)
		close(hold[0]);
	if (failed[1] >= 0)
		close(failed[1]);
	if (!e) {
		child->hold = hold[1];
		child->failed = failed[0];
		return 0;
	}
	child->pid = 0;
	if (hold[1] >= 0)
		close(hold[1]);
	if (failed[0] >= 0)
		close(failed[0]);
	return cbee__err_os(err, e, "cannot start '%.100s'", argv[0]);
}

int cbee__child_release(struct cbee__child *child, char *const *argv, struct cbee_err *err)
{
	int e = 0;
	ssize_t got;

	if (send(child->hold, "", 1, MSG_NOSIGNAL) != 1)
		e = errno;
	close(child->hold);
	child->hold = -1;
	if (!e) {
		do
			got = read(child->failed, &e, sizeof(e));
		while (got < 0 && errno == EINTR);
		if (got != sizeof(e))
			e = 0;
	}
	close(child->failed);
	child->failed = -1;
	return e ? cbee__err_os(err, -e, "cannot run '%.100s'", argv[0]) : 0;
}

bool cbee__child_ended(struct cbee__child *child, int *ret_status)
{
	if (child->pid <= 0 || waitpid(child->pid, ret_status, WNOHANG) != child->pid)
		return false;
	child->pid = 0;
	return true;
}

void cbee__child_end(struct cbee__child *child)
{
	if (child->pid <= 0)
		return;
	kill(child->pid, child->hold >= 0 ? SIGKILL : SIGTERM);
	if (child->hold < 0)
		return;
	waitpid(child->pid, NULL, 0);
	child->pid = 0;
}

void cbee__child_free(struct cbee__child *child)
{
	if (child->pid > 0)
		waitpid(child->pid, NULL, WNOHANG);
	if (child->hold > 0)
		close(child->hold);
	if (child->failed > 0)
		close(child->failed);
	*child = (struct cbee__child){ .hold = -1, .failed = -1 };
}
