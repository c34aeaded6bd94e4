/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: what its kernel allows and has, its CPUs and clocks. */
#ifndef CBEE_MACHINE_H
#define CBEE_MACHINE_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what this machine allows ----------------------------------------- */

/* What came out of a check. */
enum cbee_check_status {
	CBEE_CHECK_OK,	    /* works */
	CBEE_CHECK_WARN,    /* works, but not as well as it could */
	CBEE_CHECK_FAIL,    /* does not work */
	CBEE_CHECK_UNKNOWN, /* cannot be told without more privilege */
};

/* How much hangs on a check. */
enum cbee_check_weight {
	CBEE_CHECK_USEFUL, /* something is missing without */
	CBEE_CHECK_NEEDED, /* nothing works without */
	CBEE_CHECK_PROBE,  /* a way to attach: one of these has to work */
};

/* One check of the machine. */
struct cbee_check {
	const char *name;	       /* "uprobes" */
	enum cbee_check_weight weight; /* how much hangs on it */
	enum cbee_check_status status; /* what came out */
	char value[512];	       /* what was found */
	const char *advice;	       /* what to do about it; NULL when all is well */
};

/*
 * Makes check number @i of the machine, which leaves nothing behind; false when
 * there are no more. Any user may; what they may not find out is unknown.
 */
CBEE_API bool cbee_check(unsigned int i, struct cbee_check *ret);

/* In the calls that follow @c may be NULL: a failure then has no sentence, only its code. */

/* What a BPF program can do, or be attached to. */
enum cbee_feature {
	CBEE_FEATURE_BTF,		    /* the kernel describes its own types */
	CBEE_FEATURE_KPROBE,		    /* CBEE_KPROBE, CBEE_KRETPROBE */
	CBEE_FEATURE_KPROBE_MULTI,	    /* many kernel functions at once */
	CBEE_FEATURE_FENTRY,		    /* CBEE_FENTRY, CBEE_FEXIT: KFUNC_PROBE */
	CBEE_FEATURE_FMOD_RET,		    /* a function's return value replaced: KMOD_RET */
	CBEE_FEATURE_LSM,		    /* LSM_PROBE: can be attached, and is run */
	CBEE_FEATURE_RAW_TRACEPOINT,	    /* CBEE_RAW_TRACEPOINT */
	CBEE_FEATURE_RAW_TRACEPOINT_MODULE, /* the same, of a kernel module */
	CBEE_FEATURE_UPROBE,		    /* CBEE_UPROBE, CBEE_URETPROBE */
	CBEE_FEATURE_UPROBE_MULTI,	    /* many functions of a program at once */
	CBEE_FEATURE_RINGBUF,		    /* BPF_RINGBUF_OUTPUT */
};

/*
 * Whether this kernel has it, found out by trying it, which leaves nothing
 * behind: 1 yes, 0 no (what is missing stands in cbee_error()). -EPERM: cannot be
 * told without more privilege; -EINVAL: no such feature.
 */
CBEE_API int cbee_supports(struct cbee *c, enum cbee_feature feature);

/* ---- the kernel's types ------------------------------------------------- */

/*
 * Whether struct or union @tag of the running kernel or one of its modules has
 * @member, also inside of members without a name: 1 or 0. -ESRCH: there is no such
 * struct; -ENOENT: no BTF; -EINVAL: it is damaged.
 */
CBEE_API int cbee_kernel_struct_has(struct cbee *c, const char *tag, const char *member);

/* The same for enum @tag (NULL: any enum) and @value, the name of an enumerator. */
CBEE_API int cbee_kernel_enum_has(struct cbee *c, const char *tag, const char *value);

/* ---- CPUs, clocks, tracefs --------------------------------------------- */

/* Which CPUs. */
enum cbee_cpu_set {
	CBEE_CPUS_ONLINE,   /* that run now */
	CBEE_CPUS_POSSIBLE, /* that could ever be there: per-CPU values have so many */
};

/* The numbers of the CPUs, ascending; the caller frees *@ret_cpus. -ENOENT: no /sys; -ENOMEM. */
CBEE_API int cbee_cpu_list(struct cbee *c, enum cbee_cpu_set set, int **ret_cpus,
			   unsigned int *ret_count);

/* What bpf_ktime_get_ns() returns, and bpf_ktime_get_boot_ns(), now: nanoseconds since boot. */
CBEE_API uint64_t cbee_monotonic_ns(void); /* without the time that the machine slept */
CBEE_API uint64_t cbee_boot_ns(void);	   /* with it */

/* The folder tracefs is mounted on; NULL: it is not, or cannot be seen. */
CBEE_API const char *cbee_tracefs(void);

/* ---- perf events -------------------------------------------------------- */

struct perf_event_attr; /* of <linux/perf_event.h> */

/*
 * perf_event_open(2), for which the C library has no function: opens a counter or
 * sampler and returns its descriptor, close-on-exec and the caller's. @attr's size
 * is filled in if it is 0. @pid: 0 for this process, -1 for all; @cpu: -1 for all;
 * @group_fd: the group's leader, or -1. -EACCES or -EPERM; -ENOENT or -EOPNOTSUPP:
 * this machine has no such event; -EINVAL. To attach a BPF program to an event,
 * cbee_attach() with CBEE_PERF_EVENT does it all.
 */
CBEE_API int cbee_perf_event_open(struct cbee *c, struct perf_event_attr *attr, int pid, int cpu,
				  int group_fd);

#ifdef __cplusplus
}
#endif

#endif
