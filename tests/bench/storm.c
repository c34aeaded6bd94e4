/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program many times, one after the other, as fast as it goes, and tells what an
 * exec takes of CPU time, the tracer's part included.
 * usage: storm TRACER_PID COUNT PROGRAM
 * Prints microseconds an exec. The tracer has a second to take what is left.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static double used(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return seconds(&u.ru_utime) + seconds(&u.ru_stime);
}

/* CPU time of the first thread of a process, in seconds. */
static double used_by(const char *pid)
{
	unsigned long long ns = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/schedstat", pid);
	f = fopen(path, "re");
	if (f && fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	if (f)
		fclose(f);
	return (double)ns / 1e9;
}

int main(int argc, char **argv)
{
	char *args[] = { NULL, NULL };
	double sum;
	int count;

	if (argc != 4)
		return fprintf(stderr, "usage: storm TRACER_PID COUNT PROGRAM\n"), 2;
	count = atoi(argv[2]);
	args[0] = argv[3];
	sum = -used(RUSAGE_SELF) - used_by(argv[1]);
	for (int i = 0; i < count; i++) {
		pid_t pid;

		if (posix_spawn(&pid, args[0], NULL, NULL, args, environ))
			return fprintf(stderr, "cannot run %s\n", args[0]), 1;
		waitpid(pid, NULL, 0);
	}
	sum += used(RUSAGE_SELF) + used(RUSAGE_CHILDREN);
	sleep(1);
	sum += used_by(argv[1]);
	printf("%.1f\n", sum * 1e6 / count);
	return 0;
}
