/* SPDX-License-Identifier: Apache-2.0 */
/* Tells whenever a Go program gets to its function main.main, until Ctrl-C. */
#include <stdio.h>
#include <string.h>

#include <cbee/cbee.h>

int main(int argc, char **argv)
{
	struct cbee_probe_opts probe = { .kind = CBEE_UPROBE, .fn = "started" };
	struct cbee_trace_line line;
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	probe.target = argc > 1 ? argv[1] : "./greet";
	probe.symbol = "main.main";
	if (!err)
		err = cbee_trace_open(c);
	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "uprobe.bpf.c" });
	if (!err)
		err = cbee_attach(c, &probe);
	if (!err)
		fprintf(stderr, "uprobe: tracing, Ctrl-C ends\n");
	setlinebuf(stdout);
	while (err >= 0) {
		err = cbee_trace_read(c, -1, &line);
		if (err > 0)
			printf("%s-%d: %s\n", line.task, line.pid, line.message);
	}
	fprintf(stderr, "uprobe: %s\n", c ? cbee_error(c)->text : strerror(-err));
	cbee_free(c);
	return 1;
}
