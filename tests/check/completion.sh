# SPDX-License-Identifier: Apache-2.0
# bash, zsh and fish complete command lines with what is installed for them.
. "${0%/*}/../lib.sh"
need_program bash fish script zsh

run cmake --install "${BIN%/bin}" --prefix "$T/prefix" --component tools
expect_status 0
share=$T/prefix/share
PATH=$BIN:$PATH
export TERM=dumb XDG_DATA_DIRS="$share:/usr/share" HOME="$T" ZDOTDIR="$T"

mkdir -p "$T/work/my dir"
cd "$T/work" || exit 1
cc_program work/prog <<'END'
int work_one(int x) { return x + 1; }
int work_two(int x) { return x + 2; }
int main(void) { return work_one(work_two(-3)); }
END
cp prog "my dir/app"

cat >"$T/bashrc" <<END
PS1='> '
for file in $share/bash-completion/completions/*; do . "\$file"; done
END
cat >"$T/.zshrc" <<END
PS1='> '
fpath=($share/zsh/*-* \$fpath)
autoload -Uz compinit
compinit -u -d "$T/zcompdump"
END

# type_in SHELL LINE: what becomes of the line when it is typed into the shell, blanks too.
type_in() {
	printf '%b\001print_line \n\004' "$2" >"$T/keys"
	case $1 in
	bash) shell="bash --noprofile --rcfile $T/bashrc -i" start='print_line() { printf "<%s>" "$@"; echo; }' ;;
	zsh) shell="zsh -i" start='print_line() { printf "<%s>" "$@"; echo; }' ;;
	esac
	{
		echo "$start"
		cat "$T/keys"
	} | timeout 20 script -qec "$shell" "$T/typed" >"$T/out" 2>"$T/err"
	tr -d '\r\007' <"$T/out" | sed -n 's/^\(<cbee.*>\)$/\1/p' | tail -n 1
}

# A line, its TABs, and the words that come of it; "x" behind a TAB shows where a space is.
for shell in bash zsh; do
	while IFS='|' read -r typed want; do
		got=$(type_in "$shell" "$typed")
		[ "$got" = "$want" ] || fail "$shell: '$typed' becomes $got, not $want"
	done <<'END'
cbee-funclatency --micr\tx|<cbee-funclatency><--microseconds><x>
cbee-funclatency ./pro\twork_t\tx|<cbee-funclatency><./prog:work_two><x>
cbee-funclatency ./prog:wo\tone|<cbee-funclatency><./prog:work_one>
cbee-funclatency ./my\tapp\tmai\tx|<cbee-funclatency><./my dir/app:main><x>
cbee-execsnoop --uid=roo\tx|<cbee-execsnoop><--uid=root><x>
cbee-execsnoop -u roo\tx|<cbee-execsnoop><-u><root><x>
cbee ru\t--upr\t./prog:work_o\thit x.c|<cbee><run><--uprobe><./prog:work_one=hit><x.c>
cbee map upda\t--flags noe\tx|<cbee><map><update><--flags><noexist><x>
cbee execs\t--ma\t|<cbee><execsnoop><--max-args>
END
done

# What bash lists has descriptions.
type_in bash 'cbee-funclatency --mi\t\t' >"$T/ignored"
expect_out '^--microseconds  \(show microseconds instead of nanoseconds\)'

# fish tells what it would offer.
expect_fish() {
	fish -c "complete -C '$1'" >"$T/out" 2>"$T/err" || fail "fish: '$1': status $?"
	printf '%b' "$2" | cmp -s - "$T/out" || fail "fish: '$1' is completed otherwise:"
	expect_empty_err
}
expect_fish 'cbee-funclatency --mi' '--microseconds\tshow microseconds instead of nanoseconds\n--milliseconds\tshow milliseconds instead of nanoseconds\n'
expect_fish 'cbee-funclatency ./prog:wo' './prog:work_one\n./prog:work_two\n'
expect_fish 'cbee-funclatency ./my\ dir/' './my dir/app:\tfunctions of it\n'
expect_fish 'cbee-execsnoop --uid=roo' '--uid=root\tuser id 0\n'
expect_fish 'cbee run --uprobe ./prog:work_o' './prog:work_one=\n'
expect_fish 'cbee map unp' 'unpin\ttake the path of a map away\n'
