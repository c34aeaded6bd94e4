/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the program cbee share. */
#ifndef CBEE_PROGRAM_H
#define CBEE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cbee/tool.h>

/* ---- the commands: take their own name as argv[0], return the exit status --- */

int command_cache(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_help(int argc, char **argv);
int command_list(int argc, char **argv);
int command_run(int argc, char **argv);

/* One command that is built in. */
struct command {
	const char *name;
	const char *brief;
	int (*run)(int argc, char **argv);
};

/* All of them; the last has no name. */
extern const struct command commands[];

/* ---- find.c ----------------------------------------------------------- */

/* The names of tracers, without "cbee-", sorted. */
struct names {
	char **items;
	size_t count;
};

/* Finds the tracers beside this program. False when there is no memory. */
bool names_find(struct names *names);
void names_free(struct names *names);

/* The path of cbee-@name beside this program; false if it is not there. */
bool tracer_path(const char *name, char *path, size_t size);

/* Has the tracer at @path compile its program and end; false when it could not. */
bool tracer_warm(char *path);

/* Replaces this process with cbee-@argv[0], beside it or on PATH; returns only if that fails. */
void tracer_exec(char **argv);

/* Says on stderr that there is no command @name, and what may have been meant; returns 2. */
int unknown_command(const char *name);

/* ---- target.c --------------------------------------------------------- */

/* One probe as an option asks for it; the strings of opts point into text. */
struct target {
	struct cbee_probe_opts opts;
	char *text;
};

/*
 * Reads "SYMBOL=FN", "PATH:SYMBOL=FN", "CATEGORY:EVENT=FN" or "EVENT=FN" by
 * @kind; a symbol may be followed by +OFFSET, and a uprobe's may be an offset
 * in the file. 0, -EINVAL for anything else, -ENOMEM.
 */
int target_parse(const char *text, enum cbee_probe_kind kind, struct target *ret);
void target_free(struct target *t);

/* A probe of the program's own; the strings of opts point into text. */
struct usdt {
	struct cbee_usdt_opts opts;
	char *text; /* to be freed; NULL after a failure */
};

/* Reads "PATH:PROVIDER:NAME=FN" or "PATH:NAME=FN"; an empty PATH is NULL. 0, -EINVAL, -ENOMEM. */
int usdt_parse(const char *text, struct usdt *ret);

/* Reads "NAME=VALUE", decimal, octal or hex, into @name and *ret. 0 or -EINVAL. */
int const_parse(const char *text, char *name, size_t size, uint64_t *ret);

/* ---- asked.c ---------------------------------------------------------- */

#define ASKED_KINDS CBEE_PERF_EVENT /* the kinds before it have an option each */

/* What the options of cbee run ask for. */
struct asked {
	struct cbee_list probes[ASKED_KINDS]; /* by enum cbee_probe_kind */
	struct cbee_list usdt, consts;
	struct cbee_num pid;
};

/*
 * The first text that is not written as it must be, or NULL; *ret_kind is -1 for a
 * constant, ASKED_KINDS for a USDT probe.
 */
const char *asked_wrong(const struct asked *asked, int *ret_kind);

/* Binds the USDT probes, before the text is compiled. */
int asked_bind(const struct asked *asked, struct cbee *c);

/* Sets the constants; attaches the probes, counting them in *ret_count. 0 or a negative errno. */
int asked_consts(const struct asked *asked, struct cbee *c);
int asked_attach(const struct asked *asked, struct cbee *c, unsigned int *ret_count);

/* ---- text.c ----------------------------------------------------------- */

/* A BPF text that was read. */
struct text {
	char *bytes, *dir; /* dir: of its includes */
	bool prints;	   /* it calls bpf_trace_printk() */
};

/* Reads the file, or stdin for "-", and describes it in @source. 0 or what cbee_run_fail() gives. */
int text_read(struct cbee_run *run, const char *path, struct text *t, struct cbee_source *source);
void text_free(struct text *t);

/* Writes one message of bpf_trace_printk(). */
void text_line(struct cbee_run *run, const struct cbee_trace_line *line);

/* ---- maps.c, chart.c -------------------------------------------------- */

/* Writes all maps of the run's program; @text is what it was compiled from. */
int maps_show(struct cbee_run *run, const char *text);

/* Whether @text declares @map with BPF_HISTOGRAM. */
bool chart_wanted(const char *text, const char *map);

/* Whether an array is one of counts by slot; a histogram with a key of its own is shown as it is. */
bool chart_fits(const struct cbee_map_info *info);

/*
 * Draws it as bcc does; in JSON, writes the rest of the object that was begun,
 * with "histogram", an array of {"low":,"high":,"count":}. 0 or a negative errno.
 */
int chart_show(struct cbee_map *m, const char *text, bool json, struct cbee_buf *out);

#endif
