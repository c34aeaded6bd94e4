/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures the milliseconds from the start of a command until it writes a word.
 * usage: first WORD COMMAND [ARGUMENT]...
 * Then it ends the command by SIGINT. Status 1: the command ended without that word.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static pid_t start(char **argv, int *ret_fd)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -1;
	pid = fork();
	if (!pid) {
		dup2(open("/dev/null", O_RDONLY), 0);
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		signal(SIGINT, SIG_DFL); /* see start.c */
		execvp(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	*ret_fd = ends[0];
	return pid;
}

/* Reads on until the word is there; false at the end. */
static int wait_for(int fd, const char *word)
{
	char text[65536];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(text) - 1 && (n = read(fd, text + len, sizeof(text) - 1 - len)) > 0) {
		len += (size_t)n;
		text[len] = '\0';
		if (strstr(text, word))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	double began = now_ms(), seen;
	int fd = -1, found;
	char rest[4096];
	pid_t pid;

	if (argc < 3)
		return fprintf(stderr, "usage: first WORD COMMAND...\n"), 2;
	pid = start(argv + 2, &fd);
	if (pid < 0)
		return perror("first"), 1;
	found = wait_for(fd, argv[1]);
	seen = now_ms();
	kill(pid, SIGINT);
	while (read(fd, rest, sizeof(rest)) > 0)
		;
	waitpid(pid, NULL, 0);
	if (!found)
		return fprintf(stderr, "%s did not say \"%s\"\n", argv[2], argv[1]), 1;
	printf("%.1f\n", seen - began);
	return 0;
}
