/* SPDX-License-Identifier: Apache-2.0 */
/* Turns argv into a struct by tables of options. */
#ifndef CBEE_OPT_H
#define CBEE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cbee/tool.h>

struct cbee_err;

/* The two tables that a tracer's command line is made of, and where the values go. */
struct cbee__opts {
	const struct cbee_opt *std; /* what every tracer has, or NULL */
	void *std_conf;
	const struct cbee_opt *own; /* the tracer's; also letters for standard rows; or NULL */
	void *own_conf;
};

/* One option as it stands once both tables are taken together. */
struct cbee__opt_row {
	struct cbee_opt opt; /* with the letter and the help that apply */
	bool standard;	     /* from which table */
	void *conf;
	bool given;
};

/* What a command line said; zero it before the first use. */
struct cbee__parsed {
	struct cbee__opt_row *rows;
	size_t row_count;
	struct cbee_list args; /* positionals, in order; the strings are argv's own */
	char **command;	       /* argv from behind the first "--", or NULL when nothing is there */
	int command_count;
};

/*
 * Walks the tracer's own options, then the standard ones; start with *pos = 0.
 * Own rows win: a standard option of the same name is left out, one with the
 * same letter is left without it. False at the end.
 */
bool cbee__opt_next(const struct cbee__opts *o, size_t *pos, struct cbee__opt_row *ret);

/*
 * Parses @argv, which it neither changes nor copies, into the two confs and
 * *ret; options and positionals may be mixed. -EINVAL with a sentence when a
 * person must change the command line, -ENOMEM; then *ret is empty, and the
 * confs hold what was read so far, without lists. Uses getopt, so one thread
 * at a time.
 */
int cbee__opt_parse(const struct cbee__opts *o, int argc, char **argv, struct cbee__parsed *ret,
		    struct cbee_err *err);

/* Whether the option with that long name was given; false for names that are not there. */
bool cbee__opt_given(const struct cbee__parsed *p, const char *name);

/* The value of the text option with that long name; NULL: not given, or no such option. */
const char *cbee__opt_text(const struct cbee__parsed *p, const char *name);

/*
 * Calls @visit for every load-time constant that the options make: a flag's
 * name with 0 or 1, a number's with its value, and a number's or text's name
 * with "_given" appended; dashes become underscores. Values are those in the confs now.
 * Stops at the first negative result and returns it, otherwise 0.
 */
int cbee__opt_each_const(const struct cbee__parsed *p,
			 int (*visit)(void *arg, const char *name, uint64_t value), void *arg);

/* Frees the rows and all lists, also those in the confs, which become empty; takes NULL. */
void cbee__parsed_free(struct cbee__parsed *p);

#endif
