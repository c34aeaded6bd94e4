/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a text was compiled, and what came out of it:
 *
 *	struct cbee_compiled made;
 *	int err = cbee_compile(c, &(struct cbee_source){ .file = "a.c", .uncached = true });
 *	if (!err)
 *		err = cbee_compiled(c, &made);
 *	if (!err)
 *		printf("%.1f ms, %zu bytes\n", made.total_ms, made.image_size);
 */
#ifndef CBEE_COMPILED_H
#define CBEE_COMPILED_H

#include <cbee/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One compile; times are milliseconds. */
struct cbee_compiled {
	bool cached; /* the cache had it; but for total_ms and sizes, the rest is 0 then */
	enum cbee_headers headers; /* what served: CBEE_HEADERS_BTF or CBEE_HEADERS_KERNEL */
	size_t declared;	   /* bytes of declarations made from BTF */
	size_t image_size;	   /* bytes of the image */
	uint32_t insns;		   /* instructions of all programs */
	double declare_ms;	   /* making the declarations, while the compiler loads */
	double load_ms;		   /* the compiler's process, until LLVM is there */
	double compile_ms; /* from then, or when the declarations were ready, to BPF instructions */
	double image_ms;   /* making the image from those */
	double total_ms;   /* from cbee_compile() to the image: steps overlap */
};

/* Tells how the handle's text was compiled. -ENOENT: it has not been. */
CBEE_API int cbee_compiled(struct cbee *c, struct cbee_compiled *ret);

/*
 * The image: instructions, maps, layouts and constants, in this version's own
 * format, for this machine. *@ret_size gets its bytes. It belongs to the handle and is
 * valid as long as that. NULL: no text has been compiled.
 */
CBEE_API const void *cbee_image(struct cbee *c, size_t *ret_size);

#ifdef __cplusplus
}
#endif

#endif
