/* SPDX-License-Identifier: Apache-2.0 */
/* Changes and replaces maps before they are created, and pins those that are. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/magic.h>

#include "maps/map.h"

#define STANDARD_PLACE "/sys/fs/bpf"

/* ---- before the map exists -------------------------------------------- */

static int check_not_created(struct cbee_map *m)
{
	if (!m)
		return -ENOENT;
	return m->fd < 0 ? 0 : cbee__err(m->err, -EBUSY, "map '%s' exists already", m->name);
}

int cbee_map_tune(struct cbee_map *m, uint32_t max_entries, uint32_t add_flags)
{
	int err = check_not_created(m);

	if (err)
		return err;
	if (max_entries)
		m->info.max_entries = max_entries;
	m->info.flags |= add_flags;
	return 0;
}

/* What makes the map at @path another than @m, as a sentence. */
static int compare(struct cbee_map *m, const char *path, const struct bpf_map_info *info)
{
	if (info->key_size != m->info.key_size || info->value_size != m->info.value_size)
		return cbee__err(m->err, -EINVAL,
				 "the pinned map %s has keys of %u and values of %u bytes, not %u "
				 "and %u",
				 path, info->key_size, info->value_size, m->info.key_size,
				 m->info.value_size);
	if (info->type != m->info.type) /* values of per-CPU maps are larger */
		return cbee__err(m->err, -EINVAL, "the pinned map %s is of type %u, not %u", path,
				 info->type, m->info.type);
	return 0;
}

int cbee__map_pinned(struct cbee_map *m, const char *path)
{
	int fd = bpf_obj_get(path);

	if (fd >= 0)
		return fd;
	cbee__err_os(m->err, fd, "cannot open the pinned map %.200s", path);
	if (fd == -EACCES) /* what the kernel says of any other file */
		cbee__err_hint(m->err, "a pinned map is a file of the bpf file system");
	return fd;
}

int cbee_map_reuse(struct cbee_map *m, const char *path)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info);
	int fd, err = check_not_created(m);

	if (err)
		return err;
	fd = cbee__map_pinned(m, path);
	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	err = err ? cbee__err_os(m->err, err, "cannot describe the pinned map %s", path)
		  : compare(m, path, &info);
	if (err) {
		close(fd);
		return err;
	}
	m->info.max_entries = info.max_entries;
	m->fd = fd;
	return 0;
}

/* ---- pinning ---------------------------------------------------------- */

/* Whether the folder of @path is in a BPF file system; -errno when there is none. */
static int in_bpffs(const char *path)
{
	char folder[PATH_MAX];
	struct statfs fs;
	char *slash;

	if (snprintf(folder, sizeof(folder), "%s", path) >= (int)sizeof(folder))
		return -ENAMETOOLONG;
	slash = strrchr(folder, '/');
	if (!slash)
		return -EINVAL;
	slash[slash == folder] = '\0';
	if (statfs(folder, &fs))
		return -errno;
	return fs.f_type == BPF_FS_MAGIC;
}

/* Finds the first BPF file system there is, for advice. */
static bool find_bpffs(char *place, size_t size)
{
	FILE *f = fopen("/proc/mounts", "re");
	char line[1024], where[256], type[32];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %255s %31s", where, type) != 2 || strcmp(type, "bpf"))
			continue;
		snprintf(place, size, "%s", where);
		found = true;
	}
	if (f)
		fclose(f);
	return found;
}

static int cannot_pin(struct cbee_map *m, const char *path, int err)
{
	cbee__err_os(m->err, err, "cannot pin map '%s' at %.200s", m->name, path);
	if (err == -EPERM && strchr(path, '.')) /* it says so of any in the path */
		cbee__err_hint(m->err, "names in a BPF file system have no dots");
	if (!strchr(path, '/'))
		cbee__err_hint(m->err, "a path has a slash, such as " STANDARD_PLACE "/%.60s",
			       path);
	return err;
}

/* Makes sure that a map can be pinned at @path. */
static int need_bpffs(struct cbee_map *m, const char *path)
{
	size_t len = strlen(STANDARD_PLACE);
	char place[256];
	int is = in_bpffs(path);

	if (is == 0 && !strncmp(path, STANDARD_PLACE "/", len + 1)) {
		if (mount("bpf", STANDARD_PLACE, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC,
			  "mode=0700"))
			return cbee__err_os(m->err, -errno, "cannot mount a BPF file system at %s",
					    STANDARD_PLACE);
		cbee__map_say(m, "mounted a BPF file system at %s", STANDARD_PLACE);
		is = in_bpffs(path);
	}
	if (is > 0)
		return 0;
	if (is < 0)
		return cannot_pin(m, path, is);
	cbee__err(m->err, -EINVAL, "cannot pin map '%s' at %.200s, which is in no BPF file system",
		  m->name, path);
	cbee__err_hint(m->err, "pin it below %s",
		       find_bpffs(place, sizeof(place)) ? place : STANDARD_PLACE);
	return -EINVAL;
}

int cbee_map_pin(struct cbee_map *m, const char *path)
{
	int err = cbee__map_ready(m);

	if (!err)
		err = need_bpffs(m, path);
	if (err)
		return err;
	err = bpf_obj_pin(m->fd, path);
	return err ? cannot_pin(m, path, err) : 0;
}

int cbee_map_unpin(struct cbee_map *m, const char *path)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info), id = 0;
	int err = cbee_map_id(m, &id), fd;

	if (err)
		return err;
	fd = cbee__map_pinned(m, path);
	if (fd < 0)
		return fd;
	err = bpf_obj_get_info_by_fd(fd, &info, &len);
	close(fd);
	if (err || info.id != id)
		return cbee__err(m->err, -EINVAL, "what is pinned at %.200s is not map '%s'", path,
				 m->name);
	if (unlink(path))
		return cbee__err_os(m->err, -errno, "cannot unpin %.200s", path);
	return 0;
}
