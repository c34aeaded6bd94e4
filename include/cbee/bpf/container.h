/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For BPF programs: only what runs in certain containers is traced, told by its
 * cgroup or by its mount namespace. The numbers wanted are the keys of maps that were
 * pinned beforehand: cbee_containers() puts them into place, and in tracers the
 * options --cgroupmap and --mntnsmap.
 */
#ifndef CBEE_CONTAINER_H
#define CBEE_CONTAINER_H

#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>

/* Known to BTF, but to no header that a kernel installs; since Linux 5.11 it begins like this. */
#ifdef CBEE_HEADERS
#define CBEE_MOUNT_NAMESPACE struct mnt_namespace
#else
#define CBEE_MOUNT_NAMESPACE struct cbee_mount_namespace
struct cbee_mount_namespace {
	struct ns_common ns;
};
#endif

BPF_HASH(cbee_cgroups, u64, u64, 1);
BPF_HASH(cbee_mount_namespaces, u64, u32, 1);

static inline u64 cbee_mount_namespace(void)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct nsproxy *ns = 0;
	CBEE_MOUNT_NAMESPACE *mnt = 0;
	u32 inum = 0;

	bpf_probe_read_kernel(&ns, sizeof(ns), &task->nsproxy);
	bpf_probe_read_kernel(&mnt, sizeof(mnt), &ns->mnt_ns);
	bpf_probe_read_kernel(&inum, sizeof(inum), &mnt->ns.inum);
	return inum;
}

/* Whether the current process is in none of the containers that were asked for. */
static inline int cbee_container_skip(void)
{
	u64 id;

	if (OPT(cgroupmap_given)) {
		id = bpf_get_current_cgroup_id();
		if (!cbee_cgroups.lookup(&id))
			return 1;
	}
	if (OPT(mntnsmap_given)) {
		id = cbee_mount_namespace();
		if (!cbee_mount_namespaces.lookup(&id))
			return 1;
	}
	return 0;
}

#endif
