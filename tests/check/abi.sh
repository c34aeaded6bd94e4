# SPDX-License-Identifier: Apache-2.0
# What programs compiled with the headers rely on stays as tests/abi/lines has it: parameters,
# members and their places, numbers. There lines are only added; CONTRIBUTING tells how.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program ctags
[ "$(getconf LONG_BIT)" -eq 64 ] || skip "sizes are recorded for 64-bit machines"
lines=tests/abi/lines
symbols=packaging/debian/libcbee0.symbols
LC_ALL=C
export LC_ALL

# holds FOLDER: the compiler agrees with every line. A struct may have grown since.
holds() {
	{
		for header in "$1"/cbee/*.h; do
			echo "#include \"$header\""
		done
		cat <<-'END'
			#define SIZE(s, size) \
				_Static_assert(sizeof(struct s) >= size, "a smaller struct " #s);
			#define MEMBER(s, m, at, ...) \
				_Static_assert(offsetof(struct s, m) == at, "another place of " #s "." #m); \
				_Static_assert(__builtin_types_compatible_p( \
					__typeof__(((struct s *)0)->m), __typeof__(__VA_ARGS__)), \
					"another type of " #s "." #m);
			#define VALUE(name, value) _Static_assert(name == value, "another " #name);
			#define CALL(name, type, params) type name params;
		END
		echo "#include \"$PWD/$lines\""
	} | cc -x c -std=gnu11 -Wno-attributes -I"$1" -fsyntax-only - 2>"$T/err"
}

# unlisted FOLDER: what the headers have and no line does, into $T/out.
unlisted() {
	sh tests/abi/print "$1" >"$T/printed" 2>"$T/err" || fail "cannot read the headers:"
	[ -s "$T/printed" ] || fail "no facts in the headers"
	# of members and calls, what is not their name may be spelled in several ways
	awk 'function key(line) {
			if (line ~ /^(MEMBER|CALL)/)
				sub(line ~ /^M/ ? /, [0-9].*/ : /,.*/, "", line)
			return line
		}
		NR == FNR { known[key($0)]; next }
		!(key($0) in known)' "$lines" "$T/printed" >"$T/out"
	[ ! -s "$T/out" ]
}

holds include || fail "programs compiled before would break:"
unlisted include || fail "to be added to $lines, see CONTRIBUTING:"

# A struct that has grown reaches the library through the calls that take it, or something that
# has or points to it: each of them has a version for those that know the shorter one.
awk -v symbols="$symbols" '
	function inner(text) { # without what callbacks get
		sub(/^[^(]*\(/, "", text)
		while (gsub(/\([^()]*\)\([^()]*\)/, "", text))
			;
		return text
	}
	BEGIN {
		while ((getline line < symbols) > 0)
			if (match(line, /^ [^@]*@/))
				versions[substr(line, 2, RLENGTH - 2)]++
	}
	/^SIZE/ { sub(/^SIZE\(/, ""); sub(/,.*/, ""); if (sizes[$0]++) grown[$0] }
	/^MEMBER/ { of = $1; gsub(/^MEMBER\(|,/, "", of); member[++members] = $0; owner[members] = of }
	/^CALL/ { call[++calls] = $0 }
	END {
		do {
			more = 0
			for (i = 1; i <= members; i++)
				for (s in grown)
					if (!(owner[i] in grown) &&
					    inner(member[i]) ~ ("struct " s "[^a-z_0-9]")) {
						grown[owner[i]]
						more = 1
					}
		} while (more)
		for (i = 1; i <= calls; i++)
			for (s in grown) {
				name = call[i]
				gsub(/^CALL\(|,.*/, "", name)
				params = call[i]
				sub(/^[^,]*,[^(]*/, "", params)
				if (inner(params) ~ ("struct " s " ") && versions[name] < 2)
					print name " takes struct " s
			}
	}' "$lines" >"$T/out"
[ ! -s "$T/out" ] || fail "structs have grown, and these have no version for the shorter ones:"

# What a release had stays, as long as the library has the soname it had then.
release=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null)
if [ -n "$release" ] && git cat-file -e "$release:$lines" 2>/dev/null &&
	[ "$(git show "$release:$symbols" | head -n 1)" = "$(head -n 1 $symbols)" ]; then
	git show "$release:$lines" | sort >"$T/released"
	sort "$lines" | comm -23 "$T/released" - >"$T/out"
	[ ! -s "$T/out" ] || fail "in $release, and no longer in $lines:"
fi

# And it would be noticed: each of these changes of a header is.
# noticed FUNCTION HEADER WHAT SED: FUNCTION fails with headers in which SED changed HEADER.
noticed() {
	rm -rf "$T/include"
	cp -r include "$T/include"
	sed "$4" "include/cbee/$2" >"$T/include/cbee/$2"
	! cmp -s "include/cbee/$2" "$T/include/cbee/$2" || fail "$3: nothing to change in $2"
	! "$1" "$T/include" || fail "not noticed: $3"
}
noticed holds base.h "a member in the middle" 's/^	const char \*text; .*what failed.*/	void *more;\n&/'
noticed holds base.h "a member of another type" 's/const char \*device;/const void *device;/'
noticed holds base.h "a member that is gone" '/bool keep_memlock;/d'
noticed holds probe.h "an enumerator in the middle" 's/^	CBEE_FEXIT,/	CBEE_NEW,\n&/'
noticed holds sym.h "another number" 's/^#define CBEE_BUILD_ID 20/#define CBEE_BUILD_ID 32/'
noticed holds base.h "another parameter" 's/const char \*name, uint64_t value/const char *name, int value/'
noticed unlisted base.h "a member at the end" 's/bool keep_memlock;/&\n	int more[2];/'
noticed unlisted base.h "a new function" 's/^CBEE_API int cbee_load(/CBEE_API int cbee_new_one(void);\n&/'
