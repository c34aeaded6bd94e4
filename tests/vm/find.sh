# SPDX-License-Identifier: Apache-2.0
# What the library finds is there on a kernel with modules and with a list of functions of its own.
. "${0%/*}/../lib.sh"
need_program cc

[ -n "$(head -c 1 /sys/kernel/tracing/available_filter_functions)" ] || fail "no list of functions"
run sh "$TOP/tests/live/find.sh"
expect_status 0

cat >"$T/has.c" <<'C'
#include <stdio.h>
#include <unistd.h>
#include <cbee/cbee.h>

static bool in_module(void *arg, const struct cbee_func *f)
{
	int *count = arg;

	*count += *f->module != 0 && f->address != 0;
	return true;
}

/* Prints 1 for each answer that is right. */
int main(void)
{
	int count = 0;

	printf("%d\n", cbee_supports(NULL, CBEE_FEATURE_KPROBE) == 1);
	printf("%d\n", cbee_supports(NULL, CBEE_FEATURE_KPROBE_MULTI) == 0);
	printf("%d\n", cbee_supports(NULL, CBEE_FEATURE_FMOD_RET) == 1);
	printf("%d\n", cbee_supports(NULL, CBEE_FEATURE_LSM) == 1);
	printf("%d\n", cbee_supports(NULL, CBEE_FEATURE_RAW_TRACEPOINT_MODULE) == 1);
	/* of a module that the guest booted with */
	printf("%d\n", access("/sys/kernel/btf/9p", F_OK) ||
			       cbee_kernel_struct_has(NULL, "v9fs_session_info", "uname") == 1);
	printf("%d\n", !cbee_funcs_each(NULL, "*", NULL, in_module, &count) && count > 100);
	return 0;
}
C
lib_program "$T/has.c"
run "$T/has"
[ "$(sort "$T/out" | uniq -c | tr -s ' ')" = ' 7 1' ] || fail "not all right"
