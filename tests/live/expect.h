/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs that call the library share; each includes it once. */
#include <stdio.h>

#include <cbee/cbee.h>

/* What main() returns. */
static int bad;

#define EXPECT(what, is, want)                                              \
	do {                                                                \
		long long is_ = (long long)(is), want_ = (long long)(want); \
		if (is_ != want_) {                                         \
			printf("%s: %lld, not %lld\n", what, is_, want_);   \
			bad = 1;                                            \
		}                                                           \
	} while (0)

/* The sentence of the last failure, and what compiler or verifier said. */
static inline void show_error(struct cbee *c)
{
	printf("%s\n%s\n", cbee_error(c)->text, cbee_error(c)->log ? cbee_error(c)->log : "");
}

/* Compiles and loads, which must end with @want. */
static inline struct cbee *open_source(const struct cbee_source *source, int want)
{
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_compile(c, source);
	if (!err)
		err = cbee_load(c);
	if (err != want)
		show_error(c);
	EXPECT("compile and load", err, want);
	return c;
}

static inline struct cbee *open_text(const char *text, int want)
{
	return open_source(&(struct cbee_source){ .name = "test.bpf.c", .text = text }, want);
}
