# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2154
# Rows: what one probed call costs, entry and return, in CPU time of the caller.

call_setup() {
	build calls && build_with_cbee empty
}

# calls_under COMMAND...: a run of calls, probed by the command, in which PID stands for it.
calls_under() {
	rm -f "$dir/calls.out"
	"$dir/calls" >"$dir/calls.out" &
	calls=$!
	while [ ! -s "$dir/calls.out" ]; do # from then on /proc knows which program it is
		sleep 0.01
	done
	for word; do
		shift
		[ "$word" != PID ] || word=$calls
		set -- "$@" "$word"
	done
	"$@" >/dev/null 2>&1 &
	tracer=$!
	wait "$calls"
	status=$?
	kill -INT "$tracer"
	wait "$tracer"
	tail -n 1 "$dir/calls.out"
	return "$status"
}

call_round() {
	take call.cbee calls_under "$bin/cbee-funclatency" -p PID "$dir/calls:work"
	take call.empty calls_under "$dir/empty" PID "$dir/calls:work"
	take call.libbpf-tools calls_under "$tools/funclatency" -p PID :work
}

call_rows() {
	against "one probed call, entry and return" ns "$(median call.cbee)" \
		"an empty program" "$(median call.empty)" 1.02
	against "the same" ns "$(median call.cbee)" libbpf-tools \
		"$(median call.libbpf-tools)" 1.0
}
