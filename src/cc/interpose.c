/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that libbcc calls through its PLT, defined here so that it finds
 * ours first: cbee-cc is linked with --export-dynamic. A libbcc linked with
 * -Bsymbolic would find its own; then a compile is slower and needs root, and
 * nothing else changes.
 */
#define _GNU_SOURCE
#include "interpose.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include <bcc/bcc_common.h>
#include <bcc/bcc_syms.h>
#include <bcc/libbpf.h>

/*
 * libbcc asks the kernel's symbol table one question per compile: is there a
 * bpf_probe_read_kernel? Reading all of /proc/kallsyms for it takes 80 ms. The
 * answer is yes since Linux 5.5, and cbee-cc is told which kernel runs.
 */
static char symcache;

void *bcc_symcache_new(int pid, struct bcc_symbol_option *option)
{
	(void)pid;
	(void)option;
	return &symcache;
}

void bcc_free_symcache(void *resolver, int pid)
{
	(void)resolver;
	(void)pid;
}

int bcc_symcache_resolve_name(void *resolver, const char *module, const char *name, uint64_t *addr)
{
	(void)resolver;
	(void)module;
	if (!cbee__cc_has_probe_read_kernel() || strncmp(name, "bpf_probe_read_", 15))
		return -1;
	*addr = 1;
	return 0;
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
int bcc_create_map_xattr(struct bcc_create_map_attr *attr, bool allow_rlimit)
{
	(void)allow_rlimit;
	if (created == MOST_MAPS)
		return -ENOSPC;
	inner[created] = attr->inner_map_fd >= CBEE_CC_FIRST_MAP ? (int)attr->inner_map_fd : -1;
	return CBEE_CC_FIRST_MAP + created++;
}

int cbee__cc_inner(int fd)
{
	fd -= CBEE_CC_FIRST_MAP;
	return fd >= 0 && fd < created ? inner[fd] : -1;
}
