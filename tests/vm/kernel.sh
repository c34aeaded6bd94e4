# SPDX-License-Identifier: Apache-2.0
# The guest is what the other tests here take it for: Debian's 6.1, with kprobes and BTF.
. "${0%/*}/../lib.sh"

case $(uname -r) in
6.1.*) ;;
*) fail "the kernel is $(uname -r), not 6.1" ;;
esac
[ -w /sys/kernel/tracing/kprobe_events ] || fail "no kprobes in tracefs"
[ -s /sys/kernel/btf/vmlinux ] || fail "no BTF of the kernel"
grep -q ' /sys/fs/bpf bpf ' /proc/mounts || fail "no bpffs"
[ -x "$BIN/../libexec/cbee/cbee-cc" ] || fail "the build tree is not visible: $BIN"
