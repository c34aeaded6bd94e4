/* SPDX-License-Identifier: Apache-2.0 */
/* What the other headers stand on: the handle, its errors, compiling and loading. */
#ifndef CBEE_BASE_H
#define CBEE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the library exports. */
#define CBEE_API __attribute__((visibility("default")))

/* ---- versions --------------------------------------------------------- */

/* The release whose headers these are: its first number. */
#define CBEE_VERSION_MAJOR 0
/* Its second number. */
#define CBEE_VERSION_MINOR 1
/* Its third number. */
#define CBEE_VERSION_PATCH 0

/* For #if: whether they are of release @major.@minor or a later one. */
#define CBEE_VERSION_AT_LEAST(major, minor) \
	(CBEE_VERSION_MAJOR > (major) ||    \
	 (CBEE_VERSION_MAJOR == (major) && CBEE_VERSION_MINOR >= (minor)))

/*
 * The release of the library that runs, such as "0.1.0". It has all that the program calls: the
 * loader ends one that needs a newer library. It may be newer than these headers, as long as the
 * soname is the same. Then structs may have more members than the program knows of, at their end;
 * in those that the program makes they count as 0, which means what was done before. Members that
 * are not set have to be 0 likewise, as designated initialisers have it.
 */
CBEE_API const char *cbee_version(void);

struct cbee;

/* ---- life and errors -------------------------------------------------- */

/* Makes a handle. -ENOMEM. */
CBEE_API int cbee_new(struct cbee **ret_c);

/*
 * Ends all of it and frees the handle, in this order: probes are detached, the last
 * one first; streams and the trace pipe are closed, with records that nobody has
 * polled; then programs and maps. Never stops early, takes NULL; to be called once,
 * and nothing on the handle afterwards. A program or map lives on in the kernel where
 * something else holds it: another process, a pin, a prog array. Whatever the handle
 * gave out (maps, programs, texts) is gone with it. A process that ends without this
 * call leaves nothing behind either.
 */
CBEE_API void cbee_free(struct cbee *c);

/* What failed, in words. */
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

/*
 * Has @progress called now and then, in the thread that called the library, while
 * attaching to many places or detaching from them takes long (a third of a second, on
 * kernels that take them one by one only): @done of @total are done, @what is next. The
 * last call has both equal, also after a failure. It must not use the handle, which may
 * be on its way out. Off by default; NULL: off.
 */
CBEE_API void cbee_set_progress(struct cbee *c,
				void (*progress)(void *arg, size_t done, size_t total,
						 const char *what),
				void *arg);

/* ---- compiling and loading -------------------------------------------- */

/* Texts that explain a program, to be asked for when it is compiled; bcc's numbers. */
enum cbee_debug {
	CBEE_DEBUG_LLVM_IR = 1,	     /* what LLVM made of the text */
	CBEE_DEBUG_BPF = 2,	     /* the instructions, as cbee_prog_text() has them */
	CBEE_DEBUG_PREPROCESSOR = 4, /* clang's command, then the text as BCC rewrote it */
	CBEE_DEBUG_SOURCE = 8,	     /* lines of the rewritten text, each with its instructions */
	CBEE_DEBUG_BPF_REGISTER_STATE = 16, /* the verifier's log with all registers */
	/* 32 is bcc's DEBUG_BTF: programs have no BTF of their own here, so there is none to show */
	CBEE_DEBUG_VERIFIER = 64,	 /* the verifier's log */
	CBEE_DEBUG_VERIFIER_STATS = 128, /* how much work it had (Linux 5.2) */
};

/* Where the declarations of the kernel's types come from. */
enum cbee_headers {
	CBEE_HEADERS_AUTO,   /* BTF, and where that is not enough the installed headers */
	CBEE_HEADERS_BTF,    /* the running kernel's BTF, and nothing else */
	CBEE_HEADERS_KERNEL, /* the installed headers, if they are exactly the running kernel's */
};

/* A program to compile. */
struct cbee_source {
	/*
	 * BPF C in BCC's dialect: a NUL-terminated text, or if that is NULL a file; one that is
	 * not here is looked for in the folder of the running program too, and "-" is standard
	 * input
	 */
	const char *text, *file;
	const char *name; /* in messages; NULL: the file's name */
	const char *dir;  /* where its #include "x" files are; NULL: the file's folder, or none */
	const char *const *flags;  /* for clang, such as "-DX=1" */
	unsigned int flag_count;   /* of them */
	enum cbee_headers headers; /* where declarations come from */
	bool uncached;	    /* compile in any case: neither look in the cache nor keep it there */
	unsigned int debug; /* enum cbee_debug, or'ed: texts to keep for cbee_debug_text() */
	/*
	 * Network card whose own processor runs maps and programs (XDP and traffic
	 * control only), such as "eth0"; NULL: the kernel does. Very few cards can:
	 * -EOPNOTSUPP or -EINVAL of the load are the driver's answer.
	 */
	const char *device;
	/*
	 * Before Linux 5.11 maps and programs count as locked memory, so there the
	 * process's RLIMIT_MEMLOCK is lifted before the first one; true: never, and
	 * -EPERM is what the limit looks like. Holds for the whole process, as the
	 * limit does, and has to be said before anything is loaded.
	 */
	bool keep_memlock;
};

/*
 * Compiles with libbcc in a process of its own, unless that was done before and
 * nothing has changed since: see <cbee/cache.h>. Kernel declarations come from
 * the kernel's BTF, or from installed headers if those are exactly the running
 * kernel's. -EINVAL: the text does not compile (file and line in the sentence,
 * everything the compiler said in the log); -ENOENT: no such file, no compiler, or
 * neither BTF nor headers; -ENODEV: no such device; -EBUSY: the handle has compiled
 * a text already, and takes one only. No privilege needed where tracefs is not. The
 * licence is GPL unless the text has another, as `#define BPF_LICENSE Dual BSD/GPL`.
 */
CBEE_API int cbee_compile(struct cbee *c, const struct cbee_source *source);

/*
 * Gives the constant that the text reads as OPT(name) a value; 0 unless set. It
 * holds for programs that are loaded, or attached, from then on. -ENOENT: the text
 * has none of that name.
 */
CBEE_API int cbee_const_set(struct cbee *c, const char *name, uint64_t value);

/*
 * Creates the maps. Programs are loaded when they are attached. -EPERM, -ENOMEM
 * or what the kernel says, with the map's name in the sentence.
 */
CBEE_API int cbee_load(struct cbee *c);

/*
 * What most programs begin with: cbee_compile(), cbee_load() and cbee_attach_auto().
 * Constants are 0 then: to set some, make the three calls.
 */
CBEE_API int cbee_start(struct cbee *c, const struct cbee_source *source);

/*
 * A text that was asked for with @what, one of enum cbee_debug; NULL: it was not,
 * or there is none (yet). The compiler's are there after cbee_compile(), after one
 * that failed too (of what had been done until then). The verifier's log is one for
 * all three of its flags and grows with every program that is loaded, or fails to
 * load. Valid until the next call on the handle.
 */
CBEE_API const char *cbee_debug_text(struct cbee *c, enum cbee_debug what);

#ifdef __cplusplus
}
#endif

#endif
