/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel declarations that one BPF source needs, from the running kernel's BTF. */
#ifndef CBEE_HEADERS_H
#define CBEE_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "plain/buf.h"

struct cbee_err;

/* Where the kernel's descriptions of itself are. NULL means the usual place. */
struct cbee__headers_env {
	const char *btf_dir;	 /* "vmlinux" and one file per module; /sys/kernel/btf */
	const char *tracefs;	 /* holds events/CATEGORY/EVENT/format; NULL: none */
	const char *proc_config; /* /proc/config.gz */
	const char *boot_dir;	 /* holds config-RELEASE; /boot */
	/* declarations of all the kernel's types, instead of those that the source needs; or NULL */
	const char *types;
};

struct cbee__headers_info {
	bool reads_structs; /* names structs of the kernel: headers of another one will not do */
	bool from_btf;	    /* BTF was there and was used */
	/* modules whose BTF was looked through, each with its NUL; the caller frees it */
	struct cbee_buf modules;
	bool lacks_config; /* names CONFIG_ options, and no configuration could be read */
};

/*
 * Appends the declarations that @source, with its includes taken out, needs in
 * front of libbcc's bpf.h and helpers.h. @env may be NULL: the usual places,
 * without tracefs. 0; -ENOENT when the source names kernel types and there is
 * no BTF; -EINVAL for damaged BTF; -ENOMEM. @ret_info may be NULL.
 */
int cbee__headers_make(const char *source, size_t len, const struct cbee__headers_env *env,
		       struct cbee_buf *out, struct cbee__headers_info *ret_info,
		       struct cbee_err *err);

#endif
