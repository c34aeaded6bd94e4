# SPDX-License-Identifier: Apache-2.0
# The table of README.md has the tracers and commands that there are, and says of each what it
# says itself; links lead somewhere. (tests/live/manual-examples.sh runs its examples.)
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

# shellcheck disable=SC2016 # the quotes of Markdown
sed -n 's/^| `\(cbee[a-z -]*\)` | \(.*\) |$/\1: \2/p' README.md | sort >"$T/told"
{
	"$BIN/cbee" help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  *\(.*\)/cbee \1: \2/p'
	"$BIN/cbee" list --csv | tail -n +2 | sed 's/^\([^,]*\),[^,]*,"\{0,1\}\([^"]*\)"\{0,1\}$/cbee-\1: \2/'
} | sort >"$T/real"
diff "$T/real" "$T/told" >"$T/out" || fail "the table of README.md differs from what there is:"
[ "$(wc -l <"$T/real")" -gt 5 ] || fail "nothing to compare"

grep -ohE '\]\([a-zA-Z/._-]+\)' ./*.md docs/*.md | tr -d ']()' | sort -u | while read -r path; do
	[ -e "$path" ] || [ -e "docs/$path" ] || echo "$path"
done >"$T/out"
[ ! -s "$T/out" ] || fail "links to what is not there:"
