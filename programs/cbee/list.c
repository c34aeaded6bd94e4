/* SPDX-License-Identifier: Apache-2.0 */
/* cbee list: the tracers that are installed, and what they are for. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cbee.h"

/* What a tracer says of itself. */
struct row {
	const char *name;
	char topic[32], brief[160];
};

static const struct cbee_col cols[] = {
	CBEE_COL(struct row, name, "TRACER", "name", 16, "the tracer, without cbee- before it"),
	CBEE_COL(struct row, topic, "TOPIC", "topic", 12, "what it is about"),
	CBEE_COL(struct row, brief, "WHAT FOR", "brief", 0, "what it is for, in one line"),
	CBEE_COL_END,
};

/* A line without its end; empty when there is none. */
static void read_line(FILE *f, char *line, size_t size)
{
	if (!fgets(line, (int)size, f))
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
}

/* Has the tracer describe itself; empty where it does not. */
static void describe(char *path, struct row *row)
{
	static char option[] = "--brief";
	char *argv[] = { path, option, NULL };
	int pid;
	FILE *f = program_ask(argv, &pid);

	if (f) {
		read_line(f, row->brief, sizeof(row->brief));
		read_line(f, row->topic, sizeof(row->topic));
		fclose(f);
		if (program_wait(pid))
			row->brief[0] = row->topic[0] = '\0';
	}
	if (!row->topic[0])
		snprintf(row->topic, sizeof(row->topic), "other");
}

static int by_topic(const void *a, const void *b)
{
	const struct row *one = a, *two = b;
	int order = strcmp(one->topic, two->topic);

	return order ? order : strcmp(one->name, two->name);
}

/* For people: under each topic its tracers. */
static void write_topics(struct cbee_buf *out, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!i || strcmp(rows[i].topic, rows[i - 1].topic))
			cbee_text_fmt(out, "%s%c%s:\n", i ? "\n" : "",
				      toupper((unsigned char)rows[i].topic[0]), rows[i].topic + 1);
		cbee_text_fmt(out, "  %-14s %s\n", rows[i].name, rows[i].brief);
	}
}

/* For scripts, a line each. Records of JSON and CSV are as long as they need. */
static void write_rows(struct cbee_run *run, const struct row *rows, size_t count)
{
	bool table = cbee_run_json(run) || cbee_run_given(run, "csv");

	for (size_t i = 0; i < count; i++)
		if (table)
			cbee_run_row(run, &rows[i]);
		else
			cbee_text_fmt(cbee_run_out(run), "%-16s %-12s %s\n", rows[i].name,
				      rows[i].topic, rows[i].brief);
}

static void write_list(struct cbee_run *run, const struct row *rows, size_t count)
{
	if (isatty(STDOUT_FILENO) && !cbee_run_json(run) && !cbee_run_given(run, "csv"))
		write_topics(cbee_run_out(run), rows, count);
	else
		write_rows(run, rows, count);
}

static int list(struct cbee_run *run)
{
	struct names all;
	bool ok = names_find(&all);
	struct row *rows = ok ? calloc(all.count + 1, sizeof(*rows)) : NULL;
	char path[PATH_MAX];
	size_t count = 0;

	for (size_t i = 0; rows && i < all.count; i++) {
		if (!tracer_path(all.items[i], path, sizeof(path)))
			continue;
		rows[count].name = all.items[i];
		describe(path, &rows[count++]);
	}
	if (rows && !count)
		cbee_run_note(run, "no tracer is installed beside this program");
	if (count) {
		qsort(rows, count, sizeof(*rows), by_topic);
		write_list(run, rows, count);
	}
	ok = rows;
	free(rows);
	names_free(&all);
	return ok ? 0 : -ENOMEM;
}

static const struct cbee_tool tool = {
	.name = "list",
	.command = "cbee list",
	.brief = "list the tracers that are installed, by topic",
	.examples = "cbee list                       by topic; in a pipe a line for each\n"
		    "cbee list | grep processes      those about processes\n"
		    "cbee list --json | jq -r .name  their names\n",
	.cols = cols,
	.report = list,
};

int command_list(int argc, char **argv)
{
	return cbee_tool_main(&tool, argc, argv);
}
