/* SPDX-License-Identifier: Apache-2.0 */
/* Tries the compiler: whether it works, how fast, which libraries it maps. */
#include "compile/trial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "compile/compile.h"
#include "plain/clock.h"
#include "plain/err.h"

#define TRIES 100 /* of 10 ms each, until the libraries are there */

static const char text[] = "#include <linux/sched.h>\n"
			   "int trial(void *ctx)\n"
			   "{\n"
			   "	struct task_struct *t = (void *)bpf_get_current_task();\n"
			   "	return t->tgid;\n"
			   "}\n";

int cbee__trial_compile(double *ret_ms, char *why, size_t size)
{
	struct cbee__compile_job job = { .name = "a small program",
					 .text = text,
					 .uncached = true };
	struct cbee__compile_info info;
	struct cbee__cc cc = { 0 };
	struct cbee_buf image = { 0 };
	struct cbee_err err = { 0 };
	double start = cbee__clock_ms();
	int e = cbee__cc_start(&cc, &err);

	if (!e)
		e = cbee__compile(&cc, &job, &image, &info, &err);
	*ret_ms = cbee__clock_ms() - start;
	if (e)
		snprintf(why, size, "%s", err.text);
	cbee__cc_stop(&cc);
	cbee__buf_free(&image);
	cbee__err_clear(&err);
	return e;
}

static bool is_core(const char *path)
{
	return strstr(path, "/libLLVM") != NULL;
}

static bool is_wanted(const char *path)
{
	return is_core(path) || strstr(path, "/libbcc.so") || strstr(path, "/libclang");
}

/* Adds the wanted files among the mappings, each once. */
static unsigned int pick(char *maps, char *files, size_t size)
{
	unsigned int cores = 0;
	size_t len = 0;

	files[0] = '\0';
	for (char *line = strtok_r(maps, "\n", &maps); line; line = strtok_r(NULL, "\n", &maps)) {
		const char *path = strchr(line, '/');

		if (!path || !is_wanted(path) || strstr(files, path))
			continue;
		if (len < size)
			len += (size_t)snprintf(files + len, size - len, "%s%s", len ? " " : "",
						path);
		cores += is_core(path);
	}
	return cores;
}

int cbee__trial_libraries(unsigned int *ret_llvms, char *files, size_t size)
{
	struct cbee__cc cc = { 0 };
	struct cbee_err err = { 0 };
	struct cbee_buf maps = { 0 };
	char path[64];
	int e = cbee__cc_start(&cc, &err);

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)cc.pid);
	files[0] = '\0';
	for (int i = 0; !e && !*ret_llvms && i < TRIES; i++) {
		nanosleep(&(struct timespec){ .tv_nsec = 10000000 }, NULL);
		cbee__buf_reset(&maps);
		e = cbee__buf_read_file(&maps, path);
		if (!e && maps.data)
			*ret_llvms = pick(maps.data, files, size);
	}
	cbee__cc_stop(&cc);
	cbee__buf_free(&maps);
	cbee__err_clear(&err);
	return e ? e : files[0] ? 0 : -ENOENT;
}
