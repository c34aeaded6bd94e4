# SPDX-License-Identifier: Apache-2.0
# A minute of damaged images and files of the cache, under AddressSanitizer: none is read
# beyond its end. It begins with those of the tracers.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program clang

# build NAME SOURCE...: a fuzzer of these sources
build() {
	name=$1
	shift
	clang -g -O1 -std=gnu11 -D_GNU_SOURCE= -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -Iinclude -iquote src "tests/fuzz/$name.c" "$@" \
		-o "$T/$name" >"$T/err" 2>&1 || fail "$name does not build"
}
build fuzz_image src/compile/image.c src/plain/buf.c src/plain/err.c
build fuzz_entry src/cache/entry.c src/plain/buf.c

mkdir -m 700 "$T/fuzz_image.seeds" "$T/fuzz_entry.seeds"
if [ "$(id -u)" -eq 0 ]; then
	CBEE_CACHE=$T/fuzz_entry.seeds cbee cache warm 2>"$T/err" || fail "no image to begin with"
	for entry in "$T"/fuzz_entry.seeds/*.image; do
		at=$(grep -abo cbee-img "$entry" | head -n 1 | cut -d : -f 1)
		tail -c "+$((at + 1))" "$entry" >"$T/fuzz_image.seeds/${entry##*/}"
	done
fi
for name in fuzz_image fuzz_entry; do
	(cd "$T" && exec "./$name" -max_total_time=60 -max_len=40000 "$name.seeds") >"$T/$name.log" 2>&1 &
	pids="$pids $!"
done
for pid in $pids; do
	wait "$pid" || fail "$(tail -n 30 "$T"/fuzz_*.log)"
done
for name in fuzz_image fuzz_entry; do
	grep -qE '^Done [0-9]{5,} runs' "$T/$name.log" || fail "$name hardly ran: $(tail -n 3 "$T/$name.log")"
done
