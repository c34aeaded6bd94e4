/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how programs get on interfaces, sockets, cgroups and sockmaps, and off them again. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <unistd.h>

#include "rig.h"

static void start(void)
{
	rig_begin();
	fake_add_prog("fn");
	fake_add_map("socks", BPF_MAP_TYPE_SOCKMAP, 4, 4, 16);
	rig_load();
}

static void not_attached(const struct cbee_probe_opts *o, int code, const char *text)
{
	UNIT_EQ(cbee_attach(c, o), code);
	UNIT_EQ(cbee_error(c)->code, code);
	UNIT_STR(cbee_error(c)->text, text);
	UNIT_EQ(c->link_count, 0);
}

static void interfaces(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_XDP,
				     .fn = "fn",
				     .target = "eth7",
				     .flags = XDP_FLAGS_SKB_MODE | XDP_FLAGS_UPDATE_IF_NOEXIST };

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_STR(fake_nth("prog_load", 0), "prog_load fn type=6 expected=0 btf=0 log=0");
	UNIT_STR(fake_nth("link_create", 0), "link_create fn type=37 interface=7 flags=2");
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	o.target = "eth8";
	not_attached(&o, -ENODEV, "there is no network interface 'eth8'");
	o.target = "";
	not_attached(&o, -EINVAL, "the XDP program 'fn' needs a target");
	o.target = "eth7";
	fake_refuse("link_create", EBUSY);
	not_attached(&o, -EBUSY, "eth7 has an XDP program already");
	UNIT_STR(cbee_error(c)->hint, "'ip link set dev eth7 xdp off' takes it away");
	end();
}

/* The filter is there before the first packet. */
static void sockets(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_RAW_SOCKET, .fn = "fn", .target = "eth7" };

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_STR(fake_call(0), "prog_load fn type=1 expected=0 btf=0 log=0");
	UNIT_STR(fake_call(1), "socket protocol=0");
	UNIT_STR(fake_call(2), "attach_socket socket fn");
	UNIT_STR(fake_call(3), "bind socket interface=7 protocol=3");
	UNIT_EQ(cbee_attached_fd(c, &o), c->links[0].fd);
	cbee_detach(c);
	o.target = "";
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_STR(fake_nth("bind", 1), "bind socket interface=0 protocol=3");
	cbee_detach(c);
	o.target = NULL;
	not_attached(&o, -EINVAL, "the raw socket 'fn' needs a target");
	o.target = "eth8";
	not_attached(&o, -ENODEV, "there is no network interface 'eth8'");
	o.target = "";
	fake_refuse("socket", EPERM);
	not_attached(&o, -EPERM,
		     "cannot attach 'fn' as raw socket to this machine: Operation not permitted");
	end();
}

static void cgroups(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_OBJECT,
				     .fn = "fn",
				     .target = "/tmp",
				     .attach_type = BPF_CGROUP_INET4_CONNECT };

	start();
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_STR(fake_nth("prog_load", 0), "prog_load fn type=18 expected=10 btf=0 log=0");
	UNIT_STR(fake_nth("link_create", 0), "link_create fn type=10");
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_EQ(fake_count("prog_"), 1);
	fake_forget();
	o.flags = BPF_F_ALLOW_OVERRIDE;
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_EQ(fake_count("link_create"), 0);
	UNIT_STR(fake_nth("prog_attach", 0), "prog_attach fn type=10 flags=1");
	UNIT_EQ(cbee_detach_probe(c, &o), 0);
	UNIT_STR(fake_nth("prog_detach", 0), "prog_detach fn type=10");
	o.flags = 0;
	fake_refuse("link_create", EINVAL);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_STR(fake_nth("prog_attach", 1), "prog_attach fn type=10 flags=2");
	cbee_detach(c);
	UNIT_EQ(fake_count("prog_detach"), 2);
	o.target = "/none";
	not_attached(&o, -ENOENT, "cannot open the cgroup /none: No such file or directory");
	fake_refuse("prog_attach", EPERM);
	o.target = "/tmp";
	not_attached(&o, -EPERM,
		     "cannot attach 'fn' as program on an object to /tmp: Operation not permitted");
	end();
}

static void sockmaps_and_descriptors(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_OBJECT,
				     .fn = "fn",
				     .target = "socks",
				     .attach_type = BPF_SK_SKB_STREAM_VERDICT };
	int fd;

	start();
	fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fake_refuse("link_create", EINVAL);
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_STR(fake_nth("prog_load", 0), "prog_load fn type=14 expected=5 btf=0 log=0");
	UNIT_STR(fake_nth("prog_attach", 0), "prog_attach fn type=5 flags=0");
	cbee_detach(c);
	o.target = "none";
	not_attached(&o, -ENOENT, "the program has no map 'none'");
	o = (struct cbee_probe_opts){
		.kind = CBEE_OBJECT, .fn = "fn", .attach_type = BPF_FLOW_DISSECTOR, .fd = fd
	};
	UNIT_EQ(cbee_attach(c, &o), 0);
	UNIT_STR(fake_nth("prog_load fn type=22", 0),
		 "prog_load fn type=22 expected=17 btf=0 log=0");
	cbee_detach(c);
	o.fd = 0;
	not_attached(&o, -EINVAL, "a program of that attach_type needs a descriptor");
	o.attach_type = BPF_CGROUP_DEVICE;
	not_attached(&o, -EINVAL, "a program on a cgroup needs a target, or a descriptor");
	o.attach_type = BPF_TRACE_FENTRY;
	not_attached(&o, -EINVAL, "no program can be attached to an object by attach_type 24");
	o.attach_type = BPF_CGROUP_DEVICE;
	o.fd = 1000;
	not_attached(
		&o, -EBADF,
		"cannot attach 'fn' as program on an object to this machine: Bad file descriptor");
	close(fd);
	end();
}

static int attach_each(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_XDP, .fn = "fn", .target = "eth7" };
	int e = cbee_attach(c, &o);

	o.kind = CBEE_RAW_SOCKET;
	if (!e)
		e = cbee_attach(c, &o);
	o.kind = CBEE_OBJECT;
	o.target = "/tmp";
	if (!e)
		e = cbee_attach(c, &o);
	o.flags = BPF_F_ALLOW_MULTI;
	for (int i = 0; !e && i < 20; i++)
		e = cbee_attach(c, &o);
	if (e)
		CU_ASSERT(cbee_error(c)->code == e && cbee_error(c)->text[0]);
	return e;
}

static void survives_failing_calls(void)
{
	CU_ASSERT(rig_each_call(start, attach_each) > 10);
}

static void survives_failing_allocations(void)
{
	int e;

	UNIT_EACH_ALLOC_AFTER(start(), e, -ENOMEM, {
		e = attach_each();
		end();
	});
	UNIT_EQ(e, 0);
}

UNIT_MAIN("net", { "interfaces", interfaces }, { "sockets", sockets }, { "cgroups", cgroups },
	  { "sockmaps and descriptors", sockmaps_and_descriptors },
	  { "survives failing calls", survives_failing_calls },
	  { "survives failing allocations", survives_failing_allocations })
