/* SPDX-License-Identifier: Apache-2.0 */
/* Reads options out of the running kernel's own configuration. */
#include "headers/kconfig.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <zlib.h>

/* Longer lines than this do not set anything a BPF program tests. */
#define LINE_MAX_LEN 512

/* "NAME=value" into the option of that name. */
static void take_line(struct cbee__kconfig *options, size_t count, const char *line)
{
	size_t name = strcspn(line, "=\n"), len;

	if (line[name] != '=')
		return;
	len = strcspn(line + name + 1, "\r\n");
	for (size_t i = 0; i < count; i++) {
		struct cbee__kconfig *o = &options[i];

		if (o->len != name || memcmp(o->name, line, name))
			continue;
		if (len < sizeof(o->value)) {
			memcpy(o->value, line + name + 1, len);
			o->value[len] = '\0';
		}
	}
}

/* gzopen reads what is not compressed as it is. */
static int read_file(struct cbee__kconfig *options, size_t count, const char *path)
{
	char line[LINE_MAX_LEN];
	gzFile file = gzopen(path, "rbe");
	bool whole = true;
	int code = 0;

	if (!file)
		return -ENOENT;
	gzbuffer(file, 65536);
	while (gzgets(file, line, sizeof(line))) {
		if (whole && !strncmp(line, "CONFIG_", 7))
			take_line(options, count, line);
		whole = strchr(line, '\n') != NULL;
	}
	gzerror(file, &code);
	gzclose(file);
	return code == Z_OK || code == Z_STREAM_END ? 0 : code == Z_MEM_ERROR ? -ENOMEM : -EIO;
}

int cbee__kconfig_read(struct cbee__kconfig *options, size_t count, const char *proc_config,
		       const char *boot_dir)
{
	char path[PATH_MAX];
	struct utsname uts;
	int err;

	for (size_t i = 0; i < count; i++)
		options[i].value[0] = '\0';
	err = read_file(options, count, proc_config ? proc_config : "/proc/config.gz");
	if (err != -ENOENT)
		return err;
	if (uname(&uts))
		return -errno;
	if (snprintf(path, sizeof(path), "%s/config-%s", boot_dir ? boot_dir : "/boot",
		     uts.release) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return read_file(options, count, path);
}
