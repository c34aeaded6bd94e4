/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cbee: BPF from C. A handle compiles BPF C text with BCC, loads it, attaches
 * it and hands the results back:
 *
 *	struct cbee *c;
 *	int err = cbee_new(&c);
 *	if (!err)
 *		err = cbee_compile(c, &(struct cbee_source){ .name = "hello", .text = text });
 *	if (!err)
 *		err = cbee_load(c);
 *	if (!err)
 *		err = cbee_attach_auto(c);
 *	if (err)
 *		fprintf(stderr, "%s\n", cbee_error(c)->text);
 *	cbee_free(c);
 *
 * Functions return 0 or a negative errno; the sentence that explains it, and
 * what to do about it, stand in the handle. Nothing is printed, no signal is
 * touched, no global kept: two handles may be used in two threads, one handle
 * by one thread at a time. Needs Linux 4.17, and root or CAP_BPF, CAP_PERFMON
 * and CAP_DAC_READ_SEARCH, unless a function says otherwise.
 */
#ifndef CBEE_H
#define CBEE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CBEE_API __attribute__((visibility("default")))

struct cbee;

/* ---- life and errors -------------------------------------------------- */

/*
 * Makes a handle and starts the compiler's process in the background, so that
 * it is ready when cbee_compile() comes. -ENOMEM; a compiler that cannot be
 * started is reported by cbee_compile().
 */
CBEE_API int cbee_new(struct cbee **ret_c);

/*
 * Detaches every probe, closes every map, program and stream and frees the
 * handle; never stops early. Takes NULL.
 */
CBEE_API void cbee_free(struct cbee *c);

struct cbee_error {
	int code;	  /* the negative errno last returned, or 0 */
	const char *text; /* what failed, on what, why; never NULL */
	const char *hint; /* what to do about it, or NULL */
	const char *log;  /* compiler's or verifier's own words, or NULL */
};

/* The last error. Belongs to the handle, valid until the next call on it. */
CBEE_API const struct cbee_error *cbee_error(struct cbee *c);

/*
 * Has @say called with one line for every decision the library takes (which
 * mechanism was picked, which was not and why). Off by default; NULL: off.
 */
CBEE_API void cbee_set_log(struct cbee *c, void (*say)(void *arg, const char *line), void *arg);

/* ---- compiling and loading -------------------------------------------- */

struct cbee_source {
	const char *name;	  /* in messages: a file name or what you call it */
	const char *text;	  /* BPF C in BCC's dialect; NUL-terminated */
	const char *dir;	  /* where its #include "x" files are; NULL: it has none */
	const char *const *flags; /* for clang, such as "-DX=1" */
	unsigned int flag_count;
};

/*
 * Compiles with libbcc in a process of its own. Kernel declarations come from
 * the kernel's BTF, or from installed headers if those are exactly the running
 * kernel's. -EINVAL: the text does not compile (file and line in the sentence,
 * everything the compiler said in the log); -ENOENT: no compiler or neither BTF
 * nor headers. No privilege needed where tracefs is not.
 */
CBEE_API int cbee_compile(struct cbee *c, const struct cbee_source *source);

/*
 * Gives the constant that the text reads as OPT(name) a value; 0 unless set.
 * Until programs are loaded it can be set again. -ENOENT: the text has none of
 * that name.
 */
CBEE_API int cbee_const_set(struct cbee *c, const char *name, uint64_t value);

/*
 * Creates the maps. Programs are loaded when they are attached. -EPERM, -ENOMEM
 * or what the kernel says, with the map's name in the sentence.
 */
CBEE_API int cbee_load(struct cbee *c);

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
	int pid;	    /* uprobes, perf events: this process only; 0: all */
	int cpu;	    /* perf events: this CPU plus 1; 0: all */
	uint32_t perf_type; /* perf events: PERF_TYPE_... */
	uint64_t perf_config;
	uint64_t sample_period, sample_freq; /* perf events: one of both; events, Hz */
};

/*
 * Loads the function as the program type that the kind wants and attaches it;
 * attached until cbee_detach() or cbee_free(). -ENOENT: no such BPF function,
 * kernel function, symbol or tracepoint; -EACCES or -EINVAL with the verifier's
 * last lines in the log; -EPERM; -EOPNOTSUPP with the kernel option that is
 * missing, or for the return of a Go function.
 */
CBEE_API int cbee_attach(struct cbee *c, const struct cbee_probe_opts *opts);

/*
 * Attaches every function whose name says to what, as BCC does: kprobe__F,
 * kretprobe__F, tracepoint__C__E (TRACEPOINT_PROBE), raw_tracepoint__E
 * (RAW_TRACEPOINT_PROBE), kfunc__F or kfunc__M__F (KFUNC_PROBE), kretfunc__F or
 * kretfunc__M__F (KRETFUNC_PROBE), and syscall__N as a kprobe on system call N. @ret_count, if
 * not NULL, gets the number attached.
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

/* ---- maps ------------------------------------------------------------- */

#ifdef __cplusplus
}
#endif
#include <cbee/map.h>
#ifdef __cplusplus
extern "C" {
#endif

/* ---- streams ---------------------------------------------------------- */

struct cbee_stream_opts {
	const char *map; /* a BPF_RINGBUF_OUTPUT or BPF_PERF_OUTPUT */
	/* one record; @data is valid during the call only */
	void (*record)(void *arg, const void *data, size_t size);
	void *arg;
	unsigned int pages; /* perf buffer: pages per CPU, a power of two; 0: 64 */
};

/* Opens a stream; the handle closes it. -ENOENT: no such map; -EINVAL: not a stream. */
CBEE_API int cbee_stream_open(struct cbee *c, const struct cbee_stream_opts *opts);

/* How many descriptors poll() should watch, and the @i-th of them; they belong to the handle. */
CBEE_API unsigned int cbee_poll_fds(const struct cbee *c);
CBEE_API int cbee_poll_fd(const struct cbee *c, unsigned int i);

/* Delivers every record that is there, without waiting. */
CBEE_API int cbee_poll_deliver(struct cbee *c);

/* Records that the kernel dropped for want of room in perf buffers, so far. */
CBEE_API uint64_t cbee_poll_lost(const struct cbee *c);

/* ---- the trace pipe --------------------------------------------------- */

/* One message of bpf_trace_printk(); the strings are valid until the next read. */
struct cbee_trace_line {
	const char *task;    /* the thread's name; "" if the line names none */
	const char *message; /* without line break */
	const char *flags; /* as the kernel writes them: interrupts off, depth of preemption ... */
	uint64_t time_ns;  /* of the trace clock, by default since boot */
	int pid, cpu;	   /* of the thread; -1 if the line names none */
};

/*
 * Opens the kernel's one trace pipe, also where tracefs is not mounted; what it
 * held before is passed over. From then on cbee_poll_fds() counts it. The handle
 * closes it. -EACCES or -EPERM without privilege; -EBUSY: somebody else reads it.
 */
CBEE_API int cbee_trace_open(struct cbee *c);

/*
 * Waits up to @timeout_ms (-1: for ever, 0: not at all) for a message: 1 if there
 * was one, 0 if there was none or a signal came, -EBADF before cbee_trace_open().
 * Everybody's messages come through the pipe, not only those of this handle.
 */
CBEE_API int cbee_trace_read(struct cbee *c, int timeout_ms, struct cbee_trace_line *ret_line);

/* How many messages the kernel says were overwritten before they were read. */
CBEE_API uint64_t cbee_trace_lost(const struct cbee *c);

/* ---- what this machine allows ----------------------------------------- */

enum cbee_check_status {
	CBEE_CHECK_OK,
	CBEE_CHECK_WARN,    /* works, but not as well as it could */
	CBEE_CHECK_FAIL,    /* does not work */
	CBEE_CHECK_UNKNOWN, /* cannot be told without more privilege */
};

enum cbee_check_weight {
	CBEE_CHECK_USEFUL, /* something is missing without */
	CBEE_CHECK_NEEDED, /* nothing works without */
	CBEE_CHECK_PROBE,  /* a way to attach: one of these has to work */
};

struct cbee_check {
	const char *name; /* "uprobes" */
	enum cbee_check_weight weight;
	enum cbee_check_status status;
	char value[512];    /* what was found */
	const char *advice; /* what to do about it; NULL when all is well */
};

/*
 * Makes check number @i of the machine, which leaves nothing behind; false when
 * there are no more. Any user may; what they may not find out is unknown.
 */
CBEE_API bool cbee_check(unsigned int i, struct cbee_check *ret);

#ifdef __cplusplus
}
#endif

#endif
