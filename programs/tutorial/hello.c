/* SPDX-License-Identifier: Apache-2.0 */
/* Says hello whenever a program is started, until Ctrl-C. */
#include <stdio.h>
#include <string.h>

#include <cbee/cbee.h>

int main(void)
{
	struct cbee_trace_line line;
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	/* the pipe first: what it held before it was opened is passed over */
	if (!err)
		err = cbee_trace_open(c);
	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "hello.bpf.c" });
	if (!err)
		fprintf(stderr, "hello: tracing, Ctrl-C ends\n");
	setlinebuf(stdout); /* so that nothing is lost when Ctrl-C ends it */
	while (err >= 0) {
		err = cbee_trace_read(c, -1, &line);
		if (err > 0)
			printf("%llu.%06llu %s-%d [%03d] %s\n",
			       (unsigned long long)line.time_ns / 1000000000,
			       (unsigned long long)line.time_ns / 1000 % 1000000, line.task,
			       line.pid, line.cpu, line.message);
	}
	fprintf(stderr, "hello: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return 1;
}
