/* SPDX-License-Identifier: Apache-2.0 */
/* What every unit test shares: the CUnit main, and allocations that fail on demand. */
#ifndef UNIT_H
#define UNIT_H

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Makes the @nth allocation from now on fail (1: the next one); 0 turns it off.
 * Programs are linked with --wrap for malloc, calloc, realloc and strdup.
 */
void unit_fail_alloc(int nth);

/* Whether the failure asked for has happened. */
int unit_alloc_failed(void);

/* How many descriptors this process has open. */
int unit_open_fds(void);

/*
 * Runs @body (a statement leaving its result in @err) with the 1st, 2nd, 3rd ...
 * allocation failing, until none fails; each failing run must give @want.
 */
#define UNIT_EACH_ALLOC(err, want, body)                    \
	do {                                                \
		int unit_nth = 0, unit_failed;              \
		do {                                        \
			unit_fail_alloc(++unit_nth);        \
			body;                               \
			unit_failed = unit_alloc_failed();  \
			unit_fail_alloc(0);                 \
			if (unit_failed)                    \
				CU_ASSERT_EQUAL(err, want); \
		} while (unit_failed && unit_nth < 10000);  \
		CU_ASSERT(unit_nth > 1);                    \
	} while (0)

/* The same with @before, in which no allocation fails, ahead of each @body. */
#define UNIT_EACH_ALLOC_AFTER(before, err, want, body) \
	UNIT_EACH_ALLOC(err, want, {                   \
		unit_fail_alloc(0);                    \
		before;                                \
		unit_fail_alloc(unit_nth);             \
		body;                                  \
	})

/* Compares integers and prints both on a mismatch. */
#define UNIT_EQ(a, b)                                                                             \
	do {                                                                                      \
		long long unit_a = (long long)(a), unit_b = (long long)(b);                       \
		if (unit_a != unit_b)                                                             \
			printf("\n%s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #a, unit_a, \
			       unit_b);                                                           \
		CU_ASSERT(unit_a == unit_b);                                                      \
	} while (0)

/* Compares strings and prints both on a mismatch. */
#define UNIT_STR(a, b)                                                                          \
	do {                                                                                    \
		const char *unit_a = (a), *unit_b = (b);                                        \
		int unit_same = unit_a && unit_b && !strcmp(unit_a, unit_b);                    \
		if (!unit_same)                                                                 \
			printf("\n%s:%d: %s is\n  \"%s\", not\n  \"%s\"\n", __FILE__, __LINE__, \
			       #a, unit_a ? unit_a : "(null)", unit_b ? unit_b : "(null)");     \
		CU_ASSERT(unit_same);                                                           \
	} while (0)

struct unit_test {
	const char *name;
	void (*run)(void);
};

int unit_main(const char *suite, const struct unit_test *tests, size_t count);

#define UNIT_MAIN(suite, ...)                                                     \
	int main(void)                                                            \
	{                                                                         \
		static const struct unit_test tests[] = { __VA_ARGS__ };          \
		return unit_main(suite, tests, sizeof(tests) / sizeof(tests[0])); \
	}

#endif
