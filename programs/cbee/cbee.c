/* SPDX-License-Identifier: Apache-2.0 */
/* cbee: runs the command that its first argument names. */
#include <stdio.h>
#include <string.h>

#include "cbee.h"

const struct command commands[] = {
	{ "cache", "show, fill or clear the cache of compiled programs", command_cache, true },
	{ "compile", "compile BPF text, and tell how long each step took", command_compile, true },
	{ "doctor", "tell what this machine allows, and what to do about the rest", command_doctor,
	  true },
	{ "help", "explain a command, or show a page of the manual", command_help, false },
	{ "list", "list the tracers that are installed, by topic", command_list, false },
	{ "map", "create, show and change the maps of the kernel", command_map, true },
	{ "run", "compile BPF text, attach it and show what it finds", command_run, true },
	{ NULL, NULL, NULL, false },
};

int main(int argc, char **argv)
{
	static char help[] = "help";
	char *alone[] = { help, NULL };

	if (argc < 2) {
		command_help(1, alone);
		return 2;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return command_help(1, alone);
	if (!strcmp(argv[1], "--version")) {
		printf("cbee %s\n", CBEE_VERSION);
		return 0;
	}
	if (!strcmp(argv[1], "--complete"))
		return complete(argc - 2, argv + 2);
	if (argv[1][0] == '-') {
		fprintf(stderr, "cbee: there is no option '%.60s'\ntry cbee help\n", argv[1]);
		return 2;
	}
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(argv[1], c->name))
			return c->run(argc - 1, argv + 1);
	tracer_exec(argv + 1);
	return unknown_command(argv[1]);
}
