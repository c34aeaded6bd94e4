/* SPDX-License-Identifier: Apache-2.0 */
/* What an image was made from besides its text, and whether that is still the same. */
#include "cache/input.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "plain/buf.h"

struct place {
	const char *name, *root, *tracefs;
};

/* The digest of what was collected, unless @err says that it could not be; frees it. */
static int finish(struct cbee_buf *bytes, int err, uint64_t *ret)
{
	if (!err)
		err = bytes->err;
	if (!err)
		*ret = XXH3_64bits(bytes->data ? bytes->data : "", bytes->len);
	cbee__buf_free(bytes);
	return err;
}

/* Appends a file that may be missing. */
static void add_file(struct cbee_buf *bytes, const char *root, const char *path)
{
	char full[PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", root, path);
	cbee__buf_read_file(bytes, full);
	cbee__buf_char(bytes, '\n');
}

/* What stat(2) tells of a file, without what changes when it is only looked at. */
static int add_stat(struct cbee_buf *bytes, const char *root, const char *path)
{
	char full[PATH_MAX];
	struct stat st;

	snprintf(full, sizeof(full), "%s%s", root, path);
	if (stat(full, &st))
		return -errno;
	cbee__buf_fmt(bytes, "%llu %llu %lld %lld.%09ld\n", (unsigned long long)st.st_dev,
		      (unsigned long long)st.st_ino, (long long)st.st_size,
		      (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	return bytes->err;
}

/*
 * Its build id stands for types and configuration alike; where the configuration
 * was read from /boot, that file is looked at too. The number of CPUs is in some maps.
 */
static int digest_kernel(const struct place *p, uint64_t *ret)
{
	struct cbee_buf bytes = { 0 };
	struct utsname un;
	char config[128];

	if (uname(&un))
		return -errno;
	cbee__buf_fmt(&bytes, "%s %s %s\n", un.release, un.version, un.machine);
	add_file(&bytes, p->root, "/sys/kernel/notes");
	add_file(&bytes, p->root, "/sys/devices/system/cpu/possible");
	snprintf(config, sizeof(config), "/boot/config-%s", un.release);
	add_stat(&bytes, p->root, config);
	return finish(&bytes, 0, ret);
}

static int digest_file(const struct place *p, uint64_t *ret)
{
	struct cbee_buf bytes = { 0 };

	return finish(&bytes, add_stat(&bytes, p->root, p->name), ret);
}

static int digest_module(const struct place *p, uint64_t *ret)
{
	struct cbee_buf bytes = { 0 };
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/sys/kernel/btf/%s", p->root, p->name);
	return finish(&bytes, cbee__buf_read_file(&bytes, path), ret);
}

/* The second line is its number, which changes from boot to boot and which nothing compiled. */
static int digest_tracepoint(const struct place *p, uint64_t *ret)
{
	struct cbee_buf bytes = { 0 };
	char path[PATH_MAX], *id, *end;
	int err;

	if (!p->tracefs)
		return -ENOENT;
	snprintf(path, sizeof(path), "%s/events/%s/format", p->tracefs, p->name);
	err = cbee__buf_read_file(&bytes, path);
	id = err || !bytes.data ? NULL : strstr(bytes.data, "\nID: ");
	end = id ? strchr(id + 1, '\n') : NULL;
	if (end)
		memset(id, ' ', (size_t)(end - id));
	return finish(&bytes, err, ret);
}

static const struct {
	const char *name;
	int (*digest)(const struct place *p, uint64_t *ret);
} kinds[CBEE_INPUT_KINDS] = {
	[CBEE_INPUT_KERNEL] = { "the kernel", digest_kernel },
	[CBEE_INPUT_FILE] = { "file", digest_file },
	[CBEE_INPUT_MODULE] = { "kernel module", digest_module },
	[CBEE_INPUT_TRACEPOINT] = { "tracepoint", digest_tracepoint },
};

const char *cbee__input_kind_name(enum cbee__input_kind kind)
{
	return kinds[kind].name;
}

int cbee__input_digest(enum cbee__input_kind kind, const char *name, const char *root,
		       const char *tracefs, uint64_t *ret_digest)
{
	return kinds[kind].digest(&(struct place){ name, root, tracefs }, ret_digest);
}

bool cbee__input_touched(enum cbee__input_kind kind, const char *name, const char *root,
			 time_t since)
{
	char full[PATH_MAX];
	struct stat st;

	if (kind != CBEE_INPUT_FILE)
		return false;
	snprintf(full, sizeof(full), "%s%s", root, name);
	return stat(full, &st) || st.st_ctime >= since;
}
