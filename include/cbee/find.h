/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding: which functions and tracepoints can be probed, by pattern; where
 * programs and libraries are, and what processes are written in.
 *
 * In these calls @c may be NULL: a failure then has no sentence, only its code.
 * What is handed to a callback is valid during the call only; where the callback
 * returns false the list ends, which is no failure. Nothing is attached or loaded.
 */
#ifndef CBEE_FIND_H
#define CBEE_FIND_H

#include <cbee/probe.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- functions ---------------------------------------------------------- */

/* One function; the strings are valid during the call only. */
struct cbee_func {
	const char *name;   /* for people: C++ and Rust demangled */
	const char *symbol; /* as the symbol table has it */
	const char *path;   /* the file it is in; NULL: the kernel */
	const char *module; /* of the kernel; "": the kernel itself; NULL: not of the kernel */
	uint64_t address;   /* in the kernel, 0: it does not tell; in a file as linked */
	uint64_t offset;    /* bytes from the start of the file; 0 in the kernel */
	uint64_t size;	    /* bytes; 0: not known, as always in the kernel */
	bool go;	    /* compiled by Go: a return probe would crash the program */
	bool several;	    /* the kernel has more of this name; the address is the first one's */
};

/*
 * Calls @each for the functions that cbee_funcs_add() would take for @spec:
 * "SYMBOL" in the kernel, "PATH:SYMBOL" or "LIB:SYMBOL" in a binary; patterns as
 * there. Those of the kernel come in the order of their names, those of a file by
 * offset. @opts may be NULL; its limit of 0 means any number here. -ENOENT: none,
 * with the nearest name in the sentence; others as cbee_funcs_add().
 */
CBEE_API int cbee_funcs_each(struct cbee *c, const char *spec, const struct cbee_funcs_opts *opts,
			     bool (*each)(void *arg, const struct cbee_func *func), void *arg);

/*
 * The kernel's function for system call @name: "__x64_sys_execve" for "execve",
 * "sys_execve" and "__arm64_sys_execve", on x86-64. The caller frees *@ret_func.
 * -ENOENT: this kernel has no such call; -ENOMEM.
 */
CBEE_API int cbee_syscall_func(struct cbee *c, const char *name, char **ret_func);

/* What stands before the names of such functions on this kernel; a constant string. -ENOENT. */
CBEE_API int cbee_syscall_prefix(struct cbee *c, const char **ret_prefix);

/* ---- tracepoints -------------------------------------------------------- */

/* These need tracefs to be readable: root, who need not have mounted it. Else -EPERM. */

/* One tracepoint; the strings are valid during the call only. */
struct cbee_tracepoint {
	const char *category, *event; /* "syscalls", "sys_enter_open" */
};

/*
 * Calls @each for the tracepoints that match @pattern, sorted: "CATEGORY:EVENT" with
 * `*` and `?` as in file names, or "EVENT" of whatever category; with @regexp a
 * regular expression for the whole "CATEGORY:EVENT". -ENOENT: none, with the
 * nearest in the sentence; -EINVAL for a bad pattern.
 */
CBEE_API int cbee_tracepoints_each(struct cbee *c, const char *pattern, bool regexp,
				   bool (*each)(void *arg, const struct cbee_tracepoint *tp),
				   void *arg);

/* Whether there is such a tracepoint: 1 or 0. */
CBEE_API int cbee_tracepoint_exists(struct cbee *c, const char *category, const char *event);

/* One field of a tracepoint's record; the strings are valid during the call only. */
struct cbee_tracepoint_field {
	const char *name; /* "filename" */
	const char *type; /* in C, brackets behind it: "pid_t", "char[16]", "__data_loc char[]" */
	uint32_t offset, size; /* bytes; where the record that the program gets has it */
	bool is_signed;	       /* a number that may be negative */
};

/*
 * Calls @each for the fields of a tracepoint's record in their order, the four
 * common ones first. Behind "__data_loc" is a number of 32 bits whose lower half is
 * the offset of the real thing, whose upper half is its size. -ENOENT: no such
 * tracepoint.
 */
CBEE_API int cbee_tracepoint_fields(struct cbee *c, const char *category, const char *event,
				    bool (*each)(void *arg,
						 const struct cbee_tracepoint_field *field),
				    void *arg);

/* ---- programs, libraries, processes ------------------------------------- */

/*
 * The program that @name runs: with a slash itself, else what the PATH finds. The
 * caller frees *@ret_path. -ENOENT; -EACCES: what is there cannot be run; -ENOMEM.
 */
CBEE_API int cbee_program_path(struct cbee *c, const char *name, char **ret_path);

/*
 * The file of library @name: "c", "libc", "libc.so.6", or a path. @pid: as this
 * process has it loaded, or would find it, which is a path below /proc/PID/root
 * where it has a root of its own; 0: as this process would find it. The caller
 * frees *@ret_path. -ENOENT; -ESRCH: no such process; -ENOMEM.
 */
CBEE_API int cbee_library_path(struct cbee *c, const char *name, int pid, char **ret_path);

/*
 * What process @pid is written in, by the name of its program, else by the runtime
 * that is loaded: "java", "node", "perl", "php", "python", "ruby", "tcl", "lua",
 * "dotnet", "erlang", "go", "c++", else "c". A constant string. -ESRCH: no such
 * process; -ENOEXEC: it runs no program, such as a thread of the kernel; -EACCES:
 * it is somebody else's.
 */
CBEE_API int cbee_language(struct cbee *c, int pid, const char **ret_language);

#ifdef __cplusplus
}
#endif

#endif
