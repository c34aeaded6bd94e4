/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reading of Go's function table, honest and hostile, in each of its layouts. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>

#include "symbols/gosym.h"
#include "unit.h"

#define TEXT 0x401000u

static unsigned char table[1024];
static size_t len;

static void put(size_t at, unsigned int bytes, uint64_t value)
{
	memcpy(table + at, &value, bytes); /* the tests run where the lowest byte comes first */
	if (at + bytes > len)
		len = at + bytes;
}

static void put_name(size_t at, const char *name)
{
	memcpy(table + at, name, strlen(name) + 1);
	if (at + strlen(name) + 1 > len)
		len = at + strlen(name) + 1;
}

/* Three functions of 0x10, 0x20 and 0x30 bytes; names from 100 on, the list from 200 on. */
static void make(uint32_t magic, unsigned int word, uint64_t base)
{
	unsigned int later = magic != 0xfffffffa, field = later ? 4 : word;
	static const uint64_t at[] = { 0, 0x10, 0x30, 0x60 };
	static const size_t name[] = { 0, 10, 20 };

	memset(table, 0, sizeof(table));
	len = 0;
	put(0, 4, magic);
	put(6, 1, 1);
	put(7, 1, word);
	put(8, word, 3);
	if (later)
		put(8 + 2 * word, word, base);
	put(8 + (2 + later) * word, word, 100);
	put(8 + (6 + later) * word, word, 200);
	put_name(100, "main.main");
	put_name(110, "main.work");
	put_name(120, "main.(*T).M");
	for (size_t i = 0; i < 4; i++) {
		put(200 + i * 2 * field, field, at[i] + (later ? 0 : TEXT));
		if (i == 3)
			break;
		put(200 + i * 2 * field + field, field, 100 + i * 20);
		put(300 + i * 20, field, at[i]);
		put(300 + i * 20 + field, 4, name[i]);
	}
}

static char seen[512];

static int see(void *ctx, const struct cbee__gosym *sym)
{
	size_t at = strlen(seen);

	snprintf(seen + at, sizeof(seen) - at, "%.40s@%llx+%llx ", sym->name,
		 (unsigned long long)sym->address, (unsigned long long)sym->size);
	return ctx ? *(int *)ctx : 0;
}

/* Reads a copy that ends where the table does, so that reading on is noticed. */
static int look(size_t size, uint64_t text, int *answer)
{
	unsigned char *copy = malloc(size ? size : 1);
	int got;

	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	memcpy(copy, table, size);
	seen[0] = '\0';
	got = cbee__gosym_each(copy, size, text, see, answer);
	free(copy);
	return got;
}

static const char all[] = "main.main@401000+10 main.work@401010+20 main.(*T).M@401030+30 ";

static void layouts(void)
{
	static const uint32_t magics[] = { 0xfffffffa, 0xfffffff0, 0xfffffff1 };

	for (unsigned int i = 0; i < 6; i++) {
		make(magics[i / 2], i % 2 ? 4 : 8, TEXT);
		UNIT_EQ(look(len, 0, NULL), 0);
		UNIT_STR(seen, all);
		UNIT_EQ(cbee__gosym_wants_text(table, len), 0);
	}
}

static void text_left_out(void)
{
	make(0xfffffff1, 8, 0);
	UNIT_EQ(cbee__gosym_wants_text(table, len), 1);
	UNIT_EQ(look(len, TEXT, NULL), 0);
	UNIT_STR(seen, all);
}

static void stops(void)
{
	int answer = -EXDEV;

	make(0xfffffff0, 8, TEXT);
	UNIT_EQ(look(len, 0, &answer), -EXDEV);
	UNIT_STR(seen, "main.main@401000+10 ");
}

static void others(void)
{
	make(0xfffffffb, 8, TEXT); /* before Go 1.16 */
	UNIT_EQ(look(len, 0, NULL), -ENOEXEC);
	make(0xfffffff0, 8, TEXT);
	put(7, 1, 16);
	UNIT_EQ(look(len, 0, NULL), -ENOEXEC);
	UNIT_EQ(look(0, 0, NULL), -ENOEXEC);
	UNIT_EQ(cbee__gosym_wants_text(table, 3), 0);
}

/* What does not make sense is left out, the rest is found. */
static void nonsense(void)
{
	make(0xfffffff1, 8, TEXT);
	put(200 + 4, 4, 0xfffffff0); /* main.main is described outside */
	UNIT_EQ(look(len, 0, NULL), 0);
	UNIT_STR(seen, "main.work@401010+20 main.(*T).M@401030+30 ");
	make(0xfffffff1, 8, TEXT);
	put(300 + 4, 4, 0x7fffffff); /* its name is outside */
	UNIT_EQ(look(len, 0, NULL), 0);
	UNIT_STR(seen, "main.work@401010+20 main.(*T).M@401030+30 ");
	make(0xfffffff1, 8, TEXT);
	put(200 + 2 * 8, 4, 0x8); /* the third lies before the second */
	UNIT_EQ(look(len, 0, NULL), 0);
	UNIT_STR(seen, "main.main@401000+10 main.(*T).M@401008+58 ");
	make(0xfffffff1, 8, TEXT);
	put(8, 8, UINT64_MAX / 8 + 2);
	UNIT_EQ(look(len, 0, NULL), -ENOEXEC);
	put(8, 8, 1000);
	UNIT_EQ(look(len, 0, NULL), -ENOEXEC);
	make(0xfffffff1, 8, TEXT);
	put(8 + 7 * 8, 8, UINT64_MAX - 4);
	UNIT_EQ(look(len, 0, NULL), -ENOEXEC);
}

static void truncated(void)
{
	for (unsigned int layout = 0; layout < 2; layout++) {
		make(layout ? 0xfffffffa : 0xfffffff1, 8, TEXT);
		for (size_t cut = 0; cut < len; cut++) {
			int got = look(cut, 0, NULL);

			CU_ASSERT(got == 0 || got == -ENOEXEC);
			if (cut < 200 + 3 * 8 + 4)
				UNIT_EQ(got, -ENOEXEC);
		}
	}
}

static void flipped(void)
{
	unsigned int seed = 7, read = 0;

	for (int i = 0; i < 20000; i++) {
		make(i & 1 ? 0xfffffffa : 0xfffffff1, i & 2 ? 4 : 8, TEXT);
		for (int k = 0; k < 1 + i % 5; k++) {
			size_t at;

			seed = seed * 1103515245 + 12345;
			at = (seed >> 8) % len;
			seed = seed * 1103515245 + 12345;
			table[at] ^= (unsigned char)(1u << (seed >> 8) % 8);
		}
		read += !look(len, 0, NULL);
	}
	CU_ASSERT(read > 5000 && read < 20000);
}

UNIT_MAIN("gosym", { "layouts", layouts }, { "text left out", text_left_out }, { "stops", stops },
	  { "others", others }, { "nonsense", nonsense }, { "truncated", truncated },
	  { "flipped", flipped })
