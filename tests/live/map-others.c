/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maps that are not of cbee's making, for map.sh.
 * "make PATH": with BTF as a compiler writes it, made with libbpf, one entry; pins it.
 * "plain PATH": the same without BTF.
 * "fill ID": writes 7 for the keys from 0 to 999.
 * "churn ID": writes and deletes keys from 1000 on, without end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

enum state { BROKEN = -1, IDLE, BUSY };

struct key {
	unsigned int pid;
	char comm[16];
	enum state state;
};

struct value {
	const void *where;
	double load;
	float part;
	unsigned int low : 3, high : 7;
	signed char grid[2][3];
	union {
		unsigned char bytes[4];
		unsigned int number;
	};
	_Bool yes;
} __attribute__((aligned(8)));

static int add_key(struct btf *b, int u32, int chars)
{
	int pid = btf__add_typedef(b, "pid_t", btf__add_const(b, u32));
	int state = btf__add_enum(b, "state", 4), key;

	btf__add_enum_value(b, "BROKEN", -1);
	key = btf__add_struct(b, "key", sizeof(struct key));
	btf__add_field(b, "pid", pid, 0, 0);
	btf__add_field(b, "comm", chars, 32, 0);
	btf__add_field(b, "state", state, 160, 0);
	return key;
}

static int add_value(struct btf *b, int u32)
{
	int u8 = btf__add_int(b, "unsigned char", 1, 0), s8 = btf__add_int(b, "signed char", 1, 1);
	int row = btf__add_array(b, u32, s8, 3), grid = btf__add_array(b, u32, row, 2);
	int real = btf__add_float(b, "double", 8), part = btf__add_float(b, "float", 4);
	int flag = btf__add_int(b, "_Bool", 1, BTF_INT_BOOL);
	int pointer = btf__add_ptr(b, btf__add_const(b, 0));
	int bytes = btf__add_array(b, u32, u8, 4), both = btf__add_union(b, NULL, 4), value;

	btf__add_field(b, "bytes", bytes, 0, 0);
	btf__add_field(b, "number", u32, 0, 0);
	value = btf__add_struct(b, "value", sizeof(struct value));
	btf__add_field(b, "where", pointer, 0, 0);
	btf__add_field(b, "load", real, 64, 0);
	btf__add_field(b, "part", part, 128, 0);
	btf__add_field(b, "low", u32, 160, 3);
	btf__add_field(b, "high", u32, 163, 7);
	btf__add_field(b, "grid", grid, 176, 0);
	btf__add_field(b, NULL, both, 224, 0);
	btf__add_field(b, "yes", flag, 256, 0);
	return value;
}

static int make(const char *path, int described)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts);
	struct btf *b = btf__new_empty();
	int u32 = btf__add_int(b, "unsigned int", 4, 0), c = btf__add_int(b, "char", 1, 1);
	int chars = btf__add_array(b, u32, c, 16), fd, err;
	struct key key;
	struct value value;

	opts.btf_key_type_id = (unsigned int)add_key(b, u32, chars);
	opts.btf_value_type_id = (unsigned int)add_value(b, u32);
	err = btf__load_into_kernel(b);
	if (err) {
		fprintf(stderr, "BTF: %s\n", strerror(-err));
		return 1;
	}
	opts.btf_fd = (unsigned int)btf__fd(b);
	fd = bpf_map_create(BPF_MAP_TYPE_HASH, "others", sizeof(key), sizeof(value), 10,
			    described ? &opts : NULL);
	memset(&key, 0, sizeof(key));
	memset(&value, 0, sizeof(value));
	key.pid = 7;
	strcpy(key.comm, "init");
	key.state = BROKEN;
	value.where = (void *)4096;
	value.load = 1.5;
	value.part = 0.25f;
	value.low = 5;
	value.high = 100;
	memcpy(value.grid, "\1\2\3\4\5\377", 6);
	value.number = 258;
	value.yes = 1;
	if (fd < 0 || bpf_map_update_elem(fd, &key, &value, BPF_ANY) || bpf_obj_pin(fd, path)) {
		perror("map");
		return 1;
	}
	btf__free(b);
	return 0;
}

static int fill(unsigned int id)
{
	int fd = bpf_map_get_fd_by_id(id);
	unsigned long long value = 7;

	for (unsigned int key = 0; key < 1000; key++)
		if (bpf_map_update_elem(fd, &key, &value, BPF_ANY))
			return 1;
	return 0;
}

static int churn(unsigned int id)
{
	int fd = bpf_map_get_fd_by_id(id);
	unsigned long long value = 1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int i = 0;; i = (i + 1) % 500) {
		unsigned int key = 1000 + i, other = 1000 + (i + 250) % 500;

		if (bpf_map_update_elem(fd, &key, &value, BPF_ANY))
			return 1;
		bpf_map_delete_elem(fd, &other);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	if (!strcmp(argv[1], "fill"))
		return fill((unsigned int)atoi(argv[2]));
	if (!strcmp(argv[1], "churn"))
		return churn((unsigned int)atoi(argv[2]));
	return make(argv[2], !strcmp(argv[1], "make"));
}
