/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the text that cbee run is given, and shows what it prints. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

#define TEXT_MAX (16 << 20) /* bytes */

/* Reads all of @f into @t->bytes. 0 or a negative errno. */
static int read_all(FILE *f, struct text *t)
{
	size_t cap = 0, len = 0;

	do {
		char *more = cap < TEXT_MAX ? realloc(t->bytes, cap + 65536 + 1) : NULL;

		if (!more)
			return cap < TEXT_MAX ? -ENOMEM : -EFBIG;
		t->bytes = more;
		cap += 65536;
		len += fread(t->bytes + len, 1, cap - len, f);
		t->bytes[len] = '\0';
	} while (len == cap);
	if (ferror(f))
		return errno ? -errno : -EIO;
	return strlen(t->bytes) == len ? 0 : -EILSEQ;
}

static int read_from(const char *path, struct text *t)
{
	bool in = !strcmp(path, "-");
	FILE *f = in ? stdin : fopen(path, "re");
	int err;

	if (!f)
		return -errno;
	errno = 0;
	err = read_all(f, t);
	if (!in)
		fclose(f);
	return err;
}

int text_read(struct cbee_run *run, const char *path, struct text *t, struct cbee_source *source)
{
	const char *slash = strrchr(path, '/');
	int err = read_from(path, t);

	source->name = strcmp(path, "-") ? path : "stdin";
	if (err)
		return cbee_run_fail(run, err, NULL, "cannot read %.200s: %s", source->name,
				     err == -EILSEQ ? "it is not a text" : strerror(-err));
	t->dir = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	if (!t->dir)
		return -ENOMEM;
	t->prints = strstr(t->bytes, "bpf_trace_printk") != NULL;
	source->text = t->bytes;
	source->dir = t->dir;
	return 0;
}

void text_free(struct text *t)
{
	free(t->bytes);
	free(t->dir);
	*t = (struct text){ 0 };
}

static void line_json(struct cbee_buf *out, const struct cbee_trace_line *line)
{
	cbee_text_fmt(out, "{\"time\":%llu.%06llu,\"task\":",
		      (unsigned long long)line->time_ns / 1000000000,
		      (unsigned long long)line->time_ns / 1000 % 1000000);
	cbee_text_quote(out, line->task, strlen(line->task));
	cbee_text_fmt(out, ",\"pid\":%d,\"cpu\":%d,\"message\":", line->pid, line->cpu);
	cbee_text_quote(out, line->message, strlen(line->message));
	cbee_text_fmt(out, "}\n");
}

static void line_text(struct cbee_buf *out, const struct cbee_trace_line *line)
{
	cbee_text_fmt(out, "%llu.%06llu ", (unsigned long long)line->time_ns / 1000000000,
		      (unsigned long long)line->time_ns / 1000 % 1000000);
	cbee_text_add(out, line->task, strlen(line->task));
	cbee_text_fmt(out, "-%d [%03d] ", line->pid, line->cpu);
	cbee_text_add(out, line->message, strlen(line->message));
	cbee_text_fmt(out, "\n");
}

void text_line(struct cbee_run *run, const struct cbee_trace_line *line)
{
	(cbee_run_json(run) ? line_json : line_text)(cbee_run_out(run), line);
}
