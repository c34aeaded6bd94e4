/* SPDX-License-Identifier: Apache-2.0 */
/* Turns the names that compilers of C++ and Rust make into those that people wrote. */
#ifndef CBEE_DEMANGLE_H
#define CBEE_DEMANGLE_H

#include <stdbool.h>
#include <stddef.h>

/* Memory that demangling one name after the other uses again; starts zeroed. */
struct cbee__demangle {
	char *text;
	size_t cap;
	int err; /* -ENOMEM once there was no memory for a name, which then counts as not mangled */
};

/*
 * The C++ or Rust name that @name stands for, kept in @d until the next call;
 * without return type and parameter list unless @params. The hash at the end of
 * old-style Rust names is dropped. NULL: not a mangled name.
 */
const char *cbee__demangle(struct cbee__demangle *d, const char *name, bool params);

/* Whether @name can be mangled: by its first letters, which is quick. */
bool cbee__is_mangled(const char *name);

/* Whether @name is @plain and what compilers add to copies that they changed: `.isra.0`. */
bool cbee__sym_is_clone(const char *name, const char *plain);

/* Frees the memory and zeroes. */
void cbee__demangle_free(struct cbee__demangle *d);

#endif
