/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that a probe would break are known by name or by their first byte. */
#include "symbols/danger.h"

#include "unit.h"

static void test_names(void)
{
	const unsigned char push[] = { 0x55 };

	CU_ASSERT(cbee__danger("_setjmp", push, 1) != NULL);
	CU_ASSERT(cbee__danger("__sigsetjmp", push, 1) != NULL);
	CU_ASSERT(cbee__danger("swapcontext", NULL, 0) != NULL);
	CU_ASSERT(cbee__danger("longjmp", push, 1) == NULL);
	CU_ASSERT(cbee__danger("my_setjmp", push, 1) == NULL);
	CU_ASSERT(cbee__danger("setjmp2", push, 1) == NULL);
}

static void test_code(void)
{
	const unsigned char evex[] = { 0x62 }, endbr[] = { 0xf3 };

#ifdef __x86_64__
	CU_ASSERT(cbee__danger("f", evex, 1) != NULL);
#endif
	CU_ASSERT(cbee__danger("f", evex, 0) == NULL);
	CU_ASSERT(cbee__danger("f", endbr, 1) == NULL);
}

UNIT_MAIN("danger", { "names", test_names }, { "code", test_code })
