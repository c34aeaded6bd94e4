/* SPDX-License-Identifier: Apache-2.0 */
/* Probes: what a program's functions are attached to, one by one or many by pattern. */
#ifndef CBEE_PROBE_H
#define CBEE_PROBE_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- probes ----------------------------------------------------------- */

enum cbee_probe_kind {
	CBEE_KPROBE,	     /* target: kernel function; offset into it */
	CBEE_KRETPROBE,	     /* target: kernel function */
	CBEE_FENTRY,	     /* target: kernel function; Linux 5.5 and BTF */
	CBEE_FEXIT,	     /* the same, on return */
	CBEE_UPROBE,	     /* target: path; symbol, or offset in the file */
	CBEE_URETPROBE,	     /* the same, on return; not in Go programs: it would crash them */
	CBEE_TRACEPOINT,     /* target: "category:event" */
	CBEE_RAW_TRACEPOINT, /* target: event; Linux 4.17 */
	CBEE_PERF_EVENT,     /* type, config, period or frequency */
};

struct cbee_probe_opts {
	enum cbee_probe_kind kind;
	const char *fn;	    /* the function in the BPF text */
	const char *target; /* by kind, see there */
	const char *symbol; /* uprobes: function in the binary; NULL: offset is one in the file */
	uint64_t offset;    /* bytes */
	/* uprobes: of 16 bits in the file that the kernel counts tracers in; 0: none; Linux 4.20 */
	uint64_t ref_ctr_offset;
	int pid;	    /* uprobes, perf events: this process only; 0: all */
	int cpu;	    /* perf events: this CPU plus 1; 0: all */
	uint32_t perf_type; /* perf events: PERF_TYPE_... */
	uint64_t perf_config;
	uint64_t sample_period, sample_freq; /* perf events: one of both; events, Hz */
};

/*
 * Loads the function as the program type that the kind wants, or takes what has been
 * loaded just so (see <cbee/prog.h>), and attaches it until cbee_detach() or
 * cbee_free(). -ENOENT: no such BPF function,
 * kernel function, symbol or tracepoint; -EACCES or -EINVAL with the verifier's
 * last lines in the log; -EPERM; -EOPNOTSUPP with the kernel option that is
 * missing, or for the return of a Go function.
 */
CBEE_API int cbee_attach(struct cbee *c, const struct cbee_probe_opts *opts);

/*
 * Attaches every function whose name says to what, as BCC does: kprobe__F,
 * kretprobe__F, tracepoint__C__E (TRACEPOINT_PROBE), raw_tracepoint__E
 * (RAW_TRACEPOINT_PROBE), kfunc__F or kfunc__M__F (KFUNC_PROBE), kretfunc__F or
 * kretfunc__M__F (KRETFUNC_PROBE), and syscall__N as a kprobe on system call N; and what
 * cbee_usdt() bound. @ret_count, if not NULL, gets the number attached.
 */
CBEE_API int cbee_attach_auto(struct cbee *c, unsigned int *ret_count);

/* Detaches everything; all errors are passed over, nothing stays attached. */
CBEE_API void cbee_detach(struct cbee *c);

/*
 * How often the kernel did not run an attached program because it was running
 * already on the same CPU (Linux 5.12; 0 before).
 */
CBEE_API uint64_t cbee_missed(struct cbee *c);

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
 * that this kernel has: uprobe.multi (Linux 6.6), uprobes; fentry and fexit for
 * a few kernel functions, kprobe.multi, kprobes. The text must read OPT(cookie)
 * and OPT(func): where cookie is 1 the function's index is
 * bpf_get_attach_cookie(ctx), otherwise it is OPT(func). Frames are told apart
 * by the stack pointer, which fentry has not: there ctx itself serves.
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
