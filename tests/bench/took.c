/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command and prints the milliseconds that it took.
 * usage: took COMMAND [ARGUMENT]...
 * The command's own output goes to /dev/null. Status 1: it failed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	double began = now_ms();
	int status = 0;
	pid_t pid;

	if (argc < 2)
		return fprintf(stderr, "usage: took COMMAND...\n"), 2;
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		return fprintf(stderr, "%s failed\n", argv[1]), 1;
	printf("%.1f\n", now_ms() - began);
	return 0;
}
