# SPDX-License-Identifier: Apache-2.0
# Copies of the programs that setcap(8) has given capabilities: exact counts for a user who has
# none, whose environment has no say, who reads no file by them, and whose compiler has none.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq setcap setpriv
for_others

# The loader does not look in $ORIGIN for such programs; a path of the same length will do.
link=$(printf '/tmp/c.%07d' $$)
trap 'rm -f "$link"; cleanup' EXIT
ln -s "$T/cbee/lib" "$link" || fail "cannot make $link"
LC_ALL=C sed -i "s|\\\$ORIGIN/\\.\\./lib|$link|" "$T"/cbee/bin/*
few=cap_bpf,cap_perfmon+ep
more=cap_bpf,cap_perfmon,cap_dac_read_search+ep
give() {
	setcap "$1" "$T/cbee/bin/$2" || skip "cannot set capabilities of files here"
}

# A compiler that tells what it has got.
mv "$T/cbee/libexec/cbee/cbee-cc" "$T/cbee/libexec/cbee/compile"
cat >"$T/cbee/libexec/cbee/cbee-cc" <<END
#!/bin/sh
grep -E '^(Uid|Cap|NoNew)' /proc/self/status >"$T/seen/compiler"
exec "$T/cbee/libexec/cbee/compile"
END
chmod 755 "$T/cbee/libexec/cbee/cbee-cc"
mkdir "$T/seen" "$T/environment"
chown 65534 "$T/seen" "$T/environment"
chmod 700 "$T/environment"

# nobody COMMAND...: who has no capability
nobody() {
	run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all \
		env CBEE_CACHE="$T/environment" HOME="$T/environment" "$@"
}

cc_program app <<'END'
__attribute__((noinline)) void work(void) { __asm__ volatile(""); }
int main(void) { for (int i = 0; i < 1000; i++) work(); }
END
printf '#!/bin/sh\n/bin/true a\nexit 0\n' >"$T/script"
chmod 755 "$T/script"

nobody cbee-funclatency "$T/app:work"
expect_status 1
expect_err 'CAP_BPF'

give "$few" cbee-funclatency
rm "$T/seen/compiler"
nobody cbee-funclatency -v --json "$T/app:work" -- "$T/app"
expect_status 0
json '.functions[0].count == 1000'
json "[.lost[]] | add == 0"
expect_err ': gave up all capabilities$'
expect_err 'cannot use the cache /var/cache/cbee'
[ -z "$(ls "$T/environment")" ] || fail "the environment names the cache"
grep -qE '^Uid:[[:space:]]*65534[[:space:]]' "$T/seen/compiler" || fail "the compiler is not the user's"
for set in Inh Prm Eff Amb; do
	grep -qE "^Cap$set:[[:space:]]*0{16}\$" "$T/seen/compiler" || fail "the compiler has capabilities"
done

give "$few" cbee-execsnoop
# shellcheck disable=SC2016 # for the inner shell
nobody cbee-execsnoop --json -- sh -c 'grep -qE "^CapEff:.0{16}$" /proc/self/status && exec "$0"' \
	"$T/script"
expect_status 0
json --slurp '[.[].args[0]] == ["sh", "grep", "/bin/sh", "/bin/true"]'

# Each that is taken away is named.
give cap_bpf+ep cbee-execsnoop
nobody cbee-execsnoop
expect_status 1
expect_err "give it CAP_PERFMON \(to trace\): setcap cap_bpf,cap_perfmon\+ep $T/cbee/bin/cbee-execsnoop\$"
give cap_perfmon+ep cbee-execsnoop
nobody cbee-execsnoop
expect_status 1
expect_err "give it CAP_BPF \(to load BPF programs and maps\): setcap "

# A text is opened with the user's rights, and so is what it includes.
cat >"$T/fine.c" <<'END'
BPF_HASH(calls, u32, u64);
RAW_TRACEPOINT_PROBE(sched_process_exec)
{
	u32 key = 1;
	calls.increment(key);
	return 0;
}
END
mkdir "$T/locked"
echo 'a secret' >"$T/secret"
echo 'a secret' >"$T/locked/secret"
chmod 600 "$T/secret"
chmod 700 "$T/locked"
give "$more" cbee
nobody cbee run --json "$T/fine.c" -- "$T/script"
expect_status 0
json '.entries[0].value >= 2'
nobody cbee run "$T/secret"
expect_status 1
expect_err "^cbee run: cannot read $T/secret: Permission denied\$"
for from in secret locked/secret "$T/secret" ../secret; do
	for text in "#include \"$from\"" "#include \"../../../../../../$T/secret\"" "#include <$T/secret>"; do
		printf '%s\n' "$text" >"$T/include.c"
		nobody cbee run "$T/include.c"
		expect_status 1
		! grep -q 'a secret' "$T/err" || fail "'$text' shows what it must not"
	done
done

# Root's cache serves those who may read it.
if unshare -m true 2>/dev/null; then
	give "$more" cbee-funclatency
	cat >"$T/inside" <<-END
		mount -t tmpfs tmpfs /var/cache
		unset CBEE_CACHE
		"$T/cbee/bin/cbee-funclatency" "$T/app:work" -- "$T/app" >"$T/first" 2>&1 || exit
		exec setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps -all \
			"$T/cbee/bin/cbee-funclatency" -v --json "$T/app:work" -- "$T/app"
	END
	sleep 1.1 # what is as new as the compile itself is not kept
	run unshare -m sh "$T/inside"
	expect_status 0
	json '.functions[0].count == 1000'
	expect_err 'found funclatency.bpf.c compiled in the cache'
fi
expect_clean
