/* SPDX-License-Identifier: Apache-2.0 */
/* Attaches to packets, cgroups, events, iterators and patterns; counts known events exactly. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/perf_event.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "expect.h"

#define EVENTS 23
#define PORT   45623

/* The same for a call of the library, whose sentence is shown. */
#define CALL(c, call)                                    \
	do {                                             \
		int err_ = (call);                       \
		if (err_) {                              \
			printf("%s: %d: ", #call, err_); \
			show_error(c);                   \
			bad = 1;                         \
		}                                        \
	} while (0)

static const char text[] =
	"#include <linux/if_ether.h>\n"
	"#include <linux/ip.h>\n"
	"#include <linux/udp.h>\n"
	"BPF_ARRAY(hits, u64, 4);\n"
	"BPF_HASH(table, u32, u64, 64);\n"
	"BPF_SOCKMAP(socks, 4);\n"
	"static inline int hit(int row)\n"
	"{\n"
	"	u64 *n = hits.lookup(&row);\n"
	"	if (n)\n"
	"		__sync_fetch_and_add(n, 1);\n"
	"	return 0;\n"
	"}\n"
	"int xdp(struct xdp_md *ctx)\n"
	"{\n"
	"	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;\n"
	"	struct iphdr *ip = data + sizeof(struct ethhdr);\n"
	"	struct udphdr *udp = (void *)ip + sizeof(*ip);\n"
	"	if ((void *)(udp + 1) <= end && ip->protocol == 17 && udp->dest == htons(45623))\n"
	"		hit(0);\n"
	"	return XDP_PASS;\n"
	"}\n"
	"int filter(struct __sk_buff *skb)\n"
	"{\n"
	"	if (skb->pkt_type == 0)\n" /* PACKET_HOST: not once more when it is sent */
	"		hit(0);\n"
	"	return skb->pkt_type == 0 ? -1 : 0;\n"
	"}\n"
	"int egress(struct __sk_buff *skb) { hit(0); return 1; }\n"
	"int connects(struct bpf_sock_addr *ctx)\n"
	"{\n"
	"	hit(ctx->user_port == htons(45623) ? 0 : 1);\n"
	"	return 1;\n"
	"}\n"
	"int verdict(struct __sk_buff *skb) { hit(0); return SK_DROP; }\n"
	"int sample(struct bpf_perf_event_data *ctx)\n"
	"{\n"
	"	if (bpf_get_current_pid_tgid() >> 32 == OPT(pid))\n"
	"		hit(0);\n"
	"	return 0;\n"
	"}\n"
	"int plain(struct pt_regs *ctx) { return hit(0); }\n"
	"int traced(void *ctx)\n"
	"{\n"
	"	if (bpf_get_current_pid_tgid() >> 32 == OPT(pid))\n"
	"		hit(0);\n"
	"	return 0;\n"
	"}\n"
	"int traced_too(void *ctx)\n"
	"{\n"
	"	if (bpf_get_current_pid_tgid() >> 32 == OPT(pid))\n"
	"		hit(1);\n"
	"	return 0;\n"
	"}\n"
	"BPF_ITER(task)\n"
	"{\n"
	"	struct task_struct *task = ctx->task;\n"
	"	if (task && task->tgid == OPT(pid))\n"
	"		bpf_seq_write(ctx->meta->seq, task->comm, 4);\n"
	"	return 0;\n"
	"}\n"
	"int each_element(struct bpf_iter__bpf_map_elem *ctx)\n"
	"{\n"
	"	if (ctx->key && ctx->value) {\n"
	"		u64 value = *(u64 *)ctx->value;\n"
	"		bpf_seq_write(ctx->meta->seq, &value, sizeof(value));\n"
	"	}\n"
	"	return 0;\n"
	"}\n";

static struct cbee *c;

static unsigned long long hits(int row)
{
	unsigned long long n = 0, zero = 0;

	cbee_map_get(cbee_map(c, "hits"), &row, sizeof(row), &n, sizeof(n));
	cbee_map_set(cbee_map(c, "hits"), &row, sizeof(row), &zero, sizeof(zero), 0);
	return n;
}

/* ---- packets ---------------------------------------------------------- */

/* A network where nobody else sends anything, and mounts that end with us. */
static void own_network(void)
{
	struct ifreq lo = { .ifr_name = "lo" };
	int fd;

	if (unshare(CLONE_NEWNET | CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		exit(2);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	lo.ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING;
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &lo))
		perror("lo");
	close(fd);
}

/* To a port where somebody listens, lest answers come. */
static void send_datagrams(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int in = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (bind(in, (struct sockaddr *)&to, sizeof(to)))
		perror("bind");
	for (int i = 0; i < EVENTS; i++)
		if (sendto(out, "hello", 5, 0, (struct sockaddr *)&to, sizeof(to)) != 5)
			perror("sendto");
	usleep(20000); /* the loopback delivers at once, but in another context */
	close(in);
	close(out);
}

static void check_xdp(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_XDP, .fn = "xdp", .target = "lo", .flags = XDP_FLAGS_SKB_MODE
	};

	CALL(c, cbee_attach(c, &o));
	send_datagrams();
	EXPECT("packets seen by XDP", hits(0), EVENTS);
	EXPECT("a second one", cbee_attach(c, &o), -EBUSY);
	EXPECT("what is said", strcmp(cbee_error(c)->text, "lo has an XDP program already"), 0);
	EXPECT("attached", cbee_attached(c, CBEE_XDP), 1);
	CALL(c, cbee_detach_probe(c, &o));
	send_datagrams();
	EXPECT("packets after detaching XDP", hits(0), 0);
	EXPECT("attached after all", cbee_attached(c, CBEE_XDP), 0);
	o.target = "nowhere0";
	EXPECT("no interface", cbee_attach(c, &o), -ENODEV);
}

static void check_raw_socket(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_RAW_SOCKET, .fn = "filter", .target = "lo" };
	char packet[2048];
	int fd, packets = 0;

	for (int all = 0; all < 2; all++) {
		o.target = all ? "" : "lo";
		CALL(c, cbee_attach(c, &o));
		send_datagrams();
		EXPECT("packets filtered", hits(0), EVENTS);
		fd = cbee_attached_fd(c, &o);
		for (packets = 0; read(fd, packet, sizeof(packet)) == 14 + 20 + 8 + 5;)
			packets++;
		EXPECT("packets read", packets, EVENTS);
		cbee_detach(c);
		send_datagrams();
		EXPECT("packets after detaching", hits(0), 0);
	}
}

/* ---- cgroups and sockmaps --------------------------------------------- */

static void join(const char *group)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	f = fopen(path, "we");
	if (!f || fprintf(f, "%d\n", getpid()) < 0 || fclose(f))
		perror(path);
}

static void connect_to(int port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((unsigned short)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		perror("connect");
	close(fd);
}

static void check_connects(struct cbee_probe_opts *o)
{
	CALL(c, cbee_attach(c, o));
	for (int i = 0; i < EVENTS; i++)
		connect_to(PORT);
	connect_to(PORT + 1);
	EXPECT("connections seen", hits(0), EVENTS);
	EXPECT("others seen", hits(1), 1);
	CALL(c, cbee_detach_probe(c, o));
	connect_to(PORT);
	EXPECT("connections after detaching", hits(0), 0);
}

static void check_cgroup(const char *folder)
{
	struct cbee_probe_opts o = { .kind = CBEE_OBJECT,
				     .fn = "egress",
				     .attach_type = BPF_CGROUP_INET_EGRESS };
	char top[200], group[256];

	snprintf(top, sizeof(top), "%s/cgroup", folder);
	snprintf(group, sizeof(group), "%s/cbee-test-%d", top, getpid());
	if (mkdir(top, 0700) || mount("cgroup2", top, "cgroup2", 0, NULL) || mkdir(group, 0700))
		perror(top);
	join(group);
	o.target = group;
	CALL(c, cbee_attach(c, &o));
	send_datagrams();
	EXPECT("packets leaving the cgroup", hits(0), EVENTS);
	CALL(c, cbee_detach_probe(c, &o));
	send_datagrams();
	EXPECT("packets after detaching", hits(0), 0);

	o.fn = "connects";
	o.attach_type = BPF_CGROUP_INET4_CONNECT;
	check_connects(&o);
	o.flags = BPF_F_ALLOW_MULTI; /* as Python attaches: the kernel keeps it */
	check_connects(&o);
	o.fd = open(group, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	o.target = NULL;
	o.flags = 0;
	check_connects(&o);
	close(o.fd);
	join(top);
	if (rmdir(group) || umount(top) || rmdir(top))
		perror(group);
}

/* A pair of connected TCP sockets. */
static void pair(int fds[2])
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	int in = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(in, (struct sockaddr *)&at, len) || listen(in, 1) ||
	    getsockname(in, (struct sockaddr *)&at, &len))
		perror("listen");
	fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fds[0], (struct sockaddr *)&at, len))
		perror("connect");
	fds[1] = accept(in, NULL, NULL);
	close(in);
}

static void check_sockmap(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_OBJECT,
				     .fn = "verdict",
				     .target = "socks",
				     .attach_type = BPF_SK_SKB_STREAM_VERDICT };
	int fds[2], zero = 0;

	pair(fds);
	CALL(c, cbee_attach(c, &o));
	CALL(c,
	     cbee_map_set(cbee_map(c, "socks"), &zero, sizeof(zero), &fds[1], sizeof(fds[1]), 0));
	for (int i = 0; i < EVENTS; i++) {
		if (send(fds[0], "x", 1, 0) != 1)
			perror("send");
		usleep(2000); /* each in a packet of its own */
	}
	EXPECT("packets dropped by the verdict", hits(0), EVENTS);
	CALL(c, cbee_detach_probe(c, &o));
	close(fds[0]);
	close(fds[1]);
}

/* ---- perf events ------------------------------------------------------ */

static void burn(void)
{
	struct timespec start, now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < 400);
}

static void check_perf(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
					.config = PERF_COUNT_SW_TASK_CLOCK,
					.sample_period = 10000000 }; /* ns */
	struct cbee_probe_opts o = {
		.kind = CBEE_PERF_EVENT, .fn = "sample", .perf_attr = &attr, .pid = getpid()
	};
	struct cbee_probe_opts in_group = { .kind = CBEE_PERF_EVENT,
					    .fn = "sample",
					    .perf_type = PERF_TYPE_SOFTWARE,
					    .perf_config = PERF_COUNT_SW_PAGE_FAULTS,
					    .sample_period = 1 };
	unsigned long long n;

	CALL(c, cbee_attach(c, &o));
	burn();
	n = hits(0);
	EXPECT("samples of 400 ms, one each 10 ms", n >= 36 && n <= 42, 1);
	cbee_detach(c);

	attr.inherit = 0;
	in_group.cpu = o.cpu = 1;
	o.pid = 0;
	CALL(c, cbee_attach(c, &o));
	in_group.group_fd = cbee_attached_fd(c, &o);
	CALL(c, cbee_attach(c, &in_group));
	EXPECT("events", cbee_attached(c, CBEE_PERF_EVENT), 2);
	CALL(c, cbee_detach_probe(c, &in_group));
	EXPECT("events, one detached", cbee_attached(c, CBEE_PERF_EVENT), 1);
	in_group.cpu = 2;
	EXPECT("a group of two CPUs", cbee_attach(c, &in_group), -EINVAL);
	cbee_detach(c);
}

/* ---- iterators -------------------------------------------------------- */

static void check_iterators(void)
{
	unsigned long long values[EVENTS], sum = 0;
	char *got = NULL;
	size_t size = 0;
	int fd = -1;

	for (unsigned int i = 0; i < EVENTS; i++) {
		unsigned long long value = i + 1;

		CALL(c,
		     cbee_map_set(cbee_map(c, "table"), &i, sizeof(i), &value, sizeof(value), 0));
	}
	CALL(c, cbee_iter_read(c, &(struct cbee_iter_opts){ .fn = "bpf_iter__task" }, &got, &size));
	EXPECT("bytes of one task", size, 4);
	EXPECT("its name", got && strcmp(got, "atta"), 0);
	free(got);
	got = NULL;
	CALL(c,
	     cbee_iter_read(c, &(struct cbee_iter_opts){ .fn = "bpf_iter__task", .pid = getppid() },
			    &got, &size));
	EXPECT("bytes of another task", size, 0);
	free(got);
	CALL(c, cbee_iter_open(c,
			       &(struct cbee_iter_opts){ .fn = "each_element",
							 .target = "bpf_map_elem",
							 .map = "table" },
			       &fd));
	EXPECT("bytes of the map", read(fd, values, sizeof(values)), sizeof(values));
	for (int i = 0; i < EVENTS; i++)
		sum += values[i];
	EXPECT("sum of its values", sum, EVENTS * (EVENTS + 1) / 2);
	close(fd);
	EXPECT("no such objects",
	       cbee_iter_open(c, &(struct cbee_iter_opts){ .fn = "plain", .target = "x" }, &fd),
	       -ENOENT);
}

/* ---- patterns --------------------------------------------------------- */

__attribute__((noinline)) void probed_one(void)
{
	__asm__ volatile("");
}

__attribute__((noinline)) void probed_two(void)
{
	__asm__ volatile("");
}

__attribute__((noinline)) int probed_three(int x)
{
	__asm__ volatile("");
	return x + 1;
}

static void call_all(void)
{
	for (int i = 0; i < EVENTS; i++) {
		probed_one();
		probed_two();
		probed_three(i);
	}
}

static void check_functions(struct cbee_probe_opts o, unsigned int want)
{
	unsigned int count = 0;

	CALL(c, cbee_attach_all(c, &o, &count));
	EXPECT("functions", count, want);
	call_all();
	EXPECT("calls", hits(0), want * EVENTS);
	EXPECT("places", cbee_attached(c, o.kind), want);
	CALL(c, cbee_detach_probe(c, &o));
	EXPECT("detached twice", cbee_detach_probe(c, &o), -ENOENT);
	call_all();
	EXPECT("calls after detaching", hits(0), 0);
}

static void check_patterns(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_UPROBE, .fn = "plain", .target = "/proc/self/exe", .symbol = "probed_*"
	};
	unsigned int count = 0;

	check_functions(o, 3);
	o.kind = CBEE_URETPROBE;
	check_functions(o, 3);
	o.symbol = "probed_t(wo|hree)";
	o.regexp = true;
	check_functions(o, 2);
	o.kind = CBEE_UPROBE;
	o.pid = getpid();
	check_functions(o, 2);
	o.limit = 1;
	EXPECT("over the limit", cbee_attach_all(c, &o, &count), -E2BIG);
	EXPECT("nothing attached", cbee_attached(c, CBEE_UPROBE), 0);

	o = (struct cbee_probe_opts){ .kind = CBEE_TRACEPOINT,
				      .fn = "traced",
				      .target = "syscalls:sys_e*_getppid" };
	CALL(c, cbee_attach_all(c, &o, &count));
	EXPECT("tracepoints", count, 2);
	for (int i = 0; i < EVENTS; i++)
		syscall(SYS_getppid);
	EXPECT("entries and exits", hits(0), 2 * EVENTS);
	CALL(c, cbee_detach_probe(c, &o));
	syscall(SYS_getppid);
	EXPECT("none any more", hits(0), 0);
	o.kind = CBEE_RAW_TRACEPOINT;
	o.target = "sys_(enter|exit)";
	o.regexp = true;
	CALL(c, cbee_attach_all(c, &o, &count));
	EXPECT("raw tracepoints", count, 2);
	cbee_detach(c);
	hits(0);
	o.target = "nothing_of_the_kind";
	EXPECT("no match", cbee_attach_all(c, &o, &count), -ENOENT);
}

/* What has been attached before a failure is taken back. */
static void check_half_way(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_TRACEPOINT,
				     .fn = "traced",
				     .target = "syscalls:sys_enter_get*" };
	struct rlimit before, few;
	unsigned int count = 99;

	getrlimit(RLIMIT_NOFILE, &before);
	few = before;
	few.rlim_cur = 30;
	setrlimit(RLIMIT_NOFILE, &few);
	EXPECT("more than there are descriptors", cbee_attach_all(c, &o, &count), -EMFILE);
	setrlimit(RLIMIT_NOFILE, &before);
	EXPECT("attached half way", cbee_attached(c, CBEE_TRACEPOINT), 0);
	EXPECT("count half way", count, 99);
	syscall(SYS_getppid);
	EXPECT("calls half way", hits(0), 0);
}

/* Two handlers of one event are told apart by their functions. */
static void check_detaching(void)
{
	struct cbee_probe_opts o = { .kind = CBEE_TRACEPOINT,
				     .fn = "traced",
				     .target = "syscalls:sys_enter_getppid" };

	CALL(c, cbee_attach(c, &o));
	o.fn = "traced_too";
	CALL(c, cbee_attach(c, &o));
	syscall(SYS_getppid);
	EXPECT("the first of both", hits(0), 1);
	EXPECT("the second of both", hits(1), 1);
	o.fn = "traced";
	CALL(c, cbee_detach_probe(c, &o));
	EXPECT("one detached twice", cbee_detach_probe(c, &o), -ENOENT);
	syscall(SYS_getppid);
	EXPECT("the first, detached", hits(0), 0);
	EXPECT("the second alone", hits(1), 1);
	o.fn = NULL;
	CALL(c, cbee_detach_probe(c, &o));
	syscall(SYS_getppid);
	EXPECT("none of both", hits(0) + hits(1), 0);
	o.kind = CBEE_RAW_TRACEPOINT;
	o.fn = "traced";
	o.target = "no_such_event";
	EXPECT("no such event", cbee_attach(c, &o), -ENOENT);
	EXPECT("what is said",
	       strcmp(cbee_error(c)->text, "this kernel has no raw tracepoint 'no_such_event'"), 0);
	EXPECT("nothing left", cbee_attached(c, CBEE_TRACEPOINT), 0);
}

static void hear(void *arg, const char *line)
{
	*(int *)arg += !strncmp(line, "warning: 'main.work' in ", 24);
}

/* A leaf, whose stack neither grows nor is looked at meanwhile. */
static void check_go(const char *program)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_URETPROBE, .fn = "plain", .target = program, .symbol = "main.work"
	};
	int warnings = 0;

	EXPECT("a return of Go", cbee_attach(c, &o), -EOPNOTSUPP);
	cbee_set_log(c, hear, &warnings);
	o.force = true;
	CALL(c, cbee_attach(c, &o));
	EXPECT("warnings", warnings, 1);
	cbee_set_log(c, NULL, NULL);
	EXPECT("the program", system(program), 0);
	EXPECT("returns", hits(0), EVENTS);
	cbee_detach(c);
}

/* What BCC's calls would say on stderr, where the test looks for it. */
static void check_silence(void)
{
	struct cbee_probe_opts o = {
		.kind = CBEE_UPROBE, .fn = "plain", .target = "/nowhere", .offset = 16
	};

	EXPECT("no file", cbee_attach(c, &o), -ENOENT);
	o.target = "/proc/self/exe";
	o.offset = 1ull << 40;
	EXPECT("behind the file", cbee_attach(c, &o), -EINVAL);
	EXPECT("no time",
	       cbee_attach(c, &(struct cbee_probe_opts){ .kind = CBEE_PERF_EVENT, .fn = "sample" }),
	       -EINVAL);
	o = (struct cbee_probe_opts){ .kind = CBEE_PERF_EVENT,
				      .fn = "sample",
				      .perf_type = PERF_TYPE_SOFTWARE,
				      .perf_config = 4711,
				      .sample_freq = 1 };
	EXPECT("no event", cbee_attach(c, &o), -ENOENT);
}

int main(int argc, char **argv)
{
	if (argc < 3 || cbee_new(&c))
		return 2;
	own_network();
	CALL(c, cbee_compile(c, &(struct cbee_source){ .name = "attach.bpf.c", .text = text }));
	CALL(c, cbee_const_set(c, "pid", (uint64_t)getpid()));
	CALL(c, cbee_load(c));
	if (!bad) {
		check_xdp();
		check_raw_socket();
		check_cgroup(argv[1]);
		check_sockmap();
		check_perf();
		check_iterators();
		check_patterns();
		check_half_way();
		check_detaching();
		check_go(argv[2]);
		check_silence();
	}
	cbee_free(c);
	return bad;
}
