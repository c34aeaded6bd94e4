/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what processes are written in, by made-up ones and by this one. */
#include "symbols/language.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cbee/find.h>

#include "plain/err.h"
#include "unit.h"

static char proc[] = "/tmp/cbee-language-XXXXXX";
static struct cbee_err err;

static const char *in_proc(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/7/%s", proc, name);
	return path;
}

/* Process 7 runs @exe and has @maps; either may be NULL: there is none. */
static int ask(const char *exe, const char *maps, const char **ret)
{
	FILE *f;

	unlink(in_proc("exe"));
	unlink(in_proc("maps"));
	if (exe)
		CU_ASSERT_FATAL(!symlink(exe, in_proc("exe")));
	if (maps) {
		f = fopen(in_proc("maps"), "we");
		CU_ASSERT_FATAL(f && fputs(maps, f) >= 0);
		fclose(f);
	}
	*ret = "";
	return cbee__language(proc, 7, ret, &err);
}

static const char *of(const char *exe, const char *maps)
{
	const char *language;
	int got = ask(exe, maps, &language);

	return got ? strerror(-got) : language;
}

static void start(void)
{
	CU_ASSERT_FATAL(mkdtemp(proc) && !mkdir(in_proc(""), 0700));
}

static void end(void)
{
	unlink(in_proc("exe"));
	unlink(in_proc("maps"));
	rmdir(in_proc(""));
	rmdir(proc);
	cbee__err_clear(&err);
}

static void by_program(void)
{
	static const struct {
		const char *exe, *language;
	} rows[] = {
		{ "/usr/bin/python3.11", "python" },
		{ "/usr/bin/python", "python" },
		{ "/opt/pypy3", "python" },
		{ "/usr/lib/jvm/bin/java", "java" },
		{ "/usr/bin/node", "node" },
		{ "/usr/bin/nodejs", "node" },
		{ "/usr/bin/perl5.36.0", "perl" },
		{ "/usr/sbin/php-fpm8.2", "php" },
		{ "/usr/bin/php8.2", "php" },
		{ "/usr/bin/ruby3.1", "ruby" },
		{ "/usr/bin/tclsh8.6", "tcl" },
		{ "/usr/bin/lua5.4", "lua" },
		{ "/usr/bin/dotnet", "dotnet" },
		{ "/usr/lib/erlang/bin/beam.smp", "erlang" },
		{ "/usr/bin/python3.11 (deleted)", "python" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		UNIT_STR(of(rows[i].exe, NULL), rows[i].language);
}

#define MAP(path) "7f0000000000-7f0000001000 r-xp 00000000 08:01 42   " path "\n"

static void by_library(void)
{
	static const char *const plain = MAP("/usr/lib/libc.so.6") "7ffd00000000-7ffd00001000 "
								   "rw-p 00000000 00:00 0 "
								   "[stack]\n";

	UNIT_STR(of("/nowhere/javac", plain), "c");
	UNIT_STR(of("/nowhere/app", MAP("/x/libstdc++.so.6") MAP("/x/libjvm.so")), "java");
	UNIT_STR(of("/nowhere/app", MAP("/x/libpython3.11.so.1.0")), "python");
	UNIT_STR(of("/nowhere/app", MAP("/x/libtcl8.6.so")), "tcl");
	UNIT_STR(of("/nowhere/app", MAP("/x/libstdc++.so.6")), "c++");
	UNIT_STR(of("/nowhere/app", MAP("/x/libpython/other.so")), "c");
	UNIT_STR(of("/nowhere/pythonic", ""), "c");
}

static void no_answer(void)
{
	const char *language;
	int got;

	UNIT_EQ(ask(NULL, "", &language), -ENOEXEC);
	UNIT_STR(err.text, "process 7 runs no program: it is the kernel's, or has ended");
	UNIT_EQ(cbee__language(proc, 8, &language, &err), -ESRCH);
	UNIT_STR(err.text, "no process 8");
	UNIT_EQ(cbee_language(NULL, 999999999, &language), -ESRCH);
	UNIT_EQ(ask("/nowhere/app", NULL, &language), -ENOEXEC);
	UNIT_EACH_ALLOC(got, -ENOMEM, got = ask("/proc/self/exe", MAP("/x/libc.so"), &language));
	UNIT_STR(language, "c");
}

static void this_one(void)
{
	const char *language = "";

	UNIT_EQ(cbee_language(NULL, getpid(), &language), 0);
	CU_ASSERT(!strcmp(language, "c") || !strcmp(language, "c++")); /* libcbee demangles */
}

UNIT_MAIN("language", { "a process", start }, { "by program", by_program },
	  { "by library", by_library }, { "no answer", no_answer }, { "this one", this_one },
	  { "it goes", end })
