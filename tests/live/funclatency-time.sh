# SPDX-License-Identifier: Apache-2.0
# A running process by --pid, for a duration, in intervals that add up.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

cc_program ticker <<'END'
#include <stdlib.h>
#include <unistd.h>
__attribute__((noinline)) void tick(void)
{
	__asm__ volatile("");
}
int main(int argc, char **argv)
{
	int n = atoi(argv[argc - 2]);

	while (access(argv[argc - 1], F_OK))
		usleep(1000);
	for (int i = 0; i < n; i++) {
		tick();
		usleep(100000);
	}
	return 0;
}
END
"$T/ticker" 23 "$T/go" &
ticker=$!
pids="$pids $ticker"
"$T/ticker" 1000 "$T" &
other=$!
pids="$pids $other"
spawn cbee-funclatency -i 1 -v --json -p "$ticker" "$T/ticker:tick"
eventually 10 grep -q 'attached to 1 function' "$T/err"
! grep -q LLVM "/proc/$spawned/maps" || fail "LLVM is mapped"
touch "$T/go"
reap
expect_status 0
# It ended when the process did; every interval was reported, and no call twice.
json --slurp "length >= 3"
json --slurp "[.[].functions[].count] | add == 23"

# A duration.
start=$(date +%s%N)
run cbee-funclatency -d 1 --json -p "$other" "$T/ticker:tick"
took=$((($(date +%s%N) - start) / 1000000))
expect_status 0
json --slurp "length == 1"
json ".functions[0].count >= 6 and .functions[0].count <= 12"
if [ "$took" -lt 1000 ] || [ "$took" -gt 3000 ]; then
	fail "took $took ms"
fi

# The process that is asked for is gone.
kill "$other"
wait "$other" 2>/dev/null
run cbee-funclatency -p "$other" "$T/ticker:tick"
expect_status 1
expect_err "^cbee-funclatency: no process $other\$"
expect_clean
