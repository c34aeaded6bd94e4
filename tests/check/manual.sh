# SPDX-License-Identifier: Apache-2.0
# The manual: every program has a page, filled in, with the sections it needs; mandoc and groff
# find nothing wrong with them, apropos finds them. And --help of a tracer fits on a screen.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program mandoc

man=${BIN%/bin}/share/man
for source in programs/*/*.[0-9].in; do
	name=$(basename "${source%.in}")
	case $source in
	programs/cbee/*) ;;
	*) name=cbee-$name ;;
	esac
	[ -s "$man/man${name##*.}/$name" ] || fail "$name was not made"
done

for program in "$BIN"/cbee "$BIN"/cbee-*; do
	set -- "$man"/man[18]/"$(basename "$program")".[18]
	[ -e "$1" ] || fail "$program has no page"
done

# has_sections PAGE NAME...
has_sections() {
	page=$1
	shift
	for name; do
		grep -qx ".SH $name" "$page" || fail "$page has no section $name"
	done
}

for page in "$man"/man*/*; do
	case $page in
	*.8) has_sections "$page" SYNOPSIS OPTIONS FIELDS OVERHEAD CAVEATS PRIVILEGES FILES ENVIRONMENT \
		'EXIT STATUS' ;;
	*.1) has_sections "$page" SYNOPSIS OVERHEAD CAVEATS PRIVILEGES FILES ENVIRONMENT 'EXIT STATUS' ;;
	esac
	has_sections "$page" NAME DESCRIPTION EXAMPLES 'SEE ALSO'
	grep -n '@[A-Z_]*@' "$page" >"$T/out" && fail "$page still has a placeholder"
	run mandoc -T lint -W all "$page"
	[ ! -s "$T/out" ] || fail "mandoc about $page:"
	if command -v groff >/dev/null; then
		run groff -man -T utf8 -ww -z "$page"
		[ ! -s "$T/err" ] || fail "groff about $page:"
	fi
	# What it refers to of ours is there.
	grep -oE 'cbee(\\-[a-z]+)? \([0-9]\)' "$page" | tr -d ' \\()' | sort -u | while read -r other; do
		n=${other#"${other%?}"}
		[ -e "$man/man$n/${other%?}.$n" ] || echo "${other%?}($n)"
	done >"$T/out"
	[ ! -s "$T/out" ] || fail "$page refers to what is not there:"
done

# What the library and the programs read of the environment is told.
grep -rhoE 'getenv\("[A-Z_]+' src/*/*.c programs/*/*.c | sed 's/.*"//' | sort -u >"$T/names"
for page in "$man"/man[18]/*; do
	sed -n '/^\.SH ENVIRONMENT/,/^\.SH SEE/p' "$page" >"$T/out"
	while read -r name; do
		grep -qw "$name" "$T/out" || fail "$page does not tell of the variable $name:"
	done <"$T/names"
done

if [ -x /usr/sbin/makewhatis ]; then
	cp -r "$man" "$T/man"
	run /usr/sbin/makewhatis -p "$T/man"
	[ ! -s "$T/err" ] || fail "makewhatis finds fault:"
fi
if command -v lexgrog >/dev/null; then
	for page in "$man"/man*/*; do
		name=$(basename "${page%.?}")
		run lexgrog "$page"
		expect_out ": \"$name - [a-z].*[a-z]\"\$"
	done
fi

for program in "$BIN"/cbee-*; do
	run "$program" --help
	[ "$(wc -l <"$T/out")" -le 24 ] || fail "$program --help has more than 24 lines"
	! grep -nE '.{81}' "$T/out" >"$T/err" || fail "$program --help has lines beyond 80 columns"
done
run cbee list
! grep -w other "$T/out" || fail "a tracer has no topic"
