# SPDX-License-Identifier: Apache-2.0
# The lists in CMake files name every file that is there: sources, unit tests and what they run
# on, tracers and the parts of cbee.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

{
	for file in src/*/*.c; do
		case $file in
		src/cc/*) list=src/cc/CMakeLists.txt name=${file#src/cc/} ;;
		*) list=src/CMakeLists.txt name=${file#src/} ;;
		esac
		grep -qE "^ +$name\)?\$" "$list" || echo "$file is not in $list"
	done
	for file in tests/unit/test_*.c; do
		name=${file##*/test_}
		grep -q "^add_unit(${name%.c})\$" tests/CMakeLists.txt ||
			echo "$file is not in tests/CMakeLists.txt"
	done
	for file in tests/fake/*.c; do
		grep -qE "[( ]${file#tests/}( |\)|\$)" tests/CMakeLists.txt ||
			echo "$file is not in tests/CMakeLists.txt"
	done
	for file in programs/cbee/*.c; do
		grep -qE "[( ]${file#programs/}( |\)|\$)" programs/CMakeLists.txt ||
			echo "$file is not in programs/CMakeLists.txt"
	done
	for file in programs/*/*.bpf.c; do
		name=${file##*/}
		case $file in
		programs/tutorial/*) continue ;;
		esac
		grep -q "^add_tracer(${name%.bpf.c})\$" programs/CMakeLists.txt ||
			echo "$file is not in programs/CMakeLists.txt"
	done
	for file in programs/tutorial/*.c; do
		name=${file##*/}
		case $name in
		*.bpf.c) continue ;;
		esac
		grep -qE "^  ${name%.c}\)?\$" programs/tutorial/CMakeLists.txt ||
			echo "$file is not in programs/tutorial/CMakeLists.txt"
	done
} >"$T/out"
[ ! -s "$T/out" ] || fail "not built:"

for list in add_unit tests/CMakeLists.txt add_tracer programs/CMakeLists.txt; do
	case $list in
	add_*) call=$list ;;
	*) grep "^$call(" "$list" | sort -c 2>"$T/err" || fail "$list: $call lines are not sorted" ;;
	esac
done
