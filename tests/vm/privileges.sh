# SPDX-License-Identifier: Apache-2.0
# Who may trace on a kernel without uprobe.multi, whose perf events Debian guards more closely:
# what two capabilities do, what takes CAP_SYS_ADMIN, and that it is named.
. "${0%/*}/../lib.sh"
need_program cc jq setpriv
for_others
mkdir "$T/kept"
chown 65534 "$T/kept"
chmod 700 "$T/kept"

# as CAP,CAP COMMAND...: as nobody, with these capabilities only.
as() {
	caps=+$(echo "$1" | sed 's/,/,+/g')
	shift
	run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps "-all,$caps" \
		--ambient-caps "-all,$caps" env CBEE_CACHE="$T/kept" "$@"
}

cc_program app <<'END'
#include <fcntl.h>
#include <unistd.h>
__attribute__((noinline)) void work(void) { __asm__ volatile(""); }
int main(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY);
	for (int i = 0; i < 1000; i++) {
		work();
		if (read(fd, &byte, 1) != 1)
			return 1;
	}
	return 0;
}
END
cat >"$T/count.c" <<'END'
BPF_HASH(calls, u32, u64);
int hit(void *ctx)
{
	u32 key = 1;
	calls.increment(key);
	return 0;
}
END
printf '#!/bin/sh\n/bin/true a\n/nowhere/at/all\nexit 0\n' >"$T/script"
chmod 755 "$T/script"

# Two are enough for execs, and for functions of the kernel by fentry.
as bpf,perfmon cbee-execsnoop --json -- "$T/script"
expect_status 0
json --slurp '[.[].args[0]] == ["/bin/sh", "/bin/true"]'
as bpf,perfmon cbee-funclatency -v --json vfs_read -- "$T/app"
expect_status 0
expect_err 'attached to 1 functions by fentry'
expect_err ': gave up all capabilities$'
json '.functions[0].count >= 1000'
as bpf,perfmon cbee-execsnoop -x
expect_status 1
expect_err 'give it CAP_DAC_READ_SEARCH \(to read tracefs\): '

# Functions of programs are perf events here.
uprobe='give it CAP_SYS_ADMIN \(for uprobes without uprobe\.multi, Linux 6\.6\): '
as bpf,perfmon cbee-funclatency "$T/app:work"
expect_status 1
expect_err "$uprobe"
as bpf,perfmon cbee run --uprobe "$T/app:work=hit" "$T/count.c"
expect_status 1
expect_err "$uprobe"
as bpf,perfmon,sys_admin cbee-funclatency --json "$T/app:work" -- "$T/app"
expect_status 0
json '.functions[0].count == 1000'
as bpf,perfmon cbee doctor --json
expect_status 0
json '.checks[] | select(.name == "uprobes") | .status == "unknown" and
	(.value | test("without CAP_SYS_ADMIN"))'

# Debian's own 3 asks for more than CAP_PERFMON.
sysctl -q -w kernel.perf_event_paranoid=3
as bpf,perfmon cbee run --kprobe vfs_read=hit "$T/count.c"
expect_status 1
expect_err 'give it CAP_SYS_ADMIN \(for perf events, unless kernel\.perf_event_paranoid is 2 or less\): '
sysctl -q -w kernel.perf_event_paranoid=2
as bpf,perfmon cbee run --json --kprobe vfs_read=hit "$T/count.c" -- "$T/app"
expect_status 0
json '.entries[0].value >= 1000'
as bpf,perfmon,dac_read_search cbee-execsnoop --json -x -- "$T/script"
expect_status 0
json --slurp '[.[].ret] == [0, 0, -2]'
as bpf,perfmon cbee-funclatency -v --json -k vfs_read -- "$T/app"
expect_status 0
expect_err 'attached to 1 functions by kprobes'
json '.functions[0].count >= 1000'
expect_clean
