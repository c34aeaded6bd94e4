# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2154
# Rows: a storm of execs at full speed, seen by execsnoop: how many are lost, and the CPU time
# of one, the tracer's included.

execs=5000

execs_setup() {
	build storm || return 1
	echo 'int main(void) { return 0; }' >"$dir/nothing.c"
	cc -O2 -static -o "$dir/bench-storm" "$dir/nothing.c"
}

# storm_under NAME COMMAND...: prints the storm's figure, and how many of its execs were missed.
storm_under() {
	list=$dir/$1.list
	shift
	"$@" >"$list" 2>"$list.err" &
	tracer=$!
	sleep 2
	cost=$("$dir/storm" "$tracer" "$execs" "$dir/bench-storm")
	kill -INT "$tracer"
	wait "$tracer"
	echo "$cost $((execs - $(grep -c '^[^ ]*bench-storm ' "$list")))"
}

execs_round() {
	take execs.cbee storm_under cbee "$bin/cbee-execsnoop"
	take execs.libbpf-tools storm_under libbpf-tools "$tools/execsnoop"
}

execs_rows() {
	below "$execs execs at full speed, lost" execs "$(median execs.cbee 2)" 0
	against "CPU time of one of them" us "$(median execs.cbee)" \
		libbpf-tools "$(median execs.libbpf-tools)" 1.0
}
