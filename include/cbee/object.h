/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects: BPF programs that were compiled beforehand, as by
 *
 *	clang -target bpf -O2 -g -c hello.bpf.c -o hello.bpf.o
 *
 * They are written for libbpf, which loads them: with SEC() and map definitions
 * in BTF, and without BCC's dialect. No compiler runs when they are started.
 */
#ifndef CBEE_OBJECT_H
#define CBEE_OBJECT_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Stands in for cbee_compile() and cbee_load(): creates the maps of the ELF file
 * at @path, which cbee_map() finds by their names from then on (without layouts),
 * and loads all its programs. A @path that is not here is looked for in the folder
 * of the running program too. OPT() and cbee_const_set() are BCC texts' only.
 *
 * -ENOENT: no such file; -ENOEXEC or -EINVAL: no such object; -EACCES, -EINVAL or
 * the like: the kernel refuses a program; -EPERM; -ENOMEM; -EBUSY: the handle has
 * a program already. What libbpf says is in the error's log, and goes to the log of
 * cbee_set_log(); it is kept off stderr during the call, in all threads.
 */
CBEE_API int cbee_object_load(struct cbee *c, const char *path);

/*
 * Attaches every program whose section says to what, such as
 * SEC("tracepoint/syscalls/sys_enter_execve"), until cbee_detach() or cbee_free();
 * all of them or, on failure, none. @ret_count, if not NULL, gets the number. The
 * others, such as SEC("uprobe"), are there for cbee_attach(). -EINVAL: no object has
 * been loaded; else what attaching gives.
 */
CBEE_API int cbee_object_attach(struct cbee *c, unsigned int *ret_count);

#ifdef __cplusplus
}
#endif

#endif
