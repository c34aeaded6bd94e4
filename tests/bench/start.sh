#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# How long funclatency takes from its start until its probe is in place, what memory it takes
# while it traces (with the processes it started) and at its peak (the largest process), and
# how long it takes to end on SIGINT: cbee's, libbpf-tools', BCC's and the same in bpftrace, on
# one user function.
# usage: sh tests/bench/start.sh [ROUNDS]
# Needs root. The rounds are interleaved; the table has the medians.
set -u
top=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd) || exit 1
bin=${CBEE_BIN:-$top/build/release/bin}
rounds=${1:-11}
# Any kernel's will do for BCC here: the text reads no kernel struct.
headers=$(find /usr/src -maxdepth 1 -name 'linux-headers-*-common' | sort -V | tail -n 1)
headers=${headers%-common}

[ "$(id -u)" -eq 0 ] || {
	echo "needs root" >&2
	exit 1
}
dir=$(mktemp -d) || exit 1
target=
trap '[ -z "$target" ] || kill "$target" 2>/dev/null; rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM

cc -O2 -D_GNU_SOURCE -o "$dir/start" "$top/tests/bench/start.c" || exit 1
# No PIE: the symbol's address in the file is its address in the process.
cc -O1 -D_GNU_SOURCE -no-pie -o "$dir/target" "$top/tests/bench/target.c" || exit 1
address=$(nm "$dir/target" | awk '$3 == "work" { print $1 }')
"$dir/target" &
target=$!

# Debian splits the headers over two folders; BCC wants one.
mkdir "$dir/headers"
cp -as "$headers-common/." "$dir/headers/" 2>/dev/null
cp -asf "$headers-amd64/." "$dir/headers/" 2>/dev/null

# tracer NAME: runs one of them.
tracer() {
	case $1 in
	cbee) set -- "$bin/cbee-funclatency" -p "$target" "$dir/target:work" ;;
	libbpf-tools) set -- /usr/sbin/funclatency -p "$target" :work ;;
	bcc)
		set -- env BCC_KERNEL_SOURCE="$dir/headers" /usr/bin/python3.11 \
			/usr/sbin/funclatency-bpfcc -p "$target" "$dir/target:work"
		;;
	bpftrace)
		set -- bpftrace -p "$target" -e "
			uprobe:$dir/target:work { @start[tid] = nsecs; }
			uretprobe:$dir/target:work /@start[tid]/ {
				@nsecs = hist(nsecs - @start[tid]);
				delete(@start[tid]);
			}"
		;;
	esac
	"$dir/start" "$target" "$address" "$@"
}

# median FILE COLUMN
median() {
	awk -v c="$2" '{ print $c }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

names="cbee libbpf-tools bcc bpftrace"
round=0
while [ "$round" -lt "$rounds" ]; do
	for name in $names; do
		[ ! -e "$dir/$name.failed" ] || continue
		tracer "$name" >>"$dir/$name" 2>"$dir/$name.err" || mv "$dir/$name.err" "$dir/$name.failed"
	done
	round=$((round + 1))
done

echo "medians of $rounds interleaved rounds; in brackets: times cbee's; Linux $(uname -r), $(nproc) CPUs"
printf '%-13s %18s %18s %18s %18s %18s\n' \
	tracer "attached, ms" "RSS, kB" "PSS, kB" "peak RSS, kB" "SIGINT to end, ms"
for name in $names; do
	if [ -e "$dir/$name.failed" ]; then
		printf '%-13s could not run: %s\n' "$name" "$(tail -n 1 "$dir/$name.failed")"
		continue
	fi
	printf '%-13s' "$name"
	for column in 1 2 3 4 5; do
		echo "$(median "$dir/$name" $column) $(median "$dir/cbee" $column)"
	done | awk '{ printf " %10s (%5.2f)", $1, ($2 ? $1 / $2 : 0) } END { print "" }'
done
