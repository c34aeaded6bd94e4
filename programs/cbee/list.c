/* SPDX-License-Identifier: Apache-2.0 */
/* cbee list and cbee help: what can be run, and how. */
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cbee.h"

extern char **environ;

/* Starts @path --brief with its output in a pipe; the process, or -1. */
static pid_t ask(char *path, int *ret_fd)
{
	static char option[] = "--brief";
	char *argv[] = { path, option, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2];
	pid_t pid = -1;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	if (!posix_spawn_file_actions_init(&actions)) {
		posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
		if (posix_spawn(&pid, path, &actions, NULL, argv, environ))
			pid = -1;
		posix_spawn_file_actions_destroy(&actions);
	}
	close(ends[1]);
	*ret_fd = ends[0];
	if (pid < 0)
		close(ends[0]);
	return pid;
}

/* The line in which the tracer describes itself; empty if it does not. */
static void brief(char *path, char *line, size_t size)
{
	pid_t pid;
	int fd, status = 0;
	FILE *f;

	line[0] = '\0';
	pid = ask(path, &fd);
	if (pid < 0)
		return;
	f = fdopen(fd, "r");
	if (f && !fgets(line, (int)size, f))
		line[0] = '\0';
	if (f)
		fclose(f);
	else
		close(fd);
	if (waitpid(pid, &status, 0) < 0 || status)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
}

static int list(void)
{
	char path[PATH_MAX], line[200];
	struct names all;
	bool ok = names_find(&all);

	for (size_t i = 0; i < all.count; i++) {
		if (!tracer_path(all.items[i], path, sizeof(path)))
			continue;
		brief(path, line, sizeof(line));
		printf("%-16s %s\n", all.items[i], line);
	}
	if (ok && !all.count)
		fprintf(stderr, "cbee: no tracer is installed beside this program\n");
	names_free(&all);
	return ok && !fflush(stdout) ? 0 : 1;
}

int command_list(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--help")) {
		printf("Usage: cbee list\nLists the tracers that are installed.\n");
		return 0;
	}
	if (argc > 1) {
		fprintf(stderr, "cbee list: what is '%.60s' for?\ntry cbee help\n", argv[1]);
		return 2;
	}
	return list();
}

static int overview(void)
{
	printf("Usage: cbee COMMAND [ARGUMENTS...]\n"
	       "Traces kernel and programs with BPF.\n\nCommands:\n");
	for (const struct command *c = commands; c->name; c++)
		printf("  %-14s %s\n", c->name, c->brief);
	printf("  %-14s %s\n", "TRACER", "run cbee-TRACER; cbee list has them all");
	printf("\nOptions:\n  %-14s %s\n", "--version", "print the version and end");
	return fflush(stdout) ? 1 : 0;
}

int command_help(int argc, char **argv)
{
	static char option[] = "--help";
	char *ask_help[] = { argc > 1 ? argv[1] : NULL, option, NULL };

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))
		return overview();
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(argv[1], c->name))
			return c->run(2, ask_help);
	tracer_exec(ask_help);
	return unknown_command(argv[1]);
}
