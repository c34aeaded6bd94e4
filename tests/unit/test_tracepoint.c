/* SPDX-License-Identifier: Apache-2.0 */
/* Tests which tracepoints a pattern stands for, and how the fields of their records are read. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cbee/find.h>

#include "kernel.h"
#include "kernel/handle.h"
#include "plain/buf.h"
#include "unit.h"

int __wrap_cbee__buf_read_file(struct cbee_buf *b, const char *path);

static const char *const tree[] = {
	"events",
	"events/sched",
	"events/sched/sched_switch",
	"events/sched/sched_process_exec",
	"events/net",
	"events/net/xmit",
	"events/syscalls",
	"events/syscalls/sys_enter_read",
};
static char root[] = "/tmp/cbee-tracepoint-XXXXXX";
static char seen[512];
static struct cbee c;

/* What the file of the one tracepoint that has one says. */
static const char *format;

int __wrap_cbee__buf_read_file(struct cbee_buf *b, const char *path)
{
	if (strcmp(path, "/sys/kernel/tracing/events/sched/sched_switch/format"))
		return -ENOENT;
	cbee__buf_str(b, format);
	return b->err;
}

static void start(void)
{
	char path[128];

	CU_ASSERT_FATAL(mkdtemp(root) != NULL);
	for (size_t i = 0; i < sizeof(tree) / sizeof(tree[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", root, tree[i]);
		CU_ASSERT_FATAL(!mkdir(path, 0700));
	}
}

static void end(void)
{
	char path[128];

	for (size_t i = sizeof(tree) / sizeof(tree[0]); i-- > 0;) {
		snprintf(path, sizeof(path), "%s/%s", root, tree[i]);
		rmdir(path);
	}
	rmdir(root);
	cbee__err_clear(&c.err);
}

static void reset(void)
{
	fake_reset();
	fake_tracefs(root);
	seen[0] = '\0';
}

static bool note(void *arg, const struct cbee_tracepoint *tp)
{
	size_t at = strlen(seen);
	int *left = arg;

	snprintf(seen + at, sizeof(seen) - at, "%s%s:%s", at ? " " : "", tp->category, tp->event);
	return !left || --*left > 0;
}

static int list(const char *pattern, bool regexp)
{
	reset();
	return cbee_tracepoints_each(&c, pattern, regexp, note, NULL);
}

static void by_pattern(void)
{
	int two = 2;

	UNIT_EQ(list("*:*", false), 0);
	UNIT_STR(seen, "net:xmit sched:sched_process_exec sched:sched_switch "
		       "syscalls:sys_enter_read");
	UNIT_EQ(list("sched:*", false), 0);
	UNIT_STR(seen, "sched:sched_process_exec sched:sched_switch");
	UNIT_EQ(list("s*", false), 0);
	UNIT_STR(seen, "sched:sched_process_exec sched:sched_switch syscalls:sys_enter_read");
	UNIT_EQ(list("net:xmit", false), 0);
	UNIT_STR(seen, "net:xmit");
	UNIT_EQ(list("(net|sched):(xmit|.*_exec)", true), 0);
	UNIT_STR(seen, "net:xmit sched:sched_process_exec");
	reset();
	UNIT_EQ(cbee_tracepoints_each(NULL, "*", false, note, &two), 0);
	UNIT_STR(seen, "net:xmit sched:sched_process_exec");
}

static void none_matches(void)
{
	UNIT_EQ(list("sched:sched_swich", false), -ENOENT);
	UNIT_STR(c.err.text,
		 "no tracepoint 'sched:sched_swich'; did you mean 'sched:sched_switch'?");
	UNIT_EQ(list("sched_swich", false), -ENOENT);
	UNIT_STR(c.err.text, "no tracepoint 'sched_swich'; did you mean 'sched_switch'?");
	UNIT_EQ(list("xyz*", false), -ENOENT);
	UNIT_STR(c.err.text, "no tracepoint that matches 'xyz*'");
	UNIT_EQ(list("xmit", true), -ENOENT);
	UNIT_EQ(list("(", true), -EINVAL);
	UNIT_EQ(list("", false), -EINVAL);
	UNIT_EQ(list("([a-z_:]+)+[0-9]", true), -ELOOP);
	CU_ASSERT(!strncmp(c.err.text, "the expression '([a-z_:]+)+[0-9]'", 33));
	UNIT_STR(seen, "");
}

static void existing(void)
{
	char longest[300];

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	reset();
	UNIT_EQ(cbee_tracepoint_exists(&c, "sched", "sched_switch"), 1);
	UNIT_EQ(cbee_tracepoint_exists(&c, "sched", "sched_swich"), 0);
	UNIT_EQ(cbee_tracepoint_exists(&c, "none", "sched_switch"), 0);
	UNIT_EQ(cbee_tracepoint_exists(&c, "..", "sched"), 0);
	UNIT_EQ(cbee_tracepoint_exists(&c, "sched/sched_switch", ""), 0);
	UNIT_EQ(cbee_tracepoint_exists(&c, "sched", longest), 0);
	fake_fail(1, EMFILE);
	UNIT_EQ(cbee_tracepoint_exists(&c, "sched", "sched_switch"), -EMFILE);
	UNIT_STR(c.err.text, "cannot read the list of tracepoints: Too many open files");
}

static bool note_field(void *arg, const struct cbee_tracepoint_field *f)
{
	size_t at = strlen(seen);
	int *left = arg;

	snprintf(seen + at, sizeof(seen) - at, "%s%s|%s|%u|%u%s", at ? " " : "", f->type, f->name,
		 f->offset, f->size, f->is_signed ? "|signed" : "");
	return !left || --*left > 0;
}

static int fields(const char *text, int *left)
{
	reset();
	format = text;
	return cbee_tracepoint_fields(&c, "sched", "sched_switch", note_field, left);
}

static void fields_are_read(void)
{
	static const char text[] =
		"name: sched_switch\nID: 7\nformat:\n"
		"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
		"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n"
		"\n"
		"\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;\n"
		"\tfield:__data_loc char[] name;\toffset:24;\tsize:4;\tsigned:0;\n"
		"\tfield:const char *const *argv;\toffset:32;\tsize:8;\tsigned:0;\n"
		"\tfield:unsigned long grid[2][3];\toffset:40;\tsize:48;\tsigned:0;\n"
		"\nprint fmt: \"comm=%s field:x;\", REC->comm\n";
	int one = 1;

	UNIT_EQ(fields(text, NULL), 0);
	UNIT_STR(seen,
		 "unsigned short|common_type|0|2 int|common_pid|4|4|signed "
		 "char[16]|comm|8|16 __data_loc char[]|name|24|4 const char *const *|argv|32|8 "
		 "unsigned long[2][3]|grid|40|48");
	UNIT_EQ(fields(text, &one), 0);
	UNIT_STR(seen, "unsigned short|common_type|0|2");
}

static void odd_formats(void)
{
	UNIT_EQ(fields("", NULL), 0);
	UNIT_EQ(fields("\tfield:", NULL), 0);
	UNIT_EQ(fields("\tfield:int x", NULL), 0);
	UNIT_EQ(fields("\tfield:;", NULL), 0);
	UNIT_EQ(fields("\tfield:];\n\tfield:[3];\n\tfield:x[3];\n\tfield:int ;", NULL), 0);
	UNIT_STR(seen, "");
	UNIT_EQ(fields("\tfield:int x;", NULL), 0);
	UNIT_STR(seen, "int|x|0|0");
}

static void fields_that_cannot_be_read(void)
{
	int got;

	reset();
	UNIT_EQ(cbee_tracepoint_fields(&c, "net", "none", note_field, NULL), -ENOENT);
	UNIT_STR(c.err.text, "no tracepoint 'net:none'");
	UNIT_EQ(cbee_tracepoint_fields(&c, "net/..", "sched", note_field, NULL), -ENOENT);
	UNIT_EACH_ALLOC(got, -ENOMEM, got = fields("\tfield:int x;\toffset:8;", NULL));
	UNIT_STR(seen, "int|x|8|0");
	UNIT_EACH_ALLOC(got, -ENOMEM, got = list("net:*", false));
	UNIT_STR(seen, "net:xmit");
	reset();
	fake_file("/sys/kernel/tracing/events", NULL);
	fake_refuse("unshare", EPERM);
	UNIT_EQ(cbee_tracepoint_fields(&c, "sched", "sched_switch", note_field, NULL), -EPERM);
	UNIT_EQ(cbee_tracepoints_each(&c, "*", false, note, NULL), -EPERM);
	UNIT_STR(c.err.text, "cannot read the list of tracepoints: Operation not permitted");
	UNIT_STR(c.err.hint, FAKE_FORBIDDEN);
	UNIT_EQ(cbee_tracepoint_exists(NULL, "sched", "sched_switch"), -EPERM);
}

UNIT_MAIN("tracepoint", { "a tree", start }, { "by pattern", by_pattern },
	  { "none matches", none_matches }, { "existing", existing },
	  { "fields are read", fields_are_read }, { "odd formats", odd_formats },
	  { "fields that cannot be read", fields_that_cannot_be_read }, { "it goes", end })
