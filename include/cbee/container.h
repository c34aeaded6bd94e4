/* SPDX-License-Identifier: Apache-2.0 */
/* Containers: BPF programs that see certain cgroups or mount namespaces only. */
#ifndef CBEE_CONTAINERS_H
#define CBEE_CONTAINERS_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Has the text, which includes <cbee/bpf/container.h> and returns where
 * cbee_container_skip() says so, pass over what is in none of the containers whose
 * numbers are keys of these pinned maps. @cgroups: a hash of 64-bit keys and 64-bit
 * values, whose keys are inode numbers of folders of cgroup v2 (Linux 4.18);
 * @mount_namespaces: one of 64-bit keys and 32-bit values, whose keys are inode
 * numbers of /proc/PID/ns/mnt. Either may be NULL: that does not matter then; what is in
 * the maps may be changed while it traces. Before cbee_load(). -ENOENT: no such map,
 * or the text does not ask; -EINVAL: what is there is no such map; -EBUSY: it is
 * loaded already.
 */
CBEE_API int cbee_containers(struct cbee *c, const char *cgroups, const char *mount_namespaces);

#ifdef __cplusplus
}
#endif

#endif
