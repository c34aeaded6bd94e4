/* SPDX-License-Identifier: Apache-2.0 */
/* Shows how long each call of function FUNCTION in PROGRAM takes, until Ctrl-C. */
#include <stdio.h>
#include <string.h>

#include <cbee/cbee.h>

int main(int argc, char **argv)
{
	struct cbee_probe_opts probe = { .target = argc > 1 ? argv[1] : "./naps",
					 .symbol = argc > 2 ? argv[2] : "nap" };
	struct cbee_trace_line line;
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_trace_open(c);
	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "duration.bpf.c" });
	probe.kind = CBEE_URETPROBE; /* first, so that no call is entered and not seen to return */
	probe.fn = "leave";
	if (!err)
		err = cbee_attach(c, &probe);
	probe.kind = CBEE_UPROBE;
	probe.fn = "enter";
	if (!err)
		err = cbee_attach(c, &probe);
	if (!err)
		fprintf(stderr, "duration: tracing, Ctrl-C ends\n");
	setlinebuf(stdout);
	while (err >= 0) {
		err = cbee_trace_read(c, -1, &line);
		if (err > 0)
			printf("%s-%d: %s\n", line.task, line.pid, line.message);
	}
	fprintf(stderr, "duration: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return 1;
}
