# SPDX-License-Identifier: Apache-2.0
# The BPF texts of bcc's own tools compile without kernel headers, at least 95 of 100, and to the
# instructions that come of declaring all the kernel's types: a text of every third tool is
# compared. What does not compile is named. With TEXTS=FOLDER, texts that extract.py wrote
# elsewhere; with ALL=1, every text is compared, which takes some minutes.
. "${0%/*}/../lib.sh"
need_root
need_mounts
need_program jq
python=/usr/bin/python3
texts=${TEXTS-$T/texts}

if [ -z "${TEXTS-}" ]; then
	[ -e /usr/sbin/execsnoop-bpfcc ] || skip "bcc's tools are not installed (bpfcc-tools)"
	"$python" -c 'import bcc' 2>/dev/null || skip "bcc's Python is not installed (python3-bpfcc)"
	mkdir "$texts"
	# Tools look which tracepoints there are; only they see these mounts.
	unshare -m sh -c 'mount -t tracefs tracefs /sys/kernel/tracing
		mount -t debugfs debugfs /sys/kernel/debug
		exec "$@"' sh "$python" "$TOP/tests/texts/extract.py" "$texts" >"$T/none" 2>"$T/err" ||
		fail "the texts cannot be taken out of the tools"
	[ ! -s "$T/none" ] || fail "tools gave no text: $(tr '\n' ' ' <"$T/none")"
fi
mkdir "$T/made"
cd "$texts" || exit 1

# $1: a text. Flags are words without spaces, one on a line.
cat >"$T/one" <<'END2'
name=${1%.c} flags=''
[ ! -e "$name.flags" ] || flags=$(cat "$name.flags")
if cbee compile --headers=btf --json -o "$T/made/$name" "$1" ${flags:+-- $flags} \
	>"$T/made/$name.json" 2>"$T/made/$name.err"; then
	echo "ok $name"
else
	echo "FAIL $name $(sed -n 's/^cbee compile: cannot compile //p' "$T/made/$name.err")"
fi
END2
cat >"$T/two" <<'END2'
name=${1%.c} flags=''
[ ! -e "$name.flags" ] || flags=$(cat "$name.flags")
echo "$name $("$FULL" compare "$T/full.h" "$1" "$T/made/$name" $flags 2>&1 | head -n 1)"
END2
export T
printf '%s\n' *.c | xargs -n 1 -P "$(nproc)" sh "$T/one" | sort >"$T/out"
count=$(wc -l <"$T/out")
sed -n 's/^ok //p' "$T/out" >"$T/good"
good=$(wc -l <"$T/good")
[ "$count" -ge 200 ] || [ -n "${TEXTS-}" ] || fail "only $count texts: the tools are not what they were"

# What this kernel lacks (a subsystem that is not configured, a tracepoint) no compiler can
# find in BTF: not counted, but shown.
grep '^FAIL ' "$T/out" >"$T/failed"
grep -vE "incomplete definition of type 'struct (tracepoint__|nfs_|rdma_)" "$T/failed" >"$T/wrong"
lacking=$(($(wc -l <"$T/failed") - $(wc -l <"$T/wrong")))
possible=$((count - lacking))
cat "$T/failed"
echo "$good of $possible texts compile; $lacking are about what this kernel does not have"
[ $((good * 100)) -ge $((possible * 95)) ] || fail "fewer than 95 of 100 texts compile"

# Declarations cost nothing: they are ready before the compiler is, nearly always.
cat "$T"/made/*.json >"$T/out"
json --slurp '(map(select(.declare_ms < .load_ms)) | length) * 10 >= length * 9'
jq -rs '"declarations took \(map(.declare_ms) | sort | .[length / 2 | floor]) ms (median), " +
	"loading the compiler \(map(.load_ms) | sort | .[length / 2 | floor]) ms"' "$T/out"

# The same instructions, maps and functions as with everything declared.
build=${BIN%/bin}
run cmake --build "$build" --target full
expect_status 0
FULL=$build/tests/full
export FULL
"$FULL" header >"$T/full.h" || fail "libbpf does not write the kernel's types"
if [ -n "${ALL-}" ]; then
	sed 's/$/.c/' "$T/good" >"$T/compared"
else
	sort -t. -u -k1,1 "$T/good" | sed -n '1~3s/$/.c/p' >"$T/compared"
fi
xargs -n 1 -P "$(nproc)" sh "$T/two" <"$T/compared" | sort >"$T/out"
same=$(grep -c ' same$' "$T/out")
# Not to be compared: where a text has a struct of the kernel's name itself, all declarations are
# too many; and in libbpf's struct zone clang reads vm_stat 16 bytes too far, behind a member
# without a size, though its offsetof() says what BTF and our declarations say.
other=$(grep -cE " full: .*redefinition of|^compactsnoop\.[0-9]+ differs: instructions" "$T/out")
grep -v ' same$' "$T/out" >"$T/others"
cat "$T/others"
echo "$same of $(wc -l <"$T/compared") texts give the same instructions; $other cannot be compared"
[ $((same + other)) -eq "$(wc -l <"$T/compared")" ] || fail "others do not"
[ "$same" -ge 25 ] || [ -n "${TEXTS-}" ] || fail "only $same texts were compared"
expect_clean
