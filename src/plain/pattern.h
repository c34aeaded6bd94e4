/* SPDX-License-Identifier: Apache-2.0 */
/* Matches names: literally, by a glob, or by a regular expression. */
#ifndef CBEE_PATTERN_H
#define CBEE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "plain/err.h"

/* Longest pattern and longest name that can match, in bytes. */
#define CBEE__PATTERN_MAX 4096

struct cbee__pattern;

enum cbee__pattern_kind {
	CBEE__PATTERN_GLOB,
	CBEE__PATTERN_REGEXP, /* must match the whole name */
	CBEE__PATTERN_SEARCH, /* a regular expression that may match anywhere in a text */
};

/*
 * Compiles @text. In a glob `*` stands for any run of characters, `?` for any
 * one character, and everything else for itself. The other kinds are PCRE2
 * regular expressions. -EINVAL: empty, or a bad
 * expression; -ENAMETOOLONG: longer than CBEE__PATTERN_MAX; -ENOMEM.
 */
int cbee__pattern_compile(struct cbee__pattern **ret_p, const char *text,
			  enum cbee__pattern_kind kind, struct cbee_err *err);

/*
 * 1: @name matches, 0: it does not (also when it is longer than
 * CBEE__PATTERN_MAX), -ELOOP: the expression backtracks too much to tell,
 * another negative errno: PCRE2 failed. Not to be called from two threads at
 * once on the same pattern.
 */
int cbee__pattern_match(const struct cbee__pattern *p, const char *name);

/*
 * Whether a pattern compiled to search occurs in @text, of any length; results
 * and threads as above.
 */
int cbee__pattern_search(const struct cbee__pattern *p, const char *text, size_t len);

/* Whether the pattern can match only its own text. */
bool cbee__pattern_is_literal(const struct cbee__pattern *p);

/* The text it was compiled from; lives as long as @p. */
const char *cbee__pattern_text(const struct cbee__pattern *p);

/* Takes NULL. */
void cbee__pattern_free(struct cbee__pattern *p);

#endif
