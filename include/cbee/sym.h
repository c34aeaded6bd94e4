/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for addresses, in the kernel and in processes, and the stacks that
 * programs collect:
 *
 *	printf("%s\n", cbee_sym_text(c, pid, address, NULL));
 *
 * Names of functions come from the file's own symbols, from its debug file, from
 * the tables of Go, from the kernel's vdso and from the /tmp/perf-PID.map of
 * programs that compile themselves; C++ and Rust names are demangled. What was
 * read is kept in the handle: it goes on answering for a process that has ended,
 * and a library that a process loads later, a new program in it, or a new process
 * under its number are noticed. Needs what ptrace needs: root, or one's own
 * processes; and for names in the kernel, that kptr_restrict lets one read them.
 */
#ifndef CBEE_SYM_H
#define CBEE_SYM_H

#include <cbee/base.h>
#include <cbee/map.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- names ------------------------------------------------------------ */

/* In place of a process: the kernel. So is 0, the idle task, which runs nothing else. */
#define CBEE_KERNEL (-1)

/* What an address is. The strings are valid until the handle is asked again. */
struct cbee_sym {
	const char *name;   /* for people, demangled, without parameters; NULL: not known */
	const char *symbol; /* as the symbol table has it; NULL: not known */
	/*
	 * Where it is: the path of the file as the process sees it, "[vdso]", the
	 * kernel's module, "kernel" for the kernel itself; NULL: not known.
	 */
	const char *module;
	/* from the start of the function; without name in the file; without file the address */
	uint64_t offset;
	uint64_t size; /* bytes of the function, or up to the next one; 0: not known */
};

/*
 * What is at @address in process @pid (negative or 0: in the kernel). *ret_sym is
 * filled in whatever is returned, if need be with the bare address. -ENOENT: no
 * symbol there; -ESRCH: no such process, nor was it known when it lived; -EACCES,
 * -EPERM: one may not look; -ENOMEM.
 */
CBEE_API int cbee_sym(struct cbee *c, int pid, uint64_t address, struct cbee_sym *ret_sym);

/* The same in the kernel. */
CBEE_API int cbee_ksym(struct cbee *c, uint64_t address, struct cbee_sym *ret_sym);

/*
 * The address of the kernel's function called @name, of several the first, or of
 * its data where the kernel lists that. -ENOENT; -EPERM: the kernel hides its addresses.
 */
CBEE_API int cbee_ksym_address(struct cbee *c, const char *name, uint64_t *ret_address);

/*
 * Where @function is in the memory of process @pid: "PATH:SYMBOL" or "LIB:SYMBOL", as
 * cbee_funcs_add() takes it for that process; of several that match, the first in the
 * file. For the kernel as cbee_ksym_address(). -ENOENT: no such function, with the
 * nearest name in the sentence, or the process runs no code from that file; -EINVAL: no
 * file is named; -ESRCH: no such process; -EACCES, -EPERM; -ENOEXEC: not ELF; -ENOMEM.
 */
CBEE_API int cbee_sym_address(struct cbee *c, int pid, const char *function, uint64_t *ret_address);

/* Bytes of a build id that the kernel gives. */
#define CBEE_BUILD_ID 20

/*
 * What is at @offset, from the start of the file, in the file that has that build
 * id (padded with zeros): one of cbee_sym_module_add(), or one that was met in a
 * process. As BPF_F_STACK_BUILD_ID gives them. -ENOENT: no symbol, or no such file.
 */
CBEE_API int cbee_sym_build_id(struct cbee *c, const void *build_id, uint64_t offset,
			       struct cbee_sym *ret_sym);

/* Registers a program or library for that. -ENOENT, ...: as open(2); -ENOEXEC; -ENODATA: no id. */
CBEE_API int cbee_sym_module_add(struct cbee *c, const char *path);

/*
 * Frees all that was read to find names; the next question reads it again.
 * Registered modules stay. For the sake of memory, and when the kernel's modules
 * changed, or a process put one library in the place of another.
 */
CBEE_API void cbee_sym_forget(struct cbee *c);

/* ---- as text ---------------------------------------------------------- */

/* What is written of a name. */
struct cbee_sym_opts {
	bool module; /* "name [libc.so.6]" */
	bool offset; /* "name+0x1f" */
	bool symbol; /* as the symbol table has it, not demangled */
};

/*
 * The text for it, such as "name+0x1f [module]"; "[unknown]" in place of a name
 * that is not known. @opts NULL: the name alone. Valid until the next call on the
 * handle; never NULL.
 */
CBEE_API const char *cbee_sym_format(struct cbee *c, const struct cbee_sym *sym,
				     const struct cbee_sym_opts *opts);

/* cbee_sym() and cbee_sym_format() in one; why a name is not known is in cbee_error(). */
CBEE_API const char *cbee_sym_text(struct cbee *c, int pid, uint64_t address,
				   const struct cbee_sym_opts *opts);

/* ---- stacks (BPF_STACK_TRACE, BPF_STACK_TRACE_BUILDID) ------------------ */

/* One call of a stack: an address, or a place in a file where the map is one of build ids. */
struct cbee_frame {
	uint64_t address;	 /* 0 where there is a build id */
	const uint8_t *build_id; /* CBEE_BUILD_ID bytes, during the call only; or NULL */
	uint64_t offset;	 /* in the file with that build id */
};

/*
 * Calls @each for the frames of stack @id, the innermost first, until it returns
 * false; all but the first are where a call will return to. @id: what
 * get_stackid() returned; where that was negative, it is returned with a sentence:
 * -EFAULT: there was no such stack, as of a kernel thread in user space;
 * -EEXIST: another stack had taken the place. -ENOENT: no such stack in the map;
 * -EINVAL: not a map of stacks. A stack stays until it is deleted: cbee_map_delete(),
 * cbee_map_clear().
 */
CBEE_API int cbee_stack_walk(struct cbee_map *m, int32_t id,
			     bool (*each)(void *arg, const struct cbee_frame *frame), void *arg);

/* How a stack is written. */
struct cbee_stack_opts {
	int pid; /* the process whose stack it is; 0 or CBEE_KERNEL: the kernel's */
	struct cbee_sym_opts show; /* what stands in a line */
	const char *indent;	   /* before each line; NULL: four blanks */
	bool folded; /* "main;a;b;c" in one line, the outermost first, as flame graphs want */
};

/*
 * Stack @id as text, a line for each frame, the innermost first; or folded, in which
 * `;` in names becomes `:`. Frames without a name are "[unknown]". Errors as
 * cbee_stack_walk(), not for names. Where a call returns to is looked up as part
 * of the call, which may be the last of its function. The caller frees @ret_text.
 */
CBEE_API int cbee_stack_text(struct cbee *c, struct cbee_map *m, int32_t id,
			     const struct cbee_stack_opts *opts, char **ret_text);

/*
 * The same as JSON, an array of {"address":"0x...","name":,"offset":,"module":};
 * name and module are null where not known, and in place of the address frames of
 * build ids have "build_id" and "file_offset". The caller frees @ret_json.
 */
CBEE_API int cbee_stack_json(struct cbee *c, struct cbee_map *m, int32_t id,
			     const struct cbee_stack_opts *opts, char **ret_json);

#ifdef __cplusplus
}
#endif

#endif
