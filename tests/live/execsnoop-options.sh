# SPDX-License-Identifier: Apache-2.0
# Options of execsnoop: filters that filter, columns that line up, failed execs.
. "${0%/*}/../lib.sh"
need_root
need_program jq

run cbee-execsnoop -- sh -c '/bin/true a; /bin/echo b >/dev/null'
expect_status 0
expect_out '^COMM             PID     PPID    RET ARGS$'
expect_out '^true             [0-9]+ +[0-9]+ +0 /bin/true a$'
expect_err '^cbee-execsnoop: 3 records, lost nothing$'

run cbee-execsnoop -TtU -- /bin/true
expect_out '^TIME     TIME\(s\) UID    COMM             PID     PPID    RET ARGS$'
expect_out '^[0-9][0-9]:[0-9][0-9]:[0-9][0-9] [0-9]+\.[0-9]{3} +0      true '

# -l matches arguments, -n the name; both are searched for.
run cbee-execsnoop --json -l 'hel+o$' -- sh -c '/bin/true hello; /bin/true hello you; /bin/hostname >/dev/null'
json --slurp '[.[].args] == [["/bin/true", "hello"]]'
run cbee-execsnoop --json -n '^host' -- sh -c '/bin/true hostname; /bin/hostname >/dev/null'
json --slurp '[.[].comm] == ["hostname"]'

# -u by name and number; root is user 0, and 0 filters too.
for user in root 0; do
	run cbee-execsnoop --json -u "$user" -- sh -c 'setpriv --reuid 65534 --clear-groups /bin/true x; /bin/true y'
	json ".uid == 0"
	json --slurp '[.[] | select(.args[0] == "/bin/true") | .args[1]] == ["y"]'
done
run cbee-execsnoop --json -u nobody -- sh -c 'setpriv --reuid 65534 --clear-groups /bin/true x; /bin/true y'
json --slurp '[.[] | [.uid, .args[1]]] == [[65534, "x"]]'

# -q, control characters, and CSV.
run cbee-execsnoop -q -- /bin/true 'a"b' 'c d' "$(printf 'e\nf')"
expect_out '"/bin/true" "a\\"b" "c d" "e\\nf"$'
run cbee-execsnoop --csv -- /bin/true 'a"b,c'
expect_out '^time,comm,pid,ppid,uid,ret,args,truncated,'
expect_out ',0,0,"/bin/true a""b,c",false,/bin/true,'

# -x: failures from the caller's memory; not without it.
cat >"$T/fails" <<'END'
import os
for path, args in [("/nonexistent/x", ["nope", "1 2", ""]), ("/etc/passwd", ["denied"])]:
    try:
        os.execv(path, args)
    except OSError:
        pass
END
run cbee-execsnoop --json -x -- python3 "$T/fails"
json --slurp '[.[] | select(.ret < 0 and (.path == "/nonexistent/x" or .path == "/etc/passwd")) | [.ret, .path, .args, .truncated]] == [[-2, "/nonexistent/x", ["nope", "1 2", ""], false], [-13, "/etc/passwd", ["denied"], false]]'
run cbee-execsnoop --json -- python3 "$T/fails"
json ".ret == 0"
# Only its own descendants.
( while :; do /bin/true noise; done ) &
noise=$!
pids="$pids $noise"
run cbee-execsnoop --json -- sh -c '(/bin/sleep 0.3; /bin/true deep) & wait'
json '[.args[] == "noise"] | any | not'
json --slurp 'length == 3'
kill "$noise"

# A folder that is no cgroup, a file that is no map.
run cbee-execsnoop -c "$T" -- /bin/true
expect_status 1
expect_err "^cbee-execsnoop: $T is not a folder of the cgroup2 file system\$"
run cbee-execsnoop --cgroupmap "$T/fails" -- /bin/true
expect_status 1
expect_err "^cbee-execsnoop: cannot open the pinned map $T/fails: .*; a pinned map is a file of"

# Times are of the event.
before=$(date +%s)
run cbee-execsnoop --json -- /bin/true
after=$(date +%s)
json ".time >= $before and .time <= $after + 1"
