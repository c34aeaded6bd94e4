/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how lists of CPUs are read, and that those of this machine are its own. */
#include "kernel/cpus.h"

#include <errno.h>
#include <unistd.h>

#include <cbee/machine.h>

#include "kernel/handle.h"
#include "unit.h"

static char path[] = "/tmp/cbee-cpus-XXXXXX";

static void put(const char *text)
{
	FILE *f = fopen(path, "we");

	CU_ASSERT_FATAL(f && fputs(text, f) >= 0);
	fclose(f);
}

/* The list that @text stands for, by blanks; or the error. */
static const char *read_list(const char *text)
{
	static char out[256];
	unsigned int count = 0;
	int *cpus = NULL, err, at = 0;

	put(text);
	err = cbee__cpus_read(path, &cpus, &count, NULL);
	if (err) {
		CU_ASSERT_PTR_NULL(cpus);
		return strerror(-err);
	}
	out[0] = '\0';
	for (unsigned int i = 0; i < count; i++)
		at += snprintf(out + at, sizeof(out) - (size_t)at, "%s%d", i ? " " : "", cpus[i]);
	free(cpus);
	return out;
}

static void lists(void)
{
	static const char bad[] = "Invalid argument";

	UNIT_STR(read_list("0\n"), "0");
	UNIT_STR(read_list("0-3,5\n"), "0 1 2 3 5");
	UNIT_STR(read_list("0-1"), "0 1");
	UNIT_STR(read_list("2,4-6,11,12-12\n"), "2 4 5 6 11 12");
	UNIT_STR(read_list(""), bad);
	UNIT_STR(read_list("\n"), bad);
	UNIT_STR(read_list("a\n"), bad);
	UNIT_STR(read_list("3-1\n"), bad);
	UNIT_STR(read_list("1-\n"), bad);
	UNIT_STR(read_list("1,\n"), bad);
	UNIT_STR(read_list(",1\n"), bad);
	UNIT_STR(read_list("1 2\n"), bad);
	UNIT_STR(read_list("-1\n"), bad);
	UNIT_STR(read_list("0-4294967296\n"), bad);
	UNIT_STR(read_list("65536\n"), bad);
}

static void failures_speak(void)
{
	struct cbee_err err = { 0 };
	unsigned int count = 7;
	int *cpus = NULL, got;

	UNIT_EQ(cbee__cpus_read("/nowhere/online", &cpus, &count, &err), -ENOENT);
	UNIT_STR(err.text, "cannot tell the CPUs from /nowhere/online: No such file or directory");
	put("0-3,5\n");
	UNIT_EACH_ALLOC(got, -ENOMEM, {
		got = cbee__cpus_read(path, &cpus, &count, &err);
		if (!got)
			free(cpus);
	});
	UNIT_EQ(count, 5);
}

static void of_this_machine(void)
{
	unsigned int online = 0, possible = 0;
	struct cbee c = { 0 };
	int *cpus = NULL;

	/* packages are built where the system is not mounted */
	if (access("/sys/devices/system/cpu", F_OK))
		return;
	UNIT_EQ(cbee_cpu_list(&c, CBEE_CPUS_ONLINE, &cpus, &online), 0);
	UNIT_EQ(online, sysconf(_SC_NPROCESSORS_ONLN));
	for (unsigned int i = 1; i < online; i++)
		CU_ASSERT(cpus[i - 1] < cpus[i]);
	free(cpus);
	UNIT_EQ(cbee_cpu_list(NULL, CBEE_CPUS_POSSIBLE, &cpus, &possible), 0);
	UNIT_EQ(possible, cbee_cpus(NULL));
	CU_ASSERT(possible >= online);
	free(cpus);
	UNIT_EQ(cbee_cpu_list(&c, (enum cbee_cpu_set)2, &cpus, &possible), -EINVAL);
	UNIT_STR(c.err.text, "no set of CPUs has number 2");
}

static void start(void)
{
	int fd = mkstemp(path);

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
}

static void end(void)
{
	unlink(path);
}

UNIT_MAIN("cpus", { "a file to read", start }, { "lists", lists },
	  { "failures speak", failures_speak }, { "of this machine", of_this_machine },
	  { "the file goes", end })
