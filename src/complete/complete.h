/* SPDX-License-Identifier: Apache-2.0 */
/* Answers shells what a word on a tracer's command line can become. */
#ifndef CBEE_COMPLETE_H
#define CBEE_COMPLETE_H

#include <cbee/tool.h>

struct cbee_buf;
struct cbee__opts;

/* A tracer as far as its command line goes. */
struct cbee__completed {
	const struct cbee_tool *tool;
	const struct cbee__opts *opts;
	const char *command; /* what is said about "-- COMMAND..."; NULL: it takes none */
};

/*
 * Appends a line for each word that the last of @words, of which there is one at
 * least, may become: the word, a tab, what explains it. @words are what stands
 * behind the tracer's name, without quotes. Nothing where nothing is known.
 */
void cbee__complete(const struct cbee__completed *how, char *const *words, size_t count,
		    struct cbee_buf *out);

#endif
