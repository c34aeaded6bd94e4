/* SPDX-License-Identifier: Apache-2.0 */
/* The cache folder: files of its owner's only, written whole or not at all, bounded in size. */
#include "cache/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plain/err.h"

#define FILE_MAX    (16 << 20) /* bytes */
#define SUFFIX	    ".image"
#define TEMPORARY   ".new-"
#define TOUCHED_S   3600 /* how old the time of the last use may be */
#define ABANDONED_S 3600 /* a temporary file that old belongs to nobody any more */

int cbee__store_path(struct cbee_buf *path, struct cbee_err *err)
{
	const char *own = secure_getenv("CBEE_CACHE"), *xdg = secure_getenv("XDG_CACHE_HOME");
	const char *home = secure_getenv("HOME");

	if (own && !*own)
		return cbee__err(err, -ENOENT, "the cache is turned off (CBEE_CACHE is empty)");
	if (own)
		cbee__buf_str(path, own);
	else if (!geteuid() || getauxval(AT_SECURE)) /* the user's may be the user's to change */
		cbee__buf_str(path, "/var/cache/cbee");
	else if (xdg && *xdg == '/')
		cbee__buf_fmt(path, "%s/cbee", xdg);
	else if (home && *home == '/')
		cbee__buf_fmt(path, "%s/.cache/cbee", home);
	else
		return cbee__err(err, -ENOENT, "there is no place for a cache (HOME is not set)");
	return path->err;
}

/* What root has put there is as good as our own. */
static bool is_trusted(uid_t owner)
{
	return owner == geteuid() || !owner;
}

int cbee__store_open(const char *path, bool make, struct cbee_err *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT && make && (!mkdir(path, 0700) || errno == EEXIST))
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && !make)
		return cbee__err(err, -ENOENT, "there is no cache %.200s yet", path);
	if (fd < 0)
		return cbee__err_os(err, -errno, "cannot use the cache %.200s", path);
	if (!fstat(fd, &st) && is_trusted(st.st_uid) && !(st.st_mode & 077))
		return fd;
	close(fd);
	cbee__err(err, -EPERM, "the cache %.200s is not used: others may write there", path);
	cbee__err_hint(err, "it has to be owned by the user who traces, with mode 0700");
	return -EPERM;
}

int cbee__store_open_ours(bool make, struct cbee_err *err)
{
	struct cbee_buf path = { 0 };
	int dir = cbee__store_path(&path, err);

	if (!dir)
		dir = cbee__store_open(path.data, make, err);
	cbee__buf_free(&path);
	return dir;
}

/* Whether only its owner can have written the file. */
static bool is_ours(const struct stat *st)
{
	return S_ISREG(st->st_mode) && is_trusted(st->st_uid) && !(st->st_mode & 022) &&
	       st->st_nlink == 1;
}

int cbee__store_read(int dir, const char *name, struct cbee_buf *bytes)
{
	int err, fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return errno == ELOOP ? -EPERM : -errno;
	if (fstat(fd, &st))
		err = -errno;
	else if (!is_ours(&st))
		err = -EPERM;
	else
		err = st.st_size > FILE_MAX ? -EFBIG : cbee__buf_read_fd(bytes, fd);
	close(fd);
	return err;
}

void cbee__store_touch(int dir, const char *name)
{
	struct stat st;

	if (!fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) && time(NULL) - st.st_mtime > TOUCHED_S)
		utimensat(dir, name, NULL, AT_SYMLINK_NOFOLLOW);
}

/* All files of the folder together, and the one that was not used for longest. */
struct load {
	int dir;
	uint64_t bytes;
	time_t oldest;
	char name[NAME_MAX + 1];
};

static int weigh(void *arg, const struct cbee__store_file *file)
{
	struct load *l = arg;

	l->bytes += file->size;
	if (l->name[0] && file->used >= l->oldest)
		return 0;
	l->oldest = file->used;
	snprintf(l->name, sizeof(l->name), "%s", file->name);
	return 0;
}

/* Removes what is too much. */
static void shrink(int dir)
{
	struct load l;

	do {
		l = (struct load){ .dir = dir };
		if (cbee__store_each(dir, weigh, &l) || l.bytes <= CBEE__STORE_MAX)
			return;
	} while (!unlinkat(dir, l.name, 0));
}

int cbee__store_write(int dir, const char *name, const struct cbee_buf *bytes)
{
	char temporary[64];
	int err, fd;

	snprintf(temporary, sizeof(temporary), TEMPORARY "%d-%.32s", (int)gettid(), name);
	/* one of an earlier thread of this number, which did not get far */
	unlinkat(dir, temporary, 0);
	fd = openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	err = cbee__fd_write(fd, bytes->data, bytes->len);
	if (close(fd) && !err)
		err = -errno;
	if (!err && renameat(dir, temporary, dir, name))
		err = -errno;
	if (err)
		unlinkat(dir, temporary, 0);
	else
		shrink(dir);
	return err;
}

int cbee__store_remove(int dir, const char *name)
{
	return unlinkat(dir, name, 0) ? -errno : 0;
}

static bool has_suffix(const char *name)
{
	size_t len = strlen(name);

	return len > strlen(SUFFIX) && !strcmp(name + len - strlen(SUFFIX), SUFFIX);
}

/* One entry of the folder; what others put there is passed over. */
static int visit(int dir, const char *name,
		 int (*fn)(void *arg, const struct cbee__store_file *file), void *arg)
{
	bool left = !strncmp(name, TEMPORARY, strlen(TEMPORARY));
	struct stat st;

	if ((!left && !has_suffix(name)) || fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    !S_ISREG(st.st_mode))
		return 0;
	if (!left)
		return fn(arg,
			  &(struct cbee__store_file){ name, (uint64_t)st.st_size, st.st_mtime });
	if (time(NULL) - st.st_mtime > ABANDONED_S)
		unlinkat(dir, name, 0);
	return 0;
}

int cbee__store_each(int dir, int (*fn)(void *arg, const struct cbee__store_file *file), void *arg)
{
	int err = 0, fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!d) {
		err = -errno;
		if (fd >= 0)
			close(fd);
		return err;
	}
	while (!err && (entry = readdir(d)))
		err = visit(dir, entry->d_name, fn, arg);
	closedir(d);
	return err;
}
