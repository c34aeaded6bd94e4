/* SPDX-License-Identifier: Apache-2.0 */
/* Answers whether the kernel has a member of a struct, or a value of an enum. */
#ifndef CBEE_KERNEL_TYPE_H
#define CBEE_KERNEL_TYPE_H

struct cbee_err;

/*
 * As the public calls of <cbee/machine.h>, from the BTF in folder @dir: "vmlinux"
 * and one file for each module.
 */
int cbee__struct_has(const char *dir, const char *tag, const char *member, struct cbee_err *err);
int cbee__enum_has(const char *dir, const char *tag, const char *value, struct cbee_err *err);

#endif
