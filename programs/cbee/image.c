/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the image of what was compiled to a file. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cbee.h"

static int write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t n = write(fd, bytes, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		bytes += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* What is there and is no file, such as a pipe, cannot be replaced. */
static int write_into(const char *path, const void *bytes, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err;

	if (fd < 0)
		return -errno;
	err = write_all(fd, bytes, size);
	return close(fd) && !err ? -errno : err;
}

/* Under another name first, so that the file is whole or as it was. */
static int replace(const char *path, const void *bytes, size_t size)
{
	mode_t mask = umask(0);
	char *other;
	int fd, err;

	umask(mask);
	if (asprintf(&other, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(other, O_CLOEXEC);
	err = fd < 0 ? -errno : write_all(fd, bytes, size);
	if (!err && fchmod(fd, 0666 & ~mask))
		err = -errno;
	if (fd >= 0 && close(fd) && !err)
		err = -errno;
	if (!err && rename(other, path))
		err = -errno;
	if (err && fd >= 0)
		unlink(other);
	free(other);
	return err;
}

int image_write(struct cbee_run *run, const char *path)
{
	size_t size = 0;
	const void *image = cbee_image(cbee_run_cbee(run), &size);
	struct stat st;
	bool other = !stat(path, &st) && !S_ISREG(st.st_mode);
	int err = (other ? write_into : replace)(path, image, size);

	return err ? cbee_run_fail(run, err, NULL, "cannot write '%.200s': %s", path,
				   strerror(-err))
		   : 0;
}
