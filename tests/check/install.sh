# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts down works from there: programs find library and cbee-cc, and
# someone else's C and C++ build against header and library.
. "${0%/*}/../lib.sh"
cd "$TOP" || exit 1

prefix=$T/prefix
run cmake --install "${BIN%/bin}" --prefix "$prefix"
expect_status 0

for program in "$BIN"/cbee-*; do
	run "$prefix/bin/${program##*/}" --version
	expect_status 0
	expect_out "^${program##*/} [0-9]+\\.[0-9]+\\.[0-9]+\$"
done
run ldd "$prefix/bin/cbee-funclatency"
expect_out "libcbee\\.so\\.0 => $prefix/"
! grep -E 'LLVM|clang' "$T/out" || fail "a tracer is linked to LLVM"
[ -x "$prefix/libexec/cbee/cbee-cc" ] || fail "no cbee-cc in libexec/cbee"
diff -r src/cc/shim "$prefix/libexec/cbee/shim" >"$T/out" || fail "shim differs:"

cat >"$T/user.c" <<'END'
#include <cbee/cbee.h>
#include <cbee/tool.h>
#include <stddef.h>

int main(void)
{
	struct cbee *c = NULL;
	int err = cbee_new(&c);

	cbee_free(c);
	return err != 0;
}
END
for compiler in "cc" "clang -x c++"; do
	# shellcheck disable=SC2086 # words
	run $compiler "$T/user.c" -o "$T/user" -I"$prefix/include" -L"$prefix/lib" \
		-Wl,-rpath,"$prefix/lib" -lcbee
	expect_status 0
	run "$T/user"
	expect_status 0
done

mkdir "$T/dependent"
cat >"$T/dependent/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.21)
project(dependent LANGUAGES C)
find_package(cbee 0.1 REQUIRED)
add_executable(user ../user.c)
target_link_libraries(user PRIVATE cbee::cbee)
END
run cmake -S "$T/dependent" -B "$T/dependent/build" -DCMAKE_PREFIX_PATH="$prefix"
expect_status 0
run cmake --build "$T/dependent/build"
expect_status 0

for file in docs/*.md; do
	cmp "$file" "$prefix/share/doc/cbee/${file##*/}" || fail "$file is not installed"
done

# The tutorial is installed as sources, which build there.
need_program pkg-config
cp -r "$prefix/share/doc/cbee/tutorial" "$T/tutorial"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
run make -C "$T/tutorial" \
	"LDFLAGS=-Wl,-rpath,$prefix/lib" all object.bpf.o
expect_status 0
for file in programs/tutorial/*.c; do
	[ -e "$T/tutorial/${file##*/}" ] || fail "$file is not installed"
	case $file in
	*.bpf.c) ;;
	*) [ -x "$T/tutorial/$(basename "$file" .c)" ] || fail "$file is not built" ;;
	esac
done
run "$T/tutorial/map_create" 0
expect_status 1
