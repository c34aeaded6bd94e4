# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2034,SC2154
# What the rows of the bench share: the scratch folder, samples and their medians, lines of
# the table. To be sourced by tests/bench/run, which sets $top, $here and $rounds.
#
# A row is a file rows/NAME.sh with three functions: NAME_setup makes what it needs,
# NAME_round takes one sample of everything (round number: $round), NAME_rows prints the
# lines of the table.

bin=${CBEE_BIN:-$top/build/release/bin}
lib=${CBEE_BUILD:-$top/build/release}/lib
python=/usr/bin/python3.11
tools=/usr/sbin # where libbpf-tools and BCC's tools are
dir=$(mktemp -d "${TMPDIR:-/tmp}/cbee-bench.XXXXXX") || exit 1
pids=

clean_up() {
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 1' HUP INT TERM

[ -d /sys/kernel/debug/tracing/events ] || mount -t debugfs debugfs /sys/kernel/debug || exit 1

# ---- making ----------------------------------------------------------------

# build NAME [FLAG]...: compiles tests/bench/NAME.c.
build() {
	name=$1
	shift
	[ -x "$dir/$name" ] || cc -O2 -D_GNU_SOURCE -o "$dir/$name" "$here/$name.c" "$@"
}

# build_with_cbee NAME: the same, with the library that was built.
build_with_cbee() {
	build "$1" "-I$top/include" "-L$lib" "-Wl,-rpath,$lib" -lcbee
}

# start_target: a program whose work() is called all the time; sets $target and $address.
start_target() {
	[ -z "${target:-}" ] || return 0
	# No PIE: the symbol's address in the file is its address in the process.
	build target -O1 -no-pie || return 1
	address=$(nm "$dir/target" | awk '$3 == "work" { print $1 }')
	"$dir/target" &
	target=$!
	pids="$pids $target"
}

# find_headers: any installed ones for BCC, in one folder, where Debian has two; sets
# $BCC_KERNEL_SOURCE.
find_headers() {
	[ -z "${BCC_KERNEL_SOURCE:-}" ] || return 0
	BCC_KERNEL_SOURCE=$dir/headers
	export BCC_KERNEL_SOURCE
	common=$(find /usr/src -maxdepth 1 -name 'linux-headers-*-common' | sort -V | tail -n 1)
	mkdir "$dir/headers"
	for part in "$common" "${common%-common}-amd64"; do
		cp -asf "$part/." "$dir/headers/" 2>/dev/null
	done
}

# ---- sampling --------------------------------------------------------------

# take NAME COMMAND...: keeps the line that the command prints as a sample of NAME. One that
# has failed at first is not run again; later failures are left out.
take() {
	sample=$1
	shift
	[ ! -e "$dir/$sample.failed" ] || return 1
	if "$@" >"$dir/$sample.out" 2>"$dir/$sample.err" && [ -s "$dir/$sample.out" ]; then
		tail -n 1 "$dir/$sample.out" >>"$dir/$sample.samples"
		return
	fi
	if [ -e "$dir/$sample.samples" ]; then
		echo "$sample failed: $(tail -n 1 "$dir/$sample.err")" >&2
	else
		tail -n 1 "$dir/$sample.err" >"$dir/$sample.failed"
	fi
	return 1
}

# median NAME [COLUMN]: of the samples; nothing if there are none.
median() {
	[ -e "$dir/$1.samples" ] || return 0
	awk -v c="${2:-1}" '{ print $c }' "$dir/$1.samples" | sort -n |
		awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# ---- the table -------------------------------------------------------------

head_line() {
	echo "| what | cbee | beside | theirs | ratio | at most | |"
	echo "|---|---|---|---|---|---|---|"
}

# against WHAT UNIT CBEE PEER THEIRS TARGET: one line; CBEE and THEIRS are values, or empty.
against() {
	printf '%s\n' "$1" "$2" "$3" "$4" "$5" "$6" | awk '
		{ f[NR] = $0 }
		END {
			if (f[3] == "" || f[5] == "") {
				printf "| %s | %s | %s | %s | | %s | not measured |\n", f[1],
					f[3] == "" ? "" : f[3] " " f[2], f[4],
					f[5] == "" ? "" : f[5] " " f[2], f[6]
				exit
			}
			ratio = f[5] > 0 ? f[3] / f[5] : 0
			printf "| %s | %s %s | %s | %s %s | %.3g | %s | %s |\n", f[1], f[3], f[2],
				f[4], f[5], f[2], ratio, f[6], ratio <= f[6] ? "reached" : "missed"
		}'
}

# below WHAT UNIT CBEE TARGET: one line about a limit.
below() {
	printf '%s\n' "$1" "$2" "$3" "$4" | awk '
		{ f[NR] = $0 }
		END {
			printf "| %s | %s %s | | | | %s %s | %s |\n", f[1], f[3], f[2], f[4], f[2],
				f[3] == "" ? "not measured" : f[3] + 0 <= f[4] + 0 ? "reached" : "missed"
		}'
}

foot_line() {
	echo
	echo "Medians of $rounds interleaved rounds; Linux $(uname -r), $(nproc) CPUs."
	for file in "$dir"/*.failed; do
		[ ! -e "$file" ] || echo "Could not run $(basename "$file" .failed): $(cat "$file")"
	done
}

# write_readme TABLE README: puts the table between the marks.
write_readme() {
	awk -v table="$1" '
		/^<!-- bench ends -->$/ { inside = 0 }
		!inside { print }
		/^<!-- bench begins -->$/ {
			inside = 1
			while ((getline line < table) > 0)
				print line
		}' "$2" >"$dir/readme" && cat "$dir/readme" >"$2"
}
