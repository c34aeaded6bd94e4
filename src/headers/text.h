/* SPDX-License-Identifier: Apache-2.0 */
/* Writes declarations of kernel types as C text, laid out as the kernel has them. */
#ifndef CBEE_TEXT_H
#define CBEE_TEXT_H

#include <stdbool.h>

#include "headers/shape.h"

/* Whether it may stand in the text as a name. */
bool cbee__text_is_name(const char *name);

/* Writes one declaration, after those that it needs to be complete. 0 or -EINVAL. */
int cbee__text_node(struct cbee__decl *d, struct cbee__node *n);

/* Writes the wanted enums, and enumerators of others. 0 or -EINVAL. */
int cbee__text_enums(struct cbee__decl *d);

#endif
