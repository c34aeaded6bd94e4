/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the program cbee share. */
#ifndef CBEE_PROGRAM_H
#define CBEE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cbee/tool.h>

/* ---- the commands: take their own name as argv[0], return the exit status --- */

int command_cache(int argc, char **argv);
int command_compile(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_help(int argc, char **argv);
int command_list(int argc, char **argv);
int command_map(int argc, char **argv);
int command_run(int argc, char **argv);

/* One command that is built in. */
struct command {
	const char *name;
	const char *brief;
	int (*run)(int argc, char **argv);
	bool completes; /* it knows --complete WORD... */
};

/* All of them; the last has no name. */
extern const struct command commands[];

/* ---- complete.c -------------------------------------------------------- */

/* Writes what the last of the words behind "cbee" can become; returns the exit status. */
int complete(int argc, char **argv);

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

/* The path of page @name of the manual, which is installed with this program; false: it is not. */
bool page_path(const char *name, char *path, size_t size);

/* Has the tracer at @path compile its program and end; false when it could not. */
bool tracer_warm(char *path);

/* Replaces this process with cbee-@argv[0], beside it or on PATH; returns only if that fails. */
void tracer_exec(char **argv);

/* Says on stderr that there is no command @name, and what may have been meant; returns 2. */
int unknown_command(const char *name);

/* ---- json.c ----------------------------------------------------------- */

/* What is in the JSON of each of these; entry: fetch, iterate, pop, peek. */
extern const struct cbee_json_field json_run[], json_compile[], json_doctor[], json_map_list[],
	json_map_show[], json_map_create[], json_map_entry[], json_map_test[];

/* ---- spawn.c ---------------------------------------------------------- */

/* Runs a program, found on PATH, to its end; its exit status, or -1. */
int program_run(char **argv);

/* Starts the program at a path, to read what it prints; NULL: it could not be started. */
FILE *program_ask(char **argv, int *ret_pid);

/* Waits for its end; its exit status, or -1. */
int program_wait(int pid);

/* ---- target.c --------------------------------------------------------- */

/* One probe as an option asks for it; the strings of opts point into text. */
struct target {
	struct cbee_probe_opts opts;
	char *text;
};

/*
 * Reads "SYMBOL=FN", "PATH:SYMBOL=FN", "CATEGORY:EVENT=FN", "EVENT=FN" or "HZ=FN"
 * by @kind; a symbol may be followed by +OFFSET, and a uprobe's may be an offset
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

/* ---- run.c, probes.c -------------------------------------------------- */

/* The options of cbee run; the first ASKED_KINDS are for the kinds of probes. */
extern const struct cbee_opt run_options[];

/* Writes for the manual a line for each kind, parts divided by tabs; the exit status. */
int probes_write(void);

/* ---- asked.c ---------------------------------------------------------- */

#define ASKED_KINDS (CBEE_PERF_EVENT + 1) /* each has an option */

/* What the options of cbee run ask for. */
struct asked {
	struct cbee_list probes[ASKED_KINDS]; /* by enum cbee_probe_kind */
	struct cbee_list usdt, consts, tails;
	struct cbee_num pid;
};

/*
 * The first text that is not written as it must be, or NULL; *ret_row is its option: one
 * of the kinds, then --usdt, --const, --tail-call.
 */
const char *asked_wrong(const struct asked *asked, int *ret_row);

/* Binds the USDT probes, before the text is compiled. */
int asked_bind(const struct asked *asked, struct cbee *c);

/* Sets the constants; attaches the probes, counting them in *ret_count. 0 or a negative errno. */
int asked_consts(const struct asked *asked, struct cbee *c);
int asked_attach(const struct asked *asked, struct cbee *c, unsigned int *ret_count);

/* ---- tail.c ----------------------------------------------------------- */

/* One entry of a prog array; fn points into map. */
struct tail {
	char *map; /* to be freed; NULL after a failure */
	const char *fn;
	uint32_t index;
};

/* Reads "MAP:INDEX=FN". 0, -EINVAL for anything else, -ENOMEM. */
int tail_parse(const char *text, struct tail *ret);

/* The first text that is not written as it must be, or NULL. */
const char *tails_wrong(const struct cbee_list *tails);

/* Puts the functions where tail calls find them. 0 or a negative errno. */
int tails_fill(const struct cbee_list *tails, struct cbee *c);

/* ---- message.c -------------------------------------------------------- */

/* Writes every message of bpf_trace_printk() that the trace pipe holds. 0 or a negative errno. */
int messages_show(struct cbee_run *run);

/* ---- image.c, steps.c --------------------------------------------------- */

/* Writes the image to the file, whole or not at all. 0 or what cbee_run_fail() gives. */
int image_write(struct cbee_run *run, const char *path);

/* Writes how long each step took to make @file an image, and what is in that. */
void steps_show(struct cbee_run *run, const char *file, const struct cbee_compiled *made);

/* ---- stream.c --------------------------------------------------------- */

/* A ring or perf buffer of the text. */
struct stream {
	struct cbee_run *run;
	const char *map;
	unsigned long long records;
	int err; /* why its records are not shown; 0: they are */
};

struct streams {
	struct stream *items;
	size_t count;
};

/* Opens all; their records are written whenever the library delivers. 0 or a negative errno. */
int streams_open(struct streams *all, struct cbee_run *run);
void streams_free(struct streams *all);

/* The first failure to write a record, or 0. */
int streams_error(const struct streams *all);

/* Writes how many records came through @m; in JSON, the rest of the object that was begun. */
void stream_sum_up(const struct streams *all, struct cbee_map *m, bool json, struct cbee_buf *out);

/* ---- the commands of cbee map, each where its name says ---------------- */

extern const struct cbee_tool map_list, map_show, map_iterate,
	map_clear;						     /* map_list, _show, _walk */
extern const struct cbee_tool map_create, map_pin, map_unpin;	     /* map_create, map_pin */
extern const struct cbee_tool map_update, map_fetch, map_delete;     /* map_update, map_entry */
extern const struct cbee_tool map_push, map_pop, map_peek, map_test; /* map_queue */

/* ---- map_entry.c ------------------------------------------------------ */

/* What the options of commands on entries give; there is one command. */
struct map_conf {
	const char *key, *value, *flags;
	bool hex;
};

extern struct map_conf map_conf;

/* Options that several commands have. */
#define MAP_OPT_KEY   CBEE_OPT('k', "key", "KEY", struct map_conf, key, "the key")
#define MAP_OPT_VALUE CBEE_OPT('v', "value", "VALUE", struct map_conf, value, "the value")
#define MAP_OPT_HEX                                      \
	CBEE_OPT('x', "hex", NULL, struct map_conf, hex, \
		 "write bytes, hex:0a0b, instead of numbers and text")
#define MAP_OPT_FLAGS(help) \
	CBEE_OPT(0, "flags", "FLAGS", struct map_conf, flags, help, .words = "any noexist exist")

/* Checks that MAP is given, and these options. */
int map_check(struct cbee_run *run, bool key, bool value);

/* One entry of an open map; key and value, where options gave them, as bytes. */
struct map_work {
	struct cbee_run *run;
	struct cbee_map *map;
	struct cbee_map_info info;
	void *key, *value;
	size_t value_size;
	uint64_t flags;
	bool told; /* the command has said what went wrong */
};

/*
 * Opens the map, reads key and value (if @value; else there is room for one), calls @act and
 * frees all. Failures of the map are told.
 */
int map_do(struct cbee_run *run, bool value, int (*act)(struct map_work *w));

/* ---- map_open.c ------------------------------------------------------- */

/* Checks the number of arguments, which are called @want; 0 or what cbee_run_fail() gives. */
int map_usage(struct cbee_run *run, size_t count, const char *want);

/* An object for a map, which tells its decisions with --verbose; the caller frees it. */
int map_new(struct cbee_run *run, struct cbee_map **ret_m);

/* Opens the map that @text names: a path, id:N, N, or a name; the caller frees it. */
int map_open(struct cbee_run *run, const char *text, struct cbee_map **ret_m);

/* Ends the run with the map's own sentence if @err is one; returns @err. */
int map_fail(struct cbee_run *run, struct cbee_map *m, int err);

/* ---- map_part.c ------------------------------------------------------- */

/* Whether values are plain unsigned numbers, of which those of all CPUs are added up. */
bool map_has_sums(const struct cbee_map *m);
uint64_t map_sum(struct cbee_map *m, const void *value);

/* One entry as it is written; a key or value that is NULL is left out. */
struct map_entry {
	const void *key, *value;
	bool hex; /* as bytes, whatever the layout */
};

/* Writes it and ends the line, as an object if the run writes JSON. 0 or a negative errno. */
int map_write(struct cbee_run *run, struct cbee_map *m, const struct map_entry *e);

/* ---- map_type.c ------------------------------------------------------- */

struct map_layout;

/* The number of bytes that @text, which begins with a digit, is; false: it is no number. */
bool map_bytes_read(const char *text, struct map_layout *ret);

/*
 * map_word() moves behind spaces and tells how many letters the word there has, 0 for none.
 * The others move behind what they are to find, if it is there.
 */
size_t map_word(const char **at);
bool map_skip(const char **at, char c);
bool map_skip_word(const char **at, const char *want);
bool map_skip_packed(const char **at); /* __attribute__((packed)) */

/* Kind and size of the type that @text begins with, such as "u32"; its letters, or 0. */
size_t map_scalar(const char *text, struct cbee_field *f);

/* Moves the members of a struct together, each directly behind the last; their bytes. */
uint32_t map_pack(struct cbee_field *whole);

/* ---- map_declare.c ---------------------------------------------------- */

#define MAP_LAYOUT_FIELDS 64
#define MAP_LAYOUT_BYTES  (1u << 24)

/* A layout that was read; stays where it is, for names point into it. */
struct map_layout {
	struct cbee_field fields[MAP_LAYOUT_FIELDS];
	char names[1024];
	size_t count, used; /* fields; 0: bytes without a layout */
	uint32_t bytes;
};

/*
 * Reads a number of bytes, or a type as cbee_field_declare() writes it, but without bit fields.
 * 1, 2, 4 or 8 bytes are a number. False: neither of them.
 */
bool map_layout_read(const char *text, struct map_layout *ret);

/* ---- map_flags.c ------------------------------------------------------ */

/* Flags of a map by their names; unknown ones as a number. "0" for none. */
void map_flags_write(struct cbee_buf *out, uint32_t flags);

/* Reads a number, or names joined by commas. False: there is no such flag. */
bool map_flags_read(const char *text, uint32_t *ret_flags);

/* ---- map_places.c ----------------------------------------------------- */

/* Where a map is pinned (path, pid 0), or a process that has it open (its name). */
struct map_place {
	uint32_t id;
	int pid;
	char *text;
};

struct map_places {
	struct map_place *items;
	size_t count;
};

/* Looks through all BPF file systems and processes. False when there is no memory. */
bool map_places_find(struct map_places *p);
void map_places_free(struct map_places *p);

/* ---- map_list.c ------------------------------------------------------- */

/* Writes where the map is: paths, then processes, with commas between. */
void map_places_text(struct cbee_buf *out, const struct map_places *p, uint32_t id);

/* Writes what is known of a map as members of a JSON object. */
void map_facts_json(struct cbee_buf *out, struct cbee_map *m, uint32_t id,
		    const struct map_places *p);

/* ---- maps.c, entries.c, stacks.c, chart.c ------------------------------ */

/* Writes all maps of the run's program. 0 or a negative errno. */
int maps_show(struct cbee_run *run, const struct streams *streams);

/*
 * Writes the entries of a map; @array: but those that are zero. In JSON, the rest of
 * the object that was begun, with "entries". 0 or a negative errno.
 */
int entries_show(struct cbee *c, struct cbee_map *m, bool array, bool json, struct cbee_buf *out);

/*
 * Where @key has members called as stacks, writes those, as lines or as members of
 * the JSON object that was begun: the kernel's, or with "user" in the name that of
 * the process in the member "pid" or "tgid".
 */
void stacks_show(struct cbee *c, struct cbee_map *m, const void *key, bool json,
		 struct cbee_buf *out);

/* Whether it is a histogram of counts by slot; a hash has the slot at the end of its keys. */
bool chart_fits(struct cbee_map *m);

/*
 * Draws it as bcc does; in JSON, writes the rest of the object that was begun,
 * with "histogram", an array of {"low":,"high":,"count":}, or, keyed, with "histograms".
 * 0, 1 with nothing written: it is no such map, or a negative errno.
 */
int chart_show(struct cbee_map *m, bool json, struct cbee_buf *out);

#endif
