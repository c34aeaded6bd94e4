# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2154
# Rows: a start with nothing cached, of funclatency on one user function, and of a tool whose
# text reads sockets: BCC's tcplife.

cold_setup() {
	build start && build first && start_target && find_headers || return 1
	"$python" "$here/text.py" "$tools/tcplife-bpfcc" >"$dir/tcplife.c"
}

cold_round() {
	take cold.cbee env CBEE_CACHE= "$dir/start" "$target" "$address" \
		"$bin/cbee-funclatency" -p "$target" "$dir/target:work"
	take cold.bpftrace "$dir/start" "$target" "$address" bpftrace -p "$target" -e "
		uprobe:$dir/target:work { @start[tid] = nsecs; }
		uretprobe:$dir/target:work /@start[tid]/ {
			@nsecs = hist(nsecs - @start[tid]);
			delete(@start[tid]);
		}"
	take cold.bcc "$dir/start" "$target" "$address" \
		"$python" "$tools/funclatency-bpfcc" -p "$target" "$dir/target:work"
	take tcplife.cbee env CBEE_CACHE= "$dir/first" attached "$bin/cbee" run "$dir/tcplife.c"
	# its first line is the header, which it prints when all is attached
	take tcplife.bcc "$dir/first" LADDR "$python" -u "$tools/tcplife-bpfcc"
}

cold_rows() {
	against "start until attached, nothing cached" ms "$(median cold.cbee)" \
		bpftrace "$(median cold.bpftrace)" 1.0
	against "the same" ms "$(median cold.cbee)" bcc-python "$(median cold.bcc)" 0.2
	against "the same, tcplife's text" ms "$(median tcplife.cbee)" \
		bcc-python "$(median tcplife.bcc)" 0.1
}
