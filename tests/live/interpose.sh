# SPDX-License-Identifier: Apache-2.0
# A libbcc that calls its own functions where cbee-cc has others gives the same images, to those
# who are not root too: maps of maps, tracepoints, histograms.
. "${0%/*}/../lib.sh"
need_root
for_others

# Names of the same length, so that libbcc does not find them in cbee-cc.
mkdir "$T/deaf"
cp -r "$T/cbee/"* "$T/deaf"
cc=libexec/cbee/cbee-cc
LC_ALL=C sed 's/bcc_create_map_xattr/xcc_create_map_xattr/g
	s/_ZN4ebpf28bpf_module_rw_engine/_ZN4ebpf28xpf_module_rw_engine/g
	s/_ZN5clang17ASTFrontendAction13/_ZN5xlang17ASTFrontendAction13/g' "$T/cbee/$cc" >"$T/deaf/$cc"
cmp -s "$T/cbee/$cc" "$T/deaf/$cc" && fail "nothing was renamed"
nm -D --defined-only "$T/deaf/$cc" >"$T/out"
! grep -E ' T .*(bcc_create_map|rw_engine|ExecuteAction)' "$T/out" | grep -qvE 'xcc_|xpf_|xlang' ||
	fail "a name is left:"

cat >"$T/text.c" <<'END'
BPF_ARRAY(inner, u64, 2);
BPF_ARRAY_OF_MAPS(outer, "inner", 4);
BPF_HASH_OF_MAPS(named, u32, "inner", 4);
BPF_HISTOGRAM(sizes);
struct key { u32 pid; char comm[16]; };
BPF_HASH(starts, struct key);
TRACEPOINT_PROBE(sched, sched_process_exec)
{
	struct key key = { .pid = args->pid };
	int zero = 0;
	void *m = outer.lookup(&zero);

	bpf_get_current_comm(key.comm, sizeof(key.comm));
	starts.increment(key);
	sizes.increment(bpf_log2l(args->pid));
	return m != 0;
}
int kprobe__vfs_read(struct pt_regs *ctx, struct file *file)
{
	return file->f_flags & 1;
}
END
chmod 755 "$T/deaf" "$T/deaf/libexec" "$T/deaf/libexec/cbee" "$T/deaf/$cc"
chmod 644 "$T/text.c"
for which in cbee deaf; do
	run env CBEE_CACHE= "$T/$which/bin/cbee" compile -o "$T/$which.image" "$T/text.c"
	expect_status 0
done
cmp "$T/cbee.image" "$T/deaf.image" || fail "the images differ"

# Tracepoints take root where tracefs is not mounted, or is root's.
sed '/^TRACEPOINT/,/^}/d' "$T/text.c" >"$T/plain.c"
chmod 644 "$T/plain.c"
mkdir -m 777 "$T/theirs"
for which in cbee deaf; do
	run setpriv --reuid=65534 --regid=65534 --clear-groups env CBEE_CACHE= \
		"$T/$which/bin/cbee" compile -o "$T/theirs/$which" "$T/plain.c"
	expect_status 0
done
cmp "$T/theirs/cbee" "$T/theirs/deaf" || fail "the images of others differ"
run "$BIN/cbee" compile -o "$T/root" "$T/plain.c"
cmp "$T/root" "$T/theirs/deaf" || fail "root's image differs"
