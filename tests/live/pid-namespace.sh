# SPDX-License-Identifier: Apache-2.0
# In a PID namespace of its own, where the kernel's numbers of processes are others than those
# one sees: what needs them is refused, instead of counting nothing; all else is counted.
. "${0%/*}/../lib.sh"
need_root
need_mounts

cat >"$T/app.c" <<'END'
__attribute__((noinline)) int work(int n)
{
	__asm__ volatile("" : "+r"(n));
	return n;
}
int main(void)
{
	for (int i = 0; i < 23; i++)
		work(i);
}
END
cc -g -O1 -o "$T/app" "$T/app.c" || fail "the program does not compile"

inside() {
	unshare --pid --fork --mount-proc "$@"
}
for tracer in "cbee-execsnoop -- true" "cbee-execsnoop -P 1" "cbee-funclatency $T/app:work -- $T/app" \
	"cbee-funclatency -p 1 $T/app:work"; do
	# shellcheck disable=SC2086 # words
	run inside $tracer
	expect_status 1
	expect_err '^cbee-[a-z]*: cannot tell processes apart: .* \(?run it outside|; run it outside'
done
run inside sh -c "cbee-funclatency -d 3 --json $T/app:work & sleep 1; $T/app; wait"
expect_status 0
json '.functions[0].count == 23'
expect_clean
