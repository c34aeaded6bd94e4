/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tests/live/symbols.c looks at: says where its functions are, a line "ADDRESS\tNAME\tMODULE"
 * for each and a "." behind the last, and does what it is told: `l` loads a library, `j` compiles
 * a function, `c` calls main-a-b-c, `w` says where in c it is then, `x` becomes another program,
 * `u` takes its own name away, `q` ends.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Not inlined, no tail call, with a frame pointer (-fno-omit-frame-pointer). */
#define CALL __attribute__((noinline, noclone, used))

volatile int sink;

#ifdef OTHER
/* In the place of what the first program has there. */
CALL static int other(int x)
{
	for (int i = 0; i < x; i++)
		sink = sink * 3 + i;
	return sink;
}
#endif

int main(int argc, char **argv);
CALL int c(int x);
CALL int b(int x);
CALL int a(int x);

/* A place in c where its frame is there; not a function of its own. */
extern const char in_c[];

CALL int c(int x)
{
	/* asking for the frame makes the compiler have one, in a leaf too */
	__asm__ volatile(".globl in_c\nin_c:" : : "r"(__builtin_frame_address(0)) : "memory");
	sink += x;
	return sink;
}

CALL int b(int x)
{
	sink = c(x + 1) + 1;
	return sink;
}

CALL int a(int x)
{
	sink = b(x + 1) + 1;
	return sink;
}

CALL static int local(int x)
{
	sink += 2 * x;
	return sink;
}

int cxx(int x) __asm__("_ZN2ns3Cls6methodEi");
int rust_old(int x) __asm__("_ZN5crate3sub4func17h1f2e3d4c5b6a7988E");
int rust_new(int x) __asm__("_RNvNtCs1234_7mycrate3sub3bar");

CALL int cxx(int x)
{
	return sink = x + 3;
}

CALL int rust_old(int x)
{
	return sink = x + 4;
}

CALL int rust_new(int x)
{
	return sink = x + 5;
}

static const char *self;

static void tell(const void *address, const char *name, const char *module)
{
	printf("%lx\t%s\t%s\n", (unsigned long)address, name, module);
}

static void end(void)
{
	puts(".");
	fflush(stdout);
}

static void tell_own(void)
{
	tell((void *)main, "main", self);
	tell((void *)a, "a", self);
	tell((void *)b, "b", self);
	tell((void *)c, "c", self);
	tell((void *)local, "local", self);
	tell((void *)cxx, "ns::Cls::method", self);
	tell((void *)rust_old, "crate::sub::func", self);
	tell((void *)rust_new, "mycrate::sub::bar", self);
#ifdef OTHER
	tell((void *)other, "other", self);
#endif
#ifndef STATIC
	void *vdso = dlopen("linux-vdso.so.1", RTLD_NOW | RTLD_NOLOAD);

	if (vdso)
		tell(dlsym(vdso, "__vdso_getcpu"), "getcpu", "[vdso]");
	tell(dlsym(RTLD_DEFAULT, "qsort"), "qsort", "libc.so.6");
#endif
	end();
}

static void load(const char *path)
{
#ifndef STATIC
	void *lib = dlopen(path, RTLD_NOW);

	if (lib)
		tell(dlsym(lib, "in_library"), "in_library", strrchr(path, '/') + 1);
	else
		printf("0\t%s\t-\n", dlerror());
#else
	(void)path;
#endif
	end();
}

/* Adds a function to the list that goes with this process. */
static void compile(void)
{
	static unsigned char *page;
	static unsigned int made;
	char path[64], name[64];
	FILE *f;

	if (!page)
		page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)getpid());
	snprintf(name, sizeof(name), "made::by us #%u", made);
	f = fopen(path, "ae");
	if (f && page != MAP_FAILED) {
		fprintf(f, "%lx %x %s\n", (unsigned long)page + 64ul * made, 64, name);
		fclose(f);
		tell(page + 64ul * made, name, strrchr(path, '/') + 1);
	}
	made++;
	end();
}

int main(int argc, char **argv)
{
	char word[16];

	(void)argc;
	self = strrchr(argv[0], '/') + 1;
	tell_own();
	while (fgets(word, sizeof(word), stdin) && word[0] != 'q') {
		if (word[0] == 'l')
			load(argv[1]);
		if (word[0] == 'j')
			compile();
		if (word[0] == 'x')
			execv(argv[2], (char *[]){ argv[2], NULL });
		if (word[0] == 'u')
			unlink(argv[0]);
		if (word[0] == 'w')
			tell(in_c, "c", self);
		if (word[0] == 'c')
			sink = a(1) + 1;
		if (word[0] == 'c' || word[0] == 'u' || word[0] == 'w')
			end();
	}
	return 0;
}
