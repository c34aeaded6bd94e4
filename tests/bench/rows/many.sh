# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2154
# Row: to attach to 1,000 user functions and to detach. BCC takes minutes: once is enough.

many_setup() {
	build_with_cbee many && find_headers || return 1
	{
		awk 'BEGIN { for (i = 0; i < 1000; i++) printf "int fn_%d(int n) { return n + %d; }\n", i, i }'
		echo "int main(void) { return 0; }"
	} >"$dir/functions.c"
	cc -O0 -o "$dir/functions" "$dir/functions.c"
}

many_round() {
	take many.cbee "$dir/many" "$dir/functions" 'fn_*'
	[ "$round" -gt 1 ] || take many.bcc "$python" "$here/many.py" "$dir/functions" 'fn_.*'
}

many_rows() {
	against "attach and detach $(median many.cbee 2) user functions" ms "$(median many.cbee)" \
		bcc-python "$(median many.bcc)" 0.1
}
