# SPDX-License-Identifier: Apache-2.0
# docs/tutorial.md has a section for each program, counts its lines right, and shows commands of
# programs that are there.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

lines() {
	[ ! -e "$1" ] || wc -l <"$1"
}

for file in programs/tutorial/*.c; do
	name=$(basename "$file" .c)
	case $name in
	*.bpf | naps) continue ;; # naps is watched, as greet.go is
	esac
	bpf=$(lines "${file%.c}.bpf.c")
	row="| \`$name\` | $(lines "$file") |${bpf:+ $bpf} |"
	grep -qF "$row" docs/tutorial.md || echo "no row: $row"
	grep -qxF "### $name" docs/tutorial.md || echo "no section: $name"
	grep -qE "^    # \./$name( |\$)" docs/tutorial.md || echo "no command: $name"
done >"$T/out"
[ ! -s "$T/out" ] || fail "docs/tutorial.md differs from programs/tutorial:"
