# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2015,SC2154
# Rows: a start with the image in the cache, memory while tracing, SIGINT until gone; all of
# funclatency on one user function.

start_setup() {
	build start && start_target || return 1
	mkdir -m 700 "$dir/cache"
	CBEE_CACHE=$dir/cache "$bin/cbee-funclatency" --warm 2>/dev/null
	# files too new are not trusted by the cache: the first start of a fresh build is slow
	CBEE_CACHE=$dir/cache "$dir/start" "$target" "$address" \
		"$bin/cbee-funclatency" -p "$target" "$dir/target:work" >"$dir/start.first"
}

start_round() {
	take start.cbee env CBEE_CACHE="$dir/cache" "$dir/start" "$target" "$address" \
		"$bin/cbee-funclatency" -p "$target" "$dir/target:work"
	take start.libbpf-tools "$dir/start" "$target" "$address" \
		"$tools/funclatency" -p "$target" :work
}

start_rows() {
	against "start until attached, image cached" ms "$(median start.cbee 1)" \
		libbpf-tools "$(median start.libbpf-tools 1)" 0.75
	below "RSS while tracing" kB "$(median start.cbee 2)" 6144
	below "PSS while tracing" kB "$(median start.cbee 3)" 2048
	against "SIGINT until gone" ms "$(median start.cbee 5)" \
		libbpf-tools "$(median start.libbpf-tools 5)" 0.5
}
