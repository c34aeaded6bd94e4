# SPDX-License-Identifier: Apache-2.0
# What the manual says of JSON, cbee-json(7), is what comes: every member that is written is told
# of, with its type, and every member that is told of is written by something here.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

# told TOOL...: the members that the tool's --man tells of: name, tab, type.
told() {
	"$@" --man | sed -n '/^\.SH JSON/,$p' |
		sed -n 's/^\\fB\(.*\)\\fR (\([^,)]*\).*/\1	\2/p' | sed 's/\\//g' |
		sort -u >"$T/told"
	[ -s "$T/told" ] || fail "$* tells of no member"
	: >"$T/seen"
}

# came: adds what the objects on stdout have: name, tab, type.
came() {
	jq -r 'paths as $p | [
		($p | reduce .[] as $k (""; if ($k | type) == "number" then . + "[]"
			elif . == "" then $k else . + "." + $k end)),
		(getpath($p) | type)] | @tsv' "$T/out" >>"$T/seen" || fail "no JSON"
}

# Names in capitals stand for several; below what may be "any" or an "object" is the text's own.
compare() {
	sort -u "$T/seen" | awk -F '\t' -v tool="$1" '
	function fits(want, got) {
		if (want ~ /any/ || got == "number" && want ~ /integer|number/)
			return 1
		return index(want, got)
	}
	function parent(name) { sub(/(\[\]|\.?[^.\[]+)$/, "", name); return name }
	function known(name, got, up, like) {
		if (name in told) {
			met[name]
			if (!fits(told[name], got))
				print tool ": " name " is " got ", not " told[name]
			return 1
		}
		for (up in told) {
			like = up
			gsub(/[][.]/, "[&]", like)
			if (gsub(/[A-Z]+/, "[a-z_]+", like) && name ~ ("^" like "$"))
				return 1
		}
		for (up = parent(name); up != ""; up = parent(up))
			if (up in told && told[up] ~ /any|object|strings/)
				return 1
		return 0
	}
	NR == FNR { told[$1] = $2; next }
	!known($1, $2) {
		inner = 0
		for (name in told)
			inner = inner || index(name, $1 "[") == 1 || index(name, $1 ".") == 1
		if (!inner)
			print tool ": " $1 " is not told of"
	}
	END {
		for (name in told)
			if (!(name in met) && name !~ /[A-Z]/)
				print tool ": " name " never came"
	}' "$T/told" - >"$T/err"
	[ ! -s "$T/err" ] || fail "cbee-json(7) is wrong:"
}

cc_program app <<'END'
__attribute__((noinline)) void work(int n)
{
	__asm__ volatile("" : : "r"(n));
}
int main(void)
{
	for (int i = 0; i < 23; i++)
		work(i);
	return 0;
}
END

told cbee-execsnoop
run cbee-execsnoop --json -- true
came
compare cbee-execsnoop

told cbee-funclatency
run cbee-funclatency --json "$T/app:work" -- "$T/app"
came
compare cbee-funclatency

told cbee list
run cbee list --json
came
compare 'cbee list'

told cbee doctor
run cbee doctor --json
came
compare 'cbee doctor'

cat >"$T/all.c" <<'END'
struct event {
	u32 pid;
	char comm[16];
};
struct bucket {
	char who[8];
	u64 slot;
};
BPF_HASH(counts, u32);
BPF_HISTOGRAM(dist);
BPF_HISTOGRAM(keyed, struct bucket, 1024);
BPF_RINGBUF_OUTPUT(ring, 8);
BPF_PERF_OUTPUT(perf);
int hit(struct pt_regs *ctx, int n)
{
	u32 one = 1;
	struct bucket bucket = { "me" };
	struct event event = { .pid = bpf_get_current_pid_tgid() };

	counts.increment(one);
	dist.increment(bpf_log2l(n));
	bucket.slot = bpf_log2l(n);
	keyed.increment(bucket);
	ring.ringbuf_output(&event, sizeof(event), 0);
	perf.perf_submit(ctx, &event, sizeof(event));
	bpf_trace_printk("hit\n");
	return 0;
}
END
told cbee compile
run cbee compile --json "$T/all.c"
came
compare 'cbee compile'

told cbee run
run cbee run --json --uprobe "$T/app:work=hit" "$T/all.c" -- "$T/app"
came
compare 'cbee run'

told cbee cache
run cbee cache --json
came
compare 'cbee cache'

# Maps, some of which are a map or program themselves.
path=/sys/fs/bpf/jsonmem$$
ended() {
	for map in a q b m; do
		cbee map unpin "$path$map" 2>/dev/null
	done
	cleanup
}
trap ended EXIT
told cbee map create
run cbee map create --json "${path}a" --type percpu_array --entries 2
came
compare 'cbee map create'
told cbee map list
cbee-funclatency "$T/app:work" >"$T/tracer" 2>&1 </dev/null &
spawned=$!
pids="$pids $spawned"
eventually 10 grep -q Ctrl-C "$T/tracer"
run cbee map list --json
came
compare 'cbee map list'
held=$(jq "select(.held[].pid == $spawned) | .id" "$T/out" | head -n 1)
told cbee map show
run cbee map show --json "${path}a"
came
run cbee map show --json "id:$held"
came
kill -INT "$spawned"
reap
compare 'cbee map show'

told cbee map iterate
run cbee map iterate --json "${path}a"
came
cbee map create "${path}m" --type hash_of_maps --inner "${path}a" || fail "no map of maps"
cbee map update "${path}m" -k 1 -v "${path}a" || fail "no map in it"
run cbee map iterate --json "${path}m"
came
cbee map create "${path}q" --type queue --value u64 || fail "no queue"
cbee map push "${path}q" -v 7
run cbee map peek --json "${path}q"
came
run cbee map pop --json "${path}q"
came
echo 'program	number' >>"$T/seen" # tests/live/map.sh has one
compare 'cbee map iterate'
for other in fetch peek pop; do
	cp "$T/told" "$T/first"
	told cbee map $other
	cmp "$T/told" "$T/first" || fail "cbee map $other tells something else than iterate"
done
told cbee map test
cbee map create "${path}b" --type bloom_filter --value u64 || fail "no bloom filter"
run cbee map test --json "${path}b" -v 1
came
compare 'cbee map test'
