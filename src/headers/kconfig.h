/* SPDX-License-Identifier: Apache-2.0 */
/* Reads options out of the running kernel's own configuration. */
#ifndef CBEE_KCONFIG_H
#define CBEE_KCONFIG_H

#include <stddef.h>

struct cbee__kconfig {
	const char *name; /* "CONFIG_..."; not NUL-terminated */
	size_t len;
	char value[64]; /* as written: y, m, 250, 0x10, "text"; empty: not set */
};

/*
 * Fills the values of @options (all emptied first) from @proc_config
 * (gzipped; NULL: /proc/config.gz), else from @boot_dir/config-RELEASE
 * (NULL: /boot). 0, or -ENOENT when neither can be read, -EIO when damaged.
 */
int cbee__kconfig_read(struct cbee__kconfig *options, size_t count, const char *proc_config,
		       const char *boot_dir);

#endif
