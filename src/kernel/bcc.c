/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands for libbcc_bpf, and loads it only when something is called that takes it.
 *
 * It brings the C++ library along: together twice the memory of all the rest, and half of
 * the time that the loader takes for a start. Most starts call nothing of it. The functions
 * have its names, so callers do not know, and are weak: tests put fakes in their place. What
 * it only passes on to libbpf is passed on here.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include <bcc/bcc_proc.h>
#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>
#include <bpf/bpf.h>

#define SONAME "libbcc_bpf.so.0"

/* All that is loaded, by number: a function's address is looked up once in a thread. */
enum fn {
	ITER_ATTACH,
	ITER_CREATE,
	PROC_FREE,
	PROC_WHICH_SO,
	ATTACH_KPROBE,
	ATTACH_SOCKET,
	ATTACH_UPROBE,
	CONSUME_RINGBUF,
	DETACH_KPROBE,
	DETACH_UPROBE,
	FREE_RINGBUF,
	GET_FIRST_KEY,
	NEW_RINGBUF,
	OPEN_PERF_BUFFER,
	OPEN_PERF_EVENT,
	READER_EVENT_READ,
	READER_FD,
	READER_FREE,
	FNS
};

static void *find(enum fn fn, const char *name)
{
	/* callers have no handle to keep it in */
	static _Thread_local void *known[FNS];
	void *library;

	if (known[fn])
		return known[fn];
	/* it stays: who has called it once will again */
	library = dlopen(SONAME, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
	if (library) {
		known[fn] = dlsym(library, name);
		dlclose(library);
	}
	if (!known[fn])
		errno = ELIBACC;
	return known[fn];
}

/* POSIX lets what dlsym() gives be called; C needs the copy. */
#define FIND(number, name)                 \
	__typeof__(&name) fn;              \
	void *found = find(number, #name); \
	memcpy(&fn, &found, sizeof(fn))

#define STANDS_FOR(number, type, name, params, args, failed) \
	__attribute__((weak)) type name params               \
	{                                                    \
		FIND(number, name);                          \
		return fn ? fn args : (failed);              \
	}

#define STANDS_FOR_VOID(number, name, params, args) \
	__attribute__((weak)) void name params      \
	{                                           \
		FIND(number, name);                 \
		if (fn)                             \
			fn args;                    \
	}

#define PASSES_ON(name, params, call)         \
	__attribute__((weak)) int name params \
	{                                     \
		return call;                  \
	}

/* ---- libbpf's, by other names ----------------------------------------- */

PASSES_ON(bpf_lookup_elem, (int fd, void *key, void *value), bpf_map_lookup_elem(fd, key, value))
PASSES_ON(bpf_update_elem, (int fd, void *key, void *value, unsigned long long flags),
	  bpf_map_update_elem(fd, key, value, flags))
PASSES_ON(bpf_delete_elem, (int fd, void *key), bpf_map_delete_elem(fd, key))
PASSES_ON(bpf_get_next_key, (int fd, void *key, void *next), bpf_map_get_next_key(fd, key, next))
PASSES_ON(bpf_lookup_and_delete, (int fd, void *key, void *value),
	  bpf_map_lookup_and_delete_elem(fd, key, value))
PASSES_ON(bpf_lookup_batch, (int fd, __u32 *in, __u32 *out, void *keys, void *values, __u32 *count),
	  bpf_map_lookup_batch(fd, in, out, keys, values, count, NULL))
PASSES_ON(bpf_lookup_and_delete_batch,
	  (int fd, __u32 *in, __u32 *out, void *keys, void *values, __u32 *count),
	  bpf_map_lookup_and_delete_batch(fd, in, out, keys, values, count, NULL))
PASSES_ON(bpf_update_batch, (int fd, void *keys, void *values, __u32 *count),
	  bpf_map_update_batch(fd, keys, values, count, NULL))
PASSES_ON(bpf_delete_batch, (int fd, void *keys, __u32 *count),
	  bpf_map_delete_batch(fd, keys, count, NULL))

PASSES_ON(bpf_obj_get_info, (int fd, void *info, uint32_t *len),
	  bpf_obj_get_info_by_fd(fd, info, len))

/* ---- BCC's own -------------------------------------------------------- */

STANDS_FOR(GET_FIRST_KEY, int, bpf_get_first_key, (int fd, void *key, size_t size), (fd, key, size),
	   -1)
STANDS_FOR(ATTACH_KPROBE, int, bpf_attach_kprobe,
	   (int prog, enum bpf_probe_attach_type type, const char *event, const char *function,
	    uint64_t offset, int maxactive),
	   (prog, type, event, function, offset, maxactive), -1)
STANDS_FOR(DETACH_KPROBE, int, bpf_detach_kprobe, (const char *event), (event), -1)
STANDS_FOR(ATTACH_UPROBE, int, bpf_attach_uprobe,
	   (int prog, enum bpf_probe_attach_type type, const char *event, const char *path,
	    uint64_t offset, pid_t pid, uint32_t ref_ctr),
	   (prog, type, event, path, offset, pid, ref_ctr), -1)
STANDS_FOR(DETACH_UPROBE, int, bpf_detach_uprobe, (const char *event), (event), -1)
STANDS_FOR(ATTACH_SOCKET, int, bpf_attach_socket, (int sock, int prog), (sock, prog), -1)
STANDS_FOR(OPEN_PERF_EVENT, int, bpf_open_perf_event,
	   (uint32_t type, uint64_t config, int pid, int cpu), (type, config, pid, cpu), -1)
STANDS_FOR(ITER_ATTACH, int, bcc_iter_attach,
	   (int prog, union bpf_iter_link_info *info, uint32_t len), (prog, info, len), -1)
STANDS_FOR(ITER_CREATE, int, bcc_iter_create, (int link), (link), -1)

STANDS_FOR(OPEN_PERF_BUFFER, void *, bpf_open_perf_buffer_opts,
	   (perf_reader_raw_cb raw, perf_reader_lost_cb lost, void *cookie, int pages,
	    struct bcc_perf_buffer_opts *opts),
	   (raw, lost, cookie, pages, opts), NULL)
STANDS_FOR_VOID(READER_EVENT_READ, perf_reader_event_read, (struct perf_reader * reader), (reader))
STANDS_FOR(READER_FD, int, perf_reader_fd, (struct perf_reader * reader), (reader), -1)
STANDS_FOR_VOID(READER_FREE, perf_reader_free, (void *reader), (reader))

STANDS_FOR(NEW_RINGBUF, void *, bpf_new_ringbuf, (int fd, ring_buffer_sample_fn sample, void *arg),
	   (fd, sample, arg), NULL)
STANDS_FOR_VOID(FREE_RINGBUF, bpf_free_ringbuf, (struct ring_buffer * ring), (ring))
STANDS_FOR(CONSUME_RINGBUF, int, bpf_consume_ringbuf, (struct ring_buffer * ring), (ring), -1)

STANDS_FOR(PROC_WHICH_SO, char *, bcc_procutils_which_so, (const char *name, int pid), (name, pid),
	   NULL)
STANDS_FOR_VOID(PROC_FREE, bcc_procutils_free, (const char *text), (text))
