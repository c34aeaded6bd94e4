/* SPDX-License-Identifier: Apache-2.0 */
/* What kernel headers define and BTF cannot tell: macros and plain typedefs, as rows. */
#include "headers/macros.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define TEXT(x)	 #x
#define SPELL(x) TEXT(x)

/* A number that the C library's headers know for this machine. */
#define NUM(n)                                             \
	{                                                  \
		.name = #n, .params = "", .body = SPELL(n) \
	}

#define OBJ(n, b)                                  \
	{                                          \
		.name = n, .params = "", .body = b \
	}
#define FUN(n, p, b)                              \
	{                                         \
		.name = n, .params = p, .body = b \
	}
#define FROM(n, b, m)                                          \
	{                                                      \
		.name = n, .params = "", .body = b, .needs = m \
	}
#define FUN_FROM(n, p, b, m)                                  \
	{                                                     \
		.name = n, .params = p, .body = b, .needs = m \
	}
#define MEMBER(n, b)                                               \
	{                                                          \
		.name = n, .params = "", .body = b, .member = true \
	}

/* A member of a kernel struct, read in a way that needs no rewriting. */
#define READ(type, place) \
	"({ " type " __v; bpf_probe_read_kernel(&__v, sizeof(__v), &" place "); __v; })"

const struct cbee__macro cbee__macros[] = {
	/* the language's furniture */
	FUN("likely", "(x)", "__builtin_expect(!!(x), 1)"),
	FUN("unlikely", "(x)", "__builtin_expect(!!(x), 0)"),
	FUN("container_of", "(p, type, member)",
	    "((type *)((char *)(p) - offsetof(type, member)))"),
	FUN("sizeof_field", "(type, member)", "sizeof(((type *)0)->member)"),
	FUN("offsetofend", "(type, member)",
	    "(offsetof(type, member) + sizeof(((type *)0)->member))"),
	FUN("ARRAY_SIZE", "(a)", "(sizeof(a) / sizeof((a)[0]))"),
	FUN("min", "(a, b)",
	    "({ typeof(a) __a = (a); typeof(b) __b = (b); __a < __b ? __a : __b; })"),
	FUN("max", "(a, b)",
	    "({ typeof(a) __a = (a); typeof(b) __b = (b); __a > __b ? __a : __b; })"),
	FUN("min_t", "(t, a, b)", "({ t __a = (a); t __b = (b); __a < __b ? __a : __b; })"),
	FUN("max_t", "(t, a, b)", "({ t __a = (a); t __b = (b); __a > __b ? __a : __b; })"),
	FUN("clamp_t", "(t, v, l, h)", "min_t(t, max_t(t, v, l), h)"),
	FUN("swap", "(a, b)", "do { typeof(a) __t = (a); (a) = (b); (b) = __t; } while (0)"),
	FUN("BIT", "(n)", "(1UL << (n))"),
	FUN("BIT_ULL", "(n)", "(1ULL << (n))"),
	FUN("GENMASK", "(h, l)", "((~0UL << (l)) & (~0UL >> (8 * sizeof(long) - 1 - (h))))"),
	FUN("DIV_ROUND_UP", "(n, d)", "(((n) + (d) - 1) / (d))"),
	FUN("ALIGN", "(x, a)", "(((x) + (typeof(x))(a) - 1) & ~((typeof(x))(a) - 1))"),
	FUN("READ_ONCE", "(x)", "(*(const volatile typeof(x) *)&(x))"),
	FUN("WRITE_ONCE", "(x, v)", "(*(volatile typeof(x) *)&(x) = (v))"),
	FUN("barrier", "()", "__asm__ __volatile__(\"\" : : : \"memory\")"),
	FUN("IS_ERR_VALUE", "(x)", "((unsigned long)(x) >= (unsigned long)-4095)"),
	FUN("IS_ERR", "(p)", "((unsigned long)(p) >= (unsigned long)-4095)"),
	FUN("IS_ERR_OR_NULL", "(p)", "(!(p) || (unsigned long)(p) >= (unsigned long)-4095)"),
	FUN("PTR_ERR", "(p)", "((long)(p))"),
	FUN("ERR_PTR", "(e)", "((void *)(long)(e))"),
	FUN("__cbee_second", "(a, b, ...)", "b"),
	FUN("__cbee_pick", "(x)", "__cbee_second(x 1, 0)"),
	FUN("__cbee_join", "(x)", "__cbee_pick(__cbee_one_##x)"),
	FUN("IS_BUILTIN", "(x)", "__cbee_join(x)"),
	FUN("IS_MODULE", "(x)", "__cbee_join(x##_MODULE)"),
	FUN("IS_ENABLED", "(x)", "(IS_BUILTIN(x) || IS_MODULE(x))"),
	FUN("IS_REACHABLE", "(x)", "IS_ENABLED(x)"),
	FUN("BUILD_BUG_ON", "(x)", "_Static_assert(!(x), \"BUILD_BUG_ON\")"),

	/* annotations that mean nothing to BPF */
	OBJ("__user", ""),
	OBJ("__kernel", ""),
	OBJ("__force", ""),
	OBJ("__rcu", ""),
	OBJ("__percpu", ""),
	OBJ("__iomem", ""),
	OBJ("__bitwise", ""),
	OBJ("__init", ""),
	OBJ("__read_mostly", ""),
	OBJ("__must_check", ""),
	OBJ("asmlinkage", ""),
	OBJ("__packed", "__attribute__((packed))"),
	OBJ("__maybe_unused", "__attribute__((unused))"),
	OBJ("__used", "__attribute__((used))"),
	OBJ("__weak", "__attribute__((weak))"),
	OBJ("__noinline", "__attribute__((noinline))"),
	OBJ("noinline", "__attribute__((noinline))"),
	FUN("__aligned", "(x)", "__attribute__((aligned(x)))"),
	FUN("__section", "(x)", "__attribute__((section(x)))"),
	FUN("__printf", "(a, b)", ""),

/* byte order */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define SWAPPED(n, t, bits) FUN(n, "(x)", "((" t ")__builtin_bswap" bits "(x))")
#define SAME(n, t)	    FUN(n, "(x)", "((" t ")(x))")
#define BIG		    SWAPPED
#define LITTLE(n, t, bits)  SAME(n, t)
	OBJ("__LITTLE_ENDIAN", "1234"),
	OBJ("__LITTLE_ENDIAN_BITFIELD", ""),
#else
#define SWAPPED(n, t, bits) FUN(n, "(x)", "((" t ")__builtin_bswap" bits "(x))")
#define SAME(n, t)	    FUN(n, "(x)", "((" t ")(x))")
#define BIG(n, t, bits)	    SAME(n, t)
#define LITTLE		    SWAPPED
	OBJ("__BIG_ENDIAN", "4321"),
	OBJ("__BIG_ENDIAN_BITFIELD", ""),
#endif
	BIG("ntohs", "__u16", "16"),
	BIG("htons", "__u16", "16"),
	BIG("ntohl", "__u32", "32"),
	BIG("htonl", "__u32", "32"),
	BIG("be16_to_cpu", "__u16", "16"),
	BIG("cpu_to_be16", "__u16", "16"),
	BIG("be32_to_cpu", "__u32", "32"),
	BIG("cpu_to_be32", "__u32", "32"),
	BIG("be64_to_cpu", "__u64", "64"),
	BIG("cpu_to_be64", "__u64", "64"),
	BIG("__be16_to_cpu", "__u16", "16"),
	BIG("__cpu_to_be16", "__u16", "16"),
	BIG("__be32_to_cpu", "__u32", "32"),
	BIG("__cpu_to_be32", "__u32", "32"),
	BIG("__constant_htons", "__u16", "16"),
	BIG("__constant_ntohs", "__u16", "16"),
	BIG("__constant_htonl", "__u32", "32"),
	BIG("__constant_ntohl", "__u32", "32"),
	LITTLE("le16_to_cpu", "__u16", "16"),
	LITTLE("cpu_to_le16", "__u16", "16"),
	LITTLE("le32_to_cpu", "__u32", "32"),
	LITTLE("cpu_to_le32", "__u32", "32"),
	LITTLE("le64_to_cpu", "__u64", "64"),
	LITTLE("cpu_to_le64", "__u64", "64"),
	SWAPPED("swab16", "__u16", "16"),
	SWAPPED("swab32", "__u32", "32"),
	SWAPPED("swab64", "__u64", "64"),

	/* arithmetic that the kernel has functions for */
	FUN("div_u64", "(a, b)", "((__u64)(a) / (__u32)(b))"),
	FUN("div64_u64", "(a, b)", "((__u64)(a) / (__u64)(b))"),
	FUN("do_div", "(n, b)",
	    "({ __u32 __b = (b), __r = (__u64)(n) % __b; (n) = (__u64)(n) / __b; __r; })"),
	FUN("abs", "(x)", "({ typeof(x) __x = (x); __x < 0 ? -__x : __x; })"),
	FUN("lower_32_bits", "(n)", "((__u32)(n))"),
	FUN("upper_32_bits", "(n)", "((__u32)((__u64)(n) >> 32))"),

	/* limits */
	OBJ("U8_MAX", "((__u8)~0U)"),
	OBJ("U16_MAX", "((__u16)~0U)"),
	OBJ("U32_MAX", "((__u32)~0U)"),
	OBJ("U64_MAX", "((__u64)~0ULL)"),
	OBJ("S32_MAX", "((__s32)(U32_MAX >> 1))"),
	OBJ("S64_MAX", "((__s64)(U64_MAX >> 1))"),
	OBJ("S32_MIN", "((__s32)(-S32_MAX - 1))"),
	OBJ("S64_MIN", "((__s64)(-S64_MAX - 1))"),
	OBJ("INT_MAX", "((int)(~0U >> 1))"),
	OBJ("INT_MIN", "(-INT_MAX - 1)"),
	OBJ("UINT_MAX", "(~0U)"),
	OBJ("LONG_MAX", "((long)(~0UL >> 1))"),
	OBJ("LONG_MIN", "(-LONG_MAX - 1)"),
	OBJ("ULONG_MAX", "(~0UL)"),
	OBJ("LLONG_MAX", "((long long)(~0ULL >> 1))"),
	OBJ("LLONG_MIN", "(-LLONG_MAX - 1)"),
	OBJ("ULLONG_MAX", "(~0ULL)"),
	OBJ("USHRT_MAX", "((unsigned short)~0U)"),
	OBJ("PATH_MAX", "4096"),
	OBJ("NAME_MAX", "255"),
	OBJ("NR_OPEN_DEFAULT", "BITS_PER_LONG"),
	OBJ("BITS_PER_LONG", "(8 * (int)sizeof(long))"),
	OBJ("BITS_PER_BYTE", "8"),
	OBJ("IFNAMSIZ", "16"),
	OBJ("ETH_ALEN", "6"),
	OBJ("MAX_ERRNO", "4095"),
	FROM("TASK_COMM_LEN", "sizeof(((struct task_struct *)0)->comm)", "task_struct.comm"),
	OBJ("TASK_COMM_LEN", "16"),
	FROM("DISK_NAME_LEN", "sizeof(((struct gendisk *)0)->disk_name)", "gendisk.disk_name"),
	OBJ("DISK_NAME_LEN", "32"),
	FROM("DNAME_INLINE_LEN", "sizeof(((struct dentry *)0)->d_shortname)", "dentry.d_shortname"),
	FROM("DNAME_INLINE_LEN", "sizeof(((struct dentry *)0)->d_iname)", "dentry.d_iname"),
	FROM("BDEVNAME_SIZE", "32", "gendisk.disk_name"),

	/* time */
	OBJ("NSEC_PER_SEC", "1000000000L"),
	OBJ("NSEC_PER_MSEC", "1000000L"),
	OBJ("NSEC_PER_USEC", "1000L"),
	OBJ("USEC_PER_SEC", "1000000L"),
	OBJ("USEC_PER_MSEC", "1000L"),
	OBJ("MSEC_PER_SEC", "1000L"),
	OBJ("HZ", "CONFIG_HZ"),
	OBJ("USER_HZ", "100"),
	FUN("jiffies_to_msecs", "(j)", "((unsigned int)((j) * 1000UL / HZ))"),
	FUN("jiffies_to_usecs", "(j)", "((unsigned int)((j) * 1000000UL / HZ))"),

	/* tasks */
	OBJ("TASK_RUNNING", "0"),
	OBJ("TASK_INTERRUPTIBLE", "1"),
	OBJ("TASK_UNINTERRUPTIBLE", "2"),
	OBJ("__TASK_STOPPED", "4"),
	OBJ("__TASK_TRACED", "8"),
	OBJ("PF_EXITING", "0x00000004"),
	OBJ("PF_KTHREAD", "0x00200000"),
	NUM(CLONE_VM),
	NUM(CLONE_FS),
	NUM(CLONE_FILES),
	NUM(CLONE_SIGHAND),
	NUM(CLONE_THREAD),
	NUM(CLONE_VFORK),
	NUM(CLONE_PARENT),
	NUM(CLONE_NEWNS),
	NUM(CLONE_NEWUTS),
	NUM(CLONE_NEWIPC),
	NUM(CLONE_NEWUSER),
	NUM(CLONE_NEWPID),
	NUM(CLONE_NEWNET),
	OBJ("CLONE_NEWCGROUP", "0x02000000"),

	/* files */
	OBJ("FMODE_READ", "1"),
	OBJ("FMODE_WRITE", "2"),
	OBJ("FMODE_CREATED", "0x100000"),
	NUM(O_RDONLY),
	NUM(O_WRONLY),
	NUM(O_RDWR),
	NUM(O_ACCMODE),
	NUM(O_CREAT),
	NUM(O_EXCL),
	NUM(O_TRUNC),
	NUM(O_APPEND),
	NUM(O_NONBLOCK),
	NUM(O_CLOEXEC),
	NUM(O_DIRECTORY),
	NUM(O_NOFOLLOW),
	OBJ("READ", "0"),
	OBJ("WRITE", "1"),
	OBJ("AT_FDCWD", "(-100)"),
	NUM(S_IFMT),
	NUM(S_IFSOCK),
	NUM(S_IFLNK),
	NUM(S_IFREG),
	NUM(S_IFBLK),
	NUM(S_IFDIR),
	NUM(S_IFCHR),
	NUM(S_IFIFO),
	NUM(S_ISUID),
	NUM(S_ISGID),
	FUN("S_ISREG", "(m)", "(((m) & S_IFMT) == S_IFREG)"),
	FUN("S_ISSOCK", "(m)", "(((m) & S_IFMT) == S_IFSOCK)"),
	FUN("S_ISDIR", "(m)", "(((m) & S_IFMT) == S_IFDIR)"),
	FUN("S_ISCHR", "(m)", "(((m) & S_IFMT) == S_IFCHR)"),
	FUN("S_ISBLK", "(m)", "(((m) & S_IFMT) == S_IFBLK)"),
	FUN("S_ISFIFO", "(m)", "(((m) & S_IFMT) == S_IFIFO)"),
	FUN("S_ISLNK", "(m)", "(((m) & S_IFMT) == S_IFLNK)"),
	OBJ("MINORBITS", "20"),
	OBJ("MINORMASK", "((1U << MINORBITS) - 1)"),
	FUN("MAJOR", "(dev)", "((unsigned int)((dev) >> MINORBITS))"),
	FUN("MINOR", "(dev)", "((unsigned int)((dev) & MINORMASK))"),
	FUN("MKDEV", "(ma, mi)", "(((ma) << MINORBITS) | (mi))"),
	OBJ("REQ_OP_BITS", "8"),
	OBJ("REQ_OP_MASK", "((1 << REQ_OP_BITS) - 1)"),
	OBJ("SECTOR_SHIFT", "9"),
	OBJ("SECTOR_SIZE", "512"),

	/* memory */
	OBJ("PAGE_MASK", "(~(PAGE_SIZE - 1))"),
	FUN("PAGE_ALIGN", "(x)", "(((x) + PAGE_SIZE - 1) & PAGE_MASK)"),
#ifdef __LP64__
	/*
	 * The direct map begins at a random place; this is below every place it can
	 * have and above every user address, which is what it is compared with.
	 */
	OBJ("PAGE_OFFSET", "0xff00000000000000UL"),
#endif
	FUN_FROM("folio_page", "(folio, n)", "(&(folio)->page + (n))", "folio.page"),
	OBJ("VM_READ", "1UL"),
	OBJ("VM_WRITE", "2UL"),
	OBJ("VM_EXEC", "4UL"),
	OBJ("VM_SHARED", "8UL"),

	/* network */
	NUM(AF_UNSPEC),
	NUM(AF_UNIX),
	NUM(AF_INET),
	NUM(AF_INET6),
	NUM(AF_NETLINK),
	NUM(AF_PACKET),
	NUM(AF_VSOCK),
	OBJ("AF_LOCAL", "1"),
	OBJ("SCM_RIGHTS", "1"),
	OBJ("ETH_P_IP", "0x0800"),
	OBJ("ETH_P_IPV6", "0x86DD"),
	OBJ("ETH_P_ARP", "0x0806"),
	OBJ("ETH_P_8021Q", "0x8100"),
	OBJ("ETH_P_ALL", "0x0003"),
	OBJ("ETH_HLEN", "14"),
	OBJ("IPPROTO_ICMPV6", "58"),
	OBJ("TC_ACT_OK", "0"),
	OBJ("TC_ACT_SHOT", "2"),
	OBJ("TC_ACT_UNSPEC", "(-1)"),
	OBJ("TC_ACT_REDIRECT", "7"),
	OBJ("TC_ACT_PIPE", "3"),
	OBJ("TC_ACT_STOLEN", "4"),
	OBJ("NETLINK_ROUTE", "0"),
	OBJ("SOL_SOCKET", "1"),
	FUN("inet_sk", "(sk)", "((struct inet_sock *)(sk))"),
	FUN("inet_csk", "(sk)", "((struct inet_connection_sock *)(sk))"),
	FUN("tcp_sk", "(sk)", "((struct tcp_sock *)(sk))"),
	FUN("udp_sk", "(sk)", "((struct udp_sock *)(sk))"),
	FUN("unix_sk", "(sk)", "((struct unix_sock *)(sk))"),
	FUN("raw_sk", "(sk)", "((struct raw_sock *)(sk))"),
	FUN("inet_rsk", "(sk)", "((struct inet_request_sock *)(sk))"),
	FUN("tcp_rsk", "(sk)", "((struct tcp_request_sock *)(sk))"),
	FUN("inet_twsk", "(sk)", "((struct inet_timewait_sock *)(sk))"),
	FUN("TCP_SKB_CB", "(skb)", "((struct tcp_skb_cb *)&((skb)->cb[0]))"),
	FUN("skb_rx_queue_recorded", "(skb)",
	    "(" READ("__u16", "((struct sk_buff *)(skb))->queue_mapping") " != 0)"),
	FUN("skb_get_rx_queue", "(skb)",
	    "((__u16)(" READ("__u16", "((struct sk_buff *)(skb))->queue_mapping") " - 1))"),
	FUN("sg_is_chain", "(sg)",
	    "(" READ("unsigned long", "((struct scatterlist *)(sg))->page_link") " & 1UL)"),
	FUN("sg_is_last", "(sg)",
	    "(" READ("unsigned long", "((struct scatterlist *)(sg))->page_link") " & 2UL)"),
	FUN("sg_chain_ptr", "(sg)",
	    "((struct scatterlist *)(" READ("unsigned long",
					    "((struct scatterlist *)(sg))->page_link") " & ~3UL))"),

	MEMBER("sk_node", "__sk_common.skc_node"),
	MEMBER("sk_hash", "__sk_common.skc_hash"),
	MEMBER("sk_portpair", "__sk_common.skc_portpair"),
	MEMBER("sk_num", "__sk_common.skc_num"),
	MEMBER("sk_dport", "__sk_common.skc_dport"),
	MEMBER("sk_addrpair", "__sk_common.skc_addrpair"),
	MEMBER("sk_daddr", "__sk_common.skc_daddr"),
	MEMBER("sk_rcv_saddr", "__sk_common.skc_rcv_saddr"),
	MEMBER("sk_family", "__sk_common.skc_family"),
	MEMBER("sk_state", "__sk_common.skc_state"),
	MEMBER("sk_reuse", "__sk_common.skc_reuse"),
	MEMBER("sk_reuseport", "__sk_common.skc_reuseport"),
	MEMBER("sk_ipv6only", "__sk_common.skc_ipv6only"),
	MEMBER("sk_net_refcnt", "__sk_common.skc_net_refcnt"),
	MEMBER("sk_bound_dev_if", "__sk_common.skc_bound_dev_if"),
	MEMBER("sk_bind_node", "__sk_common.skc_bind_node"),
	MEMBER("sk_prot", "__sk_common.skc_prot"),
	MEMBER("sk_net", "__sk_common.skc_net"),
	MEMBER("sk_v6_daddr", "__sk_common.skc_v6_daddr"),
	MEMBER("sk_v6_rcv_saddr", "__sk_common.skc_v6_rcv_saddr"),
	MEMBER("sk_cookie", "__sk_common.skc_cookie"),
	MEMBER("sk_incoming_cpu", "__sk_common.skc_incoming_cpu"),
	MEMBER("sk_flags", "__sk_common.skc_flags"),
	MEMBER("sk_rxhash", "__sk_common.skc_rxhash"),
	MEMBER("inet_daddr", "sk.__sk_common.skc_daddr"),
	MEMBER("inet_rcv_saddr", "sk.__sk_common.skc_rcv_saddr"),
	MEMBER("inet_dport", "sk.__sk_common.skc_dport"),
	MEMBER("inet_num", "sk.__sk_common.skc_num"),
	MEMBER("ir_loc_addr", "req.__req_common.skc_rcv_saddr"),
	MEMBER("ir_rmt_addr", "req.__req_common.skc_daddr"),
	MEMBER("ir_num", "req.__req_common.skc_num"),
	MEMBER("ir_rmt_port", "req.__req_common.skc_dport"),
	MEMBER("ir_v6_rmt_addr", "req.__req_common.skc_v6_daddr"),
	MEMBER("ir_v6_loc_addr", "req.__req_common.skc_v6_rcv_saddr"),
	MEMBER("ireq_family", "req.__req_common.skc_family"),
	MEMBER("tw_family", "__tw_common.skc_family"),
	MEMBER("tw_dport", "__tw_common.skc_dport"),
	MEMBER("tw_num", "__tw_common.skc_num"),
	MEMBER("tw_daddr", "__tw_common.skc_daddr"),
	MEMBER("tw_rcv_saddr", "__tw_common.skc_rcv_saddr"),
	MEMBER("s6_addr", "in6_u.u6_addr8"),
	MEMBER("s6_addr16", "in6_u.u6_addr16"),
	MEMBER("s6_addr32", "in6_u.u6_addr32"),

	/* error numbers */
	NUM(EPERM),
	NUM(ENOENT),
	NUM(ESRCH),
	NUM(EINTR),
	NUM(EIO),
	NUM(ENXIO),
	NUM(E2BIG),
	NUM(ENOEXEC),
	NUM(EBADF),
	NUM(ECHILD),
	NUM(EAGAIN),
	NUM(ENOMEM),
	NUM(EACCES),
	NUM(EFAULT),
	NUM(EBUSY),
	NUM(EEXIST),
	NUM(EXDEV),
	NUM(ENODEV),
	NUM(ENOTDIR),
	NUM(EISDIR),
	NUM(EINVAL),
	NUM(ENFILE),
	NUM(EMFILE),
	NUM(ENOTTY),
	NUM(EFBIG),
	NUM(ENOSPC),
	NUM(ESPIPE),
	NUM(EROFS),
	NUM(EPIPE),
	NUM(EDOM),
	NUM(ERANGE),
	NUM(EDEADLK),
	NUM(ENAMETOOLONG),
	NUM(ENOSYS),
	NUM(ENOTEMPTY),
	NUM(ELOOP),
	NUM(EOVERFLOW),
	NUM(EMSGSIZE),
	NUM(EPROTO),
	NUM(EOPNOTSUPP),
	NUM(EADDRINUSE),
	NUM(EADDRNOTAVAIL),
	NUM(ENETUNREACH),
	NUM(ECONNABORTED),
	NUM(ECONNRESET),
	NUM(ENOBUFS),
	NUM(EISCONN),
	NUM(ENOTCONN),
	NUM(ETIMEDOUT),
	NUM(ECONNREFUSED),
	NUM(EHOSTUNREACH),
	NUM(EALREADY),
	NUM(EINPROGRESS),
	NUM(EDQUOT),
	OBJ("EWOULDBLOCK", "EAGAIN"),
	OBJ("ERESTARTSYS", "512"),

	/* signals */
	NUM(SIGHUP),
	NUM(SIGINT),
	NUM(SIGQUIT),
	NUM(SIGILL),
	NUM(SIGTRAP),
	NUM(SIGABRT),
	NUM(SIGBUS),
	NUM(SIGFPE),
	NUM(SIGKILL),
	NUM(SIGUSR1),
	NUM(SIGSEGV),
	NUM(SIGUSR2),
	NUM(SIGPIPE),
	NUM(SIGALRM),
	NUM(SIGTERM),
	NUM(SIGCHLD),
	NUM(SIGCONT),
	NUM(SIGSTOP),
	NUM(SIGSYS),
};

const size_t cbee__macro_count = sizeof(cbee__macros) / sizeof(cbee__macros[0]);

#define NEEDED(n, t)                                                        \
	{                                                                   \
		.name = n, .text = "typedef " t " " n ";\n", .always = true \
	}
#define ALIAS(n, t)                                         \
	{                                                   \
		.name = n, .text = "typedef " t " " n ";\n" \
	}

const struct cbee__typedef cbee__typedefs[] = {
	NEEDED("__u8", "unsigned char"),
	NEEDED("__s8", "signed char"),
	NEEDED("__u16", "unsigned short"),
	NEEDED("__s16", "short"),
	NEEDED("__u32", "unsigned int"),
	NEEDED("__s32", "int"),
	NEEDED("__u64", "unsigned long long"),
	NEEDED("__s64", "long long"),
	NEEDED("u8", "__u8"),
	NEEDED("s8", "__s8"),
	NEEDED("u16", "__u16"),
	NEEDED("s16", "__s16"),
	NEEDED("u32", "__u32"),
	NEEDED("s32", "__s32"),
	NEEDED("u64", "__u64"),
	NEEDED("s64", "__s64"),
	NEEDED("__le16", "__u16"),
	NEEDED("__be16", "__u16"),
	NEEDED("__le32", "__u32"),
	NEEDED("__be32", "__u32"),
	NEEDED("__le64", "__u64"),
	NEEDED("__be64", "__u64"),
	NEEDED("__sum16", "__u16"),
	NEEDED("__wsum", "__u32"),
	NEEDED("size_t", "__SIZE_TYPE__"),
	NEEDED("uintptr_t", "unsigned long"),
	NEEDED("bool", "_Bool"),
	NEEDED("pid_t", "int"),
	NEEDED("uid_t", "unsigned int"),
	NEEDED("gid_t", "unsigned int"),
	ALIAS("ssize_t", "long"),
	ALIAS("intptr_t", "long"),
	ALIAS("ptrdiff_t", "__PTRDIFF_TYPE__"),
	ALIAS("uint8_t", "__u8"),
	ALIAS("int8_t", "__s8"),
	ALIAS("uint16_t", "__u16"),
	ALIAS("int16_t", "__s16"),
	ALIAS("uint32_t", "__u32"),
	ALIAS("int32_t", "__s32"),
	ALIAS("uint64_t", "__u64"),
	ALIAS("int64_t", "__s64"),
	ALIAS("u_int8_t", "__u8"),
	ALIAS("u_int16_t", "__u16"),
	ALIAS("u_int32_t", "__u32"),
	ALIAS("u_int64_t", "__u64"),
	ALIAS("u_char", "unsigned char"),
	ALIAS("u_short", "unsigned short"),
	ALIAS("u_int", "unsigned int"),
	ALIAS("u_long", "unsigned long"),
	ALIAS("uchar", "unsigned char"),
	ALIAS("ushort", "unsigned short"),
	ALIAS("uint", "unsigned int"),
	ALIAS("ulong", "unsigned long"),
	ALIAS("dev_t", "__u32"),
	ALIAS("ino_t", "unsigned long"),
	ALIAS("mode_t", "unsigned int"),
	ALIAS("umode_t", "unsigned short"),
	ALIAS("nlink_t", "__u32"),
	ALIAS("off_t", "long"),
	ALIAS("loff_t", "long long"),
	ALIAS("sector_t", "__u64"),
	ALIAS("gfp_t", "unsigned int"),
	ALIAS("fmode_t", "unsigned int"),
	ALIAS("clockid_t", "int"),
	ALIAS("time64_t", "__s64"),
	ALIAS("sa_family_t", "unsigned short"),
	ALIAS("__kernel_pid_t", "int"),
	ALIAS("__kernel_size_t", "__SIZE_TYPE__"),
};

const size_t cbee__typedef_count = sizeof(cbee__typedefs) / sizeof(cbee__typedefs[0]);

const char cbee__macro_base[] =
	"#define __aligned_u64 __u64 __attribute__((aligned(8)))\n"
	"#define __aligned_be64 __be64 __attribute__((aligned(8)))\n"
	"#define __aligned_le64 __le64 __attribute__((aligned(8)))\n"
	"#define NULL ((void *)0)\n"
	"#define true 1\n"
	"#define false 0\n"
	"#define offsetof(type, member) __builtin_offsetof(type, member)\n"
	"#define __always_inline inline __attribute__((always_inline))\n"
	"#define CONFIG_BPF_SYSCALL 1\n"
#ifdef __x86_64__
	/* how 6.15 and later mark per-CPU pointers, in tracepoints too: no BPF program can have one */
	"#undef __seg_gs\n"
	"#define __seg_gs\n"
#endif
	"#define __cbee_one_1 0,\n" /* what IS_ENABLED() pastes */
	"#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + ((c) > 255 ? 255 : (c)))\n"
	/* helpers.h sizes ring buffers and stack tables with these, in constant expressions */
	"#define PAGE_SIZE (1UL << PAGE_SHIFT)\n"
	"#define roundup_pow_of_two(n) \\\n"
	"\t((n) <= 1 ? 1UL : 1UL << (8 * sizeof(long) - __builtin_clzl((n) - 1UL)))\n";

const char cbee__macro_pt_regs[] =
#if defined(__x86_64__)
	"struct pt_regs { unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx,\n"
	"\tsi, di, orig_ax, ip, cs, flags, sp, ss; };\n";
#elif defined(__aarch64__)
	"struct pt_regs { __u64 regs[31], sp, pc, pstate, orig_x0, syscallno; };\n";
#elif defined(__s390x__)
	"struct pt_regs { unsigned long args[1]; struct { unsigned long mask, addr; } psw;\n"
	"\tunsigned long gprs[16], orig_gpr2; };\n";
#elif defined(__riscv)
	"struct user_regs_struct { unsigned long pc, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0, a1,\n"
	"\ta2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6; };\n"
	"struct pt_regs { unsigned long epc, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0, a1,\n"
	"\ta2, a3, a4, a5, a6, a7, s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6; };\n";
#elif defined(__powerpc64__)
	"struct pt_regs { unsigned long gpr[32], nip, msr, orig_gpr3, ctr, link, xer, ccr, softe,\n"
	"\ttrap, dar, dsisr, result; };\n";
#elif defined(__loongarch__)
	"struct pt_regs { unsigned long regs[32], orig_a0, csr_era, csr_badvaddr; };\n";
#else
	"";
#endif
