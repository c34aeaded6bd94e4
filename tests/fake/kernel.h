/* SPDX-License-Identifier: Apache-2.0 */
/* A kernel, a compiler and a /sys for unit tests: remembers what is asked for, fails on demand. */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#define FAKE_CPUS 3

/* Everything as at the start: nothing refused, no programs or maps, /sys with kprobes and uprobes. */
void fake_reset(void);

/* The @nth call that can fail does, with @err (positive); 0: none. */
void fake_fail(int nth, int err);

/* Whether that has happened. */
int fake_failed(void);

/* Every call whose line in the log begins with @line fails with @err (positive). */
void fake_refuse(const char *line, int err);

/* From now on none does because of its line. */
void fake_refuse_none(void);

/* The calls so far, one line each, in order; "" beyond the last. */
unsigned int fake_calls(void);
const char *fake_call(unsigned int i);

/* How many lines begin with @line; the @i-th of them, or "". */
unsigned int fake_count(const char *line);
const char *fake_nth(const char *line, unsigned int i);

/* Forgets all lines. */
void fake_forget(void);

/* The capabilities of this process, all unless set; those it was left when it gave up some. */
void fake_set_caps(uint64_t caps);
uint64_t fake_caps(void);

/* The processes have other numbers than in the kernel. */
void fake_own_pidns(void);

/* The advice where one who has them all is refused. */
#define FAKE_FORBIDDEN                                                                    \
	"it has the capabilities for that: lockdown, a security module or a container's " \
	"filter forbids it"

/* Buffers that the fake handed out and did not get back. */
int fake_buffers(void);

/* ---- what the compiler gives ------------------------------------------ */

/*
 * Adds to the next image: every function loads each constant, then each map,
 * two slots each, and returns 0.
 */
void fake_add_prog(const char *name);
void fake_add_map(const char *name, uint32_t type, uint32_t key, uint32_t value, uint32_t entries);
void fake_add_const(const char *name);

/* Layouts of the map added last; NULL: none. */
struct cbee_field;
void fake_set_layouts(const struct cbee_field *key, const struct cbee_field *value);

/* Of the texts that are asked for, the compiler's is "text 1", "text 4" or "text 8". */
/* That of the records of the stream added last. */
void fake_set_record(const struct cbee_field *record);

/* The enum cbee_slots of the map added last. */
void fake_set_slots(uint32_t slots);

/* The map added last holds counters. */
void fake_set_counters(void);

/* The compiler answers with these bytes instead; NULL: with the above. */
void fake_set_image(const void *bytes, size_t size);

/* ---- what the kernel got ---------------------------------------------- */

struct fake_prog {
	char name[32], license[16];
	uint32_t type, expected, btf_id, kern_version, count;
	uint64_t insns[64];
};

/* The program loaded last under that name, or NULL. */
const struct fake_prog *fake_prog(const char *name);

/* The value that instruction @i of the program loads. */
uint64_t fake_imm(const struct fake_prog *prog, unsigned int i);

/* One bpf(BPF_LINK_CREATE) for uprobe.multi, pointers followed. */
struct fake_multi {
	char prog[32], path[64];
	uint32_t target, type, flags, count, multi_flags, pid, size;
	uint64_t ref_ctr;
	uint64_t offsets[8], cookies[8], ref_ctrs[8];
};

const struct fake_multi *fake_multi(unsigned int i);

/* What a program load writes into its log; a log smaller than @room is refused. */
void fake_set_verifier(const char *log);
void fake_set_verifier_room(size_t room);

/* What the kernel says each program missed. */
void fake_set_missed(uint64_t missed);

/* What a BPF iterator writes. */
void fake_set_iter(const char *text);

/* How many CPUs there can be, or a negative errno: that cannot be told. */
void fake_set_cpus(int cpus);

/* Perf events and buffers on this CPU are refused with ENODEV; -1: none. */
void fake_set_offline(int cpu);

/* So many threads can be started, and no more. */
void fake_allow_threads(unsigned int count);

/* The kernel that texts are compiled for, as LINUX_VERSION_CODE. */
void fake_set_version(uint32_t code);

/* Whether somebody listens to what libbpf prints. */
int fake_prints(void);

/* ---- maps, streams, files --------------------------------------------- */

/* Called before each step of a walk over a map. */
void fake_on_walk(void (*fn)(int map_fd));

/* A hash that can be opened at "/pinned". */
void fake_pin(uint32_t key, uint32_t value);

/* There is a BPF file system at /sys/fs/bpf. */
void fake_mount_bpffs(void);

/* A record for the next stream that is read; a number lost in perf buffers. */
void fake_push(const void *data, size_t size);
void fake_lose(uint64_t lost);

/* Makes a file below /sys with one line, or takes it away (NULL). */
void fake_file(const char *path, const char *line);

/* The folders below @folder are those of tracefs, where they are listed. */
void fake_tracefs(const char *folder);

#endif
