/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for addresses, in the kernel and in processes:
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

#define CBEE_BUILD_ID 20 /* bytes of it that the kernel gives */

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

#ifdef __cplusplus
}
#endif

#endif
