# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Runs the examples of the manual; for a script that has sourced lib.sh before this.
#   examples_find      splits the EXAMPLES of all pages, and README.md: its section "Lines that
#                      solve problems"; $T/examples/PAGE/NUMBER.{cmd,shown}
#   examples_here      makes what the examples take for granted, in $T/work
#   examples_run PAGE WHICH
#                      runs a page's examples in order: those that need kprobes ("kprobes") or
#                      the others ("others"), and each `cat FILE`, which gives FILE its text
#   $examples_count    how many commands were run, without `cat`
# An example is a line that begins with "# ", and what is shown below it. Its command has to end
# with status 0, by itself or by Ctrl-C after a while. What is shown has to come in that order,
# but numbers and bars may differ, "..." stands for anything, and a line that looks like one
# before it need not come again.

# Commands that need kprobes, exactly.
examples_kprobes=$TOP/tests/examples-kprobes
examples_count=0

# What stands between EXAMPLES and the next heading, in files.
split_page() {
	awk -v to="$2" '
	/^[A-Z]/ { inside = $0 == "EXAMPLES"; next }
	!inside || !/^           |^$/ { file = ""; more = 0; next }
	{ sub(/^           /, "") }
	/^# / || more {
		if (!more)
			count++
		more = /[|\\]$/
		file = to "/" count
		sub(/^# /, ""); sub(/ *\\$/, "")
		print >(file ".cmd")
		printf "" >(file ".shown")
		next
	}
	file { print >(file ".shown") }' "$1"
}

examples_find() {
	for page in "${BIN%/bin}"/share/man/man*/*; do
		to=$T/examples/$(basename "$page")
		mkdir -p "$to"
		mandoc -T ascii -O width=200 "$page" | sed 's/.\x08//g' >"$T/page"
		split_page "$T/page" "$to"
	done
	mkdir "$T/examples/README.md"
	{
		echo EXAMPLES
		sed -n '/^## Lines that solve problems$/,/^## What there is$/p' "$TOP/README.md" |
			sed 's/^    /           /; /^ /!s/..*/ /'
	} >"$T/page"
	split_page "$T/page" "$T/examples/README.md"
	for to in "$T"/examples/*; do
		[ -e "$to/1.cmd" ] || fail "${to##*/} has no examples"
	done
	cat "$T"/examples/*/*.cmd | LC_ALL=C sort >"$T/commands"
	LC_ALL=C sort -c "$examples_kprobes" || fail "$examples_kprobes is not sorted"
	LC_ALL=C comm -13 "$T/commands" "$examples_kprobes" >"$T/out"
	[ ! -s "$T/out" ] || fail "in $examples_kprobes, but in no page:"
}

# A program in C++ with functions, a class and a probe of its own; with an argument it stays.
make_app() {
	cat >"$T/app.cc" <<'END'
#include <unistd.h>
#include "usdt.h"

extern "C" __attribute__((noinline)) int work(int size)
{
	for (volatile int i = 0; i < size; i = i + 1)
		;
	PROBE("app", "job", "0", "-4@%[a]", [a] "r"(7));
	return 0;
}

namespace ns {
class Queue {
public:
	__attribute__((noinline)) void push(int n) { work(n); }
	__attribute__((noinline)) void pop() { __asm__ volatile(""); }
};
}

int main(int argc, char **)
{
	ns::Queue queue;

	for (int i = 0; argc > 1 || i < 1000; i++) {
		if (i % 4)
			work(i % 100 ? 100 << i % 7 : 100000);
		else
			queue.push(500);
		queue.pop();
		if (argc > 1)
			usleep(10000);
	}
	return 0;
}
END
	g++ -g -O1 -I"$TOP/tests" -o app "$T/app.cc" || fail "the program does not compile"
}

# ./app, a Makefile that runs three programs, a process appd, and programs that start now and then.
examples_here() {
	need_program g++ jq make mandoc pgrep
	mkdir "$T/work" && cd "$T/work" || exit 1
	make_app
	printf 'all:\n\t@date >now\n\t@wc -c now >size\n\t@rm now size\n' >Makefile
	cp app appd
	./appd stay &
	pids="$pids $!"
	(
		while :; do
			ls /etc/hostname
			cat /nonexistent
			sleep 0.1
		done >/dev/null 2>&1
	) &
	pids="$pids $!"
}

# compare SHOWN REAL: each line of SHOWN, in order.
compare() {
	awk '
	BEGIN { n = at = 0 }
	function shape(s) {
		gsub(/\|[* ]*\|/, "|", s)
		gsub(/[0-9]+([.:][0-9]+)*/, "0", s)
		gsub(/[ \t]+/, " ", s)
		sub(/^ /, "", s); sub(/ $/, "", s)
		return s
	}
	FNR == 1 { file++ }
	file == 1 { real[n++] = shape($0); next }
	/^ *$/ || /^ *\.\.\.$/ { next }
	{
		want = shape($0)
		if (want in seen)
			next
		seen[want]
		while (at < n && real[at] != want)
			at++
		if (at++ >= n) {
			print "not in the output: " $0
			exit 1
		}
	}' "$2" "$1"
}

# Until the command has ended, or has traced for a while and is interrupted; leaves $status.
watch() {
	rounds=0
	while kill -0 "$spawned" 2>/dev/null && [ "$rounds" -lt 600 ]; do
		! grep -qE 'Ctrl-C ends|^COMM |^TIME ' "$T/real" || break
		sleep 0.1
		rounds=$((rounds + 1))
	done
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		kill -0 "$spawned" 2>/dev/null || break
		sleep 0.1
	done
	! kill -0 "$spawned" 2>/dev/null || kill -INT "$spawned" 2>/dev/null
	reap
}

# Runs one example; a simple command gets Ctrl-C itself, not a shell around it.
run_example() {
	command=$(cat "$1.cmd")
	case $command in
	*'|'* | *';'* | *'
'*) ;;
	*) command="exec $command" ;;
	esac
	status=0
	printf '' >"$T/real"
	sh -c "$command" >"$T/real" 2>&1 </dev/null &
	spawned=$!
	pids="$pids $spawned"
	watch
	cp "$T/real" "$T/out"
	[ "$status" -eq 0 ] || fail "$2: status $status of: $(cat "$1.cmd")"
	compare "$1.shown" "$T/real" >"$T/err" || {
		cat "$T/err"
		fail "$2 shows something else for: $(cat "$1.cmd")"
	}
	examples_count=$((examples_count + 1))
}

examples_run() {
	count=0
	while [ -e "$T/examples/$1/$((count + 1)).cmd" ]; do
		count=$((count + 1))
		example=$T/examples/$1/$count
		if grep -qxE 'cat [a-z]+\.c' "$example.cmd"; then
			cp "$example.shown" "$(cut -d ' ' -f 2 "$example.cmd")"
		elif grep -qxF -f "$example.cmd" "$examples_kprobes"; then
			[ "$2" != kprobes ] || run_example "$example" "$1"
		elif [ "$2" = others ]; then
			run_example "$example" "$1"
		fi
	done
}
