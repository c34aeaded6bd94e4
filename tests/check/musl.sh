# SPDX-License-Identifier: Apache-2.0
# Library and programs compile with musl, which Alpine has for a C library: without a warning,
# and without the headers that only glibc has.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1
need_program jq musl-gcc

# Of the system's headers only those of the kernel and of our own libraries; what stands behind
# musl's own must not be glibc's.
mkdir "$T/other" "$T/glibc"
for header in asm asm-generic bcc bpf capstone demangle.h gelf.h jansson.h jansson_config.h \
	libelf.h libiberty linux lzma lzma.h pcre2.h xxhash.h zconf.h zlib.h; do
	for folder in /usr/include /usr/include/"$(cc -print-multiarch)"; do
		[ ! -e "$folder/$header" ] || ln -sf "$folder/$header" "$T/other/$header"
	done
done
# Debian's musl has more than Alpine's.
for header in argp.h error.h execinfo.h fts.h obstack.h; do
	echo '#error "musl has no such header"' >"$T/glibc/$header"
done

# The command lines of the build tell definitions and folders of each file.
jq -r '.[] | select(.file | test("/(src|programs)/")) | .file + " " + (.command | split(" ")
	| [range(length) as $i | if .[$i] == "-iquote" then .[$i], .[$i + 1]
	else .[$i] | select(test("^-[DI]|^-std")) end] | join(" "))' \
	"${BIN%/bin}/compile_commands.json" >"$T/commands"
[ "$(wc -l <"$T/commands")" -gt 100 ] || fail "compile_commands.json has hardly a file"

while read -r file flags; do
	[ -e "$file" ] || continue
	# The definitions are quoted as a shell reads them.
	eval "musl-gcc $flags -Wall -Wextra -Werror -fsyntax-only -isystem '$T/glibc' \
		-idirafter '$T/other' -idirafter '$T/other/libiberty' '$file'" 2>>"$T/err" ||
		echo "$file" >>"$T/out"
done <"$T/commands"
[ ! -e "$T/out" ] || fail "does not compile with musl:"
