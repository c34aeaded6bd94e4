/* SPDX-License-Identifier: Apache-2.0 */
/* Commands for programs that are no tracers of tables: held, let go, waited for. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cbee/cbee.h>

#include "kernel/handle.h"
#include "plain/clock.h"
#include "run/child.h"
#include "run/follow.h"

#define LOOK_AGAIN_MS 10 /* where the kernel has no descriptor for a process */

struct cbee_command {
	struct cbee *c; /* or NULL */
	struct cbee__child child;
	char *name;
	int fd; /* of the process, or -1 */
	bool ended;
	int status;
};

static int prepare(struct cbee_command *cmd, char *const *argv)
{
	struct cbee_err *err = cbee__err_of(cmd->c);
	int code;

	if (!argv[0] || !*argv[0])
		return cbee__err(err, -EINVAL, "no command to start");
	code = cbee__child_check(argv, err);
	if (code)
		return code;
	cmd->name = strdup(argv[0]);
	if (!cmd->name)
		return cbee__err_os(err, -ENOMEM, "cannot start '%.100s'", argv[0]);
	return cbee__child_hold(&cmd->child, argv, err);
}

int cbee_command_start(struct cbee *c, struct cbee_command **ret_cmd, char *const *argv)
{
	struct cbee_command *cmd = calloc(1, sizeof(*cmd));
	int code;

	if (!cmd)
		return cbee__err_os(cbee__err_of(c), -ENOMEM, "cannot start a command");
	cmd->c = c;
	cmd->fd = -1;
	cmd->child = (struct cbee__child){ .hold = -1, .failed = -1, .own_stdout = true };
	code = prepare(cmd, argv);
	if (code) {
		cbee_command_free(cmd);
		return code;
	}
	cmd->fd = (int)syscall(SYS_pidfd_open, cmd->child.pid, 0);
	*ret_cmd = cmd;
	return 0;
}

int cbee_command_pid(const struct cbee_command *cmd)
{
	return cmd->child.pid;
}

int cbee_command_fd(const struct cbee_command *cmd)
{
	return cmd->fd;
}

int cbee_command_follow(const struct cbee_command *cmd, struct cbee *c)
{
	int err = cbee_const_set(c, "follow", 1);

	if (!err)
		err = cbee__follow_attach(c);
	return err ? err : cbee__follow_process(c, cmd->child.pid);
}

/* Whether it has ended: 1, 0, or a negative errno. */
static int look(struct cbee_command *cmd)
{
	pid_t got;

	if (cmd->ended)
		return 1;
	got = waitpid(cmd->child.pid, &cmd->status, WNOHANG);
	if (got < 0)
		return cbee__err_os(cbee__err_of(cmd->c), -errno, "cannot wait for '%.100s'",
				    cmd->name);
	cmd->ended = got > 0;
	if (cmd->ended)
		cmd->child.pid = 0;
	return cmd->ended;
}

/* Sleeps until it may have ended, @left_ms at most; false: a signal came. */
static bool doze(const struct cbee_command *cmd, int left_ms)
{
	struct pollfd p = { .fd = cmd->fd, .events = POLLIN };

	if (cmd->fd < 0 && (left_ms < 0 || left_ms > LOOK_AGAIN_MS))
		left_ms = LOOK_AGAIN_MS;
	return poll(&p, 1, left_ms) >= 0;
}

int cbee_command_wait(struct cbee_command *cmd, int timeout_ms, int *ret_status)
{
	uint64_t start = cbee__clock(CLOCK_MONOTONIC);
	int got = look(cmd), left = timeout_ms;

	if (!got && cmd->child.hold >= 0 && timeout_ms < 0)
		return cbee__err(cbee__err_of(cmd->c), -EBUSY, "'%.100s' was not let go yet",
				 cmd->name);
	while (!got && left) {
		if (!doze(cmd, left))
			break;
		got = look(cmd);
		if (timeout_ms > 0) {
			uint64_t past = (cbee__clock(CLOCK_MONOTONIC) - start) / 1000000;

			left = past < (uint64_t)timeout_ms ? timeout_ms - (int)past : 0;
		}
	}
	if (got == 1 && ret_status)
		*ret_status = cmd->status;
	return got;
}

int cbee_command_go(struct cbee_command *cmd)
{
	char *const argv[] = { cmd->name, NULL };
	int code;

	if (cmd->child.hold < 0)
		return cbee__err(cbee__err_of(cmd->c), -EALREADY, "'%.100s' was let go already",
				 cmd->name);
	code = cbee__child_release(&cmd->child, argv, cbee__err_of(cmd->c));
	/* it ends by itself: nobody need wait for what has not run */
	if (code && !cmd->ended && waitpid(cmd->child.pid, &cmd->status, 0) == cmd->child.pid) {
		cmd->ended = true;
		cmd->child.pid = 0;
	}
	return code;
}

int cbee_command_kill(struct cbee_command *cmd, int signal)
{
	int code;

	if (cmd->child.pid > 0 && !kill(cmd->child.pid, signal))
		return 0;
	code = cmd->child.pid > 0 ? -errno : -ESRCH;
	return cbee__err_os(cbee__err_of(cmd->c), code, "cannot send signal %d to '%.100s'", signal,
			    cmd->name);
}

void cbee_command_free(struct cbee_command *cmd)
{
	if (!cmd)
		return;
	if (cmd->child.hold >= 0)
		cbee__child_end(&cmd->child);
	cbee__child_free(&cmd->child);
	if (cmd->fd >= 0)
		close(cmd->fd);
	free(cmd->name);
	free(cmd);
}
