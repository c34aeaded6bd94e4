/* SPDX-License-Identifier: Apache-2.0 */
/* Shows what a BPF text prints with bpf_trace_printk(). */
#include <string.h>

#include "cbee.h"

static void message_json(struct cbee_buf *out, const struct cbee_trace_line *line)
{
	cbee_text_fmt(out, "{\"time\":%llu.%06llu,\"task\":",
		      (unsigned long long)line->time_ns / 1000000000,
		      (unsigned long long)line->time_ns / 1000 % 1000000);
	cbee_text_quote(out, line->task, strlen(line->task));
	cbee_text_fmt(out, ",\"pid\":%d,\"cpu\":%d,\"message\":", line->pid, line->cpu);
	cbee_text_quote(out, line->message, strlen(line->message));
	cbee_text_fmt(out, "}\n");
}

static void message_text(struct cbee_buf *out, const struct cbee_trace_line *line)
{
	cbee_text_fmt(out, "%llu.%06llu ", (unsigned long long)line->time_ns / 1000000000,
		      (unsigned long long)line->time_ns / 1000 % 1000000);
	cbee_text_add(out, line->task, strlen(line->task));
	cbee_text_fmt(out, "-%d [%03d] ", line->pid, line->cpu);
	cbee_text_add(out, line->message, strlen(line->message));
	cbee_text_fmt(out, "\n");
}

int messages_show(struct cbee_run *run)
{
	struct cbee *c = cbee_run_cbee(run);
	struct cbee_trace_line line;
	int got;

	while ((got = cbee_trace_read(c, 0, &line)) > 0)
		(cbee_run_json(run) ? message_json : message_text)(cbee_run_out(run), &line);
	return got;
}
