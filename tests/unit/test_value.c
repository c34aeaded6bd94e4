/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the values that are offered: files, programs, processes, functions. */
#define _GNU_SOURCE
#include "complete/value.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "symbols/demangle.h"
#include "tree.h"
#include "unit.h"

static struct cbee_buf out;

/* What is offered for @typed, as lines. */
static const char *of(enum cbee_value kind, const char *typed)
{
	struct cbee__words words = { .typed = typed };
	struct cbee__value_of of = { .kind = kind };

	cbee__buf_reset(&out);
	cbee__value_words(&of, &words);
	cbee__words_write(&words, &out);
	cbee__words_free(&words);
	return out.data ? out.data : "";
}

static void begin(void)
{
	tree_make();
	scratch_put("one.c", "x");
	scratch_put("only.c", "x");
	scratch_put(".hidden", "x");
	scratch_put("dir/run", "x");
	scratch_run("chmod 755 dir/run; ln -s nowhere odd; mkdir on; rm lib.s; mkfifo fifo");
	UNIT_EQ(chdir(scratch), 0);
}

static void files(void)
{
	UNIT_STR(of(CBEE_VALUE_FILE, "o"), "on/\tfolder\none.c\t\nonly.c\t\n");
	UNIT_STR(of(CBEE_VALUE_FILE, "."), ".hidden\t\n");
	UNIT_STR(of(CBEE_VALUE_FILE, "./dir/"), "./dir/run\t\n");
	UNIT_STR(of(CBEE_VALUE_FILE, "nowhere/"), "");
	UNIT_STR(of(CBEE_VALUE_FILE, "one.c/"), "");
	UNIT_STR(of(CBEE_VALUE_PIN, "on"), "on/\tfolder\none.c\t\nonly.c\t\n");
	UNIT_STR(of(CBEE_VALUE_CGROUP, "o"), "on/\tfolder\n");
	UNIT_STR(of(CBEE_VALUE_OTHER, ""), "");
	UNIT_STR(of((enum cbee_value)99, ""), "");
	/* a cgroup is told by what is in it */
	scratch_put("on/cgroup.procs", "%d\n1\n", (int)getpid());
	UNIT_STR(of(CBEE_VALUE_CGROUP, "o"), "on/\ttest_value\n");
	scratch_put("on/cgroup.procs", "no number\n");
	UNIT_STR(of(CBEE_VALUE_CGROUP, "o"), "on/\tfolder\n");
}

static void programs(void)
{
	char *path = strdup(getenv("PATH"));
	char text[512];

	snprintf(text, sizeof(text), "run\t%s/run\n", scratch_path("dir"));
	setenv("PATH", scratch_path("dir"), 1);
	UNIT_STR(of(CBEE_VALUE_PROGRAM, ""), text);
	UNIT_STR(of(CBEE_VALUE_PROGRAM, "x"), "");
	UNIT_EQ(chdir("dir"), 0);
	setenv("PATH", "/nowhere:", 1);
	UNIT_STR(of(CBEE_VALUE_PROGRAM, ""), "run\t./run\n");
	UNIT_EQ(chdir(".."), 0);
	unsetenv("PATH");
	UNIT_STR(of(CBEE_VALUE_PROGRAM, ""), "");
	UNIT_STR(of(CBEE_VALUE_PROGRAM, "dir/"), "dir/run\t\n");
	UNIT_STR(of(CBEE_VALUE_PROGRAM, "./o"), "./on/\tfolder\n");
	setenv("PATH", path, 1);
	free(path);
}

static void processes(void)
{
	char typed[16], line[64];
	int ends[2];
	pid_t pid;

	UNIT_EQ(pipe(ends), 0);
	pid = fork();
	if (!pid) {
		dup2(ends[1], 1);
		execlp("sh", "sh", "-c", "echo; sleep 60", "with\nline", NULL);
		_exit(1);
	}
	UNIT_EQ(read(ends[0], line, 1), 1);
	snprintf(typed, sizeof(typed), "%d", pid);
	snprintf(line, sizeof(line), "%d\tsh -c echo; sleep 60 with\\nline\n", pid);
	UNIT_STR(of(CBEE_VALUE_PROCESS, typed), line);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	UNIT_STR(of(CBEE_VALUE_PROCESS, typed), "");
	snprintf(typed, sizeof(typed), "%d", getpid());
	snprintf(line, sizeof(line), "%d\t", getpid());
	CU_ASSERT(!strstr(of(CBEE_VALUE_PROCESS, typed), line)); /* not itself */
	UNIT_STR(of(CBEE_VALUE_PROCESS, "x"), "");
	close(ends[0]);
	close(ends[1]);
}

static void users(void)
{
	UNIT_STR(of(CBEE_VALUE_USER, "root"), "root\tuser id 0\n");
	UNIT_STR(of(CBEE_VALUE_MAP_KIND, "lru_p"), "lru_percpu_hash\t\n");
}

static void functions_of_a_file(void)
{
	UNIT_STR(of(CBEE_VALUE_UFUNC, "./l"), "./lib.so:\tfunctions of it\n");
	UNIT_STR(of(CBEE_VALUE_UFUNC, "dir/"), "dir/run:\tfunctions of it\n");
	UNIT_STR(of(CBEE_VALUE_UFUNC, "./lib.so:"),
		 "./lib.so:_f\t\n./lib.so:f\t\n./lib.so:inner\t\n./lib.so:last\t\n"
		 "./lib.so:ns::\tfunctions\n");
	UNIT_STR(of(CBEE_VALUE_UFUNC, "./lib.so:n"), "./lib.so:ns::\tfunctions\n");
	UNIT_STR(of(CBEE_VALUE_UFUNC, "./lib.so:ns:"), "./lib.so:ns::g\t\n");
	UNIT_STR(of(CBEE_VALUE_UFUNC, "./lib.so:ns::g"), "./lib.so:ns::g\t\n");
	UNIT_STR(of(CBEE_VALUE_UFUNC, "./lib.so:_Z"), "./lib.so:_ZN2ns1gEi\t\n");
	UNIT_STR(of(CBEE_VALUE_FUNC, "./lib.so:l"), "./lib.so:last\t\n");
	UNIT_STR(of(CBEE_VALUE_UFUNC, "./one.c:"), "");
	UNIT_STR(of(CBEE_VALUE_UFUNC, "./none:"), "");
	UNIT_STR(of(CBEE_VALUE_USDT, "./lib.so:"), "");
	UNIT_STR(of(CBEE_VALUE_USDT, "./none:"), "");
	UNIT_STR(of(CBEE_VALUE_USDT, ":"), "");
	UNIT_STR(of(CBEE_VALUE_USDT, "./l"), "./lib.so:\tfunctions of it\n");
	/* of one of the machine's own, what is there begins so */
	CU_ASSERT(strstr(of(CBEE_VALUE_UFUNC, "c:mallo"), "c:malloc\t\n") != NULL);
	CU_ASSERT(strstr(of(CBEE_VALUE_UFUNC, "tru"), "true:\t/") != NULL);
}

/* The name is a part where it ends in "::" or '<'. */
static void name(const char *typed, const char *symbol, const char *want)
{
	struct cbee__words words = { .typed = typed };
	struct cbee__demangle demangle = { 0 };

	cbee__function_name(&words, &demangle, "a:", symbol);
	cbee__buf_reset(&out);
	cbee__words_write(&words, &out);
	cbee__buf_char(&out, '\0');
	*strchrnul(out.data, '\t') = '\0';
	UNIT_STR(out.data, want);
	cbee__words_free(&words);
	cbee__demangle_free(&demangle);
}

static void names_of_functions(void)
{
	name("a:", "plain", "a:plain");
	name("a:pl", "plain", "a:plain");
	name("a:x", "plain", "");
	name("a:", "_Z4freev", "a:free");
	name("a:f", "_ZL4freev", "a:free");
	name("a:", "_ZN2ns5inner1fEi", "a:ns::");
	name("a:ns", "_ZN2ns5inner1fEi", "a:ns::");
	name("a:ns::", "_ZN2ns5inner1fEi", "a:ns::inner::");
	name("a:ns::inner::", "_ZNK2ns5inner1fEi", "a:ns::inner::f");
	name("a:ns::other", "_ZN2ns5inner1fEi", "");
	name("a:nsx", "_ZN2ns5inner1fEi", "");
	name("a:ns::inner::f::x", "_ZN2ns5inner1fEi", "");
	name("a:ns::C::", "_ZN2ns1CC2Ev", "a:ns::C::C");
	name("a:ns::C::~", "_ZN2ns1CD1Ev", "a:ns::C::~C");
	name("a:", "_ZN12_GLOBAL__N_11fEv", "a:(anonymous namespace)::");
	name("a:", "_ZN3BoxIiE3getEv", "a:Box<");
	name("a:Box<", "_ZN3BoxIiE3getEv", "a:Box<int>::");
	name("a:Box<int>::", "_ZN3BoxIiE3getEv", "a:Box<int>::get");
	name("a:", "_Z3maxIiET_S0_S0_", "a:max<");
	name("a:", "_ZNSt6thread4joinEv", "a:std::");
	name("a:std::thread", "_ZNSt6thread4joinEv", "a:std::thread::");
	name("a:std::", "_ZSt9terminatev", "a:std::terminate");
	name("a:std::", "_ZNSs6appendEPKc", "a:std::string::");
	name("a:", "_ZTV1C", "");
	name("a:", "_ZThn16_N1C1fEv", "");
	name("a:", "_ZZ4mainENKUlvE_clEv", "");
	name("a:", "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "a:core::");
	name("a:core::fmt::Formatter::", "_ZN4core3fmt9Formatter3pad17h0123456789abcdefE",
	     "a:core::fmt::Formatter::pad");
	name("a:", "_ZN99toolongE", "a:_ZN99toolongE");
	name("a:", "_ZN3fo", "a:_ZN3fo");
	name("a:", "_Z", "a:_Z");
	name("a:", "_ZN", "a:_ZN");
}

/* Whatever the machine allows: what is offered begins as it must. */
static void begins(enum cbee_value kind, const char *typed)
{
	const char *line = of(kind, typed);

	while (*line) {
		CU_ASSERT(!strncmp(line, typed, strlen(typed)));
		line = strchrnul(line, '\n');
		line += *line != '\0';
	}
}

static void of_the_kernel(void)
{
	begins(CBEE_VALUE_KFUNC, "vfs_re");
	CU_ASSERT(strstr(of(CBEE_VALUE_FUNC, "sys_execv"), "sys_execve\tsystem call\n") != NULL);
	UNIT_STR(of(CBEE_VALUE_KFUNC, ""), "");
	begins(CBEE_VALUE_TRACEPOINT, "sched:sched_pro");
	begins(CBEE_VALUE_TRACEPOINT, "sc");
	begins(CBEE_VALUE_EVENT, "sched_pro");
	begins(CBEE_VALUE_MAP, "id:1");
	begins(CBEE_VALUE_MAP, "/sys/fs/bp");
	begins(CBEE_VALUE_USDT, "c:libc:set");
	of(CBEE_VALUE_MAP, "");
}

static void survives_failing_allocations(void)
{
	static const struct {
		enum cbee_value kind;
		const char *typed;
	} asks[] = { { CBEE_VALUE_UFUNC, "./lib.so:" },
		     { CBEE_VALUE_UFUNC, "./lib.so:ns::" },
		     { CBEE_VALUE_USDT, "./lib.so:x" },
		     { CBEE_VALUE_FILE, "o" },
		     { CBEE_VALUE_USER, "roo" } };

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		int nth = 0, failed;

		do {
			cbee__buf_free(&out);
			unit_fail_alloc(++nth);
			of(asks[i].kind, asks[i].typed);
			failed = unit_alloc_failed();
			unit_fail_alloc(0);
		} while (failed);
		CU_ASSERT(nth > 2);
	}
}

static void end(void)
{
	UNIT_EQ(chdir("/"), 0);
	scratch_remove();
	cbee__buf_free(&out);
}

UNIT_MAIN("value", { "begin", begin }, { "files", files }, { "programs", programs },
	  { "processes", processes }, { "users", users },
	  { "functions of a file", functions_of_a_file },
	  { "names of functions", names_of_functions }, { "of the kernel", of_the_kernel },
	  { "survives failing allocations", survives_failing_allocations }, { "end", end })
