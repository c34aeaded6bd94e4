/* SPDX-License-Identifier: Apache-2.0 */
/* Prints the size of every packet that is sent, until Ctrl-C: a tracepoint. */
#include <stdio.h>
#include <string.h>

#include <cbee/cbee.h>

int main(void)
{
	struct cbee_trace_line line;
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_trace_open(c);
	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "tracepoint.bpf.c" });
	if (!err)
		fprintf(stderr, "tracepoint: tracing, Ctrl-C ends\n");
	setlinebuf(stdout);
	while (err >= 0) {
		err = cbee_trace_read(c, -1, &line);
		if (err > 0)
			printf("%s-%d: %s\n", line.task, line.pid, line.message);
	}
	fprintf(stderr, "tracepoint: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return 1;
}
