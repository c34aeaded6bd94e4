# SPDX-License-Identifier: Apache-2.0
# A stranger's program with two handles in two threads, in C by pkg-config and in C++ by CMake,
# against an installed cbee, with ThreadSanitizer in both.
. "${0%/*}/../lib.sh"
need_root
need_program cc c++ cmake pkg-config setarch

run cmake -S "$TOP" -B "$T/build" -DCMAKE_BUILD_TYPE=Debug -DCBEE_SANITIZE=thread \
	-DCBEE_TESTS=OFF -DCMAKE_INSTALL_PREFIX="$T/prefix"
expect_status 0
run cmake --build "$T/build" --parallel "$(nproc)"
expect_status 0
run cmake --install "$T/build"
expect_status 0

PKG_CONFIG_PATH=$(dirname "$(find "$T/prefix" -name cbee.pc)")
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # words
run cc -fsanitize=thread -g -Wall -Wextra -Werror "$TOP/tests/live/threads.c" \
	$(pkg-config --cflags --libs cbee) -Wl,-rpath,"${PKG_CONFIG_PATH%/pkgconfig}" -o "$T/in-c"
expect_status 0

mkdir "$T/stranger"
cp "$TOP/tests/live/threads.c" "$T/stranger/threads.cc"
cat >"$T/stranger/CMakeLists.txt" <<'END'
cmake_minimum_required(VERSION 3.21)
project(stranger LANGUAGES CXX)
find_package(cbee 0.1 REQUIRED)
add_compile_options(-fsanitize=thread -Wall -Wextra -Werror)
add_link_options(-fsanitize=thread)
add_executable(in-c++ threads.cc)
target_link_libraries(in-c++ PRIVATE cbee::cbee)
END
run cmake -S "$T/stranger" -B "$T/stranger/build" -DCMAKE_PREFIX_PATH="$T/prefix"
expect_status 0
run cmake --build "$T/stranger/build"
expect_status 0

for program in "$T/in-c" "$T/stranger/build/in-c++"; do
	# The sanitizer's shadow does not fit where addresses are too random.
	run setarch -R "$program"
	expect_status 0
	expect_out '^thread 0: 23 of 23, status 0'
	expect_out '^thread 1: 1000 of 1000, status 0'
	expect_empty_err
done
expect_clean
