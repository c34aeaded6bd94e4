/* SPDX-License-Identifier: Apache-2.0 */
/* Tests in which files USDT probes are looked for, by path and by process. */
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes/usdt.h"
#include "scratch.h"
#include "unit.h"

static struct cbee__usdt_list list;
static struct cbee_err err;

static const char source[] = "#include \"usdt.h\"\n"
			     "int main(void)\n"
			     "{\n"
			     "	PROBE(NAME, \"hit\", \"0\", \"\", \"r\"(0));\n"
			     "	return 0;\n"
			     "}\n";

/* The process 7 runs app here, lib in its own root, gone that was deleted, and more. */
static void setup(void)
{
	scratch_make();
	scratch_put("a.c", "%s", source);
	for (const char *const *p = (const char *const[]){ "app", "lib", "gone", NULL }; *p; p++)
		scratch_run("gcc -I%s/tests -DNAME='\"%s\"' a.c -o %s", CBEE_SOURCE_DIR, *p, *p);
	scratch_run("mkdir -p proc/7/map_files proc/7/root/%s proc/8 proc/9", scratch);
	scratch_run("mv lib proc/7/root%s/lib && echo text >text", scratch);
	scratch_run("cd proc/7/map_files && ln -s %s/app 1000-2000 && ln -s %s/proc/7/root%s/lib "
		    "3000-4000 "
		    "&& mv %s/gone 5000-6000 && ln -s %s/text 7000-8000",
		    scratch, scratch, scratch, scratch, scratch);
	scratch_run(
		"{ echo '0fff-1000 r--p 00000000 00:00 1    %s/app'; "
		"echo '1000-2000 r-xp 00000000 00:00 1    %s/app'; "
		"echo '2000-2100 r-xp 00000000 00:00 1    %s/app'; "
		"echo '2200-2300 r-xp 00000000 00:00 0 '; "
		"echo '3000-4000 r-xp 00000000 00:00 2    %s/lib'; "
		"echo '5000-6000 r-xp 00000000 00:00 3    %s/gone (deleted)'; "
		"echo '7000-8000 r-xp 00000000 00:00 4    %s/text'; "
		"echo '9000-a000 r-xp 00000000 00:00 1    %s/app'; "
		"echo 'b000-c000 r-xp 00000000 00:00 5    /never/there'; "
		"echo 'd000-e000 r-xp 00000000 00:00 0    [vdso]'; } >proc/7/maps; : >proc/8/maps; "
		"mkdir proc/9/maps",
		scratch, scratch, scratch, scratch, scratch, scratch, scratch);
}

static int find(const char *path, int pid)
{
	char proc[64];

	cbee__usdt_free(&list);
	snprintf(proc, sizeof(proc), "%s/proc", scratch);
	return cbee__usdt_find(&list, &(struct cbee_usdt_opts){ .path = path, .pid = pid }, proc,
			       &err);
}

static void fails(const char *path, int pid, int code, const char *sentence)
{
	UNIT_EQ(find(path, pid), code);
	UNIT_STR(err.text, sentence);
	UNIT_EQ(list.count, 0);
}

static void by_path(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/app", scratch);
	UNIT_EQ(find(path, 0), 0);
	UNIT_EQ(list.count, 1);
	UNIT_STR(list.items[0].pub.provider, "app");
	snprintf(path, sizeof(path), "%s/lib", scratch);
	UNIT_EQ(find(path, 0), -ENOENT);
	UNIT_EQ(find(path, 7), 0); /* as that process sees it */
	UNIT_EQ(list.count, 1);
	UNIT_STR(list.items[0].pub.provider, "lib");
	cbee__usdt_free(&list);
}

static void by_process(void)
{
	char path[PATH_MAX];

	UNIT_EQ(find(NULL, 7), 0);
	UNIT_EQ(list.count, 3);
	if (list.count == 3) {
		snprintf(path, sizeof(path), "%s/app", scratch);
		UNIT_STR(list.items[0].pub.path, path);
		snprintf(path, sizeof(path), "%s/proc/7/root%s/lib", scratch, scratch);
		UNIT_STR(list.items[1].pub.path, path);
		snprintf(path, sizeof(path), "%s/proc/7/map_files/5000-6000", scratch);
		UNIT_STR(list.items[2].pub.path, path);
		UNIT_STR(list.items[2].pub.provider, "gone");
	}
	cbee__usdt_free(&list);
}

static void failures(void)
{
	fails(NULL, 0, -EINVAL, "USDT probes are those of a file or of a process");
	fails("x", -1, -EINVAL, "USDT probes are those of a file or of a process");
	fails(NULL, 6, -ESRCH, "no process 6");
	fails("/x", 6, -ESRCH, "no process 6");
	fails(NULL, 8, -ESRCH, "process 8 runs no program: it has ended, or is the kernel's");
	fails(NULL, 9, -EISDIR, "cannot list what process 9 runs: Is a directory");
}

static void names(void)
{
	struct cbee_usdt u = { .provider = "app", .name = "hit" };

	CU_ASSERT(cbee__usdt_is(&u, "hit"));
	CU_ASSERT(cbee__usdt_is(&u, "app:hit"));
	CU_ASSERT(!cbee__usdt_is(&u, "ap:hit"));
	CU_ASSERT(!cbee__usdt_is(&u, "appp:hit"));
	CU_ASSERT(!cbee__usdt_is(&u, "app:hi"));
	CU_ASSERT(!cbee__usdt_is(&u, ":hit"));
	CU_ASSERT(!cbee__usdt_is(&u, "app"));
	CU_ASSERT(!cbee__usdt_is(&u, ""));
}

static void no_memory(void)
{
	char path[64];
	int got = 0;

	UNIT_EACH_ALLOC(got, -ENOMEM, got = find(NULL, 7));
	UNIT_EQ(got, 0);
	snprintf(path, sizeof(path), "%s/lib", scratch);
	UNIT_EACH_ALLOC(got, -ENOMEM, got = find(path, 7));
	UNIT_EQ(got, 0);
	cbee__usdt_free(&list);
}

UNIT_MAIN("usdtfind", { "setup", setup }, { "by path", by_path }, { "by process", by_process },
	  { "failures", failures }, { "names", names }, { "no memory", no_memory },
	  { "cleanup", scratch_remove })
