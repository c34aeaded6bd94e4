/* SPDX-License-Identifier: Apache-2.0 */
/* Entries that stand for a program, a cgroup, a map or a counter. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <bcc/libbpf.h>
#include <linux/bpf.h>

#include "kernel/handle.h"
#include "kernel/module.h"
#include "kernel/prog.h"
#include "probes/probe.h"
#include "maps/map.h"

/* Whether the map is of that kind, which has an index of 32 bits and a descriptor as value. */
static int check_kind(struct cbee_map *m, uint32_t type, const char *what)
{
	int err = cbee__map_ready(m);

	if (!err && m->info.type != type)
		err = cbee__err(m->err, -EOPNOTSUPP, "map '%s' holds no %s", m->name, what);
	return err;
}

static int set(struct cbee_map *m, uint32_t index, int fd)
{
	return cbee_map_set(m, &index, sizeof(index), &fd, sizeof(fd), BPF_ANY);
}

/* Puts @fd in at @index and closes it: the map keeps what it stands for. */
static int put(struct cbee_map *m, uint32_t index, int fd)
{
	int err = set(m, index, fd);

	close(fd);
	return err;
}

int cbee_map_set_prog(struct cbee_map *m, uint32_t index, const char *fn, enum cbee_probe_kind kind)
{
	int err = check_kind(m, BPF_MAP_TYPE_PROG_ARRAY, "programs");
	struct cbee__load load = { .fn = fn };
	int fd;

	if (!err && !m->owner)
		err = cbee__err(m->err, -EINVAL, "map '%s' belongs to no program", m->name);
	if (!err)
		err = cbee__probe_type(m->owner, kind, &load.type, &load.expected);
	if (err)
		return err;
	fd = cbee__prog_get(m->owner, &load);
	if (fd < 0)
		return fd;
	err = set(m, index, fd);
	cbee__prog_put(m->owner, fd);
	return err;
}

int cbee_map_set_cgroup(struct cbee_map *m, uint32_t index, const char *path)
{
	int err = check_kind(m, BPF_MAP_TYPE_CGROUP_ARRAY, "cgroups");
	int fd;

	if (err)
		return err;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return cbee__err_os(m->err, -errno, "cannot open the cgroup %.200s", path);
	err = put(m, index, fd);
	if (err == -EBADF)
		cbee__err(m->err, err, "%.200s is not a folder of the cgroup2 file system", path);
	return err;
}

int cbee_map_set_map(struct cbee_map *m, const void *key, size_t key_size, struct cbee_map *inner)
{
	int err = cbee__map_ready(m);
	int fd;

	if (err)
		return err;
	if (m->info.type != BPF_MAP_TYPE_ARRAY_OF_MAPS && m->info.type != BPF_MAP_TYPE_HASH_OF_MAPS)
		return cbee__err(m->err, -EOPNOTSUPP, "map '%s' holds no maps", m->name);
	fd = cbee_map_fd(inner);
	if (fd < 0)
		return cbee__err(m->err, fd, "the inner map for '%s' does not exist", m->name);
	return cbee_map_set(m, key, key_size, &fd, sizeof(fd), BPF_ANY);
}

int cbee_map_set_counters(struct cbee_map *m, uint32_t type, uint64_t config, int pid)
{
	int err = check_kind(m, BPF_MAP_TYPE_PERF_EVENT_ARRAY, "counters");
	int cpus = cbee_cpus(NULL), opened = 0;

	for (int cpu = 0; !err && cpu < cpus; cpu++) {
		int fd = bpf_open_perf_event(type, config, pid ? pid : -1, cpu);

		if (fd < 0 && errno == ENODEV) /* a CPU that is offline */
			continue;
		if (fd < 0)
			return cbee__err_os(m->err, -errno, "cannot count events for map '%s'",
					    m->name);
		err = put(m, (uint32_t)cpu, fd);
		opened++;
	}
	if (!err && !opened)
		err = cbee__err_os(m->err, -ENODEV, "cannot count events for map '%s'", m->name);
	return err;
}
