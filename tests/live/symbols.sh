# SPDX-License-Identifier: Apache-2.0
# Addresses to names: programs of every build, libraries loaded late, code made at run time,
# processes that exec and that end, the kernel; stacks by address and by build id.
. "${0%/*}/../lib.sh"
need_root
need_mounts
need_program cc objcopy strip

lib_program "$TOP/tests/live/symbols.c"

# build NAME [FLAG...]
build() {
	target=$1
	shift
	cc -O1 -fno-omit-frame-pointer -fno-optimize-sibling-calls -D_GNU_SOURCE "$@" \
		-o "$T/$target" "$TOP/tests/live/symbols-target.c" -Wl,--build-id ||
		fail "symbols-target.c does not compile with $*"
}

look() {
	run "$T/symbols" "$@"
	[ "$status" -eq 0 ] || fail "wrong: $*"
}

build pie -fPIE -pie
build nopie -no-pie
build other -no-pie -DOTHER
build static -static -DSTATIC
build stripped
objcopy --only-keep-debug "$T/stripped" "$T/stripped.debug"
strip "$T/stripped"
(cd "$T" && mkdir .debug && mv stripped.debug .debug &&
	objcopy --add-gnu-debuglink=.debug/stripped.debug stripped) || fail "cannot strip"
printf 'int in_library(int x) { return x + 1; }\n' >"$T/late.c"
cc -O1 -shared -fPIC -o "$T/late.so" "$T/late.c" || fail "no library"

look kernel
look program "$T/pie" "$T/late.so"
look program "$T/nopie" "$T/late.so" "$T/other"
look program "$T/other" "$T/late.so" "$T/nopie"
look program "$T/static"
look program "$T/stripped" "$T/late.so"
cp "$T/pie" "$T/gone"
look deleted "$T/gone"

# In a container, which has files where we have others, or none.
cat >"$T/contained" <<END
#!/bin/sh
exec unshare -m sh -c 'mount -t tmpfs tmpfs /mnt && cp $T/pie $T/late.so /mnt &&
	mount -t tmpfs tmpfs /tmp && exec /mnt/pie /mnt/late.so'
END
chmod +x "$T/contained"
look program "$T/contained" -

# Of one's own processes anybody may know.
if command -v setpriv >/dev/null; then
	for_others
	export LD_LIBRARY_PATH="$T/cbee/lib"
	chmod 755 "$T"/pie "$T"/late.so "$T"/symbols
	run setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all \
		"$T/symbols" program "$T/pie" "$T/late.so"
	[ "$status" -eq 0 ] || fail "wrong without privilege"
	unset LD_LIBRARY_PATH
fi

look stacks "$T/pie"
look stacks "$T/nopie"

expect_clean
