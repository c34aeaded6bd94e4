/* SPDX-License-Identifier: Apache-2.0 */
/* Holds one error: the code, the sentence for a person, what to do about it. */
#include "plain/err.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Marks a sentence that did not fit, so that a cut is never taken for the whole. */
static void mark_cut(char *text, size_t size, int len)
{
	if (len >= (int)size)
		memcpy(text + size - 4, "...", 4);
}

static void set_text(struct cbee_err *e, int code, const char *fmt, va_list ap)
{
	char text[sizeof(e->text)];

	mark_cut(text, sizeof(text), vsnprintf(text, sizeof(text), fmt, ap));
	cbee__err_clear(e);
	e->code = code;
	memcpy(e->text, text, sizeof(text));
}

int cbee__err(struct cbee_err *e, int code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return code;
	va_start(ap, fmt);
	set_text(e, code, fmt, ap);
	va_end(ap);
	return code;
}

/* What the C library has no words for: the kernel's own ENOTSUPP, which leaks out of probes. */
static const char *os_words(int code)
{
	return code == -524 ? "the kernel cannot probe it" : strerror(-code);
}

int cbee__err_os(struct cbee_err *e, int code, const char *fmt, ...)
{
	size_t len;
	va_list ap;

	if (!e)
		return code;
	va_start(ap, fmt);
	set_text(e, code, fmt, ap);
	va_end(ap);
	len = strlen(e->text);
	mark_cut(e->text, sizeof(e->text),
		 (int)len + snprintf(e->text + len, sizeof(e->text) - len, ": %s", os_words(code)));
	return code;
}

void cbee__err_hint(struct cbee_err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return;
	va_start(ap, fmt);
	mark_cut(e->hint, sizeof(e->hint), vsnprintf(e->hint, sizeof(e->hint), fmt, ap));
	va_end(ap);
}

void cbee__err_log(struct cbee_err *e, char *log)
{
	if (!e) {
		free(log);
		return;
	}
	free(e->log);
	e->log = log;
}

int cbee__err_move(struct cbee_err *to, struct cbee_err *from)
{
	int code = from->code;

	if (to) {
		cbee__err_clear(to);
		*to = *from;
		memset(from, 0, sizeof(*from));
	} else {
		cbee__err_clear(from);
	}
	return code;
}

void cbee__err_clear(struct cbee_err *e)
{
	if (!e)
		return;
	free(e->log);
	memset(e, 0, sizeof(*e));
}
