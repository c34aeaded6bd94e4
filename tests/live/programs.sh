# SPDX-License-Identifier: Apache-2.0
# Functions loaded, described, tried; their texts; network cards, and the limit of locked memory.
. "${0%/*}/../lib.sh"
need_root
need_program cc

lib_program "$TOP/tests/live/programs.c"
run "$T/programs"
expect_status 0
expect_clean

# A kernel before 5.11, as libbpf tells it: it refuses the helper of a small program. What is
# asked of limits is noted, and done where it is allowed.
cc -shared -fPIC -D_GNU_SOURCE -Wall -Wextra -Werror -o "$T/old.so" -x c - -ldl <<'END' ||
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>

long syscall(long nr, ...)
{
	static long (*real)(long nr, ...);
	static int loads;
	va_list ap;
	long a[6];

	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (nr == SYS_bpf && a[0] == 5 && !loads++) { /* BPF_PROG_LOAD */
		errno = EINVAL;
		return -1;
	}
	return real(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int setrlimit(__rlimit_resource_t what, const struct rlimit *limit)
{
	if (what == RLIMIT_MEMLOCK)
		fprintf(stderr, "limit %lld\n", (long long)limit->rlim_cur);
	return 0;
}

int setrlimit64(__rlimit_resource_t what, const struct rlimit64 *limit)
{
	return setrlimit(what, &(struct rlimit){ limit->rlim_cur, limit->rlim_max });
}
END
	fail "old.so does not compile"
before=$(awk '/^Max locked memory/ { print $4 == "unlimited" ? -1 : $4 }' /proc/self/limits)
run env LD_PRELOAD="$T/old.so" "$T/programs" lift
expect_status 0
[ "$(cat "$T/err")" = "limit -1" ] || fail "the limit is not lifted once"
run env LD_PRELOAD="$T/old.so" "$T/programs" keep
expect_status 0
[ "$(tr '\n' ' ' <"$T/err")" = "limit -1 limit $before " ] ||
	fail "the limit of $before is not put back"
run "$T/programs" keep
expect_status 0
expect_clean
