# SPDX-License-Identifier: Apache-2.0
# A precompiled object on this kernel: its map, its ring buffer, both ways to attach it, and what
# failures say.
. "${0%/*}/../lib.sh"
need_root
need_program cc clang

cat >"$T/object.bpf.c" <<'END'
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 64);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} events SEC(".maps");

static int note(__u32 key)
{
	__u64 zero = 0, *count;

	bpf_map_update_elem(&calls, &key, &zero, BPF_NOEXIST);
	count = bpf_map_lookup_elem(&calls, &key);
	if (count)
		__sync_fetch_and_add(count, 1);
	bpf_ringbuf_output(&events, &key, sizeof(key), 0);
	return 0;
}

SEC("tracepoint/syscalls/sys_enter_getpgid")
int by_section(void *ctx)
{
	return note(bpf_get_current_pid_tgid() >> 32);
}

SEC("uprobe")
int by_call(void *ctx)
{
#ifdef BAD
	*(volatile __u64 *)ctx = 0;
#endif
	return note(7);
}

char copying[] SEC("license") = "GPL";
END
for flags in -DGOOD -DBAD; do
	# shellcheck disable=SC2046 # words
	clang -target bpf -O2 -g "-I/usr/include/$(cc -print-multiarch)" $flags \
		-c "$T/object.bpf.c" -o "$T/object$flags.o" 2>"$T/err" || fail "the object does not compile"
done
head -c 700 "$T/object-DGOOD.o" >"$T/cut.o"

cat >"$T/use.c" <<'END'
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cbee/cbee.h>

__attribute__((noinline)) void work(void)
{
	__asm__ volatile("");
}

static unsigned int mine;

static void record(void *arg, const void *data, size_t size)
{
	const uint32_t *key = data;

	(void)arg;
	mine += size == sizeof(*key) && (*key == 7 || *key == (uint32_t)getpid());
}

static unsigned long long count(struct cbee *c, uint32_t key)
{
	uint64_t value = 0;

	cbee_map_get(cbee_map(c, "calls"), &key, sizeof(key), &value, sizeof(value));
	return value;
}

int main(int argc, char **argv)
{
	struct cbee_probe_opts probe = {
		.kind = CBEE_UPROBE, .fn = "by_call", .target = "/proc/self/exe", .symbol = "work"
	};
	struct cbee_stream_opts stream = { .map = "events", .record = record };
	unsigned int attached = 0;
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	if (!err)
		err = cbee_object_load(c, argv[argc - 1]);
	if (!err)
		err = cbee_stream_open(c, &stream);
	if (!err)
		err = cbee_object_attach(c, &attached);
	if (!err)
		err = cbee_attach(c, &probe);
	for (int i = 0; i < 23; i++)
		syscall(SYS_getpgid, 0);
	for (int i = 0; i < 5; i++)
		work();
	if (!err)
		err = cbee_poll_deliver(c);
	cbee_detach(c);
	syscall(SYS_getpgid, 0);
	work();
	if (!err)
		printf("%u attached, %llu and %llu calls, %u records\n", attached,
		       count(c, (uint32_t)getpid()), count(c, 7), mine);
	else
		printf("%d: %s\n%s", err, cbee_error(c)->text, cbee_error(c)->log ? cbee_error(c)->log : "");
	cbee_free(c);
	return err != 0;
}
END
lib_program "$T/use.c"

run "$T/use" "$T/object-DGOOD.o"
expect_status 0
expect_out '^1 attached, 23 and 5 calls, 28 records$'
expect_empty_err
run "$T/use" object-DGOOD.o # beside the program
expect_status 0
run "$T/use" "$T/object-DBAD.o"
expect_status 1
expect_out "^-13: cannot load $T/object-DBAD.o: prog 'by_call': BPF program load failed: Permission denied\$"
expect_out 'invalid bpf_context access|dereference of modified ctx|R[0-9] invalid mem access'
expect_empty_err
run "$T/use" "$T/cut.o"
expect_status 1
expect_out "^-8: cannot load $T/cut.o: elf: "
expect_empty_err
run "$T/use" "$T/none.o"
expect_status 1
expect_out "^-2: cannot read $T/none.o: No such file or directory\$"
expect_clean
