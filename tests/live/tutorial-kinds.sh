# SPDX-License-Identifier: Apache-2.0
# The tutorial's programs that count in hashes and arrays, of one kind and the other.
. "${0%/*}/../lib.sh"
. "${0%/*}/../tutorial.sh"
need_root
need_program setpriv
cp /bin/true "$T/tutorial-work"
chmod 755 "$T"

# same NAME ROW COMMAND: both show a row ROW below the same heading, whatever else is there.
same() {
	heading=
	for how in "$TUTORIAL/$1" "cbee run $1.bpf.c -- sh -c"; do
		# shellcheck disable=SC2086 # words
		run $how "$3"
		expect_status 0
		[ -z "$(sed -n 1p "$T/out")" ] || fail "$how: no empty line first"
		[ "${heading:=$(sed -n 2p "$T/out")}" = "$(sed -n 2p "$T/out")" ] ||
			fail "$how: another heading than $heading"
		grep -qxF -e "$2" "$T/out" || fail "$how: no row $2"
		! grep -vxE '|[a-z]+:|  ([0-9]+|\{ name = ".*" \}): [0-9]+' "$T/out" ||
			fail "$how: not only rows"
	done
}

same hash '  { name = "tutorial-work" }: 23' \
	"for i in \$(seq 23); do $T/tutorial-work; done"
cat >"$T/signals" <<'END'
trap : 50
for i in $(seq 17); do
	kill -50 $$
done
END
same array '  50: 17' "sh $T/signals"
same percpu_array '  50: 17' "sh $T/signals"
same percpu_hash '  4711: 6' "for i in 1 2 3; do
	setpriv --reuid 4711 --regid 4711 --clear-groups sh -c 'exec $T/tutorial-work'
done"
expect_clean
