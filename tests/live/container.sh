# SPDX-License-Identifier: Apache-2.0
# Only what runs in certain containers is seen: by mount namespace, by cgroup, by both; by a
# program on the library and by execsnoop.
. "${0%/*}/../lib.sh"
need_root
need_mounts
need_program cc jq unshare nsenter

lib_program "$TOP/tests/live/container.c"

# Not of the library's name: other tests look for that.
pinned=/sys/fs/bpf/test_containers_$$
unified=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
group=${unified:-/nowhere}/test_containers.$$
tidy() {
	rm -f "$pinned"_*
	[ ! -d "$group" ] || rmdir "$group"
	cleanup
}
trap tidy EXIT

# counted NUMBER CGROUPS NAMESPACES COMMAND...
counted() {
	want=$1
	shift
	run "$T/container" count "$@"
	expect_status 0
	expect_empty_err
	[ "$(cat "$T/out")" = "$want" ] || fail "$(cat "$T/out") execs, not $want: $*"
}

unshare -m sleep 60 &
pids="$pids $!"
sleeper=$!
other() {
	[ "$(stat -Lc %i "/proc/$sleeper/ns/mnt")" != "$(stat -Lc %i /proc/self/ns/mnt)" ]
}
eventually 10 other
"$T/container" pin32 "${pinned}_here" "$(stat -Lc %i /proc/self/ns/mnt)" || fail "no map"
"$T/container" pin32 "${pinned}_there" "$(stat -Lc %i "/proc/$sleeper/ns/mnt")" || fail "no map"

# A shell, 3 programs, 4 nsenter and what they run over there.
cat >"$T/script" <<END
for i in 1 2 3; do /bin/true; done
for i in 1 2 3 4; do nsenter -m -t $sleeper /bin/true; done
exit 0
END
counted 12 '' '' sh "$T/script"
counted 8 '' "${pinned}_here" sh "$T/script"
counted 4 '' "${pinned}_there" sh "$T/script"
run cbee-execsnoop --json --mntnsmap "${pinned}_there" -- sh "$T/script"
expect_status 0
json --slurp 'map(select(.comm)) | length == 4 and all(.[]; .comm == "true")'

run "$T/container" count '' "${pinned}_none" /bin/true
expect_status 1
expect_err '^-2 '
run "$T/container" count "${pinned}_here" '' /bin/true
expect_status 1
expect_err '^-22 '

if [ -n "$unified" ] && mkdir "$group" 2>/dev/null; then
	"$T/container" pin64 "${pinned}_group" "$(stat -c %i "$group")" || fail "no map"
	cat >"$T/script" <<-END
		for i in 1 2 3 4 5; do
			sh -c 'echo \$\$ >$group/cgroup.procs && exec /bin/true'
		done
		sh -c 'echo \$\$ >$group/cgroup.procs && exec nsenter -m -t $sleeper /bin/true'
		exit 0
	END
	counted 14 '' '' sh "$T/script"
	counted 7 "${pinned}_group" '' sh "$T/script"
	counted 1 "${pinned}_group" "${pinned}_there" sh "$T/script"
	run cbee-execsnoop --json --cgroupmap "${pinned}_group" -- sh "$T/script"
	expect_status 0
	json --slurp 'map(select(.comm)) | map(.comm) | sort == ["nsenter"] + [range(6) | "true"]'
fi
