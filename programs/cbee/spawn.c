/* SPDX-License-Identifier: Apache-2.0 */
/* Runs other programs: to their end, or to read what they print. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cbee.h"

extern char **environ;

int program_wait(int pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int program_run(char **argv)
{
	pid_t pid;

	return posix_spawnp(&pid, argv[0], NULL, NULL, argv, environ) ? -1 : program_wait(pid);
}

/* Its process, with stdout in @fd and what it says on stderr nowhere; or -1. */
static int start(char **argv, int fd)
{
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	if (posix_spawn_file_actions_init(&actions))
		return -1;
	posix_spawn_file_actions_adddup2(&actions, fd, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

FILE *program_ask(char **argv, int *ret_pid)
{
	FILE *f = NULL;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return NULL;
	*ret_pid = start(argv, ends[1]);
	close(ends[1]);
	if (*ret_pid >= 0)
		f = fdopen(ends[0], "r");
	if (!f)
		close(ends[0]);
	if (!f && *ret_pid >= 0)
		program_wait(*ret_pid);
	return f;
}
