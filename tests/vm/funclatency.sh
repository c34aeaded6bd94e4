# SPDX-License-Identifier: Apache-2.0
# Kernel functions: a known number of reads is counted, by fentry and by kprobes; patterns. Where
# the kernel has kprobe.multi, kprobes are that.
. "${0%/*}/../lib.sh"
need_program cc jq

cc_program reader -static <<'END'
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 0, fd = open("/dev/zero", O_RDONLY);
	char byte;

	for (int i = 0; i < n; i++)
		if (read(fd, &byte, 1) != 1)
			return 1;
	return 0;
}
END
# What the start of the program itself reads is in both runs.
count() {
	json_get '[.functions[] | select(.name == "vfs_read") | .count] | add // 0'
}
kprobes=kprobes
! kernel_has FPROBE=y || kprobes=kprobe.multi
for way in fentry "$kprobes"; do
	k=''
	[ "$way" = fentry ] || k=-k
	# shellcheck disable=SC2086 # a flag or nothing
	run cbee-funclatency -v --json $k vfs_read -- "$T/reader" 0
	expect_status 0
	expect_err "^cbee-funclatency: attached to 1 functions by $way"
	before=$(count)
	# shellcheck disable=SC2086
	run cbee-funclatency --json $k vfs_read -- "$T/reader" 1000
	expect_status 0
	json "[.lost[]] | add == 0"
	[ "$(count)" -eq $((before + 1000)) ] || fail "$way: $(count) reads, $before without the 1000"
done

# For a duration, with somebody reading.
"$T/reader" 100000000 &
reader=$!
pids="$pids $reader"
run cbee-funclatency -d 3 vfs_read
expect_status 0
expect_out '^     nsecs               : count     distribution$'
expect_out '^avg = [0-9]+ nsecs, total: [0-9]+ nsecs, count: [1-9][0-9]+$'
kill "$reader"

run cbee-funclatency -v --json 'vfs_*' -- "$T/reader" 1000
expect_status 0
expect_err "^cbee-funclatency: attached to [0-9]{2,} functions by $kprobes"
[ "$(count)" -eq $((before + 1000)) ] || fail "vfs_*: $(count) reads, $before without the 1000"
run cbee-funclatency 'vfs_*' -- "$T/reader" 1000
expect_out '^FUNCTION  '
expect_out '^vfs_read  '

run cbee-funclatency vfs_raed
expect_status 1
expect_err "did you mean 'vfs_read'\?"
expect_clean
