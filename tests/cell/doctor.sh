# SPDX-License-Identifier: Apache-2.0
# cbee doctor finds that tracing works, and says of this kernel what its configuration, its
# version and its files say.
. "${0%/*}/../lib.sh"
need_root
need_program jq

run cbee doctor --json
expect_status 0
expect_empty_err
json '.works == true'

# says CHECK VALUE
says() {
	json ".checks[] | select(.name == \"$1\") | .value == \"$2\""
}

# agrees CHECK COMMAND: it is ok where COMMAND is true, and not elsewhere.
agrees() {
	want=false
	! eval "$2" || want=true
	json ".checks | map(select(.name == \"$1\")) | length == 1 and (.[0].status == \"ok\") == $want"
}

# allowed CHECK COMMAND: the same of what a kernel may refuse though it has it, and then says so.
allowed() {
	if json_get '.checks[] | select(.name == "fentry") | .value' | grep -qxF 'no: Operation not permitted'; then
		says "$1" 'no: Operation not permitted'
	else
		agrees "$@"
	fi
}

trampolines='kernel_since 5 5 && kernel_has DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y'
agrees kernel true
says kernel "$(uname -r)"
agrees btf 'kernel_has DEBUG_INFO_BTF=y'
says btf "$(($(stat -c %s /sys/kernel/btf/vmlinux) / 1024)) KB"
agrees bpf 'kernel_has BPF_SYSCALL=y && kernel_has BPF_EVENTS=y'
agrees jit "[ $(cat /proc/sys/net/core/bpf_jit_enable) -gt 0 ]"
agrees kprobes 'kernel_has KPROBE_EVENTS=y'
agrees kprobe.multi 'kernel_since 5 18 && kernel_has FPROBE=y'
allowed fentry "$trampolines"
allowed fmod_ret "kernel_since 5 7 && $trampolines"
allowed lsm "kernel_since 5 7 && $trampolines && kernel_has BPF_LSM=y && kernel_has 'LSM=.*bpf.*'"
agrees uprobes 'kernel_has UPROBE_EVENTS=y'
agrees uprobe.multi 'kernel_since 6 6 && kernel_has UPROBE_EVENTS=y'
agrees tracepoints 'kernel_has TRACEPOINTS=y'
agrees 'module events' 'kernel_has MODULES=y'
agrees 'ring buffer' 'kernel_since 5 8'
if [ -d /sys/kernel/tracing/events ]; then
	says tracefs /sys/kernel/tracing
else
	says tracefs 'not mounted, and not needed: cbee mounts it for itself'
fi
agrees bpffs 'grep -q "^[^ ]* /sys/fs/bpf bpf " /proc/mounts'
says kptr_restrict "$(cat /proc/sys/kernel/kptr_restrict)"
agrees compiler true
agrees cache true
says cache "$CBEE_CACHE"

# The libraries that were compiled with are those of the packages cbee depends on.
for library in $(json_get '.checks[] | select(.name == "libraries") | .value'); do
	dpkg -S "$(basename "$library")" >>"$T/packages" 2>&1 || fail "of no package: $library"
done
grep -qE '^libbpfcc(:|,)' "$T/packages" || fail "not compiled by libbpfcc"
[ "$(grep -oE '^libllvm[0-9]+' "$T/packages" | sort -u | wc -l)" -eq 1 ] || fail "not one LLVM"
expect_clean
