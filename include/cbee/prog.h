/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs: the functions of the text, one by one. Attaching loads what it
 * needs by itself; these calls are for those who load, look at or try a
 * function themselves:
 *
 *	struct cbee_prog_run run = { .data = packet, .size = sizeof(packet) };
 *	int err = cbee_prog_load_type(c, "filter", BPF_PROG_TYPE_SOCKET_FILTER, 0);
 *	if (!err)
 *		err = cbee_prog_run(cbee_prog(c, "filter"), &run);
 *	if (!err)
 *		printf("%u\n", run.retval);
 *
 * Calls return 0 or a negative errno, with the sentence in the handle. A call on
 * a struct cbee_prog that is NULL returns -ENOENT, so that calls nest as above.
 */
#ifndef CBEE_PROG_H
#define CBEE_PROG_H

#include <cbee/base.h>
#include <cbee/probe.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bpf_insn; /* of <linux/bpf.h> */

/* ---- the functions of the text, from cbee_compile() on ------------------ */

/* How many functions the text has, and the name of the @i-th (NULL beyond the last). */
CBEE_API unsigned int cbee_progs(const struct cbee *c);
CBEE_API const char *cbee_prog_name(const struct cbee *c, unsigned int i);

/*
 * The instructions of function @fn, as they would be loaded now: constants have
 * the values that are set. Maps do not exist yet: what loads the address of one
 * has src_reg BPF_PSEUDO_MAP_IDX, and imm is i of cbee_map_at(c, i). The caller
 * frees @ret_insns. -ENOENT: no such function; -ENOMEM.
 */
CBEE_API int cbee_prog_insns(struct cbee *c, const char *fn, struct bpf_insn **ret_insns,
			     uint32_t *ret_count);

/*
 * The same as text, a line for each instruction, with the names of maps,
 * constants and helpers. The caller frees @ret_text.
 */
CBEE_API int cbee_prog_text(struct cbee *c, const char *fn, char **ret_text);

/* The licence that the text gives; "" before it is compiled. */
CBEE_API const char *cbee_license(const struct cbee *c);

/* The kernel it is compiled for, as LINUX_VERSION_CODE; 0 before. */
CBEE_API uint32_t cbee_kern_version(const struct cbee *c);

/* ---- loading ------------------------------------------------------------ */

struct cbee_prog; /* a function that is loaded; belongs to the handle */

/*
 * Loads function @fn as what a probe of @kind runs. The handle keeps it until
 * cbee_free(); loading it again as the same, attaching it and putting it into a
 * prog array take the one that is there, unless a constant has been set since.
 * fentry and fexit are bound to their target, and the functions of
 * cbee_funcs_attach() to the function they are for: those are loaded by
 * attaching them. -EINVAL: such a kind, or cbee_load() has not been called;
 * -ENOENT: no such function; -EACCES or -EINVAL with the verifier's words in the
 * log; -EPERM; -EOPNOTSUPP: not on that device.
 */
CBEE_API int cbee_prog_load(struct cbee *c, const char *fn, enum cbee_probe_kind kind);

/*
 * The same for what no probe runs, by the kernel's numbers: enum bpf_prog_type,
 * and enum bpf_attach_type as the type that is expected (0 for most).
 */
CBEE_API int cbee_prog_load_type(struct cbee *c, const char *fn, uint32_t type,
				 uint32_t attach_type);

/* Loads every function of the text as @kind; what is loaded before one fails stays so. */
CBEE_API int cbee_prog_load_all(struct cbee *c, enum cbee_probe_kind kind);

/* Function @fn as these calls loaded it last; NULL: they have not (-ENOENT). */
CBEE_API struct cbee_prog *cbee_prog(struct cbee *c, const char *fn);

/* Its descriptor, which stays the handle's; or -ENOENT. */
CBEE_API int cbee_prog_fd(const struct cbee_prog *p);

/* What the kernel says of a program. */
struct cbee_prog_info {
	uint32_t id;		    /* the kernel's number for it */
	uint32_t type;		    /* enum bpf_prog_type */
	char name[16];		    /* 15 characters of the function's; "" before Linux 4.15 */
	char tag[17];		    /* digest of the instructions, as the kernel's files have it */
	uint32_t insns;		    /* instructions that were loaded */
	uint32_t xlated_insns;	    /* of the kernel's, after the verifier has rewritten them */
	uint32_t jited_bytes;	    /* of machine code; 0: interpreted, or it may not be known */
	uint32_t maps;		    /* maps it uses */
	uint64_t missed;	    /* runs left out because it was running (Linux 5.12) */
	uint64_t run_count, run_ns; /* while kernel.bpf_stats_enabled is 1 (Linux 5.1) */
};

/* Asks the kernel for it. -ENOENT for NULL; what the kernel returns. */
CBEE_API int cbee_prog_info(struct cbee_prog *p, struct cbee_prog_info *ret_info);

/* ---- trying it out ------------------------------------------------------ */

/* One trial: what the program gets, and what it did. */
struct cbee_prog_run {
	const void *data; /* a packet, from its Ethernet header on: 14 bytes at least */
	size_t size;	  /* bytes of it */
	const void *ctx;  /* the context, such as a struct __sk_buff or xdp_md; NULL: zeros */
	size_t ctx_size;  /* bytes of it */
	void *out;	  /* gets the packet as it is afterwards; NULL: not wanted */
	size_t out_room;  /* bytes it has room for */
	uint32_t repeat;  /* how often; 0: once */
	/* results */
	uint32_t retval;      /* what the function returned, the last time */
	uint32_t duration_ns; /* of one run, on average */
	size_t out_size;      /* bytes of the packet afterwards; @out has the first @out_room */
};

/*
 * Has the kernel run the program, attached or not, on data of the caller's
 * (Linux 4.12). Socket filters, XDP, traffic control and cgroup filters take a
 * packet, which socket and cgroup filters see without its Ethernet header; raw
 * tracepoints take the arguments as @ctx (Linux 5.10), and neither packet nor
 * @repeat. -EOPNOTSUPP: programs of most other types cannot be tried, kprobes and
 * tracepoints among them; -EINVAL: less than 14 bytes, or not for this type;
 * -ENOSPC: @out is too small, @run is filled nevertheless.
 */
CBEE_API int cbee_prog_run(struct cbee_prog *p, struct cbee_prog_run *run);

#ifdef __cplusplus
}
#endif

#endif
