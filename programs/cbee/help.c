/* SPDX-License-Identifier: Apache-2.0 */
/* cbee help: what can be run, and the manual of each. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "cbee.h"

/* Pages that are about no command. */
static const struct {
	const char *name, *brief;
} topics[] = {
	{ "json", "what is in the JSON of each tool" },
	{ "privileges", "who may trace, and what is given up" },
	{ "probe", "the kinds of probes, and how each is written" },
};

static int overview(void)
{
	printf("Usage: cbee COMMAND [ARGUMENTS...]\n"
	       "Traces kernel and programs with BPF.\n\nCommands:\n");
	for (const struct command *c = commands; c->name; c++)
		printf("  %-10s %s\n", c->name, c->brief);
	printf("  %-10s %s\n", "TRACER", "run cbee-TRACER; cbee list has them all");
	printf("\nManual, by cbee help NAME:\n  %-10s %s\n", "cbee", "all of these commands");
	printf("  %-10s %s\n", "TRACER", "all of that tracer");
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++)
		printf("  %-10s %s\n", topics[i].name, topics[i].brief);
	printf("\nAlso: --version.\n");
	return fflush(stdout) ? 1 : 0;
}

/* Shows page @name; false when it is not there, or nothing that can show it. */
static bool show_page(const char *name)
{
	static char man[] = "man";
	char path[PATH_MAX];
	char *argv[] = { man, path, NULL };

	return page_path(name, path, sizeof(path)) && !program_run(argv);
}

int command_help(int argc, char **argv)
{
	static char option[] = "--help";
	char *ask_help[] = { argc > 1 ? argv[1] : NULL, option, NULL };
	char page[64];

	if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "help"))
		return overview();
	if (!strcmp(argv[1], "--probes"))
		return probes_write();
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(argv[1], c->name))
			return c->run(2, ask_help);
	if (!strcmp(argv[1], "cbee"))
		return show_page("cbee") ? 0 : overview();
	if (snprintf(page, sizeof(page), "cbee-%s", argv[1]) < (int)sizeof(page) && show_page(page))
		return 0;
	tracer_exec(ask_help);
	for (size_t i = 0; i < sizeof(topics) / sizeof(topics[0]); i++) {
		if (strcmp(argv[1], topics[i].name))
			continue;
		fprintf(stderr, "cbee: cannot show the manual page cbee-%s\n", argv[1]);
		return 1;
	}
	return unknown_command(argv[1]);
}
