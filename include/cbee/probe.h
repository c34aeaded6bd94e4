/* SPDX-License-Identifier: Apache-2.0 */
/* Probes: what a program's functions are attached to, one by one or many by pattern. */
#ifndef CBEE_PROBE_H
#define CBEE_PROBE_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- probes ----------------------------------------------------------- */

struct perf_event_attr;

/*
 * In targets of fentry, fexit and fmod_ret, "module:function" says which kernel module
 * is meant.
 */
enum cbee_probe_kind {
	CBEE_KPROBE,	     /* target: kernel function; offset into it */
	CBEE_KRETPROBE,	     /* target: kernel function; maxactive */
	CBEE_FENTRY,	     /* target: kernel function; Linux 5.5 and BTF, of modules 5.11 */
	CBEE_FEXIT,	     /* the same, on return */
	CBEE_UPROBE,	     /* target: path; symbol, or offset in the file */
	CBEE_URETPROBE,	     /* the same, on return; not in Go programs unless forced */
	CBEE_TRACEPOINT,     /* target: "category:event" */
	CBEE_RAW_TRACEPOINT, /* target: event; Linux 4.17 */
	CBEE_PERF_EVENT,     /* type, config, period or frequency; or perf_attr */
	CBEE_FMOD_RET,	     /* target: kernel function whose result the program may replace: one
				that allows error injection, or security_...; Linux 5.7 and BTF */
	CBEE_LSM,	     /* target: hook such as "file_open"; Linux 5.7, BTF, lsm=...,bpf */
	CBEE_XDP,	     /* target: network interface; flags; Linux 5.9 */
	CBEE_RAW_SOCKET,     /* target: network interface, "": all; see cbee_attached_fd() */
	CBEE_OBJECT,	     /* attach_type; to a cgroup (target: its folder), to a sockmap
				(target: its name in the text), or to whatever fd is; flags;
				Linux 4.17 */
};

/* What there is to know of a kind of probe; constant strings. */
struct cbee_probe_about {
	const char *name;    /* as messages call it: "kprobe" */
	const char *prefix;  /* of functions whose name says the target: "kprobe__"; NULL: none */
	bool automatic;	     /* cbee_attach_auto() attaches functions with that prefix */
	bool patterns;	     /* cbee_attach_all() knows it */
	const char *target;  /* how cbee run writes what it is attached to, and what that is */
	const char *context; /* what the function in the BPF text takes */
	const char *needs;   /* of the kernel */
};

/* Tells about a kind. 0, or -EINVAL: there is no such kind, nor one with a greater number. */
CBEE_API int cbee_probe_about(enum cbee_probe_kind kind, struct cbee_probe_about *ret_about);

/* One probe; of the members, those that its kind has. */
struct cbee_probe_opts {
	enum cbee_probe_kind kind; /* what it is attached to */
	const char *fn;		   /* the function in the BPF text */
	const char *target;	   /* by kind, see there; NULL: what the name of fn says */
	const char *symbol;   /* uprobes: function in the binary; NULL: offset is one in the file */
	uint64_t offset;      /* kprobes, uprobes: bytes */
	uint64_t ref_counter; /* uprobes: where in the file a 16-bit counter is that the kernel
				 keeps above 0 while attached; Linux 4.20; 0: none */
	int pid;	      /* uprobes, perf events: this process only; 0: all */
	int cpu;	      /* perf events: this CPU plus 1; 0: all */
	uint32_t perf_type;   /* perf events: PERF_TYPE_... */
	uint64_t perf_config; /* perf events: PERF_COUNT_..., by type */
	uint64_t sample_period, sample_freq;	 /* perf events: one of both; events, Hz */
	const struct perf_event_attr *perf_attr; /* perf events: all that in one, and more */
	int group_fd;		/* perf events: of the leader of the group; 0: none */
	unsigned int maxactive; /* kretprobes: calls under way at once that are seen, up to 4096;
				   needs tracefs; 0: as the kernel likes */
	bool force;		/* uretprobes: on a Go function too, which may crash the program */
	uint32_t flags;	      /* XDP: XDP_FLAGS_SKB_MODE, _DRV_MODE, _HW_MODE; 0: the kernel picks.
				 Objects: BPF_F_ALLOW_...; 0: beside others */
	uint32_t attach_type; /* objects: BPF_CGROUP_..., BPF_SK_SKB_... and the like */
	int fd;		      /* objects: the one to attach to, instead of target; 0: none */
	bool regexp;	      /* cbee_attach_all(): patterns are regular expressions, not globs */
	unsigned int limit;   /* cbee_attach_all(): refuse more than this; 0: 1000 */
};

/*
 * Loads the function as the program type that the kind wants, or takes what has been
 * loaded just so (see <cbee/prog.h>), and attaches it until cbee_detach() or
 * cbee_free(), at the latest until the process ends. (But what is attached to an object
 * with flags, only detaching ends, and the line of a kretprobe with maxactive stays in
 * kprobe_events if the process is killed.) -ENOENT: no such BPF function, kernel
 * function, symbol or tracepoint; -ENODEV: no such network interface or CPU; -EBUSY: an
 * XDP program is there already; -EACCES or -EINVAL with the verifier's last lines in the
 * log; -EPERM; -EOPNOTSUPP with the kernel option that is missing, or for the return of
 * a Go function.
 */
CBEE_API int cbee_attach(struct cbee *c, const struct cbee_probe_opts *opts);

/*
 * Attaches the one function to everything that a pattern matches: of functions
 * (kprobes, fentry, fexit, fmod_ret) the target, of uprobes the symbol, of tracepoints
 * "category:event", of raw ones the event. `*` and `?` match as in file names. What the
 * kernel refuses to probe, or what a probe would break, is passed over with a line to
 * the log; @ret_count, if not NULL, gets how many are attached. -ENOENT: nothing
 * matches; -E2BIG: more than the limit; else as cbee_attach(), nothing being attached
 * then. To tell the functions apart, use cbee_funcs_attach().
 *
 * Functions are attached to in one go where the kernel can (uprobes: Linux 6.6; kprobes:
 * 5.18), and user functions through a few events that they share from Linux 5.15 on: those
 * stand in uprobe_events meanwhile, and a process of their own takes them off it, also if
 * ours is killed. Everything else has an event of its own, which takes the kernel 40 to
 * 90 ms to detach; cbee_set_progress() shows how far it is.
 */
CBEE_API int cbee_attach_all(struct cbee *c, const struct cbee_probe_opts *opts,
			     unsigned int *ret_count);

/*
 * Attaches every function whose name says to what, as BCC does: kprobe__F,
 * kretprobe__F, tracepoint__C__E (TRACEPOINT_PROBE), raw_tracepoint__E
 * (RAW_TRACEPOINT_PROBE), kfunc__F or kfunc__M__F (KFUNC_PROBE), kretfunc__F or
 * kretfunc__M__F (KRETFUNC_PROBE), lsm__H (LSM_PROBE), and syscall__N as a kprobe on
 * system call N; and what cbee_usdt() bound. Not kmod_ret__F (KMOD_RET), which changes what the kernel does: that
 * takes cbee_attach(), where the name then is the target. @ret_count, if not NULL, gets
 * the number attached.
 */
CBEE_API int cbee_attach_auto(struct cbee *c, unsigned int *ret_count);

/* Detaches everything; all errors are passed over, nothing stays attached. */
CBEE_API void cbee_detach(struct cbee *c);

/*
 * Detaches what was attached with the same kind and the same other members; those that
 * are 0 or NULL stand for any, so no fn means: whatever the function. What
 * cbee_attach_all() attached goes together, by the same pattern. -ENOENT: there is none.
 */
CBEE_API int cbee_detach_probe(struct cbee *c, const struct cbee_probe_opts *opts);

/*
 * The descriptor behind what was attached with such members, found as above: of a raw
 * socket, to read from it the packets whose length the function returned; of a perf
 * event, to be the leader of a group. Belongs to the handle. -ENOENT: there is none.
 */
CBEE_API int cbee_attached_fd(struct cbee *c, const struct cbee_probe_opts *opts);

/*
 * To how many places functions are attached as that kind, by any of the calls above; a
 * perf event on all CPUs is one.
 */
CBEE_API unsigned int cbee_attached(const struct cbee *c, enum cbee_probe_kind kind);

/*
 * How often the kernel did not run an attached program because it was running
 * already on the same CPU (Linux 5.12; 0 before).
 */
CBEE_API uint64_t cbee_missed(struct cbee *c);

/* ---- iterators -------------------------------------------------------- */

/* One iterator. */
struct cbee_iter_opts {
	const char *fn;	    /* the function in the BPF text */
	const char *target; /* "task", "bpf_map", "tcp"...; NULL: of BPF_ITER(T), which is
			       the function bpf_iter__T, that is T */
	const char *map;    /* for "bpf_map_elem" and the like: the map's name in the text */
	int pid;	    /* for "task", "task_file", "task_vma": this process only; Linux 6.1 */
};

/*
 * Has the kernel call the function for each object of a kind (Linux 5.8 and BTF). What
 * it writes with bpf_seq_printf() and bpf_seq_write() is read from the descriptor that
 * @ret_fd gets, which is the caller's to close and outlives the handle. -ENOENT: no
 * such BPF function, map, or kind of object; -EACCES or -EINVAL with the verifier's last
 * lines in the log; -EPERM.
 */
CBEE_API int cbee_iter_open(struct cbee *c, const struct cbee_iter_opts *opts, int *ret_fd);

/*
 * The same, read to the end: @ret_text gets all of it with a NUL behind, which the caller
 * frees, and @ret_size, if not NULL, the bytes without that. Also -ENOMEM.
 */
CBEE_API int cbee_iter_read(struct cbee *c, const struct cbee_iter_opts *opts, char **ret_text,
			    size_t *ret_size);

/* ---- functions by pattern --------------------------------------------- */

struct cbee_funcs; /* a list of functions to probe; see cbee_funcs_add() */

struct cbee_funcs_opts {
	bool regexp;	    /* patterns are regular expressions, not globs */
	int pid;	    /* libraries and paths as this process sees them; 0: none */
	unsigned int limit; /* refuse more functions than this; 0: 10000 */
};

/*
 * Adds the functions that @spec names to the handle's list: "SYMBOL" in the
 * kernel, "PATH:SYMBOL" or "LIB:SYMBOL" in a binary; `*` and `?` match as in
 * file names. -ENOENT with the nearest name as advice; -E2BIG; -ENOEXEC for a
 * file that is no ELF; -EINVAL for a bad pattern.
 */
CBEE_API int cbee_funcs_add(struct cbee *c, const char *spec, const struct cbee_funcs_opts *opts);

/* How many functions have been added; each has an index below that. */
CBEE_API unsigned int cbee_funcs_count(const struct cbee *c);

/* The name of function @i as a person knows it (C++ demangled); valid until cbee_free(). */
CBEE_API const char *cbee_funcs_name(const struct cbee *c, unsigned int i);

/* What runs at the functions of a list. */
struct cbee_funcs_attach {
	const char *entry, *ret;    /* BPF functions that take struct pt_regs *; NULL: none */
	const char *fentry, *fexit; /* the same for fentry and fexit; NULL: do not use those */
	int pid;		    /* user functions: this process only; 0: all */
	bool no_fentry;		    /* kernel functions: kprobes even where fentry works */
	/* Functions of Go: on entry, on return, and at the end of a goroutine; NULL: none. */
	const char *entry_go, *ret_go, *end_go;
};

/*
 * Attaches to entry and return of every function of the list by the best way
 * that this kernel has: uprobe.multi (Linux 6.6), uprobes that share events (5.15),
 * uprobes; fentry and fexit for a few kernel functions, kprobe.multi, kprobes. The
 * text gets the function's index from cbee_func(ctx) of <cbee/bpf/func.h>, which on
 * return may not know it: the call does. (Or it reads OPT(cookie) and OPT(func): where
 * cookie is 1 the index is bpf_get_attach_cookie(ctx), otherwise it is OPT(func); then
 * uprobes cannot share events.) Frames are told apart by the stack pointer, which fentry
 * has not: there ctx itself serves.
 *
 * One BPF function may serve all ways of one side, and so be compiled once: where a
 * program is loaded, OPT(in_user) is 1 for functions of binaries, OPT(in_go) too for
 * those of Go, and OPT(by_fentry) for fentry and fexit. The verifier leaves out what
 * these rule out. (cbee_attach() and its like set them too.)
 *
 * Return probes would crash Go programs, whose functions get @entry_go behind the
 * check of the stack's size, which can run twice, and @ret_go, plain uprobes on
 * their return instructions. The running unit there is the goroutine, in R14
 * (x86_64) or X28; its stack moves, so frames are told apart by the distance from
 * its upper end, which stays. @end_go is put on runtime.goexit1 of the same files.
 * -EOPNOTSUPP: there is @ret and a function of Go, but no @ret_go.
 */
CBEE_API int cbee_funcs_attach(struct cbee *c, const struct cbee_funcs_attach *opts);

/* How many functions of the list the kernel refused to probe while others could be. */
CBEE_API unsigned int cbee_funcs_skipped(const struct cbee *c);

#ifdef __cplusplus
}
#endif

#endif
