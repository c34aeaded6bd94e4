# SPDX-License-Identifier: Apache-2.0
# Includes go down the floors only, each door is used by those it is for, and only src/tool.c
# speaks or ends the process.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

awk '
	function floor_of(name) { return name in floor ? floor[name] : -1 }
	FILENAME == "tests/check/floors" {
		if (!/^#/)
			for (i = 2; i <= NF; i++) {
				if ($i in floor)
					print "tests/check/floors: " $i " is named twice"
				floor[$i] = $1
			}
		next
	}
	FNR == 1 {
		own = FILENAME
		sub(/^.*\//, "", own)
		sub(/\.[ch]$/, "", own)
		in_cc = FILENAME ~ /^src\/cc\//
		in_program = FILENAME ~ /^programs\//
		level = in_cc ? 0 : in_program ? 9 : floor_of(own)
		if (level < 0)
			print FILENAME ": is on no floor of tests/check/floors"
	}
	function bad(why) { print FILENAME ":" FNR ": " why }
	/^[ \t]*#[ \t]*include[ \t]*</ {
		split($0, part, /[<>]/)
		if (part[2] ~ /^bcc\// && !in_cc && level != 1)
			bad("<bcc/> is for floor 1 and cbee-cc")
		if (part[2] ~ /^(bpf|elfutils)\// && !in_cc && level != 1)
			bad("<" part[2] "> is for floor 1")
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
		name = part[2]
		from_cc = in_cc && name !~ /^\.\.\//
		sub(/^.*\//, "", name)
		sub(/(\.inc)?\.[ch]$/, "", name)
		if (from_cc || name == "uapi_bpf_names")
			next
		if (floor_of(name) > level)
			bad(part[2] " is on floor " floor_of(name) ", this file on " level)
	}
	!in_cc && !in_program && FILENAME != "src/tool.c" &&
	/(^|[^a-zA-Z0-9_>.])(printf|fprintf|vprintf|vfprintf|puts|putchar|fputs|perror|exit|abort|assert)\(/ {
		if ($0 !~ /^[ \t]*(\/?\*|\*)/)
			bad("the library neither prints nor ends the process")
	}
' tests/check/floors src/*.[ch] src/cc/*.[ch] programs/*/[a-z]*.c >"$T/out"

# A BPF text is compiled in another world: its includes are the kernel's.
sed -i '/^programs\/[^:]*\.bpf\.c:/d' "$T/out"
[ ! -s "$T/out" ] || fail "wrong includes or calls:"
