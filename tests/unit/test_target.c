/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how cbee run reads probes and constants. */
#include <errno.h>
#include <linux/perf_event.h>

#include "../../programs/cbee/cbee.h"
#include "unit.h"

/* Parses @text and checks the parts; @symbol NULL: there is none. */
static void reads(const char *text, enum cbee_probe_kind kind, const char *target,
		  const char *symbol, uint64_t offset, const char *fn)
{
	struct target t;

	UNIT_EQ(target_parse(text, kind, &t), 0);
	UNIT_EQ(t.opts.kind, kind);
	UNIT_STR(t.opts.target, target);
	UNIT_STR(t.opts.fn, fn);
	UNIT_EQ(t.opts.offset, offset);
	if (symbol)
		UNIT_STR(t.opts.symbol, symbol);
	else
		CU_ASSERT_PTR_NULL(t.opts.symbol);
	target_free(&t);
	CU_ASSERT_PTR_NULL(t.text);
}

static void refuses(const char *text, enum cbee_probe_kind kind)
{
	struct target t;

	UNIT_EQ(target_parse(text, kind, &t), -EINVAL);
	CU_ASSERT_PTR_NULL(t.text);
}

static void reads_usdt(const char *text, const char *path, const char *probe, const char *fn)
{
	struct usdt u;

	UNIT_EQ(usdt_parse(text, &u), 0);
	if (path)
		UNIT_STR(u.opts.path, path);
	else
		CU_ASSERT_PTR_NULL(u.opts.path);
	UNIT_STR(u.opts.probe, probe);
	UNIT_STR(u.opts.fn, fn);
	free(u.text);
}

static void usdt_probes(void)
{
	static const char *const bad[] = {
		"", "a", "a=b", "a:=b", "a:b=", "a:b", "=a:b", ":", ":="
	};
	struct usdt u;
	int err;

	reads_usdt("./a:hit=fn", "./a", "hit", "fn");
	reads_usdt("./a:app:hit=fn", "./a", "app:hit", "fn");
	reads_usdt(":hit=fn", NULL, "hit", "fn");
	reads_usdt(":app:hit=fn", NULL, "app:hit", "fn");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		UNIT_EQ(usdt_parse(bad[i], &u), -EINVAL);
		CU_ASSERT_PTR_NULL(u.text);
	}
	UNIT_EACH_ALLOC(err, -ENOMEM, {
		err = usdt_parse("./a:hit=fn", &u);
		free(u.text);
	});
	UNIT_EQ(err, 0);
}

static void kernel_functions(void)
{
	reads("vfs_read=hit", CBEE_KPROBE, "vfs_read", NULL, 0, "hit");
	reads("vfs_read+16=hit", CBEE_KPROBE, "vfs_read", NULL, 16, "hit");
	reads("vfs_read+0x10=hit", CBEE_KPROBE, "vfs_read", NULL, 16, "hit");
	reads("vfs_read=hit", CBEE_KRETPROBE, "vfs_read", NULL, 0, "hit");
	reads("vfs_read=hit", CBEE_FENTRY, "vfs_read", NULL, 0, "hit");
	refuses("vfs_read", CBEE_KPROBE);
	refuses("vfs_read=", CBEE_KPROBE);
	refuses("=hit", CBEE_KPROBE);
	refuses("", CBEE_KPROBE);
	refuses("a:vfs_read=hit", CBEE_KPROBE);
	refuses("vfs_read+1x=hit", CBEE_KPROBE);
	refuses("vfs_read+99999999999999999999=hit", CBEE_KPROBE);
}

static void user_functions(void)
{
	reads("./a:main=hit", CBEE_UPROBE, "./a", "main", 0, "hit");
	reads("/bin/a b:main+4=hit", CBEE_URETPROBE, "/bin/a b", "main", 4, "hit");
	reads("c:malloc=hit", CBEE_UPROBE, "c", "malloc", 0, "hit");
	reads("./a:0x1139=hit", CBEE_UPROBE, "./a", NULL, 0x1139, "hit");
	reads("./a:ns::operator==(int)=hit", CBEE_UPROBE, "./a", "ns::operator==(int)", 0, "hit");
	reads("./a:operator+=hit", CBEE_UPROBE, "./a", "operator+", 0, "hit");
	refuses("main=hit", CBEE_UPROBE);
	refuses(":main=hit", CBEE_UPROBE);
	refuses("./a:=hit", CBEE_UPROBE);
	refuses("./a:main", CBEE_UPROBE);
	refuses("./a:main+4z=hit", CBEE_UPROBE);
}

static void tracepoints(void)
{
	reads("sched:sched_switch=f", CBEE_TRACEPOINT, "sched:sched_switch", NULL, 0, "f");
	reads("sched_switch=f", CBEE_RAW_TRACEPOINT, "sched_switch", NULL, 0, "f");
	refuses("sched_switch=f", CBEE_TRACEPOINT);
	refuses("sched:=f", CBEE_TRACEPOINT);
	refuses(":sched_switch=f", CBEE_TRACEPOINT);
	refuses("sched:sched_switch=f", CBEE_RAW_TRACEPOINT);
}

static void profiles(void)
{
	struct target t;

	UNIT_EQ(target_parse("99=sample", CBEE_PERF_EVENT, &t), 0);
	UNIT_EQ(t.opts.sample_freq, 99);
	UNIT_EQ(t.opts.sample_period, 0);
	UNIT_EQ(t.opts.perf_type, PERF_TYPE_SOFTWARE);
	UNIT_EQ(t.opts.perf_config, PERF_COUNT_SW_CPU_CLOCK);
	UNIT_STR(t.opts.fn, "sample");
	target_free(&t);
	refuses("0=f", CBEE_PERF_EVENT);
	refuses("-1=f", CBEE_PERF_EVENT);
	refuses("99Hz=f", CBEE_PERF_EVENT);
	refuses("=f", CBEE_PERF_EVENT);
	refuses("99=", CBEE_PERF_EVENT);
}

static void constants(void)
{
	char name[8];
	uint64_t value = 0;

	UNIT_EQ(const_parse("pid=17", name, sizeof(name), &value), 0);
	UNIT_STR(name, "pid");
	UNIT_EQ(value, 17);
	UNIT_EQ(const_parse("x=0xff", name, sizeof(name), &value), 0);
	UNIT_EQ(value, 255);
	UNIT_EQ(const_parse("seven77=18446744073709551615", name, sizeof(name), &value), 0);
	UNIT_EQ(value, -1);
	UNIT_EQ(const_parse("eight888=1", name, sizeof(name), &value), -EINVAL);
	UNIT_EQ(const_parse("x=18446744073709551616", name, sizeof(name), &value), -EINVAL);
	UNIT_EQ(const_parse("x=-1", name, sizeof(name), &value), -EINVAL);
	UNIT_EQ(const_parse("x=1k", name, sizeof(name), &value), -EINVAL);
	UNIT_EQ(const_parse("x=", name, sizeof(name), &value), -EINVAL);
	UNIT_EQ(const_parse("=1", name, sizeof(name), &value), -EINVAL);
	UNIT_EQ(const_parse("x", name, sizeof(name), &value), -EINVAL);
}

static void memory_runs_out(void)
{
	struct target t;
	int err;

	UNIT_EACH_ALLOC(err, -ENOMEM, {
		err = target_parse("./a:main=hit", CBEE_UPROBE, &t);
		target_free(&t);
	});
	UNIT_EQ(err, 0);
}

UNIT_MAIN("target", { "kernel functions", kernel_functions }, { "user functions", user_functions },
	  { "usdt probes", usdt_probes }, { "tracepoints", tracepoints }, { "profiles", profiles },
	  { "constants", constants }, { "memory runs out", memory_runs_out })
