/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test shares: the CUnit main, and allocations that fail on demand. */
#include "unit.h"

#include <fcntl.h>

static int fail_in, failed;

void unit_fail_alloc(int nth)
{
	fail_in = nth;
	failed = 0;
}

int unit_alloc_failed(void)
{
	return failed;
}

static int now(void)
{
	if (fail_in <= 0 || --fail_in)
		return 0;
	return failed = 1;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *str);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *str);

void *__wrap_malloc(size_t size)
{
	return now() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
	return now() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *str)
{
	return now() ? NULL : __real_strdup(str);
}

int unit_open_fds(void)
{
	int count = 0;

	for (int fd = 0; fd < 1024; fd++)
		count += fcntl(fd, F_GETFD) >= 0;
	return count;
}

int unit_main(const char *suite, const struct unit_test *tests, size_t count)
{
	CU_pSuite s;
	unsigned int bad;

	setvbuf(stdout, NULL, _IOLBF, 0);
	setenv("CBEE_CACHE", "", 1); /* what was compiled before has no say here */
	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite(suite, NULL, NULL);
	for (size_t i = 0; s && i < count; i++)
		if (!CU_add_test(s, tests[i].name, tests[i].run))
			s = NULL;
	if (s)
		CU_basic_run_tests();
	bad = s ? CU_get_number_of_failures() : 1;
	if (s && CU_get_number_of_tests_run() != count)
		bad = 1;
	CU_cleanup_registry();
	return bad != 0;
}
