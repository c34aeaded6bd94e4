# SPDX-License-Identifier: Apache-2.0
# A BPF text and the header it includes come out of cmake/embed.cmake byte for byte, with the
# lines they had.
. "${0%/*}/../lib.sh"

mkdir "$T/made"
cat >"$T/some.h" <<'END'
#define LIST "a;b" /* [x; y */
END
cat >"$T/some.bpf.c" <<'END'
#include "some.h"
#include <cbee/other.h>

int x[] = { 1, 2 }; /* \n "??=" ${PATH} @PATH@ é ; */
#include "some.h"
int last;
END
cat >"$T/want" <<'END'
#line 1 "some.bpf.c"
#line 1 "some.h"
#define LIST "a;b" /* [x; y */
#line 2 "some.bpf.c"
#include <cbee/other.h>

int x[] = { 1, 2 }; /* \n "??=" ${PATH} @PATH@ é ; */
#line 1 "some.h"
#define LIST "a;b" /* [x; y */
#line 6 "some.bpf.c"
int last;
END
cat >"$T/print.c" <<'END'
#include <stdio.h>
#include "some.bpf.inc.h"
int main(void)
{
	return fputs(some_bpf, stdout) < 0;
}
END
run cmake -DMODE=program -DNAME=some -DTEXT="$T/some.bpf.c" -DROOT="$T" \
	-DOUT="$T/made/some.bpf.inc" -P "$TOP/cmake/embed.cmake"
expect_status 0
for compiler in cc clang; do
	run "$compiler" -Wall -Wextra -Werror -I"$T/made" -o "$T/print" "$T/print.c" \
		"$T/made/some.bpf.inc.c"
	expect_status 0
	run "$T/print"
	diff -u "$T/want" "$T/out" >"$T/err" || fail "the text came out different:"
done
grep -q "$T/some\\.h" "$T/made/some.bpf.inc.d" || fail "the header is not a dependency"

rm "$T/some.h"
run cmake -DMODE=program -DNAME=some -DTEXT="$T/some.bpf.c" -DROOT="$T" \
	-DOUT="$T/made/some.bpf.inc" -P "$TOP/cmake/embed.cmake"
[ "$status" -ne 0 ] || fail "a missing header is not noticed"
expect_err 'no file some.h'
