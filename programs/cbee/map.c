/* SPDX-License-Identifier: Apache-2.0 */
/* cbee map: runs the command on maps that its first argument names. */
#include <stdio.h>
#include <string.h>

#include "cbee.h"

#define COUNT (sizeof(tools) / sizeof(tools[0]))

static const struct cbee_tool *const tools[] = {
	&map_list,   &map_show,	   &map_create, &map_pin,  &map_unpin, &map_update, &map_fetch,
	&map_delete, &map_iterate, &map_clear,	&map_push, &map_pop,   &map_peek,   &map_test,
};

static int overview(void)
{
	printf("Usage: cbee map COMMAND [ARGUMENTS...]\n"
	       "Creates, shows and changes the maps of the kernel.\n\nCommands:\n");
	for (size_t i = 0; i < COUNT; i++)
		printf("  %-8s %s\n", tools[i]->name, tools[i]->brief);
	printf("\nA MAP is a path (with a slash), id:N or N, or a name.\n"
	       "A KEY or VALUE is written as cbee map iterate shows it, or as bytes, hex:0a0b.\n"
	       "cbee map COMMAND --help tells more.\n");
	return fflush(stdout) ? 1 : 0;
}

static int unknown(const char *name)
{
	const char *names[COUNT], *near;

	for (size_t i = 0; i < COUNT; i++)
		names[i] = tools[i]->name;
	near = cbee_text_nearest(name, names, COUNT);
	fprintf(stderr, "cbee map: there is no command '%.60s'", name);
	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	fprintf(stderr, "\ntry cbee map --help\n");
	return 2;
}

/* For completion and the manual page: each command that begins so and what it is for. */
static int words(const char *typed)
{
	for (size_t i = 0; i < COUNT; i++)
		if (!strncmp(tools[i]->name, typed, strlen(typed)))
			printf("%s\t%s\n", tools[i]->name, tools[i]->brief);
	return fflush(stdout) ? 1 : 0;
}

static int run_tool(int argc, char **argv)
{
	for (size_t i = 0; i < COUNT; i++)
		if (!strcmp(argv[0], tools[i]->name))
			return cbee_tool_main(tools[i], argc, argv);
	return -1;
}

/* The words behind --complete: the last is what is to be completed. */
static int complete_map(int argc, char **argv)
{
	char *option = argv[0];

	if (argc == 2)
		return words(argv[1]);
	if (argc < 2)
		return 0;
	argv[0] = argv[1];
	argv[1] = option;
	run_tool(argc, argv);
	return 0;
}

int command_map(int argc, char **argv)
{
	int status;

	if (argc < 2) {
		overview();
		return 2;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return overview();
	if (!strcmp(argv[1], "--words"))
		return words("");
	if (!strcmp(argv[1], "--complete"))
		return complete_map(argc - 1, argv + 1);
	status = run_tool(argc - 1, argv + 1);
	return status < 0 ? unknown(argv[1]) : status;
}
