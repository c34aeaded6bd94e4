/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the cache folder: whom it trusts, and that files are there whole or not at all. */
#include "cache/store.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plain/err.h"
#include "unit.h"

static char top[] = "/tmp/cbee-store.XXXXXX", path[64];
static struct cbee_err err;

static struct cbee_buf text(const char *bytes)
{
	struct cbee_buf b = { 0 };

	cbee__buf_str(&b, bytes);
	return b;
}

static int put(int dir, const char *name, const char *bytes)
{
	struct cbee_buf b = text(bytes);
	int code = cbee__store_write(dir, name, &b);

	cbee__buf_free(&b);
	return code;
}

static int get(int dir, const char *name, const char *want)
{
	struct cbee_buf b = { 0 };
	int code = cbee__store_read(dir, name, &b);

	if (!code)
		UNIT_STR(b.data, want);
	cbee__buf_free(&b);
	return code;
}

static int count_file(void *arg, const struct cbee__store_file *file)
{
	(void)file;
	++*(int *)arg;
	return 0;
}

static int files(int dir)
{
	int count = 0;

	UNIT_EQ(cbee__store_each(dir, count_file, &count), 0);
	return count;
}

static void begin(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
	snprintf(path, sizeof(path), "%s/cache", top);
}

static unsigned long secure;
unsigned long __wrap_getauxval(unsigned long type);

unsigned long __wrap_getauxval(unsigned long type)
{
	return type == AT_SECURE ? secure : 0;
}

static void programs_with_capabilities_have_roots(void)
{
	struct cbee_buf p = { 0 };

	setenv("HOME", "/home", 1);
	secure = 1;
	UNIT_EQ(cbee__store_path(&p, &err), 0);
	UNIT_STR(p.data, "/var/cache/cbee");
	secure = 0;
	cbee__buf_free(&p);
}

static void the_place_depends_on_user_and_environment(void)
{
	struct cbee_buf p = { 0 };

	setenv("CBEE_CACHE", "/x/y", 1);
	UNIT_EQ(cbee__store_path(&p, &err), 0);
	UNIT_STR(p.data, "/x/y");
	cbee__buf_reset(&p);
	setenv("CBEE_CACHE", "", 1);
	UNIT_EQ(cbee__store_path(&p, &err), -ENOENT);
	UNIT_STR(err.text, "the cache is turned off (CBEE_CACHE is empty)");
	unsetenv("CBEE_CACHE");
	setenv("XDG_CACHE_HOME", "/xdg", 1);
	UNIT_EQ(cbee__store_path(&p, &err), 0);
	UNIT_STR(p.data, geteuid() ? "/xdg/cbee" : "/var/cache/cbee");
	cbee__buf_free(&p);
}

static void what_was_written_is_read(void)
{
	int dir = cbee__store_open(path, false, &err);

	UNIT_EQ(dir, -ENOENT);
	dir = cbee__store_open(path, true, &err);
	CU_ASSERT_FATAL(dir >= 0);
	UNIT_EQ(get(dir, "a.image", ""), -ENOENT);
	UNIT_EQ(put(dir, "a.image", "one"), 0);
	UNIT_EQ(get(dir, "a.image", "one"), 0);
	UNIT_EQ(put(dir, "a.image", "two"), 0);
	UNIT_EQ(get(dir, "a.image", "two"), 0);
	UNIT_EQ(put(dir, "b.image", "three"), 0);
	UNIT_EQ(files(dir), 2);
	UNIT_EQ(cbee__store_remove(dir, "b.image"), 0);
	UNIT_EQ(cbee__store_remove(dir, "b.image"), -ENOENT);
	UNIT_EQ(files(dir), 1);
	close(dir);
}

static void a_folder_of_others_is_not_used(void)
{
	char link[80];

	UNIT_EQ(chmod(path, 0770), 0);
	UNIT_EQ(cbee__store_open(path, false, &err), -EPERM);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "others may write there"));
	UNIT_EQ(chmod(path, 0700), 0);
	snprintf(link, sizeof(link), "%s-link", path);
	UNIT_EQ(symlink(path, link), 0);
	UNIT_EQ(cbee__store_open(link, true, &err), -ENOTDIR);
	if (!geteuid()) {
		UNIT_EQ(chown(path, 1000, 1000), 0);
		UNIT_EQ(cbee__store_open(path, false, &err), -EPERM);
		UNIT_EQ(chown(path, 0, 0), 0);
	}
	UNIT_EQ(cbee__store_open("/dev/null/x", true, &err), -ENOTDIR);
}

static void a_file_of_others_is_not_read(void)
{
	int dir = cbee__store_open(path, true, &err);

	UNIT_EQ(put(dir, "f.image", "f"), 0);
	UNIT_EQ(fchmodat(dir, "f.image", 0620, 0), 0);
	UNIT_EQ(get(dir, "f.image", "f"), -EPERM);
	UNIT_EQ(fchmodat(dir, "f.image", 0600, 0), 0);
	UNIT_EQ(get(dir, "f.image", "f"), 0);
	if (!geteuid()) {
		UNIT_EQ(fchownat(dir, "f.image", 1000, 1000, 0), 0);
		UNIT_EQ(get(dir, "f.image", "f"), -EPERM);
		UNIT_EQ(fchownat(dir, "f.image", 0, 0, 0), 0);
	}
	UNIT_EQ(linkat(dir, "f.image", dir, "g.image", 0), 0);
	UNIT_EQ(get(dir, "g.image", "f"), -EPERM);
	UNIT_EQ(cbee__store_remove(dir, "g.image"), 0);
	UNIT_EQ(symlinkat("f.image", dir, "h.image"), 0);
	UNIT_EQ(get(dir, "h.image", "f"), -EPERM);
	UNIT_EQ(mkfifoat(dir, "i.image", 0600), 0);
	UNIT_EQ(get(dir, "i.image", "f"), -EPERM);
	UNIT_EQ(mkdirat(dir, "j.image", 0700), 0);
	UNIT_EQ(get(dir, "j.image", "f"), -EPERM);
	unlinkat(dir, "h.image", 0);
	unlinkat(dir, "i.image", 0);
	unlinkat(dir, "j.image", AT_REMOVEDIR);
	close(dir);
}

static void a_full_disk_leaves_nothing(void)
{
	int dir = cbee__store_open(path, true, &err), before = files(dir);
	struct rlimit all, none = { 0 };

	UNIT_EQ(getrlimit(RLIMIT_FSIZE, &all), 0);
	none.rlim_max = all.rlim_max;
	signal(SIGXFSZ, SIG_IGN);
	UNIT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
	UNIT_EQ(put(dir, "full.image", "x"), -EFBIG);
	UNIT_EQ(setrlimit(RLIMIT_FSIZE, &all), 0);
	signal(SIGXFSZ, SIG_DFL);
	UNIT_EQ(files(dir), before);
	UNIT_EQ(get(dir, "full.image", ""), -ENOENT);
	UNIT_EQ(put(-1, "full.image", "x"), -EBADF);
	close(dir);
}

static void it_does_not_grow_for_ever(void)
{
	int dir = cbee__store_open(path, true, &err);
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	char name[32];

	for (int i = 0; i < 5; i++) {
		snprintf(name, sizeof(name), "big%d.image", i);
		UNIT_EQ(put(dir, name, ""), 0);
		int fd = openat(dir, name, O_WRONLY);

		UNIT_EQ(ftruncate(fd, 15 << 20), 0);
		old[1].tv_sec = 1000 + i;
		UNIT_EQ(futimens(fd, old), 0);
		close(fd);
	}
	UNIT_EQ(put(dir, "last.image", "x"), 0);
	UNIT_EQ(get(dir, "big0.image", ""), -ENOENT); /* the oldest */
	UNIT_EQ(get(dir, "last.image", "x"), 0);
	UNIT_EQ(faccessat(dir, "big1.image", F_OK, 0), 0);
	close(dir);
}

static int find_old(void *arg, const struct cbee__store_file *file)
{
	*(bool *)arg |= file->used < 2000;
	return 0;
}

static void a_use_is_noted(void)
{
	int dir = cbee__store_open(path, true, &err);
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	bool is_old = false;

	UNIT_EQ(put(dir, "used.image", "x"), 0);
	UNIT_EQ(utimensat(dir, "used.image", old, 0), 0);
	UNIT_EQ(get(dir, "used.image", "x"), 0);
	UNIT_EQ(cbee__store_each(dir, find_old, &is_old), 0);
	UNIT_EQ(is_old, 1);
	cbee__store_touch(dir, "used.image");
	cbee__store_touch(dir, "none.image");
	is_old = false;
	UNIT_EQ(cbee__store_each(dir, find_old, &is_old), 0);
	UNIT_EQ(is_old, 0);
	UNIT_EQ(cbee__store_remove(dir, "used.image"), 0);
	close(dir);
}

static void what_a_dead_writer_left_goes_away(void)
{
	int dir = cbee__store_open(path, true, &err), before = files(dir);
	struct timespec old[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	int fd = openat(dir, ".new-1-x.image", O_CREAT | O_WRONLY, 0600);

	UNIT_EQ(files(dir), before);
	UNIT_EQ(faccessat(dir, ".new-1-x.image", F_OK, 0), 0);
	UNIT_EQ(futimens(fd, old), 0);
	close(fd);
	UNIT_EQ(files(dir), before);
	UNIT_EQ(faccessat(dir, ".new-1-x.image", F_OK, 0), -1);
	close(dir);
}

static void end(void)
{
	char command[64];

	cbee__err_clear(&err);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	UNIT_EQ(system(command), 0);
}

UNIT_MAIN("store", { "begin", begin },
	  { "the place depends on user and environment",
	    the_place_depends_on_user_and_environment },
	  { "programs with capabilities have root's", programs_with_capabilities_have_roots },
	  { "what was written is read", what_was_written_is_read },
	  { "a folder of others is not used", a_folder_of_others_is_not_used },
	  { "a file of others is not read", a_file_of_others_is_not_read },
	  { "a full disk leaves nothing", a_full_disk_leaves_nothing },
	  { "a use is noted", a_use_is_noted },
	  { "it does not grow for ever", it_does_not_grow_for_ever },
	  { "what a dead writer left goes away", what_a_dead_writer_left_goes_away },
	  { "end", end })
