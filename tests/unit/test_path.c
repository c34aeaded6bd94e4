/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that programs are found where execvp() would find them. */
#include "plain/path.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plain/buf.h"
#include "unit.h"

static char root[] = "/tmp/cbee-path-XXXXXX";
static char saved[4096];

static const char *in_root(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	return path;
}

static void put(const char *name, mode_t mode)
{
	FILE *f = fopen(in_root(name), "we");

	CU_ASSERT_FATAL(f != NULL);
	fclose(f);
	chmod(in_root(name), mode);
}

/* a/ has a program and one that is none, b/ both as programs, and a folder. */
static void start(void)
{
	char path[256];

	snprintf(saved, sizeof(saved), "%s", getenv("PATH"));
	CU_ASSERT_FATAL(mkdtemp(root) && !chdir(root));
	CU_ASSERT_FATAL(!mkdir("a", 0755) && !mkdir("b", 0755) && !mkdir("b/folder", 0755));
	put("a/first", 0755);
	put("a/plain", 0644);
	put("b/first", 0755);
	put("b/plain", 0755);
	put("here", 0755);
	snprintf(path, sizeof(path), "%s/none:%s/a:%s/b", root, root, root);
	setenv("PATH", path, 1);
}

static void end(void)
{
	setenv("PATH", saved, 1);
	CU_ASSERT(!chdir("/"));
	unlink(in_root("a/first"));
	unlink(in_root("a/plain"));
	unlink(in_root("b/first"));
	unlink(in_root("b/plain"));
	unlink(in_root("here"));
	rmdir(in_root("b/folder"));
	rmdir(in_root("b"));
	rmdir(in_root("a"));
	rmdir(root);
}

static void find(const char *name, int want, const char *where)
{
	struct cbee_buf path = { 0 };

	UNIT_EQ(cbee__path_find(name, &path), want);
	if (where)
		UNIT_STR(path.data, where);
	cbee__buf_free(&path);
}

static void the_first_that_runs(void)
{
	find("first", 0, in_root("a/first"));
	find("plain", 0, in_root("b/plain"));
	find("folder", -EACCES, NULL);
	find("nowhere", -ENOENT, NULL);
	find("", -ENOENT, NULL);
}

static void with_a_slash(void)
{
	find("./here", 0, "./here");
	find(in_root("a/first"), 0, in_root("a/first"));
	find("a/plain", -EACCES, NULL);
	find("./nowhere", -ENOENT, NULL);
	find("b/folder", -EACCES, NULL);
}

static void odd_paths(void)
{
	setenv("PATH", "", 1);
	find("here", 0, "./here");
	setenv("PATH", "/nowhere::/bin", 1);
	find("here", 0, "./here");
	setenv("PATH", "/nowhere:", 1);
	find("here", 0, "./here");
	unsetenv("PATH");
	find("sh", 0, "/bin/sh");
	find("here", -ENOENT, NULL);
}

static void no_memory(void)
{
	struct cbee_buf path = { 0 };
	int err;

	setenv("PATH", root, 1);
	UNIT_EACH_ALLOC(err, -ENOMEM, {
		err = cbee__path_find("here", &path);
		cbee__buf_free(&path);
	});
	UNIT_EACH_ALLOC(err, -ENOMEM, {
		err = cbee__path_find("./here", &path);
		cbee__buf_free(&path);
	});
	UNIT_EQ(err, 0);
}

UNIT_MAIN("path", { "folders", start }, { "the first that runs", the_first_that_runs },
	  { "with a slash", with_a_slash }, { "odd paths", odd_paths }, { "no memory", no_memory },
	  { "folders go", end })
