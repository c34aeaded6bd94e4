/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that BCC's library is loaded when it is called, and what happens where it is missing. */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <bcc/bcc_proc.h>
#include <bcc/libbpf.h>
#include <bcc/perf_reader.h>

#include "unit.h"

static bool missing;
static int loads;

void *__real_dlopen(const char *name, int flags);
void *__wrap_dlopen(const char *name, int flags);

void *__wrap_dlopen(const char *name, int flags)
{
	loads += !strcmp(name, "libbcc_bpf.so.0");
	return missing ? NULL : __real_dlopen(name, flags);
}

/* Whether it returned -1 for want of the library. */
static void lacks(int got)
{
	UNIT_EQ(got, -1);
	UNIT_EQ(errno, ELIBACC);
	errno = 0;
}

/* First: what is found is kept. */
static void without_it_calls_fail(void)
{
	char event[] = "e";
	uint32_t len = 0;

	missing = true;
	lacks(bpf_get_first_key(-1, &len, sizeof(len)));
	lacks(bpf_attach_kprobe(-1, BPF_PROBE_ENTRY, event, event, 0, 0));
	lacks(bpf_detach_kprobe(event));
	lacks(bpf_attach_uprobe(-1, BPF_PROBE_ENTRY, event, event, 0, -1, 0));
	lacks(bpf_detach_uprobe(event));
	lacks(bpf_attach_socket(-1, -1));
	lacks(bpf_open_perf_event(0, 0, -1, 0));
	lacks(bcc_iter_attach(-1, NULL, 0));
	lacks(bcc_iter_create(-1));
	lacks(perf_reader_fd(NULL));
	lacks(bpf_consume_ringbuf(NULL));
	CU_ASSERT_PTR_NULL(bpf_open_perf_buffer_opts(NULL, NULL, NULL, 1, NULL));
	CU_ASSERT_PTR_NULL(bpf_new_ringbuf(-1, NULL, NULL));
	CU_ASSERT_PTR_NULL(bcc_procutils_which_so("c", 0));
	perf_reader_event_read(NULL);
	perf_reader_free(NULL);
	bpf_free_ringbuf(NULL);
	bcc_procutils_free(NULL);
	UNIT_EQ(loads, 18);
}

static void it_is_loaded_once(void)
{
	uint32_t key = 0;

	missing = false;
	loads = 0;
	CU_ASSERT(bpf_get_first_key(-1, &key, sizeof(key)) < 0);
	CU_ASSERT(errno != ELIBACC);
	CU_ASSERT(bpf_get_first_key(-1, &key, sizeof(key)) < 0);
	UNIT_EQ(loads, 1);
}

/* Refused by the kernel: as bad descriptors, or because we are not root. */
static void maps_do_without(void)
{
	uint32_t key = 0, count = 1;

	missing = true;
	loads = 0;
	CU_ASSERT(bpf_lookup_elem(-1, &key, &key) < 0);
	CU_ASSERT(bpf_update_elem(-1, &key, &key, 0) < 0);
	CU_ASSERT(bpf_delete_elem(-1, &key) < 0);
	CU_ASSERT(bpf_get_next_key(-1, &key, &key) < 0);
	CU_ASSERT(bpf_lookup_and_delete(-1, &key, &key) < 0);
	CU_ASSERT(bpf_lookup_batch(-1, &key, &key, &key, &key, &count) < 0);
	CU_ASSERT(bpf_lookup_and_delete_batch(-1, &key, &key, &key, &key, &count) < 0);
	CU_ASSERT(bpf_update_batch(-1, &key, &key, &count) < 0);
	CU_ASSERT(bpf_delete_batch(-1, &key, &count) < 0);
	CU_ASSERT(bpf_obj_get_info(-1, &key, &count) < 0);
	UNIT_EQ(loads, 0);
}

UNIT_MAIN("bcc", { "without it calls fail", without_it_calls_fail },
	  { "it is loaded once", it_is_loaded_once }, { "maps do without", maps_do_without })
