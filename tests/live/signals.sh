# SPDX-License-Identifier: Apache-2.0
# INT and TERM at any moment, and a reader that goes away: it ends, and leaves nothing.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq

cc_program loop <<'END'
#include <unistd.h>
__attribute__((noinline)) void work(void)
{
	__asm__ volatile("");
}
int main(void)
{
	for (;;) {
		work();
		usleep(1000);
	}
}
END
# A shell starts what is in the background with SIGINT ignored.
for signal in INT TERM; do
	for delay in 0 0.01 0.03 0.05 0.08 0.12 0.2 0.4; do
		spawn env --default-signal=INT cbee-funclatency "$T/loop:work" -- "$T/loop"
		eventually 5 sh -c "readlink /proc/$spawned/exe | grep -q funclatency"
		sleep "$delay"
		kill -"$signal" "$spawned"
		reap
		# either it had begun, and reports, or it says that it had not; or the signal
		# came while the program itself was being loaded
		case $status in
		0) ;;
		1) expect_err '^cbee-funclatency: interrupted before tracing began$' ;;
		130 | 143) expect_empty_err ;;
		*) fail "status $status after $signal at $delay s" ;;
		esac
		eventually 5 sh -c "! pgrep -f '^$T/loop' >/dev/null"
	done
done
# After the loop has begun, a signal ends it well, with its figures.
spawn cbee-funclatency -v --json "$T/loop:work" -- "$T/loop"
eventually 10 grep -q 'attached to 1 function' "$T/err"
sleep 0.5
kill -INT "$spawned"
reap
expect_status 0
json ".functions[0].count > 10"

# A compiler that hangs holds nobody up.
cp -r "${BIN%/bin}/bin" "${BIN%/bin}/lib" "${BIN%/bin}/libexec" "$T"
printf '#!/bin/sh\nexec sleep 3\n' >"$T/libexec/cbee/cbee-cc"
spawn env --default-signal=INT "$T/bin/cbee-funclatency" "$T/loop:work"
sleep 0.5
kill -INT "$spawned"
reap
expect_status 1
expect_err '^cbee-funclatency: interrupted before tracing began$'

# The reader takes one line and goes.
mkfifo "$T/pipe"
head -n 1 "$T/pipe" >"$T/out" &
cbee-execsnoop -v --json >"$T/pipe" 2>"$T/err" &
spawned=$!
pids="$pids $spawned"
eventually 10 grep -q 'stream .events. is' "$T/err"
sleep 0.2
/bin/true
/bin/true
reap
expect_status 1
expect_err '^cbee-execsnoop: .*stdout'
json --slurp "length == 1"
expect_clean
