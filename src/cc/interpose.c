/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that libbcc calls, defined here so that it finds ours first: cbee-cc is linked with
 * --export-dynamic. Those of other libraries it calls in ours whatever it was built with. Its own
 * it may call directly, if it was linked with -Bsymbolic-functions as distributions do, or have no
 * longer: a compile is slower then, and its result the same. Nothing asks which version it is.
 */
#define _GNU_SOURCE
#include "interpose.h"

#include <dlfcn.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bcc/bcc_common.h>
#include <bcc/libbpf.h>

#include "inputs.h"

static FILE *open_noted(const char *function, const char *path, const char *mode)
{
	FILE *(*next)(const char *, const char *), *file;

	*(void **)&next = dlsym(RTLD_NEXT, function);
	file = next ? next(path, mode) : NULL;
	if (file)
		cbee__cc_note(path);
	return file;
}

/*
 * libbcc opens the formats of tracepoints as C++ streams: libstdc++ calls this one. With musl
 * it calls fopen(), and older versions of that have a macro for this.
 */
#ifndef fopen64
FILE *fopen64(const char *restrict path, const char *restrict mode)
{
	return open_noted("fopen64", path, mode);
}
#endif

/*
 * libbcc asks the kernel's symbol table one question per compile: is there a
 * bpf_probe_read_kernel? Reading all of /proc/kallsyms for it takes 80 ms, and
 * only root sees addresses there. The answer is yes since Linux 5.5, and cbee-cc
 * is told which kernel runs.
 */
FILE *fopen(const char *restrict path, const char *restrict mode)
{
	static char symbols[] = "ffffffff81000010 T bpf_probe_read_kernel\n"
				"ffffffff81000020 T bpf_probe_read_kernel_str\n"
				"ffffffff81000030 T bpf_probe_read_user\n"
				"ffffffff81000040 T bpf_probe_read_user_str\n";

	if (!strcmp(path, "/proc/kallsyms"))
		return fmemopen(symbols, cbee__cc_has_probe_read_kernel() ? sizeof(symbols) - 1 : 1,
				mode);
	return open_noted("fopen", path, mode);
}

/*
 * The functions that print and scan keys and values are compiled for each map
 * and never called here. The name is C++'s: ebpf::bpf_module_rw_engine_enabled().
 */
bool rw_engine_enabled(void) __asm__("_ZN4ebpf28bpf_module_rw_engine_enabledEv");

bool rw_engine_enabled(void)
{
	return false;
}

/*
 * libbcc parses a text three times. The first time is for tracepoints only, and
 * gives the text back as it was where there are none. The class of an object is
 * told by its table of virtual functions; a libbcc that hides that parses as ever.
 */
static bool without_tracepoints;

void cbee__cc_skip_tracepoints(void)
{
	without_tracepoints = true;
}

/* What an object's pointer to virtual functions points to: past two words of the table. */
static const void *virtual_functions(const char *table)
{
	const void *const *found = dlsym(RTLD_DEFAULT, table);

	return found ? found + 2 : NULL;
}

void execute_action(void *action) __asm__("_ZN5clang17ASTFrontendAction13ExecuteActionEv");

void execute_action(void *action)
{
	const void *const *functions = action;
	void (*clangs)(void *action);

	if (without_tracepoints &&
	    *functions == virtual_functions("_ZTVN4ebpf24TracepointFrontendActionE"))
		return;
	*(void **)&clangs = dlsym(RTLD_NEXT, "_ZN5clang17ASTFrontendAction13ExecuteActionEv");
	clangs(action);
}

#define MOST_MAPS 1024

static int inner[MOST_MAPS], created;

/*
 * libbcc creates the maps while it compiles; the library does that later, from
 * the image. The number goes into the instructions and names the map there. It
 * is far above any descriptor, so that libbcc's close() of it fails harmlessly.
 */
static int declare(unsigned int inner_fd)
{
	if (created == MOST_MAPS) {
		errno = ENOSPC;
		return -1;
	}
	inner[created] = inner_fd >= CBEE_CC_FIRST_MAP ? (int)inner_fd : -1;
	return CBEE_CC_FIRST_MAP + created++;
}

int bcc_create_map_xattr(struct bcc_create_map_attr *attr, bool allow_rlimit)
{
	(void)allow_rlimit;
	return declare(attr->inner_map_fd);
}

/* Where libbcc calls its own bcc_create_map_xattr(), this is what libbpf calls for it. */
long syscall(long number, ...)
{
	long (*next)(long, ...), args[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		args[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_bpf && args[0] == BPF_MAP_CREATE)
		return declare(((const union bpf_attr *)args[1])->inner_map_fd);
	*(void **)&next = dlsym(RTLD_NEXT, "syscall");
	return next(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}

int cbee__cc_inner(int fd)
{
	fd -= CBEE_CC_FIRST_MAP;
	return fd >= 0 && fd < created ? inner[fd] : -1;
}
