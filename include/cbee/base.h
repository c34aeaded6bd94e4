/* SPDX-License-Identifier: Apache-2.0 */
/* What the other headers stand on: the handle, its errors, compiling and loading. */
#ifndef CBEE_BASE_H
#define CBEE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CBEE_API __attribute__((visibility("default")))

struct cbee;

/* ---- life and errors -------------------------------------------------- */

/*
 * Makes a handle and starts the compiler's process in the background, so that
 * it is ready when cbee_compile() comes. -ENOMEM; a compiler that cannot be
 * started is reported by cbee_compile().
 */
CBEE_API int cbee_new(struct cbee **ret_c);

/*
 * Detaches every probe, closes every map, program and stream and frees the
 * handle; never stops early. Takes NULL.
 */
CBEE_API void cbee_free(struct cbee *c);

struct cbee_error {
	int code;	  /* the negative errno last returned, or 0 */
	const char *text; /* what failed, on what, why; never NULL */
	const char *hint; /* what to do about it, or NULL */
	const char *log;  /* compiler's or verifier's own words, or NULL */
};

/* The last error. Belongs to the handle, valid until the next call on it. */
CBEE_API const struct cbee_error *cbee_error(struct cbee *c);

/*
 * Has @say called with one line for every decision the library takes (which
 * mechanism was picked, which was not and why). Off by default; NULL: off.
 */
CBEE_API void cbee_set_log(struct cbee *c, void (*say)(void *arg, const char *line), void *arg);

/* ---- compiling and loading -------------------------------------------- */

struct cbee_source {
	/*
	 * BPF C in BCC's dialect: a NUL-terminated text, or if that is NULL a file; one that is
	 * not here is looked for in the folder of the running program too
	 */
	const char *text, *file;
	const char *name; /* in messages; NULL: the file's name */
	const char *dir;  /* where its #include "x" files are; NULL: the file's folder, or none */
	const char *const *flags; /* for clang, such as "-DX=1" */
	unsigned int flag_count;
};

/*
 * Compiles with libbcc in a process of its own. Kernel declarations come from
 * the kernel's BTF, or from installed headers if those are exactly the running
 * kernel's. -EINVAL: the text does not compile (file and line in the sentence,
 * everything the compiler said in the log); -ENOENT: no such file, no compiler, or
 * neither BTF nor headers. No privilege needed where tracefs is not.
 */
CBEE_API int cbee_compile(struct cbee *c, const struct cbee_source *source);

/*
 * Gives the constant that the text reads as OPT(name) a value; 0 unless set.
 * Until programs are loaded it can be set again. -ENOENT: the text has none of
 * that name.
 */
CBEE_API int cbee_const_set(struct cbee *c, const char *name, uint64_t value);

/*
 * Creates the maps. Programs are loaded when they are attached. -EPERM, -ENOMEM
 * or what the kernel says, with the map's name in the sentence.
 */
CBEE_API int cbee_load(struct cbee *c);

/*
 * What most programs begin with: cbee_compile(), cbee_load() and cbee_attach_auto().
 * Constants are 0 then: to set some, make the three calls.
 */
CBEE_API int cbee_start(struct cbee *c, const struct cbee_source *source);

#ifdef __cplusplus
}
#endif

#endif
