/* SPDX-License-Identifier: Apache-2.0 */
/* Says hello out of a BPF object that was compiled beforehand, until Ctrl-C. */
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
		err = cbee_object_load(c, "object.bpf.o");
	if (!err)
		err = cbee_object_attach(c, NULL);
	if (!err)
		fprintf(stderr, "object: tracing, Ctrl-C ends\n");
	setlinebuf(stdout);
	while (err >= 0) {
		err = cbee_trace_read(c, -1, &line);
		if (err > 0)
			printf("%s-%d: %s\n", line.task, line.pid, line.message);
	}
	fprintf(stderr, "object: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return 1;
}
