/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The declarative API: a tracer is a struct cbee_tool made of tables, and
 * cbee_tool_main() runs it. Options, columns and the report are rows; parsing,
 * help, completion, header, text, JSON and CSV come from the rows.
 */
#ifndef CBEE_TOOL_H
#define CBEE_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cbee/cbee.h>
#include <cbee/bpf/slot.h>

#ifdef __cplusplus
extern "C" {
#endif

struct cbee_run; /* one run of a tracer; handed to every hook */

/* ---- options ---------------------------------------------------------- */

/* A number that knows whether it was given. */
struct cbee_num {
	long long value; /* 0 unless given */
	bool given;	 /* on the command line */
};

/* Strings, in order; of an option: every value given, argv's own. */
struct cbee_list {
	const char **items; /* @count of them */
	size_t count;	    /* strings */
	bool cut;	    /* in records: some are missing, text says "..." */
};

/* What an option takes, and what the member of the conf is. */
enum cbee_opt_type {
	CBEE_OPT_FLAG, /* bool */
	CBEE_OPT_NUM,  /* struct cbee_num */
	CBEE_OPT_TEXT, /* const char *; NULL: not given */
	CBEE_OPT_LIST, /* struct cbee_list; the option may be repeated */
};

/* What a value is, so that shells can offer those that there are. */
enum cbee_value {
	CBEE_VALUE_OTHER,      /* there is nothing to offer */
	CBEE_VALUE_FILE,       /* a path */
	CBEE_VALUE_PROGRAM,    /* a program on the PATH, or its path */
	CBEE_VALUE_PROCESS,    /* the number of a process */
	CBEE_VALUE_USER,       /* a user's name */
	CBEE_VALUE_CGROUP,     /* the path of a cgroup */
	CBEE_VALUE_PIN,	       /* the path of something pinned */
	CBEE_VALUE_MAP,	       /* a map of the kernel: name, id:N or path */
	CBEE_VALUE_MAP_KIND,   /* what cbee_map_type_name() calls it */
	CBEE_VALUE_FUNC,       /* as cbee_funcs_add() takes it */
	CBEE_VALUE_KFUNC,      /* "SYMBOL" */
	CBEE_VALUE_UFUNC,      /* "PATH:SYMBOL" */
	CBEE_VALUE_TRACEPOINT, /* "CATEGORY:EVENT" */
	CBEE_VALUE_EVENT,      /* "EVENT" */
	CBEE_VALUE_USDT,       /* "PATH:PROVIDER:NAME" */
};

/* One row is the whole truth about one option. */
struct cbee_opt {
	char letter;		 /* or 0: long name only */
	const char *name;	 /* the long name, words joined by dashes; NULL ends the table */
	const char *arg;	 /* what help calls the value, such as "PID"; NULL for a flag */
	const char *help;	 /* no capital, no full stop */
	enum cbee_opt_type type; /* what it takes */
	size_t offset;		 /* of the member in the tool's conf */
	long long min;		 /* numbers: smallest allowed */
	long long max;		 /* numbers: largest allowed; 0: no limit but long long's */
	const char *clash;	 /* names, separated by spaces, that it cannot stand beside */
	/* numbers: turns text such as a user name into the value; 0 or a negative errno */
	int (*parse)(const char *text, long long *ret_value);
	/* texts: a regular expression; only records are shown in whose column of this key it occurs */
	const char *match;
	bool rare;	       /* help only names it, to be short; the manual page explains it */
	enum cbee_value value; /* what it takes; in front of the '=' where arg has one */
	const char *words;     /* what it takes, separated by spaces; or NULL */
};

#define CBEE__OPT_TYPE(S, member) \
	_Generic(((S *)0)->member, bool                                                           \
		 : CBEE_OPT_FLAG, struct cbee_num                                                 \
		 : CBEE_OPT_NUM, const char *                                                     \
		 : CBEE_OPT_TEXT, struct cbee_list                                                \
		 : CBEE_OPT_LIST)

/*
 * A row: letter, name, value name, struct and member that take it, help; more by
 * designation, such as .value = CBEE_VALUE_FILE.
 */
#define CBEE_OPT(l, n, a, S, member, h, ...)                                                    \
	{                                                                                       \
		.letter = (l), .name = (n), .arg = (a), .help = (h),                            \
		.type = CBEE__OPT_TYPE(S, member), .offset = offsetof(S, member), ##__VA_ARGS__ \
	}

/* A row whose value is the number of a process. */
#define CBEE_OPT_PROCESS(l, n, a, S, member, h) \
	CBEE_OPT(l, n, a, S, member, h, .min = 1, .max = 4194304, .value = CBEE_VALUE_PROCESS)

/*
 * Gives a letter (and, if @h is not NULL, another help line) to a standard
 * option, which otherwise has none: CBEE_STD('d', "duration", NULL).
 */
#define CBEE_STD(l, n, h)                                                   \
	{                                                                   \
		.letter = (l), .name = (n), .help = (h), .offset = SIZE_MAX \
	}

/* Ends a table of options. */
#define CBEE_OPT_END         \
	{                    \
		.name = NULL \
	}

/* ---- columns ---------------------------------------------------------- */

/* What a column shows, and what the member of the record is. */
enum cbee_col_type {
	CBEE_COL_UINT,	/* unsigned integer of 1, 2, 4 or 8 bytes */
	CBEE_COL_INT,	/* signed integer of 1, 2, 4 or 8 bytes */
	CBEE_COL_BOOL,	/* 1 byte; JSON true or false, text "yes" or "no" */
	CBEE_COL_CHARS, /* char[n], ends at NUL or at n */
	CBEE_COL_TEXT,	/* const char * */
	CBEE_COL_LIST,	/* struct cbee_list: JSON array of strings, text joined by spaces */
	CBEE_COL_CLOCK, /* u64 CLOCK_MONOTONIC ns: text as HH:MM:SS local time */
	CBEE_COL_SINCE, /* u64 CLOCK_MONOTONIC ns: seconds since the tracer started, 3 decimals */
	CBEE_COL_EPOCH, /* u64 CLOCK_MONOTONIC ns: seconds since 1970, 6 decimals */
};

struct cbee_buf;

/* One row is the whole truth about one column. */
struct cbee_col {
	const char *head;	 /* header in text; NULL: not shown in text */
	const char *key;	 /* name in JSON and CSV; NULL: not there */
	int width;		 /* in text: > 0 left, < 0 right aligned, 0 the rest of the line */
	const char *help;	 /* what the field means; no full stop */
	const char *unit;	 /* "bytes"; NULL: none, or what the type says */
	enum cbee_col_type type; /* what it shows */
	bool nullable;		 /* texts: may be NULL, which is null in JSON */
	size_t offset, size;	 /* of the member in the record, bytes */
	const char *when;	 /* in text only when this option is given; NULL: always */
	const char *quote;	 /* lists: in text, items are quoted when this option is given */
	/* replaces the text rendering when not NULL (also used in CSV) */
	void (*text)(struct cbee_run *run, struct cbee_buf *out, const void *record);
	/* on a terminal only */
	bool amount;  /* numbers: 1,234,567 where there is room */
	bool failure; /* numbers: red unless 0 */
	bool wrap;    /* with a width of 0: goes on in the next line instead of being cut */
};

#define CBEE__COL_TYPE(S, member) \
	_Generic(((S *)0)->member, bool                                                           \
		 : CBEE_COL_BOOL, uint8_t                                                         \
		 : CBEE_COL_UINT, uint16_t                                                        \
		 : CBEE_COL_UINT, uint32_t                                                        \
		 : CBEE_COL_UINT, unsigned long                                                   \
		 : CBEE_COL_UINT, unsigned long long                                              \
		 : CBEE_COL_UINT, int8_t                                                          \
		 : CBEE_COL_INT, int16_t                                                          \
		 : CBEE_COL_INT, int32_t                                                          \
		 : CBEE_COL_INT, long                                                             \
		 : CBEE_COL_INT, long long                                                        \
		 : CBEE_COL_INT, char *                                                           \
		 : CBEE_COL_CHARS, const char *                                                   \
		 : CBEE_COL_TEXT, struct cbee_list                                                \
		 : CBEE_COL_LIST)

/* A row: struct and member that it shows, header, key, width, help; more by designation. */
#define CBEE_COL(S, member, hd, k, w, h, ...)                                     \
	{                                                                         \
		.head = (hd), .key = (k), .width = (w), .help = (h),              \
		.type = CBEE__COL_TYPE(S, member), .offset = offsetof(S, member), \
		.size = sizeof(((S *)0)->member), ##__VA_ARGS__                   \
	}

/* The same with a type that the member's C type does not tell, such as CBEE_COL_CLOCK. */
#define CBEE_COL_AS(t, S, member, hd, k, w, h, ...)                                            \
	{                                                                                      \
		.head = (hd), .key = (k), .width = (w), .help = (h), .type = (t),              \
		.offset = offsetof(S, member), .size = sizeof(((S *)0)->member), ##__VA_ARGS__ \
	}

/* Ends a table of columns. */
#define CBEE_COL_END                      \
	{                                 \
		.head = NULL, .key = NULL \
	}

/* Appends to a text column: bytes with control characters escaped as in C. */
CBEE_API void cbee_text_add(struct cbee_buf *out, const char *bytes, size_t len);

/* ---- histograms and reports ------------------------------------------- */

/* Counts per log-linear slot; see <cbee/bpf/slot.h> for the slots. */
struct cbee_hist {
	uint64_t slots[CBEE_SLOTS]; /* how many values fell into each */
};

/*
 * What one interval found: rows of one column table, each with a histogram.
 * Text shows histograms (one of all rows, or one a row), JSON one object with
 * the rows in an array, CSV one line a row.
 */
struct cbee_report {
	const struct cbee_col *cols;	      /* of one row */
	const void *rows;		      /* @count records */
	size_t row_size, count;		      /* bytes of a record; records */
	const struct cbee_hist *const *hists; /* @count pointers, or NULL: no histograms */
	const char *unit;		      /* "nsecs" */
	const char *rows_key;		      /* JSON's name for the array: "functions" */
	const char *row_title;		      /* text before a row's own histogram: "Function" */
	bool split;			      /* text: a histogram per row instead of one of all */
	/*
	 * Appends lines under a text histogram, such as averages, or NULL: called with
	 * all rows under the one of all, with one row under its own when split.
	 */
	void (*summary)(struct cbee_buf *out, const char *unit, const void *rows, size_t count);
};

/* ---- a tracer --------------------------------------------------------- */

/* One reason why something was not recorded: row i is reason i of cbee_lose(). */
struct cbee_loss {
	const char *key;  /* its name in JSON's "lost"; NULL ends the table */
	const char *what; /* completes "lost 3 ..." */
};

/* The row that every loss table begins with; its index is CBEE_FOLLOW_LOST. */
#define CBEE_LOSS_FOLLOW                                                     \
	{                                                                    \
		"processes", "processes of the command (too many at a time)" \
	}

/* The second row of tracers with a tally; its index is CBEE_TALLY_LOST. */
#define CBEE_LOSS_TALLY                                                      \
	{                                                                    \
		"buckets", "values in the histogram only (too many buckets)" \
	}

/* The second row of tracers with a stream; its index is CBEE_STREAM_LOST. */
#define CBEE_LOSS_STREAM                                 \
	{                                                \
		"events", "events (the buffer was full)" \
	}

/* One probe that the library attaches, unless it is for an option that was not given. */
struct cbee_tool_probe {
	const char *when;	      /* the option; NULL: always */
	struct cbee_probe_opts probe; /* what is attached, and to what */
};

/* A row: option or NULL, kind, function in the BPF text, target. */
#define CBEE_PROBE(w, k, f, t)                                \
	{                                                     \
		(w),                                          \
		{                                             \
			.kind = (k), .fn = (f), .target = (t) \
		}                                             \
	}

/* Ends a table of probes. */
#define CBEE_PROBE_END CBEE_PROBE(NULL, CBEE_KPROBE, NULL, NULL)

/* A map that an option with a path is about. OPT(option_given) tells the program. */
struct cbee_tool_map {
	const char *option; /* NULL ends the table */
	const char *map;    /* its name in the BPF text */
	bool pinned;	    /* the path is that of a pinned map to use instead; else of a cgroup */
};

/* One key of a tally as it is shown, in the tally's unit. */
struct cbee_tally_row {
	const char *name;				/* of the key */
	unsigned long long count, total, avg, min, max; /* of its values */
	unsigned long long p50, p90, p99, p999;		/* percentiles of them */
};

/* One of these, in the unit of the report. */
#define CBEE__TALLY_COL(member, hd, k, w, h) \
	CBEE_COL(struct cbee_tally_row, member, hd, k, w, h, .unit = "unit", .amount = true)

/* The columns of a tally, the first of which is called @hd and described by @h. */
#define CBEE_TALLY_COLS(hd, h)                                                           \
	CBEE_COL(struct cbee_tally_row, name, hd, "name", 24, h),                        \
		CBEE_COL(struct cbee_tally_row, count, "COUNT", "count", -8, "how many", \
			 .amount = true),                                                \
		CBEE__TALLY_COL(min, "MIN", "min", -8, "the shortest"),                  \
		CBEE__TALLY_COL(max, "MAX", "max", -8, "the longest"),                   \
		CBEE__TALLY_COL(avg, "AVG", "avg", -8, "the average"),                   \
		CBEE__TALLY_COL(total, "TOTAL", "total", -10, "all together"),           \
		CBEE__TALLY_COL(p50, NULL, "p50", 0, "half took no longer"),             \
		CBEE__TALLY_COL(p90, NULL, "p90", 0, "90 % took no longer"),             \
		CBEE__TALLY_COL(p99, "P99", "p99", -8, "99 % took no longer"),           \
		CBEE__TALLY_COL(p999, NULL, "p999", 0, "99.9 % took no longer")

/* What a tracer that includes <cbee/bpf/tally.h> says about it. */
struct cbee_tally {
	const char *rows_key;  /* JSON's name for the array of rows: "functions" */
	const char *row_title; /* text before a histogram of one row: "Function" */
	/* options that choose: microseconds, milliseconds, a histogram for every row */
	const char *usecs, *msecs, *split;
	unsigned int (*keys)(struct cbee_run *run); /* how many keys; asked after prepare() */
	const char *(*name)(struct cbee_run *run, unsigned int key); /* what a key is called */
};

/*
 * One row of what the JSON of a tool has that no column tells, for the manual. (What columns,
 * tallies and losses make of themselves is told already.)
 */
struct cbee_json_field {
	const char *name; /* of a member, the way to it included: "checks[].status"; or a heading
			     for the rows that follow; NULL ends the table */
	const char *type; /* "string", "integer", "array", "string or null"; NULL: a heading */
	const char *unit; /* "milliseconds"; NULL: none */
	const char *help; /* what it means; no capital, no full stop */
};

/* Ends a table of what is in JSON. */
#define CBEE_JSON_END        \
	{                    \
		.name = NULL \
	}

/* A declared tracer. Hooks that are NULL do nothing, or what is said at each. */
struct cbee_tool {
	const char *name;    /* without "cbee-" */
	const char *command; /* how it is called; NULL: "cbee-" and the name */
	const char *brief;   /* one line, no capital, no full stop */
	const char *topic;   /* what it is about, to list it by: "processes"; or NULL */
	/* positionals for the usage line, or NULL: it takes none; "[list|clear]": one of those */
	const char *args;
	const char *examples;	     /* for help and manual: lines, each ended by a newline */
	const struct cbee_opt *opts; /* besides those that every tool has */
	void *conf;		     /* what the options write to */
	const struct cbee_col *cols; /* of a record; NULL with a tally or a report of its own */
	const struct cbee_json_field *json;   /* what else is in its JSON; NULL: nothing */
	const struct cbee_loss *losses;	      /* NULL: nothing of its own can be lost */
	const struct cbee_tool_probe *probes; /* attached in this order; NULL: by function name */
	const struct cbee_tool_map *maps;     /* NULL: none */
	const struct cbee_tally *tally;	      /* reports this, at intervals; NULL: no tally */
	/* the BPF text; without one, and without source(), the tool only reports, once */
	const char *bpf;
	const char *bpf_name; /* its file name in messages */
	bool compiles;	      /* it compiles the text and reports: nothing is loaded or attached */
	bool no_table;	      /* what it writes is none: there is no --csv, no --timestamp */
	/*
	 * Its hooks need the privileges it was started with until the end; else all that reading
	 * and detaching what is attached does not take is given up before the first record.
	 */
	bool privileged;

	/* Checks the command line. An error here is wrong usage: exit status 2. */
	int (*check)(struct cbee_run *run);
	/* Before compiling, while the compiler loads: finds what is to be traced. */
	int (*prepare)(struct cbee_run *run);
	/* Says what to compile where that is not the same each time; @source has bpf and bpf_name. */
	int (*source)(struct cbee_run *run, struct cbee_source *source);
	/* After compiling, with maps loaded and probes attached: attaches what no table can say. */
	int (*attach)(struct cbee_run *run);
	/* One record of the stream "events"; NULL: there is no stream. */
	void (*record)(struct cbee_run *run, const void *data, size_t size);
	/* Whenever there may be something to read, and at the end: reads what no stream delivers. */
	int (*deliver)(struct cbee_run *run);
	/* The end of an interval, and of the run: calls cbee_run_report(). With a tally: NULL. */
	int (*report)(struct cbee_run *run);
	enum cbee_value values[2]; /* of positionals, in order; where args has "...", of all */
};

/* Runs a tracer from argv to its exit status: 0 done, 1 failed, 2 wrong usage. */
CBEE_API int cbee_tool_main(const struct cbee_tool *tool, int argc, char **argv);

/* The library's handle of this run; NULL in check(). */
CBEE_API struct cbee *cbee_run_cbee(struct cbee_run *run);

/* The positional arguments. */
CBEE_API const struct cbee_list *cbee_run_args(const struct cbee_run *run);

/* Whether the option with that long name was given. */
CBEE_API bool cbee_run_given(const struct cbee_run *run, const char *name);

/* Whether a command follows the "--". */
CBEE_API bool cbee_run_has_command(const struct cbee_run *run);

/* What follows the "--", NULL behind the last; NULL: nothing does. */
CBEE_API char *const *cbee_run_command(const struct cbee_run *run);

/*
 * Ends the run with this sentence, and advice if @hint is not NULL; returns
 * @code, a negative errno, for the hook to return.
 */
CBEE_API int cbee_run_fail(struct cbee_run *run, int code, const char *hint, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Tells a person something, on stderr, in one line. Nothing with --json or --csv. */
CBEE_API void cbee_run_note(struct cbee_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* The same with --json and --csv too: for what makes the result less than was asked for. */
CBEE_API void cbee_run_warn(struct cbee_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Shows on a terminal that @done of @total are done and @what is next; nothing
 * elsewhere, nor with --json or --csv. The last call, with both equal, takes it away.
 */
CBEE_API void cbee_run_progress(struct cbee_run *run, size_t done, size_t total, const char *what);

/* Ends the run when process @pid ends; call it in prepare(). -ESRCH with the sentence. */
CBEE_API int cbee_run_watch(struct cbee_run *run, int pid);

/* Writes one record by the tool's columns. */
CBEE_API void cbee_run_row(struct cbee_run *run, const void *record);

/* Writes what one interval found. */
CBEE_API void cbee_run_report(struct cbee_run *run, const struct cbee_report *report);

/* Whether JSON is wanted. */
CBEE_API bool cbee_run_json(const struct cbee_run *run);

/* What hooks write that have no table for it; it is written out when the hook returns. */
CBEE_API struct cbee_buf *cbee_run_out(struct cbee_run *run);

/* The @p-th quantile (0 to 1) of a histogram whose extremes are known. */
CBEE_API uint64_t cbee_hist_quantile(const struct cbee_hist *hist, double p, uint64_t min,
				     uint64_t max);

/*
 * Cuts @len bytes into strings, each ended by a NUL, into @list, whose items have
 * room for @room of them; what does not fit makes it cut. The byte behind @bytes
 * must be a NUL.
 */
CBEE_API void cbee_list_split(struct cbee_list *list, size_t room, const char *bytes, size_t len);

/* Formats into a buffer that a hook was handed. */
CBEE_API void cbee_text_fmt(struct cbee_buf *out, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Appends a JSON string, quotes included; bytes that are not UTF-8 become U+FFFD. */
CBEE_API void cbee_text_quote(struct cbee_buf *out, const char *bytes, size_t len);

/* What a text is marked as, by colours on terminals that have them. */
enum cbee_mark {
	CBEE_MARK_HEAD, /* of a table */
	CBEE_MARK_GOOD,
	CBEE_MARK_WARN,
	CBEE_MARK_BAD,
	CBEE_MARK_BAR, /* of a histogram */
};

/* Appends a text so marked; elsewhere the text alone. */
CBEE_API void cbee_text_mark(struct cbee_buf *out, enum cbee_mark mark, const char *text);

/* Draws a histogram by powers of two; nothing when it is empty. */
CBEE_API void cbee_text_hist(struct cbee_buf *out, const struct cbee_hist *hist, const char *unit);

/* Which of the @count words @word was probably meant to be, or NULL: none is near. */
CBEE_API const char *cbee_text_nearest(const char *word, const char *const *words, size_t count);

/* The number of the user called @text, or @text as a number; for struct cbee_opt's parse. */
CBEE_API int cbee_parse_user(const char *text, long long *ret_uid);

#ifdef __cplusplus
}
#endif

#endif
