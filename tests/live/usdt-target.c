/* SPDX-License-Identifier: Apache-2.0 */
/* A program with probes of its own; usdt.c and usdt.sh know what it does. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "usdt.h"

SEMAPHORE(app_guarded_semaphore);
static volatile int counter = 100;
static char words[][8] = { "reg", "mem", "const" };

/* One probe in three places: its argument in a register, in memory, always the same. */
static void three(int i)
{
	int twice = 2 * i;
	const char *word = words[1];

	PROBE("app", "three", "0", "-4@%[a] 8@%[b]", [a] "r"(i), [b] "r"(words[0]));
	PROBE("app", "three", "0", "-4@%[a] 8@%[b]", [a] "m"(twice), [b] "m"(word));
	PROBE("app", "three", "0", "-4@%[a] 8@%[b]", [a] "n"(-7), [b] "r"(words[2]));
}

static void sizes(int i)
{
	unsigned char u8 = (unsigned char)(200 + i);
	signed char s8 = (signed char)(-100 - i);
	unsigned short u16 = (unsigned short)(60000 + i);
	short s16 = (short)(-30000 - i);
	unsigned int u32 = 4000000000U + (unsigned int)i;
	int s32 = -2000000000 - i;
	unsigned long long u64 = (1ULL << 63) + (unsigned long long)i;
	long long s64 = -(1LL << 62) - i;

	PROBE("app", "unsigned", "0",
	      "1@%[a] 2@%[b] 4@%[c] 8@%[d]", [a] "r"(u8), [b] "m"(u16), [c] "r"(u32), [d] "m"(u64));
	PROBE("app", "signed", "0", "-1@%[a] -2@%[b] -4@%[c] -8@%[d]", [a] "m"(s8), [b] "r"(s16),
	      [c] "m"(s32), [d] "r"(s64));
}

static void others(int i)
{
	double real = i;
	int array[32] = { 0 };

	counter++;
	array[i] = 3 * i;
	PROBE("app", "global", "0", "-4@%[a]", [a] "m"(counter));
	PROBE("app", "floats", "0", "8f@%[a] 8f@%[b]", [a] "x"(real), [b] "m"(real));
	PROBE("app", "indexed", "0", "-4@(%[a],%[b],4)", [a] "r"(array), [b] "r"((long)i),
	      "m"(array));
	PROBE("app", "twins", "0", "-4@%[a]", [a] "r"(i));
	PROBE("other", "twins", "0", "-4@%[a]", [a] "r"(i));
	PROBE("app", "nothing", "0", "", "r"(i));
}

/*
 * Tells when it begins and ceases to be traced, and how often it then came by. The
 * kernel raises the semaphore a moment before the BPF program is in place.
 */
static int guarded(int most)
{
	int was = 0, hits = 0, raised = 0;

	puts("ready");
	fflush(stdout);
	for (int tick = 0; tick < 3000; tick++) {
		int is = app_guarded_semaphore;

		raised += is;
		if (raised > 50 && is && hits < most) {
			hits++;
			PROBE("app", "guarded", "app_guarded_semaphore", "-4@%[a]", [a] "r"(hits));
			if (hits == most)
				puts("all hits");
		}
		if (is != was)
			printf("semaphore %d hits %d\n", is, hits);
		fflush(stdout);
		if (was && !is)
			return 0;
		was = is;
		usleep(10000);
	}
	return 1;
}

int main(int argc, char **argv)
{
	volatile size_t touched = 0;

	(void)argv;

	/* BPF reads only what is in memory */
	for (int i = 0; i < 3; i++)
		touched += strlen(words[i]);
	if (argc > 1)
		return guarded(23);
	for (int i = 0; i < 23; i++) {
		three(i);
		sizes(i);
		others(i);
	}
	return 0;
}
