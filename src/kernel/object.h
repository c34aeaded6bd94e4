/* SPDX-License-Identifier: Apache-2.0 */
/* BPF objects that were compiled beforehand: loaded and attached by libbpf. */
#ifndef CBEE_KERNEL_OBJECT_H
#define CBEE_KERNEL_OBJECT_H

#include <stdint.h>

struct cbee;

/*
 * The program @fn of the handle's object, as what runs programs of @type: a descriptor
 * that the caller owns, or a negative errno with its sentence. -ENOENT; -EINVAL: it is of
 * another type.
 */
int cbee__object_prog(struct cbee *c, const char *fn, uint32_t type);

/* Closes the object, if there is one; its maps' names go with it. */
void cbee__object_close(struct cbee *c);

#endif
