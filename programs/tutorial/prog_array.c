/* SPDX-License-Identifier: Apache-2.0 */
/* Shows a chain of tail calls whenever a program is started, until Ctrl-C: a prog array. */
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
		err = cbee_compile(c, &(struct cbee_source){ .file = "prog_array.bpf.c" });
	if (!err)
		err = cbee_load(c);
	/* functions that call each other must be loaded for the same kind of probe */
	if (!err)
		err = cbee_map_set_prog(cbee_map(c, "steps"), 1, "second", CBEE_TRACEPOINT);
	if (!err)
		err = cbee_map_set_prog(cbee_map(c, "steps"), 2, "third", CBEE_TRACEPOINT);
	if (!err)
		err = cbee_attach_auto(c, NULL);
	if (!err)
		fprintf(stderr, "prog_array: tracing, Ctrl-C ends\n");
	setlinebuf(stdout);
	while (err >= 0) {
		err = cbee_trace_read(c, -1, &line);
		if (err > 0)
			printf("%s-%d: %s\n", line.task, line.pid, line.message);
	}
	fprintf(stderr, "prog_array: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return 1;
}
