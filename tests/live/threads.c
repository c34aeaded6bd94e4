/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stranger's program, C and C++ alike: two threads with a handle each, all the way from
 * compiling to the result, at the same time. Each counts the getpriority(2) calls of its own
 * thread.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cbee/cbee.h>

struct job {
	uint32_t calls;	  /* how many the thread makes */
	uint64_t counted; /* how many were seen */
	int err, said;
	char text[256];
};

static const char text[] = "BPF_ARRAY(calls, u64, 1);\n"
			   "TRACEPOINT_PROBE(syscalls, sys_enter_getpriority)\n"
			   "{\n"
			   "	if ((u32)bpf_get_current_pid_tgid() == OPT(tid))\n"
			   "		calls.increment(0);\n"
			   "	return 0;\n"
			   "}\n";

static void count_lines(void *arg, const char *line)
{
	(void)line;
	++*(int *)arg;
}

static int trace(struct cbee *c, struct job *job)
{
	struct cbee_source source;
	uint32_t key = 0;
	int err;

	memset(&source, 0, sizeof(source));
	source.name = "threads.bpf.c";
	source.text = text;
	cbee_set_log(c, count_lines, &job->said);
	err = cbee_compile(c, &source);
	if (!err)
		err = cbee_const_set(c, "tid", (uint64_t)syscall(SYS_gettid));
	if (!err)
		err = cbee_load(c);
	if (!err)
		err = cbee_attach_auto(c, NULL);
	for (uint32_t i = 0; !err && i < job->calls; i++)
		syscall(SYS_getpriority, 0, 0);
	if (!err)
		err = cbee_map_get(cbee_map(c, "calls"), &key, sizeof(key), &job->counted,
				   sizeof(job->counted));
	return err;
}

static void *run(void *arg)
{
	struct job *job = (struct job *)arg;
	struct cbee *c = NULL;

	job->err = cbee_new(&c);
	if (!job->err)
		job->err = trace(c, job);
	if (job->err && c)
		snprintf(job->text, sizeof(job->text), "%s", cbee_error(c)->text);
	cbee_free(c);
	return NULL;
}

int main(void)
{
	struct job jobs[2];
	pthread_t threads[2];
	int bad = 0;

	memset(jobs, 0, sizeof(jobs));
	jobs[0].calls = 23;
	jobs[1].calls = 1000;
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, run, &jobs[i]))
			return 1;
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], NULL);
		printf("thread %d: %llu of %u, status %d %s\n", i,
		       (unsigned long long)jobs[i].counted, jobs[i].calls, jobs[i].err,
		       jobs[i].text);
		bad |= jobs[i].err || jobs[i].counted != jobs[i].calls || !jobs[i].said;
	}
	return bad;
}
