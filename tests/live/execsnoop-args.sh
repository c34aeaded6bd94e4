# SPDX-License-Identifier: Apache-2.0
# 23 known execs with exact arguments, by every way a program can start.
. "${0%/*}/../lib.sh"
need_root
need_program cc jq python3

# Runs 22 programs in ways of its own; with itself that makes 23. Says which pids it gave them.
cc_program starter -pthread <<'END'
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
static char *long_arg, **many;

static void *in_thread(void *arg)
{
	execv("/bin/true", (char *[]){ "thread", "a", NULL });
	return arg;
}

static void go(int how)
{
	char number[16];
	pthread_t t;
	int fd;

	snprintf(number, sizeof(number), "%d", how);
	switch (how) {
	case 1:
		fd = open("/bin/true", O_RDONLY);
		syscall(SYS_execveat, fd, "", (char *[]){ "at", "empty path", NULL }, NULL, AT_EMPTY_PATH);
		break;
	case 2:
		fd = open("/bin", O_RDONLY | O_DIRECTORY);
		syscall(SYS_execveat, fd, "true", (char *[]){ "at", "folder", NULL }, NULL, 0);
		break;
	case 3:
		pthread_create(&t, NULL, in_thread, NULL);
		pause();
		break;
	case 4:
		execv("/bin/true", (char *[]){ "long", long_arg, "end", NULL });
		break;
	case 5:
		execv("/bin/true", (char *[]){ "odd", "new\nline", "quo\"te", "back\\slash", "", "\t", NULL });
		break;
	case 6:
		execv("/bin/true", (char *[]){ "", NULL });
		break;
	case 7:
		execv("/bin/true", many);
		break;
	case 8:
		execv("/bin/true", (char *[]){ "utf", "\xc3\xa4\xe2\x82\xac", NULL });
		break;
	default:
		execv("/bin/true", (char *[]){ "plain", number, NULL });
	}
	_exit(9);
}

int main(void)
{
	long_arg = malloc(5001);
	memset(long_arg, 'x', 5000);
	long_arg[5000] = 0;
	long_arg[4999] = 'z';
	many = calloc(202, sizeof(*many));
	many[0] = "many";
	for (int i = 1; i <= 200; i++)
		asprintf(&many[i], "%d", i);
	for (int i = 1; i <= 22; i++) {
		pid_t pid = fork();
		int status;

		if (!pid)
			go(i);
		fprintf(stderr, "PID %d %d\n", pid, getpid());
		waitpid(pid, &status, 0);
		if (status)
			fprintf(stderr, "number %d failed\n", i);
	}
	return 0;
}
END
run cbee-execsnoop --json -- "$T/starter"
expect_status 0
json --slurp "length == 23"
json ".ret == 0 and .truncated == false and .uid == 0 and .lost == 0"
json '.comm == "true" or .comm == "starter"'
grep '^PID' "$T/err" | awk '{ print $2 }' >"$T/pids"
json_get 'select(.comm != "starter") | .pid' | sort -n >"$T/seen"
sort -n "$T/pids" | cmp - "$T/seen" || fail "other pids than those that were started"
parent=$(grep -m1 '^PID' "$T/err" | awk '{ print $3 }')
json "if .comm == \"true\" then .ppid == $parent else .pid == $parent end"
cat >"$T/want.py" <<'END'
import json, sys
rows = [json.loads(line)["args"] for line in open(sys.argv[1])]
want = [[sys.argv[2]], ["at", "empty path"], ["at", "folder"], ["thread", "a"],
        ["long", "x" * 4999 + "z", "end"],
        ["odd", "new\nline", "quo\"te", "back\\slash", "", "\t"], [""],
        ["many"] + [str(i) for i in range(1, 201)], ["utf", "\u00e4\u20ac"]]
want += [["plain", str(i)] for i in range(9, 23)]
for i, (a, b) in enumerate(zip(rows, want)):
    if a != b:
        sys.exit("exec %d: %r, not %r" % (i, a, b))
END
python3 "$T/want.py" "$T/out" "$T/starter" || fail "wrong arguments"

# A script: the new image's arguments begin with its interpreter.
printf '#!/bin/sh\n/bin/true a\nexec /bin/true b\n' >"$T/script"
chmod +x "$T/script"
run cbee-execsnoop --json -- "$T/script"
json --slurp "[.[].args] == [[\"/bin/sh\", \"$T/script\"], [\"/bin/true\", \"a\"], [\"/bin/true\", \"b\"]]"
json --slurp ".[0].pid == .[2].pid and .[0].pid == .[1].ppid"

# What does not fit is marked, and only that.
head -c 100000 /dev/zero | tr '\0' y >"$T/huge"
cat >"$T/big" <<'END'
#!/bin/sh
/bin/true "$(cat "$1")" end
/bin/true small
END
run cbee-execsnoop --json -- sh "$T/big" "$T/huge"
json --slurp '[.[] | select(.comm == "true") | .truncated] == [true, false]'
run cbee-execsnoop --max-args 2 -- sh -c '/bin/true 1; /bin/true 1 2; /bin/true 1 2 3'
expect_out ' /bin/true 1$'
[ "$(grep -c ' /bin/true 1 \.\.\.$' "$T/out")" -eq 2 ] || fail "the mark is wrong"
expect_clean
