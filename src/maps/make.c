/* SPDX-License-Identifier: Apache-2.0 */
/* Has the kernel create maps, with their layouts beside them. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/bpf.h>
#include <linux/bpf.h>

#include "kernel/handle.h"
#include "maps/map.h"
#include "maps/types.h"

/* Whether the kernel is to be told the layouts of @m. */
static bool wants_types(const struct cbee_map *m)
{
	return m->fd < 0 && (cbee__map_is_local(m->info.type) ||
			     (cbee__map_takes_btf(m->info.type) &&
			      (m->layouts[CBEE_KEY] || m->layouts[CBEE_VALUE])));
}

/* The key of local storages is a descriptor, whose type the kernel insists on. */
static const struct cbee_field descriptor = { .name = "", .kind = CBEE_INT, .size = 4 };

static void add_types(struct cbee__types *types, struct cbee_map *m)
{
	const struct cbee_field *key = m->layouts[CBEE_KEY];

	if (cbee__map_is_local(m->info.type))
		key = &descriptor;
	m->types[CBEE_KEY] = cbee__types_add(types, key, m->info.key_size);
	m->types[CBEE_VALUE] = cbee__types_add(types, m->layouts[CBEE_VALUE], m->info.value_size);
}

/* A program's perf buffers have one entry for each CPU. */
static uint32_t entries_of(const struct cbee_map *m)
{
	if (m->info.type == BPF_MAP_TYPE_PERF_EVENT_ARRAY && m->owner)
		return (uint32_t)cbee_cpus(m->owner);
	return m->info.max_entries;
}

static int create(const struct cbee_map *m, int types_fd)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = m->info.flags);
	const struct cbee_map_info *info = &m->info;
	char name[16]; /* the kernel's limit, with the NUL */

	if (cbee__map_is_local(info->type))
		opts.map_flags |= BPF_F_NO_PREALLOC;
	if (types_fd >= 0 && m->types[CBEE_VALUE]) {
		opts.btf_fd = (uint32_t)types_fd;
		opts.btf_key_type_id = m->types[CBEE_KEY];
		opts.btf_value_type_id = m->types[CBEE_VALUE];
	}
	if (m->owner)
		opts.map_ifindex = m->owner->ifindex;
	if (m->inner)
		opts.inner_map_fd = (uint32_t)m->inner->fd;
	snprintf(name, sizeof(name), "%s", m->name);
	return bpf_map_create(info->type, name, info->key_size, info->value_size, entries_of(m),
			      &opts);
}

static int make(struct cbee_map *m, int types_fd)
{
	int fd = create(m, types_fd);

	/* which kinds take which layouts differs from kernel to kernel */
	if (fd < 0 && cbee__map_lacks(-fd) && types_fd >= 0 && m->types[CBEE_VALUE] &&
	    !cbee__map_is_local(m->info.type)) {
		fd = create(m, -1);
		if (fd >= 0)
			cbee__map_say(m, "the kernel does not keep the layout of map '%s'",
				      m->name);
	}
	if (fd >= 0) {
		m->fd = fd;
		return 0;
	}
	if (fd == -CBEE__ENOTSUPP)
		fd = -EOPNOTSUPP;
	cbee__err_os(m->err, fd, "cannot create BPF map '%s' (%u entries of %u + %u bytes)",
		     m->name, entries_of(m), m->info.key_size, m->info.value_size);
	cbee__map_refused(m, fd);
	return fd;
}

/* Tells the kernel all layouts in one go; only local storages cannot do without. */
static int load_types(struct cbee__types *types, struct cbee_map *maps, size_t count)
{
	int err;

	for (size_t i = 0; i < count; i++)
		if (wants_types(&maps[i]))
			add_types(types, &maps[i]);
	err = cbee__types_load(types);
	for (size_t i = 0; err && i < count; i++)
		if (err == -ENOMEM || (maps[i].fd < 0 && cbee__map_is_local(maps[i].info.type)))
			return cbee__err_os(maps->err, err,
					    "cannot tell the kernel the layout of map '%s'",
					    maps[i].name);
	if (err)
		cbee__map_say(maps, "the kernel does not keep the layouts of maps: %s",
			      strerror(-err));
	return 0;
}

int cbee__maps_make(struct cbee_map *maps, size_t count)
{
	struct cbee__types types = CBEE__TYPES_NONE;
	int err = load_types(&types, maps, count);

	/* maps of maps come after those that serve them as templates */
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; !err && i < count; i++)
			if (maps[i].fd < 0 && !maps[i].inner == !round)
				err = make(&maps[i], types.fd);
	cbee__types_free(&types);
	return err;
}
