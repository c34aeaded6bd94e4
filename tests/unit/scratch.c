/* SPDX-License-Identifier: Apache-2.0 */
/* A folder for the files of a test. */
#include "scratch.h"

#include <stdarg.h>
#include <sys/stat.h>

#include "unit.h"

char scratch[] = "/tmp/cbee-unit-XXXXXX";

void scratch_make(void)
{
	if (!mkdtemp(scratch))
		CU_FAIL_FATAL("no folder");
}

void scratch_remove(void)
{
	scratch_run("rm -rf %s", scratch);
}

const char *scratch_path(const char *fmt, ...)
{
	static char paths[3][256];
	static unsigned int turn;
	char *path = paths[turn++ % 3];
	int len = snprintf(path, sizeof(paths[0]), "%s/", scratch);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(path + len, sizeof(paths[0]) - (size_t)len, fmt, ap);
	va_end(ap);
	return path;
}

static FILE *create(const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", scratch, name);
	for (char *slash = strchr(path + strlen(scratch) + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(path, 0700);
		*slash = '/';
	}
	f = fopen(path, "we");
	if (!f)
		CU_FAIL_FATAL("cannot write a fixture");
	return f;
}

void scratch_put(const char *name, const char *fmt, ...)
{
	FILE *f = create(name);
	va_list ap;

	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	fclose(f);
}

void scratch_write(const char *name, const void *data, size_t len)
{
	FILE *f = create(name);

	if (fwrite(data, 1, len, f) != len)
		CU_FAIL("cannot write a fixture");
	fclose(f);
}

void scratch_run(const char *fmt, ...)
{
	char command[2048];
	int len = snprintf(command, sizeof(command), "cd %s && exec 2>err && ", scratch);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command + len, sizeof(command) - (size_t)len, fmt, ap);
	va_end(ap);
	if (system(command)) {
		printf("\nfailed: %s\n", command);
		CU_FAIL("a command failed");
	}
}
