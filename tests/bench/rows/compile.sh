# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2154
# Row: to compile the text of one of BCC's tools, nothing cached; the median of 20 tools.

wanted_texts=20

# usable FILE: whether both compile it here.
usable() {
	"$dir/took" "$bin/cbee" compile "$1" >/dev/null 2>&1 &&
		"$dir/took" "$dir/libbcc" "$1" >/dev/null 2>&1
}

compile_setup() {
	build took && find_headers || return 1
	"$bin/cbee" compile --help >/dev/null 2>&1 && build libbcc -lbcc || return 0
	mkdir "$dir/texts"
	found=0
	for tool in "$tools"/*-bpfcc; do
		text=$dir/texts/$(basename "$tool" -bpfcc).c
		timeout 10 "$python" "$here/text.py" "$tool" </dev/null >"$text" 2>/dev/null &&
			usable "$text" && found=$((found + 1)) || rm -f "$text"
		[ "$found" -lt "$wanted_texts" ] || break
	done
}

compile_round() {
	for text in "$dir"/texts/*.c; do
		[ -e "$text" ] || continue
		take compile.cbee env CBEE_CACHE= "$dir/took" "$bin/cbee" compile "$text"
		take compile.libbcc "$dir/took" "$dir/libbcc" "$text"
	done
}

compile_rows() {
	against "cbee compile of the text of a BCC tool" ms "$(median compile.cbee)" \
		"libbcc with headers" "$(median compile.libbcc)" 0.1
}
