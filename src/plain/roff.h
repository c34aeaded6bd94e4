/* SPDX-License-Identifier: Apache-2.0 */
/* Writes text for manual pages so that roff shows it as it is. */
#ifndef CBEE_ROFF_H
#define CBEE_ROFF_H

struct cbee_buf;

/* Text; at the start of a line too, where a full stop would be a request. */
void cbee__roff_text(struct cbee_buf *out, const char *text);

/* @before and @text in one font: 'B' or 'I'. */
void cbee__roff_font(struct cbee_buf *out, char font, const char *before, const char *text);

/*
 * @text, and @more if there is any, as one sentence: with a capital and a full stop, on lines
 * that lint does not find too long.
 */
void cbee__roff_sentence(struct cbee_buf *out, const char *text, const char *more);

#endif
