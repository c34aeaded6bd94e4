/* SPDX-License-Identifier: Apache-2.0 */
/* cbee --complete WORD...: answers shells what the last word can become. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

/* Writes a line if @word begins with what was typed. */
static void offer(const char *typed, const char *word, const char *about)
{
	if (!strncmp(word, typed, strlen(typed)))
		printf("%s\t%s\n", word, about);
}

static void offer_commands(const char *typed)
{
	char about[128];
	struct names all;

	for (const struct command *c = commands; c->name; c++)
		offer(typed, c->name, c->brief);
	names_find(&all);
	for (size_t i = 0; i < all.count; i++) {
		snprintf(about, sizeof(about), "run cbee-%s", all.items[i]);
		offer(typed, all.items[i], about);
	}
	names_free(&all);
	if (*typed != '-')
		return;
	offer(typed, "--help", "list the commands and end");
	offer(typed, "--version", "print the version and end");
}

static const struct command *command_of(const char *name)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strcmp(c->name, name))
			return c;
	return NULL;
}

/* Has the command of that name answer for the words behind it. */
static int ask(const struct command *command, int argc, char **argv)
{
	static char option[] = "--complete";
	char **asked = calloc((size_t)argc + 2, sizeof(*asked));
	int status = 0;

	if (!asked)
		return 0;
	memcpy(asked + 1, argv, (size_t)argc * sizeof(*asked));
	asked[0] = asked[1];
	asked[1] = option;
	if (command)
		status = command->run(argc + 1, asked);
	else
		tracer_exec(asked);
	free(asked);
	return status;
}

int complete(int argc, char **argv)
{
	const struct command *command = argc > 1 ? command_of(argv[0]) : NULL;

	if (!argc)
		return 0;
	if (argc == 1 || (argc == 2 && command && command->run == command_help))
		offer_commands(argv[argc - 1]);
	else if (!command || command->completes)
		return ask(command, argc, argv);
	return 0;
}
