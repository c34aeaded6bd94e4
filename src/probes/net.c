/* SPDX-License-Identifier: Apache-2.0 */
/* Programs on packets and sockets: XDP, raw sockets, cgroups, sockmaps. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <bcc/libbpf.h>
#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <net/if.h>

#include "probes/kinds.h"

/* Its index; -ENODEV with a sentence. */
static int interface(struct cbee__attach *a)
{
	unsigned int index = if_nametoindex(a->opts.target);

	if (index)
		return (int)index;
	return cbee__err(&a->c->err, -ENODEV, "there is no network interface '%.60s'",
			 a->opts.target);
}

/* A link takes no other program's place, and is gone with its descriptor. */
int cbee__xdp_attach(struct cbee__attach *a)
{
	LIBBPF_OPTS(bpf_link_create_opts, opts,
		    .flags = a->opts.flags & ~(uint32_t)XDP_FLAGS_UPDATE_IF_NOEXIST);
	int index = interface(a);

	if (index < 0)
		return index;
	a->link.fd = bpf_link_create(a->prog_fd, index, BPF_XDP, &opts);
	if (a->link.fd == -EBUSY) {
		cbee__err(&a->c->err, -EBUSY, "%.60s has an XDP program already", a->opts.target);
		cbee__err_hint(&a->c->err, "'ip link set dev %.60s xdp off' takes it away",
			       a->opts.target);
	}
	return a->link.fd < 0 ? a->link.fd : 0;
}

/* BCC's call binds before there is a filter, so that packets come in which nobody asked for. */
int cbee__socket_attach(struct cbee__attach *a)
{
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL) };
	int index = a->opts.target[0] ? interface(a) : 0;

	if (index < 0)
		return index;
	address.sll_ifindex = index;
	a->link.fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (a->link.fd < 0 || bpf_attach_socket(a->link.fd, a->prog_fd) ||
	    bind(a->link.fd, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	return 0;
}

/* ---- cgroups, sockmaps and the like ----------------------------------- */

enum where { ANYWHERE, ON_CGROUP, ON_SOCKMAP };

/* From the first attach type to the last one, programs are of that type. */
static const struct place {
	enum bpf_attach_type first, last;
	enum bpf_prog_type prog_type;
	enum where where;
} places[] = {
	{ BPF_CGROUP_INET_INGRESS, BPF_CGROUP_INET_EGRESS, BPF_PROG_TYPE_CGROUP_SKB, ON_CGROUP },
	{ BPF_CGROUP_INET_SOCK_CREATE, BPF_CGROUP_INET_SOCK_CREATE, BPF_PROG_TYPE_CGROUP_SOCK,
	  ON_CGROUP },
	{ BPF_CGROUP_SOCK_OPS, BPF_CGROUP_SOCK_OPS, BPF_PROG_TYPE_SOCK_OPS, ON_CGROUP },
	{ BPF_SK_SKB_STREAM_PARSER, BPF_SK_SKB_STREAM_VERDICT, BPF_PROG_TYPE_SK_SKB, ON_SOCKMAP },
	{ BPF_CGROUP_DEVICE, BPF_CGROUP_DEVICE, BPF_PROG_TYPE_CGROUP_DEVICE, ON_CGROUP },
	{ BPF_SK_MSG_VERDICT, BPF_SK_MSG_VERDICT, BPF_PROG_TYPE_SK_MSG, ON_SOCKMAP },
	{ BPF_CGROUP_INET4_BIND, BPF_CGROUP_INET6_CONNECT, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  ON_CGROUP },
	{ BPF_CGROUP_INET4_POST_BIND, BPF_CGROUP_INET6_POST_BIND, BPF_PROG_TYPE_CGROUP_SOCK,
	  ON_CGROUP },
	{ BPF_CGROUP_UDP4_SENDMSG, BPF_CGROUP_UDP6_SENDMSG, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  ON_CGROUP },
	{ BPF_LIRC_MODE2, BPF_LIRC_MODE2, BPF_PROG_TYPE_LIRC_MODE2, ANYWHERE },
	{ BPF_FLOW_DISSECTOR, BPF_FLOW_DISSECTOR, BPF_PROG_TYPE_FLOW_DISSECTOR, ANYWHERE },
	{ BPF_CGROUP_SYSCTL, BPF_CGROUP_SYSCTL, BPF_PROG_TYPE_CGROUP_SYSCTL, ON_CGROUP },
	{ BPF_CGROUP_UDP4_RECVMSG, BPF_CGROUP_UDP6_RECVMSG, BPF_PROG_TYPE_CGROUP_SOCK_ADDR,
	  ON_CGROUP },
	{ BPF_CGROUP_GETSOCKOPT, BPF_CGROUP_SETSOCKOPT, BPF_PROG_TYPE_CGROUP_SOCKOPT, ON_CGROUP },
	{ BPF_CGROUP_INET4_GETPEERNAME, BPF_CGROUP_INET6_GETSOCKNAME,
	  BPF_PROG_TYPE_CGROUP_SOCK_ADDR, ON_CGROUP },
	{ BPF_CGROUP_INET_SOCK_RELEASE, BPF_CGROUP_INET_SOCK_RELEASE, BPF_PROG_TYPE_CGROUP_SOCK,
	  ON_CGROUP },
	{ BPF_SK_SKB_VERDICT, BPF_SK_SKB_VERDICT, BPF_PROG_TYPE_SK_SKB, ON_SOCKMAP },
};

static const struct place *place_of(uint32_t attach_type)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (attach_type >= (uint32_t)places[i].first &&
		    attach_type <= (uint32_t)places[i].last)
			return &places[i];
	return NULL;
}

int cbee__object_prepare(struct cbee__attach *a)
{
	const struct cbee_probe_opts *o = &a->opts;
	const struct place *place = place_of(o->attach_type);

	if (!place)
		return cbee__err(&a->c->err, -EINVAL,
				 "no program can be attached to an object by attach_type %u",
				 o->attach_type);
	if (o->fd <= 0 && (place->where == ANYWHERE || !o->target || !o->target[0]))
		return cbee__err(&a->c->err, -EINVAL, "a %s needs %s",
				 place->where == ON_CGROUP    ? "program on a cgroup"
				 : place->where == ON_SOCKMAP ? "program on a sockmap"
							      : "program of that attach_type",
				 place->where == ANYWHERE ? "a descriptor"
							  : "a target, or a descriptor");
	a->load.type = place->prog_type;
	a->load.expected = o->attach_type;
	return 0;
}

/* A descriptor of our own of what is to be attached to. */
static int open_object(struct cbee__attach *a)
{
	struct cbee_map *map;
	int fd = a->opts.fd;

	if (fd <= 0 && place_of(a->opts.attach_type)->where == ON_SOCKMAP) {
		map = cbee_map(a->c, a->opts.target);
		if (!map)
			return -ENOENT;
		fd = map->fd;
	}
	if (fd > 0)
		fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	else
		fd = open(a->opts.target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && a->opts.fd <= 0)
		return cbee__err_os(&a->c->err, -errno, "cannot open the cgroup %.200s",
				    a->opts.target);
	return fd < 0 ? -errno : fd;
}

/* What stays until it is taken off again. */
static int attach_for_good(struct cbee__attach *a, int object, uint32_t flags)
{
	int err = bpf_prog_attach(a->prog_fd, object, (enum bpf_attach_type)a->opts.attach_type,
				  flags);

	if (!err) {
		a->link.object = object;
		a->link.attach_type = a->opts.attach_type;
	}
	return err;
}

/* A link first, which ends with the process. Linux has them for cgroups since 5.7. */
int cbee__object_attach(struct cbee__attach *a)
{
	bool on_cgroup = place_of(a->opts.attach_type)->where == ON_CGROUP;
	int object = open_object(a), err = -EINVAL;

	if (object < 0)
		return object;
	if (!a->opts.flags) {
		a->link.fd = bpf_link_create(a->prog_fd, object,
					     (enum bpf_attach_type)a->opts.attach_type, NULL);
		err = a->link.fd < 0 ? a->link.fd : 0;
	}
	if (err == -EINVAL || err == -EOPNOTSUPP)
		err = attach_for_good(
			a, object, on_cgroup && !a->opts.flags ? BPF_F_ALLOW_MULTI : a->opts.flags);
	if (!a->link.object)
		close(object);
	return err;
}
