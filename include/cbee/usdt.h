/* SPDX-License-Identifier: Apache-2.0 */
/*
 * USDT: the probes that a program's authors wrote into it, with arguments
 * (DTRACE_PROBE of <sys/sdt.h>). A BPF function is bound to one before the text
 * is compiled, and reads its arguments by their numbers from 1 on:
 *
 *	int on_query(struct pt_regs *ctx)
 *	{
 *		u64 id = 0;
 *		char text[80] = "";
 *		bpf_usdt_readarg(1, ctx, &id);
 *		bpf_usdt_readarg_p(2, ctx, text, sizeof(text));
 *		...
 *	}
 *
 *	cbee_usdt(c, &(struct cbee_usdt_opts){
 *		.path = "./server", .probe = "query__start", .fn = "on_query" });
 *	cbee_start(c, &source);
 */
#ifndef CBEE_USDT_H
#define CBEE_USDT_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- tracing ---------------------------------------------------------- */

/* Which probe, where, and what runs there. */
struct cbee_usdt_opts {
	/*
	 * The program or library: a path, a library's name ("c"), a program on the PATH; with
	 * @pid, a path that begins with a slash is one in the root of that process. NULL: every
	 * file that process @pid runs code from.
	 */
	const char *path;
	int pid;	   /* in this process only; 0: in every process that runs the file */
	bool all;	   /* @pid only tells which files: trace every process that runs them */
	const char *probe; /* "provider:name", or "name" where only one provider has it */
	const char *fn;	   /* the function in the BPF text; takes struct pt_regs * */
};

/*
 * Binds the probe to the function: cbee_compile() then gives the text what
 * bpf_usdt_readarg() and bpf_usdt_readarg_p() need, and cbee_attach_auto() and
 * cbee_start() attach it, at every place of the program where it stands. Strings
 * are copied.
 *
 * Arguments are read as each place keeps them, and widened with their sign to
 * what they are read into, of 1, 2, 4 or 8 bytes. What would give a wrong value
 * does not compile: an argument that is not there, that is in a register of
 * floating point, or that is read into too few bytes; only in the bound function
 * itself are arguments read. Reading returns 0, or -EFAULT where the program's
 * memory is not at hand: the value is 0 then. One function may be bound to
 * several probes: it then reads only what all of them have. OPT(func) tells apart
 * the places whose arguments differ, and is not to be used.
 *
 * Semaphores, by which a program finds out that it is traced, are raised and
 * lowered by the kernel (Linux 4.20), in processes that start later too and
 * however the tracer ends. All places are attached at once (Linux 6.6), or one by
 * one, as are those of one process; then detaching takes 0.1 s for each.
 *
 * -ENOENT: no such probe (the nearest name as advice), no file, or no probes in
 * it at all; -ENOTUNIQ: several providers have one of that name; -ENOEXEC: not
 * ELF; -ESRCH: no such process; -EBUSY: a text has been compiled already;
 * -EOPNOTSUPP: a semaphore, and Linux before 4.20; -E2BIG: more than 4096 places;
 * -EINVAL; -ENOMEM.
 */
CBEE_API int cbee_usdt(struct cbee *c, const struct cbee_usdt_opts *opts);

/* ---- listing ---------------------------------------------------------- */

/* Where a program keeps an argument. */
enum cbee_usdt_in {
	CBEE_USDT_OTHER,    /* in none that can be read, such as a floating point register */
	CBEE_USDT_CONSTANT, /* the value itself */
	CBEE_USDT_REGISTER, /* in @base */
	CBEE_USDT_MEMORY,   /* at @value + @base + @index * @scale, or at @symbol + @value */
};

/* How one argument is found at one place. Strings live as long as the probe. */
struct cbee_usdt_arg {
	unsigned int size;	  /* bytes: 1, 2, 4 or 8 */
	bool is_signed, is_float; /* what its bytes are */
	enum cbee_usdt_in in;	  /* where it is */
	int64_t value;		  /* the constant, or bytes to add to the address */
	const char *base, *index; /* registers as the file spells them ("eax"), or NULL */
	unsigned int scale;	  /* of @index: 1, 2, 4 or 8 */
	const char *symbol;	  /* a variable of the file, or NULL */
	uint64_t symbol_address;  /* its address, as linked */
	const char *text;	  /* as it stands in the file: "-4@%eax" */
};

/* One place in the program where a probe stands. */
struct cbee_usdt_location {
	uint64_t address;		  /* as linked */
	uint64_t offset;		  /* in the file */
	const struct cbee_usdt_arg *args; /* in the order of their numbers, from 1 on */
	unsigned int arg_count;		  /* of them */
};

/* One probe of a program. */
struct cbee_usdt {
	const char *provider, *name;		    /* "libc", "setjmp" */
	const char *path;			    /* of the file, as it can be opened from here */
	uint64_t semaphore;			    /* its address, as linked; 0: there is none */
	uint64_t semaphore_offset;		    /* in the file; 0: it is not in the file */
	const struct cbee_usdt_location *locations; /* by address */
	unsigned int location_count, arg_count;	    /* arg_count: at the location with most */
};

/*
 * Calls @fn for every probe of opts->path and opts->pid, or for those that
 * opts->probe names, sorted by provider and name in each file; opts->fn is not
 * looked at. The probe is valid during the call. Stops at the first answer that is not 0 and
 * returns it. 0 also where there is no probe; otherwise fails as cbee_usdt()
 * does. Needs no privilege but to read the file. On machines other than x86-64
 * and ARM64 arguments are CBEE_USDT_OTHER.
 */
CBEE_API int cbee_usdt_each(struct cbee *c, const struct cbee_usdt_opts *opts,
			    int (*fn)(void *arg, const struct cbee_usdt *probe), void *arg);

/*
 * Calls @fn for every probe that cbee_usdt() bound, with the function in the BPF
 * text, in the order of binding. Stops at the first answer that is not 0 and
 * returns it.
 */
CBEE_API int cbee_usdt_each_bound(struct cbee *c,
				  int (*fn)(void *arg, const struct cbee_usdt *probe,
					    const char *bpf_fn),
				  void *arg);

/*
 * The C type that holds argument @i (0: the first) at all locations: "int32_t",
 * "uint64_t", "double"; NULL when there is no such argument.
 */
CBEE_API const char *cbee_usdt_arg_type(const struct cbee_usdt *probe, unsigned int i);

/*
 * Writes where the argument is, for people: "4 signed bytes in eax", "8 unsigned
 * bytes at rbp-24". Cuts and returns the length wanted as snprintf() does.
 */
CBEE_API int cbee_usdt_arg_text(const struct cbee_usdt_arg *arg, char *text, size_t size);

#ifdef __cplusplus
}
#endif

#endif
