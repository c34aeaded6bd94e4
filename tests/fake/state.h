/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the fake share. */
#ifndef FAKE_STATE_H
#define FAKE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel.h"

#define FAKE_LINES   1024
#define FAKE_FDS     1024
#define FAKE_ENTRIES 32
#define FAKE_KEY     64
#define FAKE_VALUE   512
#define FAKE_NAMES   16
#define FAKE_RECORDS 16
#define FAKE_MULTIS  8
#define FAKE_RULES   8
#define FAKE_BTF     4096
#define FAKE_THREADS 1000

struct entry {
	bool used;
	char key[FAKE_KEY], value[FAKE_VALUE];
};

/* What a descriptor stands for. */
struct object {
	char name[32];
	uint32_t type, key, value, entries, id;
	struct entry *store;
	char event[160]; /* of a perf event: the line for it, %s being the program */
	uint32_t btf, key_type, value_type; /* of a map, or which BTF it is itself; 0: none */
};

/* What was loaded as BTF; number i + 1. */
struct fake_btf {
	size_t size;
	_Alignas(8) char data[FAKE_BTF];
};

struct map_row {
	char name[32];
	uint32_t type, key, value, entries, slots, counters;
	const struct cbee_field *key_layout, *value_layout, *record_layout;
};

/* Everything that fake_reset() takes back. */
struct fake {
	char lines[FAKE_LINES][200];
	unsigned int calls;
	int fail_in, fail_err, failed;
	struct {
		char line[64];
		int err;
	} rules[FAKE_RULES];
	unsigned int rule_count;
	char progs[FAKE_NAMES][48], consts[FAKE_NAMES][48];
	struct map_row maps[FAKE_NAMES];
	unsigned int prog_count, const_count, map_count;
	const void *image;
	size_t image_size;
	struct fake_prog loaded[64];
	unsigned int loaded_count;
	struct fake_multi multis[FAKE_MULTIS];
	unsigned int multi_count;
	struct fake_btf btfs[FAKE_NAMES];
	unsigned int btf_count;
	char verifier[256];
	size_t verifier_room;
	uint64_t missed, lost;
	int cpus, offline;
	uint64_t caps;
	unsigned int threads; /* that can still be started */
	uint32_t version;     /* of the kernel */
	void (*on_walk)(int fd);
	struct {
		char path[64];
		struct object map;
	} pins[FAKE_NAMES];
	char iter[64];
	bool bpffs;
	char tracefs[256], id[16];
	struct {
		size_t size;
		char data[FAKE_VALUE];
	} records[FAKE_RECORDS];
	unsigned int record_count;
	struct {
		char path[96], line[32];
	} files[FAKE_NAMES];
	bool own_pidns;
};

extern struct fake fake;
extern struct object fake_objects[FAKE_FDS];

/* Remembers a call; 0, or the errno it must fail with, which is also set. */
int fake_step(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A descriptor that stands for something, and its name. */
int fake_new_fd(const char *name);
const char *fake_fd_name(int fd);

/* Makes the descriptor a map with a store of its own. */
void fake_make_map(int fd, const struct map_row *map);

bool fake_begins(const char *text, const char *with);

/* Empties what only the map file and the stream file know. */
void fake_reset_maps(void);

#endif
