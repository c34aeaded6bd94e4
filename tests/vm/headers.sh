# SPDX-License-Identifier: Apache-2.0
# Where the kernel has no BTF, its installed headers serve; without those a sentence tells.
# Mounts end with the script, however it ends; what was compiled with BTF does not count.
if [ -z "${CBEE_ALONE-}" ]; then
	CBEE_ALONE=1 CBEE_CACHE='' exec unshare -m sh "$0"
fi
. "${0%/*}/../lib.sh"
need_program jq

if [ ! -d "/lib/modules/$(uname -r)/build" ]; then
	skip "the headers of $(uname -r) are not installed"
fi
mkdir "$T/none"
mount --bind "$T/none" /sys/kernel/btf || fail "cannot hide BTF"
run cbee-execsnoop -v --json -- /bin/true 1 2
expect_status 0
expect_err "installed headers"
json --slurp '[.[].args] == [["/bin/true", "1", "2"]]'
json ".ppid > 1 and .truncated == false"

# They can be asked for, and then need no BTF.
cat >"$T/a.c" <<'END'
#include <linux/sched.h>
int f(void *ctx)
{
	return ((struct task_struct *)bpf_get_current_task())->tgid;
}
END
run cbee compile --json --headers=kernel "$T/a.c"
expect_status 0
json '.headers == "kernel" and .declared_bytes == 0 and .instructions > 5 and .compile_ms > 0'
run cbee compile --headers=btf "$T/a.c"
expect_status 1
expect_err "^cbee compile: the program uses 'struct task_struct', but this kernel does not describe"

mount --bind "$T/none" "/lib/modules/$(uname -r)/build" || fail "cannot hide the headers"
run cbee-execsnoop -- /bin/true
umount "/lib/modules/$(uname -r)/build"
umount /sys/kernel/btf
expect_status 1
expect_err "^cbee-execsnoop: the program uses 'struct [a-z_]+'.*apt-get install linux-headers-"
