# SPDX-License-Identifier: Apache-2.0
# Structs of a module come from the module's own BTF: fields of the overlay that is mounted as /.
. "${0%/*}/../lib.sh"
need_program cc

[ -e /sys/kernel/btf/overlay ] || fail "no BTF of the module overlay"
option() {
	sed -nE "s/^[^ ]+ \/ overlay .*[ ,]$1=([^, ]+).*/\1/p" /proc/mounts
}
LOWER=$(option lowerdir) UPPER=$(option upperdir) WORK=$(option workdir)
export LOWER UPPER WORK
case :$LOWER:$UPPER:$WORK: in
*::*) fail "/ is no overlay: $(cat /proc/mounts)" ;;
esac

lib_program "$TOP/tests/live/struct-values.c"
run "$T/struct-values" module
expect_status 0
expect_out "^8 fields\$"
# And what the kernel itself describes is the same here, of another version and configuration.
# Not from the overlay, which shows other numbers than the file has that is run.
mkdir "$T/memory"
mount -t tmpfs tmpfs "$T/memory" || fail "cannot mount a tmpfs"
cp "$T/struct-values" "$T/memory/values"
run "$T/memory/values"
umount "$T/memory"
expect_status 0
expect_out "^10[0-9] fields\$"
expect_clean
