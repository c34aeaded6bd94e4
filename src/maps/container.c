/* SPDX-License-Identifier: Apache-2.0 */
/* Puts pinned maps of containers in the place of the text's. */
#include <cbee/cbee.h>

static int use(struct cbee *c, const char *option, const char *map, const char *path)
{
	int err;

	if (!path)
		return cbee_const_set(c, option, 0);
	err = cbee_map_reuse(cbee_map(c, map), path);
	return err ? err : cbee_const_set(c, option, 1);
}

int cbee_containers(struct cbee *c, const char *cgroups, const char *mount_namespaces)
{
	int err = use(c, "cgroupmap_given", "cbee_cgroups", cgroups);

	return err ? err : use(c, "mntnsmap_given", "cbee_mount_namespaces", mount_namespaces);
}
