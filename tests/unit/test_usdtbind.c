/* SPDX-License-Identifier: Apache-2.0 */
/* Tests how functions are bound to USDT probes, and what the kernel is then asked for. */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "rig.h"
#include "probes/usdt.h"
#include "scratch.h"

#define REF_CTR "/sys/bus/event_source/devices/uprobe/format/ref_ctr_offset"

static char app[64];

static const char source[] =
	"#include \"usdt.h\"\n"
	"SEMAPHORE(app_raised_semaphore);\n"
	"int main(void)\n"
	"{\n"
	"	PROBE(\"app\", \"two\", \"0\", \"-4@%[a]\", [a] \"a\"(1));\n"
	"	PROBE(\"app\", \"two\", \"0\", \"-4@$7\", \"r\"(0));\n"
	"	PROBE(\"app\", \"raised\", \"app_raised_semaphore\", \"\", \"r\"(0));\n"
	"	PROBE(\"app\", \"apart\", \"0x7fffff\", \"\", \"r\"(0));\n"
	"	PROBE(\"app\", \"twin\", \"0\", \"\", \"r\"(0));\n"
	"	PROBE(\"b\", \"twin\", \"0\", \"\", \"r\"(0));\n"
	"	PROBE(\"c\", \"twin\", \"0\", \"\", \"r\"(0));\n"
	"	PROBE(\"c\", \"twin\", \"app_raised_semaphore\", \"\", \"r\"(0));\n"
	"#ifdef MASS\n"
	"	__asm__ volatile(\".rept 4097\");\n"
	"	PROBE(\"app\", \"mass\", \"0\", \"\", \"r\"(0));\n"
	"	__asm__ volatile(\".endr\");\n"
	"#endif\n"
	"	return 0;\n"
	"}\n";

static void setup(void)
{
	scratch_make();
	snprintf(app, sizeof(app), "%s/app", scratch);
	scratch_put("a.c", "%s", source);
	scratch_run("gcc -I%s/tests a.c -o app && gcc -DMASS -I%s/tests a.c -o mass",
		    CBEE_SOURCE_DIR, CBEE_SOURCE_DIR);
}

static void start(void)
{
	rig_begin();
	fake_file(REF_CTR, "config:32-63");
	fake_add_const("func");
	fake_add_prog("hit");
	fake_add_prog("other");
	UNIT_EQ(cbee_new(&c), 0);
	rig_listen();
	fake_forget();
}

static int bind_as(const char *probe, const char *fn)
{
	return cbee_usdt(c, &(struct cbee_usdt_opts){ .path = app, .probe = probe, .fn = fn });
}

static int go(void)
{
	return cbee_start(c, &(struct cbee_source){ .name = "u.c", .text = "" });
}

static void not_bound(int got, int code, const char *sentence)
{
	char want[400];

	snprintf(want, sizeof(want), sentence, app);
	UNIT_EQ(got, code);
	UNIT_STR(cbee_error(c)->text, want);
	CU_ASSERT_PTR_NULL(c->usdt);
}

/* Each way to read arguments is a program of its own, told which by OPT(func). */
static void attaches(void)
{
	const struct cbee_usdt *two, *raised;

	start();
	UNIT_EQ(bind_as("app:two", "hit"), 0);
	UNIT_EQ(bind_as("raised", "other"), 0);
	UNIT_EQ(fake_calls(), 0);
	UNIT_EQ(go(), 0);
	two = &c->usdt->list.items[0].pub;
	raised = &c->usdt->next->list.items[0].pub;
	UNIT_EQ(fake_count("prog_load hit type=2 expected=48 "), 2);
	UNIT_EQ(fake_count("prog_load other type=2 expected=48 "), 1);
	UNIT_EQ(fake_imm(fake_prog("hit"), 0), 1);
	UNIT_EQ(fake_imm(fake_prog("other"), 0), 0);
	UNIT_EQ(fake_count("link_create"), 3);
	UNIT_STR(fake_multi(1)->path, app);
	UNIT_EQ(fake_multi(1)->count, 1);
	UNIT_EQ(fake_multi(1)->offsets[0], two->locations[1].offset);
	UNIT_EQ(fake_multi(1)->ref_ctr, 0);
	UNIT_EQ(fake_multi(1)->multi_flags, 0);
	UNIT_EQ(fake_multi(1)->pid, 0);
	UNIT_EQ(fake_multi(2)->offsets[0], raised->locations[0].offset);
	UNIT_EQ(fake_multi(2)->ref_ctrs[0], raised->semaphore_offset);
	CU_ASSERT_PTR_NOT_NULL(strstr(heard, "hit is for USDT probe app:two, 2 locations in "));
	CU_ASSERT_PTR_NOT_NULL(strstr(heard, "with a semaphore, which the kernel raises"));
	CU_ASSERT_PTR_NOT_NULL(strstr(heard, "attached other by uprobe.multi\n"));
	fake_forget();
	cbee_detach(c); /* and again */
	UNIT_EQ(cbee_attach_auto(c, NULL), 0);
	UNIT_EQ(fake_count("link_create"), 3);
	end();
}

/* One function for two probes: the second has only the second way. */
static void one_function(void)
{
	start();
	UNIT_EQ(bind_as("app:two", "hit"), 0);
	UNIT_EQ(bind_as("c:twin", "hit"), 0);
	UNIT_EQ(go(), 0);
	UNIT_EQ(fake_count("prog_load hit"), 3);
	UNIT_EQ(fake_imm(fake_prog("hit"), 0), 2);
	UNIT_EQ(fake_count("link_create"), 4); /* twins with and without semaphore */
	end();
}

static void without_multi(void)
{
	char want[128];

	start();
	fake_refuse("prog_load hit type=2 expected=48", EINVAL);
	fake_refuse("link_create uprobe_multi other", EINVAL);
	UNIT_EQ(bind_as("app:two", "hit"), 0);
	UNIT_EQ(bind_as("raised", "other"), 0);
	UNIT_EQ(go(), 0);
	UNIT_EQ(fake_count("attach_uprobe hit entry "), 2);
	UNIT_EQ(fake_imm(fake_prog("hit"), 0), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_nth("attach_uprobe", 0), " pid=-1"));
	snprintf(want, sizeof(want), "attach_uprobe other entry %s+0x%llx pid=-1 ref=0x%llx", app,
		 (unsigned long long)c->usdt->next->list.items[0].pub.locations[0].offset,
		 (unsigned long long)c->usdt->next->list.items[0].pub.semaphore_offset);
	UNIT_STR(fake_nth("attach_uprobe other", 0), want);
	UNIT_EQ(c->link_count, 3);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(heard, "attaching one by one: cannot load 'hit': Invalid argument\n"));
	CU_ASSERT_PTR_NOT_NULL(
		strstr(heard, "attaching one by one: cannot attach 'other' by uprobe.multi: "));
	UNIT_EQ(cbee_error(c)->code, 0);
	end();
}

static void counts(void)
{
	unsigned int count = 0;

	start();
	UNIT_EQ(bind_as("app:two", "hit"), 0);
	UNIT_EQ(bind_as("c:twin", "hit"), 0);
	UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "u.c", .text = "" }), 0);
	UNIT_EQ(cbee_load(c), 0);
	UNIT_EQ(cbee_attach_auto(c, &count), 0);
	UNIT_EQ(count, 2);
	end();
}

static void of_one_process(void)
{
	struct cbee_usdt_opts o = { .pid = (int)getpid(), .probe = "two", .fn = "hit" };
	char want[32];

	start();
	snprintf(want, sizeof(want), " pid=%d", (int)getpid());
	o.path = app;
	UNIT_EQ(cbee_usdt(c, &o), 0);
	o.all = true;
	UNIT_EQ(cbee_usdt(c, &o), 0);
	UNIT_EQ(go(), 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_nth("attach_uprobe", 0), want));
	CU_ASSERT_PTR_NOT_NULL(strstr(heard, "attaching one by one: of one process only"));
	UNIT_EQ(fake_count("attach_uprobe"), 2);
	UNIT_EQ(fake_multi(0)->pid, 0);
	UNIT_EQ(fake_multi(0)->count, 1);
	end();
}

static void refuses(void)
{
	struct cbee_usdt_opts o = { .path = app, .fn = "hit" };
	char mass[80];

	snprintf(mass, sizeof(mass), "%s/mass", scratch);
	start();
	not_bound(cbee_usdt(c, &o), -EINVAL, "which USDT probe?");
	not_bound(bind_as("two", NULL), -EINVAL, "USDT probe 'two' needs a BPF function");
	not_bound(bind_as("two", "a b"), -EINVAL, "USDT probe 'two' needs a BPF function");
	not_bound(bind_as("two", ""), -EINVAL, "USDT probe 'two' needs a BPF function");
	not_bound(bind_as("towo", "hit"), -ENOENT, "no USDT probe 'towo' in %s");
	UNIT_STR(cbee_error(c)->hint, "did you mean 'two'?");
	not_bound(bind_as("app:riased", "hit"), -ENOENT, "no USDT probe 'app:riased' in %s");
	UNIT_STR(cbee_error(c)->hint, "did you mean 'app:raised'?");
	not_bound(bind_as("twin", "hit"), -ENOTUNIQ,
		  "USDT probe 'twin' is one of several providers: app, b, c");
	UNIT_STR(cbee_error(c)->hint, "write app:twin");
	o.path = mass;
	o.probe = "mass";
	not_bound(cbee_usdt(c, &o), -E2BIG, "USDT probe 'mass' has 4097 locations, 4096 at most");
	not_bound(bind_as("apart", "hit"), -EOPNOTSUPP,
		  "the semaphore of USDT probe app:apart is not in the first 4 GiB of %s");
	o.path = "/bin/true";
	o.probe = "two";
	not_bound(cbee_usdt(c, &o), -ENOENT, "/bin/true has no USDT probes");
	o.path = NULL;
	o.pid = INT_MAX;
	not_bound(cbee_usdt(c, &o), -ESRCH, "no process 2147483647");
	fake_file(REF_CTR, NULL);
	not_bound(bind_as("raised", "hit"), -EOPNOTSUPP,
		  "USDT probe app:raised has a semaphore, which this kernel cannot raise");
	UNIT_STR(cbee_error(c)->hint, "Linux 4.20 and later can");
	UNIT_EQ(bind_as("two", "hit"), 0);
	UNIT_EQ(go(), 0);
	UNIT_EQ(bind_as("two", "hit"), -EBUSY);
	UNIT_STR(cbee_error(c)->text, "USDT probes are bound before the text is compiled");
	end();
}

static int count_probes(void *arg, const struct cbee_usdt *u)
{
	unsigned int *count = arg;

	++*count;
	return !strcmp(u->name, "two") ? 42 : 0;
}

static void lists(void)
{
	struct cbee_usdt_opts o = { .path = app };
	unsigned int count = 0;

	start();
	UNIT_EQ(cbee_usdt_each(c, &o, count_probes, &count), 42);
	UNIT_EQ(count, 4); /* apart, raised, twin, two */
	count = 0;
	o.probe = "twin"; /* that of c has two semaphores */
	UNIT_EQ(cbee_usdt_each(c, &o, count_probes, &count), 0);
	UNIT_EQ(count, 4);
	o.path = "/etc/passwd";
	UNIT_EQ(cbee_usdt_each(c, &o, count_probes, &count), -ENOEXEC);
	UNIT_STR(cbee_error(c)->text, "/etc/passwd is not an ELF file");
	o.path = "/bin/true";
	UNIT_EQ(cbee_usdt_each(c, &o, count_probes, &count), 0);
	UNIT_STR(cbee_error(c)->text, "");
	end();
}

static int note_bound(void *arg, const struct cbee_usdt *u, const char *fn)
{
	char line[64];

	(void)arg;
	snprintf(line, sizeof(line), "%s:%s=%s", u->provider, u->name, fn);
	rig_hear(NULL, line);
	return !strcmp(fn, "other") ? 7 : 0;
}

static void lists_bound(void)
{
	start();
	UNIT_EQ(cbee_usdt_each_bound(c, note_bound, NULL), 0);
	UNIT_EQ(bind_as("c:twin", "hit"), 0);
	UNIT_EQ(cbee_usdt_each_bound(c, note_bound, NULL), 0);
	UNIT_STR(heard, "c:twin=hit\nc:twin=hit\n");
	UNIT_EQ(bind_as("two", "other"), 0);
	UNIT_EQ(bind_as("raised", "hit"), 0);
	heard[0] = '\0';
	UNIT_EQ(cbee_usdt_each_bound(c, note_bound, NULL), 7);
	UNIT_STR(heard, "c:twin=hit\nc:twin=hit\napp:two=other\n");
	end();
}

/* Whatever step fails, nothing stays attached. */
static void each_step_fails_with(bool multi)
{
	int nth = 0, got;

	do {
		start();
		UNIT_EQ(bind_as("two", "hit"), 0);
		UNIT_EQ(bind_as("raised", "other"), 0);
		if (!multi)
			fake_refuse("link_create", EINVAL);
		fake_fail(++nth, EBUSY);
		got = go();
		/* where all at once fails, one by one may do */
		CU_ASSERT(!fake_failed() || got < 0 || strstr(heard, "one by one"));
		if (got)
			UNIT_EQ(c->link_count, 0);
		end();
	} while (fake_failed());
	UNIT_EQ(got, 0);
	CU_ASSERT(nth > 6);
}

static void each_step_fails(void)
{
	each_step_fails_with(true);
	each_step_fails_with(false);
}

static void no_memory(void)
{
	int got = 0;

	start();
	UNIT_EACH_ALLOC(got, -ENOMEM, got = bind_as("app:two", "hit"));
	UNIT_EQ(got, 0);
	end();
	start();
	UNIT_EQ(bind_as("two", "hit"), 0);
	UNIT_EACH_ALLOC(got, -ENOMEM, {
		got = cbee_compile(c, &(struct cbee_source){ .name = "u.c", .text = "" });
	});
	UNIT_EQ(got, 0);
	end();
}

static void no_memory_to_attach(void)
{
	int nth = 0, failed, got;

	do {
		start();
		UNIT_EQ(bind_as("two", "hit"), 0);
		UNIT_EQ(cbee_compile(c, &(struct cbee_source){ .name = "u.c", .text = "" }), 0);
		UNIT_EQ(cbee_load(c), 0);
		unit_fail_alloc(++nth);
		got = cbee_attach_auto(c, NULL);
		failed = unit_alloc_failed();
		unit_fail_alloc(0);
		UNIT_EQ(got, failed ? -ENOMEM : 0);
		UNIT_EQ(cbee_error(c)->code, got);
		UNIT_EQ(fake_count("attach_uprobe"), 0);
		end();
	} while (failed);
	CU_ASSERT(nth > 3);
}

UNIT_MAIN("usdtbind", { "setup", setup }, { "attaches", attaches },
	  { "one function", one_function }, { "without multi", without_multi },
	  { "counts", counts }, { "of one process", of_one_process }, { "refuses", refuses },
	  { "lists", lists }, { "lists bound", lists_bound },
	  { "each step fails", each_step_fails }, { "no memory", no_memory },
	  { "no memory to attach", no_memory_to_attach }, { "cleanup", scratch_remove })
