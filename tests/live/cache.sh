# SPDX-License-Identifier: Apache-2.0
# What was compiled is found again, by two tracers at once too, and only while nothing it was
# made from has changed; whatever is wrong with the cache, tracing goes on.
. "${0%/*}/../lib.sh"
need_root

cc_program app <<'END'
__attribute__((noinline)) void work(void) { __asm__ volatile(""); }
int main(void) { for (int i = 0; i < 23; i++) work(); }
END
CBEE_CACHE=$T/kept

# trace REGEX: 23 of 23, and what -v says about the cache
trace() {
	run cbee-funclatency --json -v "$T/app:work" -- "$T/app"
	expect_status 0
	json '.functions[0].count == 23'
	expect_err "$1"
}
compiled='compiled funclatency.bpf.c in '
found='found funclatency.bpf.c compiled in the cache'
state() {
	run cbee cache --json
	expect_status 0
	json_get 'select(.program == "funclatency.bpf.c") | .state'
}

run cbee cache
expect_status 0
[ ! -s "$T/out" ] || fail "an empty cache is not empty"
trace "$compiled"
trace "$found"
[ "$(stat -c %a "$T/kept")" = 700 ] || fail "the folder is open to others"
[ "$(state)" = fresh ] || fail "not fresh"

# another compiler
cp -r "$BIN/.." "$T/copy"
PATH=$T/copy/bin:$PATH
sleep 1.1 # what is as new as the compile itself is not kept
trace "$compiled"
trace "$found"
touch "$T/copy/libexec/cbee/cbee-cc"
case $(state) in
*"libexec/cbee/cbee-cc is not what it was"*) ;;
*) fail "a new compiler is not seen: $(state)" ;;
esac
sleep 1.1
trace "$compiled"
trace "$found"

# damaged, taken over, not to be written
image=$(find "$T/kept" -name '*.image' -newer "$T/copy/libexec/cbee/cbee-cc")
damage() {
	case $1 in
	cut) truncate -s 100 "$2" ;;
	empty) truncate -s 0 "$2" ;;
	open) chmod 666 "$2" ;;
	foreign) chown 65534 "$2" ;;
	noise) dd if=/dev/urandom of="$2" conv=notrunc bs=1 seek=500 count=8 status=none ;;
	esac
}
for how in cut empty open foreign noise; do
	damage "$how" "$image"
	trace "$compiled"
	trace "$found"
done
mv "$T/kept" "$T/elsewhere"
ln -s elsewhere "$T/kept"
trace "$compiled"
rm "$T/kept"
mkdir -m 777 "$T/kept"
trace 'others may write there'
trace "$compiled"
rmdir "$T/kept"
mv "$T/elsewhere" "$T/kept"
chattr +i "$T/kept" 2>/dev/null && {
	cbee cache clear 2>/dev/null && fail "cleared what cannot be written to"
	chattr -i "$T/kept"
}
CBEE_CACHE='' trace "$compiled"
CBEE_CACHE=/proc/none trace "$compiled"

# two at once on an empty cache
run cbee cache clear
expect_status 0
for i in 1 2 3 4; do
	cbee-funclatency --json "$T/app:work" -- "$T/app" >"$T/race.$i" 2>&1 &
	pids="$pids $!"
done
wait
for i in 1 2 3 4; do
	grep -q '"count":23,' "$T/race.$i" || fail "one of four tracers is wrong: $(cat "$T/race.$i")"
done
trace "$found"
[ "$(find "$T/kept" -name '.new*' | wc -l)" = 0 ] || fail "a half-written file is left"

# all at once, ahead
run cbee cache clear
run cbee cache warm
expect_status 0
[ "$(find "$T/kept" -name '*.image' | wc -l)" = "$(cbee list | wc -l)" ] || fail "not all are there"
trace "$found"
expect_clean
