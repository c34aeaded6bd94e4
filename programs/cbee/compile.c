/* SPDX-License-Identifier: Apache-2.0 */
/* cbee compile: compiles BPF text, and tells how long each step took. */
#include <errno.h>
#include <string.h>

#include "cbee.h"

static struct conf {
	const char *output, *headers;
	bool cache;
} conf;

static const struct cbee_opt opts[] = {
	CBEE_OPT('o', "output", "IMAGE", struct conf, output, "write the image to this file",
		 .value = CBEE_VALUE_FILE),
	CBEE_OPT(0, "headers", "WHICH", struct conf, headers,
		 "where the kernel's declarations come from: btf, kernel (the installed headers), "
		 "or auto, which is btf and, where that is not enough, kernel",
		 .words = "auto btf kernel"),
	CBEE_OPT(0, "cache", NULL, struct conf, cache,
		 "take the image from the cache if it is there, and keep it"),
	CBEE_OPT_END,
};

static const char *const headers_names[] = {
	[CBEE_HEADERS_AUTO] = "auto",
	[CBEE_HEADERS_BTF] = "btf",
	[CBEE_HEADERS_KERNEL] = "kernel",
};

/* The enum cbee_headers of that name, or -1. */
static int headers_of(const char *name)
{
	for (int i = 0; i <= CBEE_HEADERS_KERNEL; i++)
		if (!name || !strcmp(name, headers_names[i]))
			return i;
	return -1;
}

static int check(struct cbee_run *run)
{
	size_t files = cbee_run_args(run)->count;

	if (files != 1)
		return cbee_run_fail(
			run, -EINVAL, "FILE is - for stdin; flags for the compiler go behind --",
			files ? "one file at a time" : "which file is to be compiled?");
	if (headers_of(conf.headers) < 0)
		return cbee_run_fail(run, -EINVAL, NULL,
				     "--headers is auto, btf or kernel, not '%.60s'", conf.headers);
	return 0;
}

static int source(struct cbee_run *run, struct cbee_source *source)
{
	char *const *flags = cbee_run_command(run);

	source->file = cbee_run_args(run)->items[0];
	if (!strcmp(source->file, "-"))
		source->name = "stdin";
	source->headers = (enum cbee_headers)headers_of(conf.headers);
	source->uncached = !conf.cache;
	source->flags = (const char *const *)flags;
	while (flags && flags[source->flag_count])
		source->flag_count++;
	return 0;
}

static int report(struct cbee_run *run)
{
	struct cbee *c = cbee_run_cbee(run);
	struct cbee_compiled made;
	int err = cbee_compiled(c, &made);

	if (!err && conf.output)
		err = image_write(run, conf.output);
	if (!err)
		steps_show(run, cbee_run_args(run)->items[0], &made);
	return err;
}

static const struct cbee_tool tool = {
	.name = "compile",
	.command = "cbee compile",
	.brief = "compile BPF text, and tell how long each step took",
	.json = json_compile,
	.args = "FILE [-- FLAG...]",
	.values = { CBEE_VALUE_FILE },
	.examples = "cbee compile hello.c                 is it right, and how long does it take?\n"
		    "cbee compile -o hello.image hello.c  and write what became of it\n"
		    "cbee compile hello.c -- -DMAX=9      with a flag for the compiler\n",
	.opts = opts,
	.conf = &conf,
	.compiles = true,
	.no_table = true,
	.check = check,
	.source = source,
	.report = report,
};

int command_compile(int argc, char **argv)
{
	return cbee_tool_main(&tool, argc, argv);
}
