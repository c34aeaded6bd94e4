# SPDX-License-Identifier: Apache-2.0
# The tutorial's programs that probe programs and packets: uprobe, duration, histogram, tracepoint.
. "${0%/*}/../lib.sh"
. "${0%/*}/../tutorial.sh"
need_root
need_program cc

# Sends three packets of 1000 bytes to itself, with headers 1042.
cc_program send <<'END'
#include <netinet/in.h>
#include <sys/socket.h>

int main(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(to);
	char packet[1000] = "";
	int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0);

	if (bind(in, (struct sockaddr *)&to, sizeof(to)) ||
	    getsockname(in, (struct sockaddr *)&to, &size))
		return 1;
	for (int i = 0; i < 3; i++)
		if (sendto(out, packet, sizeof(packet), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			return 1;
	return 0;
}
END
begin tracepoint
starts 1 "$T/send"
finish 3
printf 'lo: 1042 bytes\nlo: 1042 bytes\nlo: 1042 bytes\n' | diff - "$T/lines" || fail "other packets"
also_run 3 tracepoint.bpf.c -- sh "$T/starts" 1 "$T/send" "$T/pids"

# The ways of that program's packets: there is one, with these functions on it, in this order.
# way: of what was printed, the way of the program "send", without the number of the stack.
way() {
	sed -n '/^  { name = "send"/,/^  {/p' "$T/out" | sed '1s/stack = [0-9]*/stack = N/; 2,$s/^  {.*//'
}
run "$TUTORIAL/stack_trace" "$T/send"
expect_status 0
way >"$T/way"
[ "$(sed -n 1p "$T/way")" = '  { name = "send", stack = N }: 3' ] || fail "not three packets"
[ "$(grep -c '^  { name = "send"' "$T/out")" -eq 1 ] || fail "more than one way"
grep -xE ' {4}(udp_sendmsg|.*_sys_sendto|do_syscall_64|entry_SYSCALL_64.*)' "$T/way" >"$T/named"
[ "$(sed -n '1p; 2p' "$T/named" | tr -d ' \n')" = udp_sendmsg__sys_sendto ] || fail "another way"
run cbee run stack_trace.bpf.c -- "$T/send"
expect_status 0
way | diff "$T/way" - >"$T/diff" || fail "cbee run shows another way: $(cat "$T/diff")"

# Two naps of 300 ms and one of 1100, which a busy machine does not stretch to 512 and 2048.
cat >"$T/napping" <<END
#!/bin/sh
exec $TUTORIAL/naps 300 1100 300
END
chmod +x "$T/napping"

expect_naps() {
	awk '!/^[0-9]+ ms$/ { exit 1 } { nap[NR] = $1 }
		END { exit !(nap[1] >= 300 && nap[1] < 512 && nap[2] >= 1100 && nap[2] < 2048 &&
			nap[3] >= 300 && nap[3] < 512 && NR == 3) }' "$T/lines" ||
		fail "not the naps: $(cat "$T/lines")"
}

begin duration "$TUTORIAL/naps" nap
starts 1 "$T/napping"
finish 3
expect_naps
: >"$T/pids"
run cbee run --uprobe "$TUTORIAL/naps:nap=enter" --uretprobe "$TUTORIAL/naps:nap=leave" \
	duration.bpf.c -- sh "$T/starts" 1 "$T/napping" "$T/pids"
expect_status 0
of_work >"$T/lines"
expect_naps

cat >"$T/want" <<'END'

msecs:

command = "naps"
     value               : count     distribution
         0 -> 1          : 0        |                                        |
         2 -> 3          : 0        |                                        |
         4 -> 7          : 0        |                                        |
         8 -> 15         : 0        |                                        |
        16 -> 31         : 0        |                                        |
        32 -> 63         : 0        |                                        |
        64 -> 127        : 0        |                                        |
       128 -> 255        : 0        |                                        |
       256 -> 511        : 2        |****************************************|
       512 -> 1023       : 0        |                                        |
      1024 -> 2047       : 1        |********************                    |
END
run "$TUTORIAL/histogram" "$T/napping" "$TUTORIAL/naps" nap
expect_status 0
diff "$T/want" "$T/out" >"$T/diff" || fail "another histogram: $(cat "$T/diff")"
run cbee run --uprobe "$TUTORIAL/naps:nap=enter" --uretprobe "$TUTORIAL/naps:nap=leave" \
	histogram.bpf.c -- "$T/napping"
expect_status 0
printf '\nstarts:\n  nothing\n' >>"$T/want" # the other map, in which nobody is left
diff "$T/want" "$T/out" >"$T/diff" || fail "another histogram by cbee run: $(cat "$T/diff")"

if [ -x "$TUTORIAL/greet" ]; then
	cp "$TUTORIAL/greet" "$T"
else
	need_program go
	(cd "$T" && HOME=$T GOFLAGS='' GOTOOLCHAIN=local GOPROXY=off CGO_ENABLED=0 \
		go build "$TOP/programs/tutorial/greet.go") >"$T/out" 2>&1 || fail "greet.go does not build"
fi
begin uprobe "$T/greet"
starts 3 "$T/greet"
finish 3
printf 'greet is in main.main\n%.0s' 1 2 3 | diff - "$T/lines" || fail "other lines"
also_run 3 --uprobe "$T/greet:main.main=started" uprobe.bpf.c \
	-- sh "$T/starts" 3 "$T/greet" "$T/pids"
expect_clean
