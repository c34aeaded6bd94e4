/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of kernel structs, read by BPF texts through generated declarations, against what /proc,
 * socket options and ioctls say of the same. With "module": fields of overlayfs, a module.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cbee/cbee.h>

#define MOST 128

/* One field: how BPF reads it, and what it has to be. */
static struct field {
	const char *expr;
	uint64_t truth;
} fields[MOST];
static unsigned int count;
static char text[65536];
static size_t used;

__attribute__((format(printf, 1, 2))) static void add(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	used += (size_t)vsnprintf(text + used, sizeof(text) - used, fmt, ap);
	va_end(ap);
	if (used >= sizeof(text))
		abort();
}

/* A function that reads the fields which follow, with these variables. */
static void begin(const char *name, const char *variables)
{
	add("int %s(void *ctx)\n{\n"
	    "	if (bpf_get_current_pid_tgid() >> 32 != OPT(pid))\n		return 0;\n"
	    "	struct task_struct *t = (void *)bpf_get_current_task();\n%s",
	    name, variables);
}

static void end(void)
{
	add("	return 0;\n}\n");
}

/* Statements that leave the value in v_. BCC rewrites nothing inside macros: they are spelled out. */
__attribute__((format(printf, 3, 4))) static void put(const char *expr, uint64_t truth,
						      const char *fmt, ...)
{
	char code[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(code, sizeof(code), fmt, ap);
	va_end(ap);
	if (count == MOST)
		abort();
	add("	{\n		u32 k_ = %u;\n		u64 v_ = 0;\n		%s\n"
	    "		values.update(&k_, &v_);\n	}\n",
	    count, code);
	fields[count++] = (struct field){ expr, truth };
}

static void is(const char *expr, uint64_t truth)
{
	put(expr, truth, "v_ = %s;", expr);
}

/* A text whose first eight bytes count. */
static void begins(const char *expr, const char *truth)
{
	uint64_t bytes = 0;

	memcpy(&bytes, truth, strnlen(truth, sizeof(bytes)));
	put(expr, bytes,
	    "char b_[9] = {};\n		const void *from_ = (const void *)%s;\n"
	    "		bpf_probe_read_kernel_str(b_, sizeof(b_), from_);\n"
	    "		__builtin_memcpy(&v_, b_, sizeof(v_));",
	    expr);
}

/* A struct copied by value, and what is @in it: "c_.member". */
static void copied(const char *type, const char *from, const char *in, uint64_t truth)
{
	put(in, truth,
	    "%s c_;\n		const void *from_ = &%s;\n"
	    "		bpf_probe_read_kernel(&c_, sizeof(c_), from_);\n		v_ = %s;",
	    type, from, in);
}

/* ---- the truth --------------------------------------------------------- */

static void must(const char *what, int got)
{
	if (got < 0) {
		printf("%s: %s\n", what, strerror(errno));
		exit(1);
	}
}

/* Field @nth of /proc/self/stat, counted as proc(5) does. */
static uint64_t stat_field(int nth)
{
	char line[2048], *at, *save;
	FILE *f = fopen("/proc/self/stat", "r");

	if (!f || !fgets(line, sizeof(line), f))
		abort();
	fclose(f);
	at = strtok_r(strrchr(line, ')') + 1, " ", &save);
	for (int i = 3; i < nth; i++)
		at = strtok_r(NULL, " ", &save);
	return strtoull(at, NULL, 10);
}

/* What stands behind @name in a file such as /proc/self/status. */
static uint64_t line_of(const char *path, const char *name, int base)
{
	char line[1024];
	uint64_t value = UINT64_MAX;
	FILE *f = fopen(path, "r");

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)))
			value = strtoull(line + strlen(name), NULL, base);
	if (f)
		fclose(f);
	return value;
}

static uint64_t inode_of(const char *path)
{
	struct stat st;

	must(path, stat(path, &st));
	return st.st_ino;
}

static uint64_t option(int fd, int level, int name)
{
	uint64_t value = 0;
	socklen_t len = sizeof(value);

	must("getsockopt", getsockopt(fd, level, name, &value, &len));
	return value;
}

static void set(int fd, int level, int name, int value)
{
	must("setsockopt", setsockopt(fd, level, name, &value, sizeof(value)));
}

static void on_signal(int nr)
{
	(void)nr;
}

/* ---- a task ------------------------------------------------------------ */

static void set_up_task(void)
{
	struct sched_param param = { 0 };
	struct sigaction action = { .sa_handler = on_signal };
	struct rlimit limit = { 123, 456 };
	sigset_t blocked;

	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigaddset(&blocked, SIGWINCH);
	must("sigprocmask", sigprocmask(SIG_BLOCK, &blocked, NULL));
	must("sigaction", sigaction(SIGUSR1, &action, NULL));
	must("setresgid", setresgid(11, 12, 13));
	must("setpriority", setpriority(PRIO_PROCESS, 0, 3));
	must("sched", sched_setscheduler(0, SCHED_BATCH | SCHED_RESET_ON_FORK, &param));
	must("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1));
	must("keepcaps", prctl(PR_SET_KEEPCAPS, 1));
	must("slack", prctl(PR_SET_TIMERSLACK, 77777));
	must("name", prctl(PR_SET_NAME, "a value"));
	must("setrlimit", setrlimit(RLIMIT_MSGQUEUE, &limit));
	must("dumpable", prctl(PR_SET_DUMPABLE, 1)); /* which the groups took away */
	umask(027);
}

static void task_fields(void)
{
	cpu_set_t cpus;

	must("affinity", sched_getaffinity(0, sizeof(cpus), &cpus));
	begin("task", "");
	is("t->pid", (uint64_t)gettid());
	is("t->tgid", (uint64_t)getpid());
	is("t->real_parent->tgid", (uint64_t)getppid());
	is("t->group_leader->group_leader->pid", (uint64_t)getpid());
	is("t->thread_pid->numbers[0].nr", (uint64_t)getpid());
	begins("t->comm", "a value");
	is("t->static_prio - 120", (uint64_t)getpriority(PRIO_PROCESS, 0));
	is("t->policy", (uint64_t)sched_getscheduler(0) & 0xff);
	is("t->exit_signal", stat_field(38));
	is("t->start_boottime / 10000000", stat_field(22));
	is("t->personality", (uint64_t)personality(0xffffffff));
	is("t->timer_slack_ns", (uint64_t)prctl(PR_GET_TIMERSLACK));
	is("t->nr_cpus_allowed", (uint64_t)CPU_COUNT(&cpus));
	is("t->blocked.sig[0]", line_of("/proc/self/status", "SigBlk:", 16));
	end();
	begin("group", "	struct signal_struct *sig = t->signal;\n");
	copied("struct rlimit", "sig->rlim[12]", "c_.rlim_cur", 123);
	copied("struct rlimit", "sig->rlim[12]", "c_.rlim_max", 456);
	is("sig->oom_score_adj", line_of("/proc/self/oom_score_adj", "", 10));
	copied("struct k_sigaction", "t->sighand->action[9]", "(u64)c_.sa.sa_handler",
	       (uint64_t)(uintptr_t)on_signal);
	end();
	begin("credentials", "	const struct cred *cred = t->cred;\n");
	is("cred->uid.val", getuid());
	is("cred->gid.val", 11);
	is("cred->egid.val", 12);
	is("cred->sgid.val", 13);
	is("cred->fsgid.val", 12);
	is("cred->securebits", (uint64_t)prctl(PR_GET_SECUREBITS));
	copied("kernel_cap_t", "cred->cap_effective", "*(u64 *)&c_",
	       line_of("/proc/self/status", "CapEff:", 16));
	copied("kernel_cap_t", "cred->cap_bset", "*(u64 *)&c_",
	       line_of("/proc/self/status", "CapBnd:", 16));
	copied("kgid_t", "cred->sgid", "c_.val", 13);
	end();
}

/* Bit fields have no address, so the struct is copied whole, as a map's value. */
static void whole_structs(void)
{
	begin("whole", "	u32 zero = 0;\n"
		       "	struct task_struct *task = tasks.lookup(&zero);\n"
		       "	struct signal_struct *sig = signals.lookup(&zero);\n"
		       "	struct signal_struct *from = t->signal;\n"
		       "	if (!task || !sig)\n		return 0;\n"
		       "	bpf_probe_read_kernel(task, sizeof(*task), t);\n"
		       "	bpf_probe_read_kernel(sig, sizeof(*sig), from);\n");
	is("task->sched_reset_on_fork", 1);
	is("task->in_execve", 0);
	is("task->pid", (uint64_t)gettid());
	is("task->blocked.sig[0]", line_of("/proc/self/status", "SigBlk:", 16));
	is("sig->is_child_subreaper", 1);
	is("sig->rlim[12].rlim_max", 456);
	end();
}

/* ---- memory, files, namespaces ------------------------------------------ */

static void memory_fields(void)
{
	struct stat exe;
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);

	must("readlink", (int)len);
	path[len] = '\0';
	must("stat", stat("/proc/self/exe", &exe));
	begin("memory", "	struct mm_struct *mm = t->mm;\n");
	is("mm->start_code", stat_field(26));
	is("mm->end_code", stat_field(27));
	is("mm->start_stack", stat_field(28));
	is("mm->start_data", stat_field(45));
	is("mm->end_data", stat_field(46));
	is("mm->start_brk", stat_field(47));
	is("mm->arg_start", stat_field(48));
	is("mm->arg_end", stat_field(49));
	is("mm->env_start", stat_field(50));
	is("mm->env_end", stat_field(51));
	end();
	begin("executable", "	struct file *exe = t->mm->exe_file;\n"
			    "	struct inode *inode = exe->f_inode;\n");
	is("inode->i_ino", exe.st_ino);
	is("inode->i_mode", exe.st_mode);
	is("inode->i_nlink", exe.st_nlink); /* in an anonymous union */
	is("inode->i_size", (uint64_t)exe.st_size);
	is("inode->i_uid.val", exe.st_uid);
	is("1 << inode->i_blkbits", (uint64_t)exe.st_blksize);
	is("inode->i_sb->s_dev >> 20", major(exe.st_dev));
	is("inode->i_sb->s_dev & 0xfffff", minor(exe.st_dev));
	is("exe->f_path.dentry->d_name.len", strlen(strrchr(path, '/') + 1));
	begins("exe->f_path.dentry->d_name.name", strrchr(path, '/') + 1);
	end();
}

static void namespace_fields(void)
{
	struct utsname un;

	must("uname", uname(&un));
	begin("folders", "");
	is("t->fs->umask", 027);
	is("t->fs->pwd.dentry->d_inode->i_ino", inode_of("."));
	is("t->fs->root.dentry->d_inode->i_ino", inode_of("/"));
	end();
	begin("namespaces", "	struct nsproxy *ns = t->nsproxy;\n");
	is("ns->uts_ns->ns.inum", inode_of("/proc/self/ns/uts"));
	is("ns->ipc_ns->ns.inum", inode_of("/proc/self/ns/ipc"));
	is("ns->mnt_ns->ns.inum", inode_of("/proc/self/ns/mnt"));
	is("ns->net_ns->ns.inum", inode_of("/proc/self/ns/net"));
	is("ns->cgroup_ns->ns.inum", inode_of("/proc/self/ns/cgroup"));
	is("ns->pid_ns_for_children->ns.inum", inode_of("/proc/self/ns/pid_for_children"));
	is("t->cred->user_ns->ns.inum", inode_of("/proc/self/ns/user"));
	begins("ns->uts_ns->name.nodename", un.nodename);
	begins("ns->uts_ns->name.release", un.release);
	end();
}

/* ---- descriptors -------------------------------------------------------- */

/*
 * The macros TCP and PIPE are descriptors. BCC follows no pointer out of an array; one that is
 * computed from another it does.
 */
#define FILE_OF(fd)                                                              \
	"	struct file **files = t->files->fdt->fd, *found = NULL;\n"             \
	"	bpf_probe_read_kernel(&found, sizeof(found), files + " fd ");\n" \
	"	struct file *file = (struct file *)((u64)t + ((u64)found - (u64)t));\n"

#define SOCK_OF(fd)                                      \
	FILE_OF(fd)                                      \
	"	struct socket *socket = file->private_data;\n" \
	"	struct sock *sk = socket->sk;\n"

static int connect_tcp(int *peer)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int listener = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(at);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must("bind", bind(listener, (struct sockaddr *)&at, sizeof(at)));
	must("listen", listen(listener, 1));
	must("getsockname", getsockname(listener, (struct sockaddr *)&at, &len));
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1); /* not that of the other side */
	at.sin_port = htons(0);
	must("bind", bind(fd, (struct sockaddr *)&at, sizeof(at)));
	must("getsockname", getsockname(listener, (struct sockaddr *)&at, &len));
	must("connect", connect(fd, (struct sockaddr *)&at, sizeof(at)));
	*peer = accept(listener, NULL, NULL);
	must("accept", *peer);
	close(listener);
	return fd;
}

static int set_up_socket(void)
{
	struct linger linger = { 1, 9 };
	char lo[IFNAMSIZ] = "lo";
	int peer, fd = connect_tcp(&peer);

	must("write", (int)write(peer, "seven b", 7));
	set(fd, SOL_SOCKET, SO_MARK, 0x1234);
	set(fd, SOL_SOCKET, SO_PRIORITY, 5);
	set(fd, SOL_SOCKET, SO_RCVLOWAT, 3);
	set(fd, SOL_SOCKET, SO_SNDBUF, 30000);
	set(fd, SOL_SOCKET, SO_RCVBUF, 40000);
	set(fd, IPPROTO_IP, IP_TTL, 33);
	set(fd, IPPROTO_IP, IP_TOS, 0x10);
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, 6);
	set(fd, IPPROTO_TCP, TCP_SYNCNT, 4);
	set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, 4321);
	set(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, 999);
	must("linger", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	must("device", setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, lo, sizeof(lo)));
	return fd;
}

static void socket_fields(int fd)
{
	struct sockaddr_in own, peer;
	socklen_t len = sizeof(own);
	char algorithm[16] = "";

	must("getsockname", getsockname(fd, (struct sockaddr *)&own, &len));
	must("getpeername", getpeername(fd, (struct sockaddr *)&peer, &len));
	begin("common", SOCK_OF("TCP"));
	is("sk->__sk_common.skc_family", AF_INET);
	is("sk->__sk_common.skc_state", TCP_ESTABLISHED);
	is("sk->__sk_common.skc_num", ntohs(own.sin_port)); /* in anonymous unions and structs */
	is("sk->__sk_common.skc_rcv_saddr", own.sin_addr.s_addr);
	is("sk->sk_dport", peer.sin_port);
	is("sk->sk_daddr", peer.sin_addr.s_addr);
	is("sk->sk_bound_dev_if", if_nametoindex("lo"));
	is("sk->__sk_common.skc_cookie.counter", option(fd, SOL_SOCKET, SO_COOKIE));
	copied("struct sock_common", "sk->__sk_common", "c_.skc_dport", peer.sin_port);
	copied("struct sock_common", "sk->__sk_common", "c_.skc_reuse", 1);
	copied("struct sock_common", "sk->__sk_common", "c_.skc_ipv6only", 0);
	copied("struct sock_common", "sk->__sk_common", "c_.skc_net_refcnt", 1);
	end();
	begin("options", SOCK_OF("TCP") "	struct inet_sock *inet = (struct inet_sock *)sk;\n"
					"	struct inet_connection_sock *csk = (struct "
					"inet_connection_sock *)sk;\n"
					"	struct tcp_sock *tcp = (struct tcp_sock *)sk;\n");
	is("sk->sk_mark", option(fd, SOL_SOCKET, SO_MARK));
	is("sk->sk_priority", option(fd, SOL_SOCKET, SO_PRIORITY));
	is("sk->sk_rcvlowat", option(fd, SOL_SOCKET, SO_RCVLOWAT));
	is("sk->sk_sndbuf", option(fd, SOL_SOCKET, SO_SNDBUF));
	is("sk->sk_rcvbuf", option(fd, SOL_SOCKET, SO_RCVBUF));
	is("sk->sk_type", option(fd, SOL_SOCKET, SO_TYPE));
	is("sk->sk_protocol", option(fd, SOL_SOCKET, SO_PROTOCOL));
	is("sk->sk_lingertime / HZ", 9);
	is("inet->uc_ttl", option(fd, IPPROTO_IP, IP_TTL));
	is("inet->tos", option(fd, IPPROTO_IP, IP_TOS));
	is("csk->icsk_syn_retries", option(fd, IPPROTO_TCP, TCP_SYNCNT));
	is("csk->icsk_user_timeout", option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT));
	is("tcp->notsent_lowat", option(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT));
	is("tcp->keepalive_probes", option(fd, IPPROTO_TCP, TCP_KEEPCNT));
	end();
	len = sizeof(algorithm);
	must("algorithm", getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, algorithm, &len));
	begin("protocol", SOCK_OF("TCP") "	struct inet_connection_sock *csk = (struct "
					 "inet_connection_sock *)sk;\n"
					 "	u32 zero = 0;\n"
					 "	struct tcp_sock *tcp = tcps.lookup(&zero);\n"
					 "	if (!tcp)\n		return 0;\n"
					 "	bpf_probe_read_kernel(tcp, sizeof(*tcp), sk);\n");
	begins("csk->icsk_ca_ops->name", algorithm);
	is("tcp->nonagle & 1", option(fd, IPPROTO_TCP, TCP_NODELAY));
	is("tcp->thin_lto", option(fd, IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS));
	is("tcp->repair", 0);
	is("tcp->inet_conn.icsk_inet.sk.__sk_common.skc_dport", peer.sin_port);
	end();
}

/* What ioctl() tells: bytes that wait, and a network device. */
static void ioctl_fields(int tcp, int pipe)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int waiting = 0;

	must("FIONREAD", ioctl(tcp, FIONREAD, &waiting));
	begin("waiting", SOCK_OF("TCP") "	struct tcp_sock *tcp = (struct tcp_sock *)sk;\n");
	is("tcp->rcv_nxt - tcp->copied_seq", (uint64_t)waiting);
	end();
	must("FIONREAD", ioctl(pipe, FIONREAD, &waiting));
	begin("pipes", FILE_OF("PIPE") "	struct pipe_inode_info *pipe = "
				       "file->private_data;\n");
	is("pipe->bufs->len", (uint64_t)waiting);
	is("pipe->ring_size * 4096", (uint64_t)fcntl(pipe, F_GETPIPE_SZ));
	is("file->f_inode->i_mode", S_IFIFO | 0600);
	end();
	begin("device", "	struct net_device *lo = t->nsproxy->net_ns->loopback_dev;\n");
	must("SIOCGIFMTU", ioctl(tcp, SIOCGIFMTU, &ifr));
	is("lo->mtu", (uint64_t)ifr.ifr_mtu);
	must("SIOCGIFINDEX", ioctl(tcp, SIOCGIFINDEX, &ifr));
	is("lo->ifindex", (uint64_t)ifr.ifr_ifindex);
	must("SIOCGIFTXQLEN", ioctl(tcp, SIOCGIFTXQLEN, &ifr));
	is("lo->tx_queue_len", (uint64_t)ifr.ifr_qlen);
	must("SIOCGIFHWADDR", ioctl(tcp, SIOCGIFHWADDR, &ifr));
	is("lo->type", ifr.ifr_hwaddr.sa_family);
	begins("lo->name", "lo");
	end();
}

/* ---- a module: its types stand in BTF of its own -------------------------- */

static void module_fields(void)
{
	struct statfs fs;
	struct stat st;

	must("statfs", statfs("/", &fs));
	must("stat", stat("/", &st));
	begin("overlay", "	struct dentry *root = t->fs->root.dentry;\n"
			 "	struct super_block *sb = root->d_sb;\n"
			 "	struct ovl_fs *ofs = sb->s_fs_info;\n"
			 "	struct inode *inode = root->d_inode;\n"
			 "	struct ovl_inode *own = (struct ovl_inode *)((u64)inode - "
			 "offsetof(struct ovl_inode, vfs_inode));\n");
	is("sb->s_magic", (uint64_t)fs.f_type);
	is("ofs->namelen", (uint64_t)fs.f_namelen);
	is("ofs->numlayer", 2);
	is("own->vfs_inode.i_mode", st.st_mode);
	is("own->redirect ? 1 : 0", 0);
	begins("ofs->config.lowerdir", getenv("LOWER"));
	begins("ofs->config.upperdir", getenv("UPPER"));
	begins("ofs->config.workdir", getenv("WORK"));
	end();
}

/* ---- running it ---------------------------------------------------------- */

static const char prologue[] =
	"#include <linux/sched.h>\n"
	"#include <net/sock.h>\n"
	"#define PUT(i, expr) do { u32 k_ = i; u64 v_ = (expr); values.update(&k_, &v_); } while "
	"(0)\n"
	"BPF_ARRAY(values, u64, 128);\n";

static int fail(struct cbee *c)
{
	const struct cbee_error *e = cbee_error(c);

	printf("%s\n%s\n", e->text, e->log ? e->log : "");
	return 1;
}

static int compare(struct cbee *c)
{
	int bad = 0;

	for (unsigned int i = 0; i < count; i++) {
		uint64_t value = 0;

		if (cbee_map_get(cbee_map(c, "values"), &i, sizeof(i), &value, sizeof(value)))
			return fail(c);
		if (value == fields[i].truth)
			continue;
		printf("%s: %#llx, not %#llx\n", fields[i].expr, (unsigned long long)value,
		       (unsigned long long)fields[i].truth);
		bad = 1;
	}
	printf("%u fields\n", count);
	return bad;
}

static int trace(int tcp, int pipe)
{
	struct cbee_probe_opts at = { .kind = CBEE_TRACEPOINT,
				      .target = "syscalls:sys_enter_getpgid" };
	char flags[2][32];
	const char *const words[] = { flags[0], flags[1] };
	struct cbee *c = NULL;
	int err;

	if (cbee_new(&c))
		return 1;
	snprintf(flags[0], sizeof(flags[0]), "-DTCP=%d", tcp);
	snprintf(flags[1], sizeof(flags[1]), "-DPIPE=%d", pipe);
	err = cbee_compile(c, &(struct cbee_source){ .name = "values.c",
						     .text = text,
						     .flags = words,
						     .flag_count = 2,
						     .headers = CBEE_HEADERS_BTF });
	if (!err)
		err = cbee_load(c);
	if (!err)
		err = cbee_const_set(c, "pid", (uint64_t)getpid());
	for (unsigned int i = 0; !err && i < cbee_progs(c); i++) {
		at.fn = cbee_prog_name(c, i);
		err = cbee_attach(c, &at);
	}
	if (!err)
		getpgid(0);
	err = err ? fail(c) : compare(c);
	cbee_free(c);
	return err;
}

int main(int argc, char **argv)
{
	int ends[2], tcp = -1;

	setvbuf(stdout, NULL, _IONBF, 0);
	must("pipe", pipe(ends));
	must("write", (int)write(ends[1], "eleven byte", 11));
	add("%s", prologue);
	if (argc > 1 && !strcmp(argv[1], "module")) {
		module_fields();
		return trace(-1, -1);
	}
	add("BPF_PERCPU_ARRAY(tasks, struct task_struct, 1);\n"
	    "BPF_PERCPU_ARRAY(signals, struct signal_struct, 1);\n"
	    "BPF_PERCPU_ARRAY(tcps, struct tcp_sock, 1);\n");
	set_up_task();
	tcp = set_up_socket();
	task_fields();
	whole_structs();
	memory_fields();
	namespace_fields();
	socket_fields(tcp);
	ioctl_fields(tcp, ends[0]);
	return trace(tcp, ends[0]);
}
