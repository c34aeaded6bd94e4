/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures one run of a tracer on a function of a running process: the time until
 * its probe is in place, the memory it takes meanwhile, the time it takes to end.
 * usage: start PID SYMBOL_ADDRESS COMMAND [ARGUMENT]...
 * Prints "ATTACH_MS RSS_KB PSS_KB PEAK_KB END_MS"; the peak is the RSS of the largest process
 * at any time, a compiler's included. A probe is in place when the byte at the
 * symbol is a breakpoint (0xCC): the same truth whoever put it there. Status 1 with a
 * sentence when that never comes.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BREAKPOINT 0xCC
#define PATIENCE   90.0 /* seconds */

struct tree { /* memory of a process and those below it */
	long rss, pss;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void nap(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = 200000 }, NULL);
}

static int has_breakpoint(int mem, unsigned long addr)
{
	unsigned char byte = 0;

	return pread(mem, &byte, 1, (off_t)addr) == 1 && byte == BREAKPOINT;
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		/* a shell ignores it for what it starts in the background */
		signal(SIGINT, SIG_DFL);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

/* Adds the memory of @pid and of its children, of all of its threads. */
static void add_memory(long pid, struct tree *sum)
{
	char path[64], line[256];
	long value, child;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/smaps_rollup", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "Rss: %ld", &value) == 1)
			sum->rss += value;
		if (sscanf(line, "Pss: %ld", &value) == 1)
			sum->pss += value;
	}
	if (f)
		fclose(f);
	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", pid, pid);
	f = fopen(path, "re");
	while (f && fscanf(f, "%ld", &child) == 1)
		add_memory(child, sum);
	if (f)
		fclose(f);
}

/* Waits until the byte is as wanted; false when the tracer ends first or it takes too long. */
static int wait_for(int mem, unsigned long addr, int wanted, pid_t tracer)
{
	double end = now() + PATIENCE;

	while (has_breakpoint(mem, addr) != wanted) {
		if (now() > end || (tracer && waitpid(tracer, NULL, WNOHANG) == tracer))
			return 0;
		nap();
	}
	return 1;
}

/* Sends SIGINT, again every second: a tracer that is busy may miss one. */
static void end(pid_t tracer)
{
	double next = now();

	while (waitpid(tracer, NULL, WNOHANG) != tracer) {
		if (now() >= next) {
			kill(tracer, SIGINT);
			next = now() + 1;
		}
		nap();
	}
}

int main(int argc, char **argv)
{
	struct tree sum = { 0 };
	double began, attached, told, ended;
	struct rusage usage;
	unsigned long addr;
	char path[64];
	pid_t tracer;
	int mem;

	if (argc < 4)
		return fprintf(stderr, "usage: start PID ADDRESS COMMAND...\n"), 2;
	snprintf(path, sizeof(path), "/proc/%s/mem", argv[1]);
	addr = strtoul(argv[2], NULL, 16);
	mem = open(path, O_RDONLY | O_CLOEXEC);
	if (mem < 0 || !wait_for(mem, addr, 0, 0))
		return fprintf(stderr, "cannot watch process %s\n", argv[1]), 1;
	began = now();
	tracer = start(argv + 3);
	if (!wait_for(mem, addr, 1, tracer)) {
		kill(tracer, SIGKILL);
		return fprintf(stderr, "it attached nothing\n"), 1;
	}
	attached = now();
	nanosleep(&(struct timespec){ .tv_nsec = 500000000 }, NULL);
	add_memory(tracer, &sum);
	told = now();
	end(tracer);
	ended = now();
	getrusage(RUSAGE_CHILDREN, &usage);
	printf("%.1f %ld %ld %ld %.1f\n", (attached - began) * 1e3, sum.rss, sum.pss,
	       usage.ru_maxrss, (ended - told) * 1e3);
	return 0;
}
