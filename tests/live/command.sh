# SPDX-License-Identifier: Apache-2.0
# A command that a program starts through the library: nothing of it is missed.
. "${0%/*}/../lib.sh"
need_root
need_program cc

lib_program "$TOP/tests/live/command.c"

# execs TOTAL OWN ENDS: of the whole tree, of the first process, and processes that ended.
execs() {
	printf '%s\n' "$@" | cmp -s - "$T/out" || fail "not $*, but $(tr '\n' ' ' <"$T/out")"
}

cat >"$T/script" <<'END'
#!/bin/sh
i=0
while [ $i -lt 17 ]; do
	/bin/true
	i=$((i + 1))
done
/bin/sh -c '/bin/true; /bin/false; exit 0'
exec /bin/sh -c 'exit 5'
END
chmod 755 "$T/script"
# The script, 17 programs, a shell and its two, and a shell in the script's place: the last one
# and the script are one process.
run "$T/command" "$T/script"
expect_status 5
expect_empty_err
execs 22 2 21

run "$T/command" /bin/true
expect_status 0
execs 1 1 1
# shellcheck disable=SC2016 # its own process
run "$T/command" sh -c 'kill -USR1 $$'
expect_status 138
execs 1 1 0
run "$T/command" cbee-no-such-command
expect_status 99
expect_err "^-2 cannot run 'cbee-no-such-command': No such file or directory$"
expect_clean
