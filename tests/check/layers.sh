# SPDX-License-Identifier: Apache-2.0
# Includes go down the floors only, each door is used by those it is for, and only
# src/run/output.c speaks; nothing of the library ends the process but a child it forked.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

awk '
	FILENAME == "tests/check/floors" {
		if (!/^#/)
			for (i = 2; i <= NF; i++)
				floor[$i] = $1
		next
	}
	FNR == 1 {
		split(FILENAME, path, "/")
		in_cc = FILENAME ~ /^src\/cc\//
		in_program = FILENAME ~ /^programs\//
		own = path[2] # the one header of a program is named like its folder
		level = in_cc ? 1 : in_program ? 9 : path[2] in floor ? floor[path[2]] : -1
		if (level < 0)
			print FILENAME ": its folder is on no floor of tests/check/floors"
	}
	function bad(why) { print FILENAME ":" FNR ": " why }
	/^[ \t]*#[ \t]*include[ \t]*</ {
		split($0, part, /[<>]/)
		if (part[2] ~ /^(bcc|bpf)\// && !in_cc && level != 1)
			bad("<" part[2] "> is for floor 1 and cbee-cc")
		if (in_program && part[2] ~ /\// && part[2] !~ /^(cbee|sys|linux|asm|arpa|net|netinet)\//)
			bad("a tracer includes <cbee/>, libc and its own header only")
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		if (in_program) {
			if (part[2] != own ".h" && part[2] != own ".bpf.inc.h")
				bad("a tracer includes <cbee/>, libc and its own header only")
			next
		}
		if (part[2] !~ /\// || part[2] == "cc/wire.h")
			next
		folder = part[2]
		sub(/\/.*/, "", folder)
		if (!(folder in floor))
			bad(part[2] " is on no floor")
		else if (floor[folder] > level)
			bad(part[2] " is on floor " floor[folder] ", this file on " level)
	}
	!in_cc && !in_program && FILENAME != "src/run/output.c" &&
	/(^|[^a-zA-Z0-9_>.])(printf|fprintf|vprintf|vfprintf|puts|putchar|fputs|perror|exit|abort|assert)\(/ {
		if ($0 !~ /^[ \t]*(\/?\*|\*)/)
			bad("the library neither prints nor ends the process")
	}
' tests/check/floors src/*/*.[ch] programs/*/[a-z]*.c >"$T/out"

# A BPF text is compiled in another world: its includes are the kernel's.
sed -i '/^programs\/[^:]*\.bpf\.c:/d' "$T/out"
[ ! -s "$T/out" ] || fail "wrong includes or calls:"
