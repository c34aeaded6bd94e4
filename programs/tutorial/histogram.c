/* SPDX-License-Identifier: Apache-2.0 */
/* Runs COMMAND and shows how long the calls of FUNCTION in PROGRAM took meanwhile, as histograms. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cbee/cbee.h>

int main(int argc, char **argv)
{
	struct cbee_probe_opts probe = { .target = argc > 2 ? argv[2] : "./naps",
					 .symbol = argc > 3 ? argv[3] : "nap" };
	struct cbee_map_hist how = { .section = "command" };
	struct cbee *c = NULL;
	char *text = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_start(c, &(struct cbee_source){ .file = "histogram.bpf.c" });
	probe.kind = CBEE_URETPROBE;
	probe.fn = "leave";
	if (!err)
		err = cbee_attach(c, &probe);
	probe.kind = CBEE_UPROBE;
	probe.fn = "enter";
	if (!err)
		err = cbee_attach(c, &probe);
	if (!err && system(argc > 1 ? argv[1] : "./naps 36 140 36"))
		fprintf(stderr, "histogram: the command failed\n");
	if (!err)
		err = cbee_map_hist(cbee_map(c, "msecs"), &how, &text);
	if (!err)
		printf("\nmsecs:\n%s", text);
	else
		fprintf(stderr, "histogram: %s\n", c ? cbee_error(c)->text : strerror(-err));
	free(text);
	cbee_free(c);
	return err != 0;
}
