# SPDX-License-Identifier: Apache-2.0
# A struct can grow as CONTRIBUTING has it: a program that knows the shorter one still runs, and
# one that needs the longer is refused by a library that has it not.
. "${0%/*}/../lib.sh"
cd "$T" || exit 1

# library RELEASE: libgrow.so.0 with the names that $T/list has by then.
library() {
	mkdir "$1"
	sh "$TOP/cmake/symbols.sh" list >map || fail "no version script"
	run cc -shared -fPIC -fvisibility=hidden -Wl,-soname,libgrow.so.0 -Wl,--version-script=map \
		-o "$1/libgrow.so.0" grow.c
	expect_status 0
}

# program NAME RELEASE: calls it with structs as that release has them.
program() {
	run cc "-DRELEASE=$2" -o "$1" calls.c "$2/libgrow.so.0"
	expect_status 0
}

cat >calls.c <<'END'
struct opts {
	int a;
#if RELEASE > 1
	int b;
#endif
};
int grow(const struct opts *opts);
int main(void)
{
	struct opts two[] = { { 1 }, { 16 } };

	return grow(two);
}
END
printf 'libgrow.so.0 libgrow0 #MINVER#\n GROW_0.1@GROW_0.1 0.1.0\n grow@GROW_0.1 0.1.0\n' >list
cat >grow.c <<'END'
#define API __attribute__((visibility("default")))
struct opts { int a; };
API int grow(const struct opts *opts);
int grow(const struct opts *opts) { return opts->a; }
END
library 1
program short 1

printf ' GROW_0.2@GROW_0.2 0.2.0\n grow@GROW_0.2 0.2.0\n' >>list
cat >grow.c <<'END'
#define API __attribute__((visibility("default")))
struct opts { int a, b; };
__asm__(".symver grow_0_2, grow@@GROW_0.2");
API int grow_0_2(const struct opts *opts);
int grow_0_2(const struct opts *opts) { return opts->a + 2 * opts->b; }
__asm__(".symver grow_0_1, grow@GROW_0.1");
API int grow_0_1(const struct opts *opts);
int grow_0_1(const struct opts *opts)
{
	return grow_0_2(&(struct opts){ .a = opts->a });
}
END
library 2
program long 2

# Behind the short struct stands 16, which nobody may take for its second member.
LD_LIBRARY_PATH=1 run ./short
expect_status 1
LD_LIBRARY_PATH=2 run ./short
expect_status 1
LD_LIBRARY_PATH=2 run ./long
expect_status 1
LD_LIBRARY_PATH=1 run ./long
expect_status 1
expect_err "version .GROW_0\\.2. not found"
nm -D 2/libgrow.so.0 >"$T/out"
expect_out ' grow@GROW_0\.1$'
expect_out ' grow@@GROW_0\.2$'
