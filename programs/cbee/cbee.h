/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the program cbee share. */
#ifndef CBEE_PROGRAM_H
#define CBEE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cbee/tool.h>

/* ---- the commands: take their own name as argv[0], return the exit status --- */

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

/* Reads "NAME=VALUE", decimal, octal or hex, into @name and *ret. 0 or -EINVAL. */
int const_parse(const char *text, char *name, size_t size, uint64_t *ret);

/* ---- asked.c ---------------------------------------------------------- */

#define ASKED_KINDS CBEE_PERF_EVENT /* the kinds before it have an option each */

/* What the options of cbee run ask for. */
struct asked {
	struct cbee_list probes[ASKED_KINDS]; /* by enum cbee_probe_kind */
	struct cbee_list consts;
	struct cbee_num pid;
};

/* The first text that is not written as it must be, or NULL; *ret_kind is -1 for a constant. */
const char *asked_wrong(const struct asked *asked, int *ret_kind);

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

/* ---- cells.c ---------------------------------------------------------- */

/* How keys and values of a map lie in memory. */
struct cells {
	size_t key_size, value_size; /* bytes */
	int cpus;		     /* values in an entry of a per-CPU map; 0: of another one */
};

/* Key and value as unsigned integers if they have the size of one, else 0; sums all CPUs. */
uint64_t cells_key(const struct cells *cells, const void *key);
uint64_t cells_value(const struct cells *cells, const void *value);

/* Whether all bytes of the value are 0. */
bool cells_zero(const struct cells *cells, const void *value);

/* Writes them: as numbers, else in hex, for per-CPU maps one for each CPU. */
void cells_add_key(const struct cells *cells, struct cbee_buf *out, bool json, const void *key);
void cells_add_value(const struct cells *cells, struct cbee_buf *out, bool json, const void *value);

/* ---- maps.c, chart.c -------------------------------------------------- */

/* Writes all maps of the run's program; @text is what it was compiled from. */
int maps_show(struct cbee_run *run, const char *text);

/* Whether @text declares @map with BPF_HISTOGRAM. */
bool chart_wanted(const char *text, const char *map);

#define CHART_SLOTS 1024 /* of one histogram, at most */

/* The counts of a histogram, by slot; @log2: slots are bpf_log2l() of the value. */
struct chart {
	uint64_t slots[CHART_SLOTS];
	size_t used; /* one more than the last slot that is not zero */
	bool log2;
};

/* Draws it as bcc does, or writes it as a JSON array of {"low":,"high":,"count":}. */
void chart_text(const struct chart *chart, struct cbee_buf *out);
void chart_json(const struct chart *chart, struct cbee_buf *out);

#endif
