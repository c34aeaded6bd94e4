/* SPDX-License-Identifier: Apache-2.0 */
/* Writes help, man page sections and completion words from the tables. */
#ifndef CBEE_DESCRIBE_H
#define CBEE_DESCRIBE_H

#include <cbee/tool.h>

struct cbee_buf;

/* A tracer as far as a person has to know it. */
struct cbee__described {
	const char *name;	    /* as typed: "cbee-execsnoop" */
	const char *brief;	    /* one line, no capital, no full stop */
	const char *page;	    /* of the manual: "cbee-execsnoop"; NULL: none */
	const char *args;	    /* positionals for the usage line, or NULL */
	const char *examples;	    /* lines for --help, or NULL */
	const struct cbee_opt *std; /* these two as in struct cbee__opts */
	const struct cbee_opt *own;
	const struct cbee_col *cols;	    /* or NULL */
	const struct cbee_json_field *json; /* or NULL */
	const struct cbee_tally *tally;	    /* or NULL */
	const struct cbee_loss *losses;	    /* or NULL */
	bool traces;			    /* so that something can be lost */
	const char *command; /* help for "-- COMMAND..."; NULL: the usual; "": it takes none */
};

/*
 * What --help prints, to fit on a screen: usage, brief, options, examples; at most 80 columns wide.
 * Rare options are only named, and so are standard ones but those that the tracer has in its table.
 */
void cbee__describe_help(const struct cbee__described *d, struct cbee_buf *out);

/*
 * One man(7) section with its heading: "SYNOPSIS", "OPTIONS", "FIELDS" or "JSON";
 * all when @section is NULL. -EINVAL for another name.
 */
int cbee__describe_man(const struct cbee__described *d, const char *section, struct cbee_buf *out);

/* A line per way to spell an option: the word, a tab, the help. */
void cbee__describe_words(const struct cbee__described *d, struct cbee_buf *out);

#endif
