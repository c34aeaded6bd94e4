/* SPDX-License-Identifier: Apache-2.0 */
/* Tests histograms: bounds, percentiles, text, JSON. */
#include "plain/hist.h"

#include <errno.h>

#include <cbee/tool.h>

#include "plain/buf.h"
#include "plain/json.h"
#include "plain/look.h"
#include "unit.h"

static struct cbee_hist h;

static void put(uint64_t value, uint64_t times)
{
	h.slots[cbee_slot(value)] += times;
}

static void clear(void)
{
	memset(&h, 0, sizeof(h));
}

static void check_text(const char *want)
{
	struct cbee_buf out = { 0 };

	cbee__hist_text(&h, &out, "nsecs");
	UNIT_EQ(out.err, 0);
	UNIT_STR(out.data ? out.data : "", want);
	cbee__buf_free(&out);
}

static void bounds(void)
{
	UNIT_EQ(cbee__hist_low(0), 0);
	UNIT_EQ(cbee__hist_high(0), 0);
	UNIT_EQ(cbee__hist_low(31), 31);
	UNIT_EQ(cbee__hist_high(31), 31);
	UNIT_EQ(cbee__hist_low(32), 32);
	UNIT_EQ(cbee__hist_high(32), 33);
	UNIT_EQ(cbee__hist_low(48), 64);
	UNIT_EQ(cbee__hist_high(48), 67);
	CU_ASSERT(cbee__hist_high(CBEE_SLOTS - 1) == UINT64_MAX);
}

/* Slots follow each other without gaps, and cbee_slot() finds both ends of each. */
static void bounds_match_slots(void)
{
	int bad = 0;

	for (unsigned int i = 0; i < CBEE_SLOTS; i++) {
		bad += cbee_slot(cbee__hist_low(i)) != i || cbee_slot(cbee__hist_high(i)) != i;
		bad += i && cbee__hist_low(i) != cbee__hist_high(i - 1) + 1;
		bad += i >= 16 &&
		       cbee__hist_high(i) - cbee__hist_low(i) >= cbee__hist_low(i) / 16 + 1;
	}
	UNIT_EQ(bad, 0);
}

static void adds(void)
{
	struct cbee_hist from = { 0 };

	clear();
	UNIT_EQ(cbee__hist_count(&h), 0);
	put(5, 2);
	put(UINT64_MAX, 1);
	from.slots[5] = 3;
	from.slots[6] = 1;
	cbee__hist_add(&h, &from);
	UNIT_EQ(h.slots[5], 5);
	UNIT_EQ(h.slots[6], 1);
	UNIT_EQ(h.slots[CBEE_SLOTS - 1], 1);
	UNIT_EQ(cbee__hist_count(&h), 7);
}

static void percentiles_exact(void)
{
	clear();
	UNIT_EQ(cbee__hist_percentile(&h, 0.5, 0, UINT64_MAX), 0);
	for (unsigned int i = 1; i <= 10; i++)
		put(i, 10);
	UNIT_EQ(cbee__hist_percentile(&h, 0, 0, UINT64_MAX), 1);
	UNIT_EQ(cbee__hist_percentile(&h, -1, 0, UINT64_MAX), 1);
	UNIT_EQ(cbee__hist_percentile(&h, 0.1, 0, UINT64_MAX), 1);
	UNIT_EQ(cbee__hist_percentile(&h, 0.101, 0, UINT64_MAX), 2);
	UNIT_EQ(cbee__hist_percentile(&h, 0.5, 0, UINT64_MAX), 5);
	UNIT_EQ(cbee__hist_percentile(&h, 0.7, 0, UINT64_MAX), 7);
	UNIT_EQ(cbee__hist_percentile(&h, 0.9, 0, UINT64_MAX), 9);
	UNIT_EQ(cbee__hist_percentile(&h, 0.99, 0, UINT64_MAX), 10);
	UNIT_EQ(cbee__hist_percentile(&h, 2, 0, UINT64_MAX), 10);
}

/* 0.07 * 100 is above 7 in binary, yet the rank is 7. */
static void percentile_rank(void)
{
	clear();
	put(1, 7);
	put(2, 93);
	UNIT_EQ(cbee__hist_percentile(&h, 0.07, 0, UINT64_MAX), 1);
	UNIT_EQ(cbee__hist_percentile(&h, 0.08, 0, UINT64_MAX), 2);
}

static void percentiles_inside(void)
{
	clear();
	put(1024, 4); /* the slot is 1024 to 1087 */
	UNIT_EQ(cbee__hist_percentile(&h, 0.25, 0, UINT64_MAX), 1024 + 7);
	UNIT_EQ(cbee__hist_percentile(&h, 0.5, 0, UINT64_MAX), 1024 + 23);
	UNIT_EQ(cbee__hist_percentile(&h, 1, 0, UINT64_MAX), 1087);
	UNIT_EQ(cbee__hist_percentile(&h, 1, 1024, 1030), 1030);
	UNIT_EQ(cbee__hist_percentile(&h, 0.5, 1024, 1030), 1030);
	UNIT_EQ(cbee__hist_percentile(&h, 0.25, 1040, 1060), 1040);
}

static void percentile_huge(void)
{
	clear();
	put(UINT64_MAX, 1);
	CU_ASSERT(cbee__hist_percentile(&h, 0.5, 0, UINT64_MAX) == UINT64_MAX);
	clear();
	put(1, UINT64_MAX - 1);
	put(2, 1);
	UNIT_EQ(cbee__hist_percentile(&h, 0.5, 0, UINT64_MAX), 1);
	UNIT_EQ(cbee__hist_percentile(&h, 1, 0, UINT64_MAX), 2);
}

static void text_empty(void)
{
	clear();
	check_text("");
}

static void text_zero(void)
{
	clear();
	put(0, 1);
	put(1, 2);
	check_text(
		"     nsecs               : count     distribution\n"
		"         0 -> 1          : 3        |****************************************|\n");
}

static void text_rows(void)
{
	clear();
	put(2, 1);
	put(40, 20);
	put(63, 20);
	put(100, 3);
	check_text(
		"     nsecs               : count     distribution\n"
		"         0 -> 1          : 0        |                                        |\n"
		"         2 -> 3          : 1        |*                                       |\n"
		"         4 -> 7          : 0        |                                        |\n"
		"         8 -> 15         : 0        |                                        |\n"
		"        16 -> 31         : 0        |                                        |\n"
		"        32 -> 63         : 40       |****************************************|\n"
		"        64 -> 127        : 3        |***                                     |\n");
}

static const char *last_line(struct cbee_buf *out)
{
	out->data[--out->len] = '\0';
	return strrchr(out->data, '\n') + 1;
}

static void text_wide(void)
{
	struct cbee_buf out = { 0 };

	clear();
	put(UINT32_MAX, 1);
	cbee__hist_text(&h, &out, "nsecs");
	UNIT_STR(last_line(&out),
		 "2147483648 -> 4294967295 : 1        |****************************************|");
	cbee__buf_reset(&out);
	put((uint64_t)UINT32_MAX + 1, 2);
	cbee__hist_text(&h, &out, "nsecs");
	UNIT_STR(last_line(&out),
		 "          4294967296 -> 8589934591           : 2        |********************|");
	CU_ASSERT(!strncmp(
		out.data, "               nsecs                         : count     distribution\n",
		68));
	cbee__buf_reset(&out);
	put(UINT64_MAX, 1);
	cbee__hist_text(&h, &out, "nsecs");
	UNIT_STR(last_line(&out),
		 " 9223372036854775808 -> 18446744073709551615 : 1        |**********          |");
	cbee__buf_free(&out);
}

static void text_huge_counts(void)
{
	clear();
	put(0, UINT64_MAX / 2 + 1000);
	put(2, UINT64_MAX - 1);
	check_text("     nsecs               : count     distribution\n"
		   "         0 -> 1          : 9223372036854776807 |********************           "
		   "         |\n"
		   "         2 -> 3          : 18446744073709551614 "
		   "|****************************************|\n");
}

static void json(void)
{
	struct cbee_buf out = { 0 };
	struct cbee_json j;

	clear();
	put(3, 2);
	put(70, 1);
	cbee__json_init(&j, &out);
	cbee__hist_json(&h, &j, NULL);
	UNIT_STR(out.data,
		 "[{\"low\":3,\"high\":3,\"count\":2},{\"low\":68,\"high\":71,\"count\":1}]");
	cbee__buf_reset(&out);
	clear();
	cbee__json_init(&j, &out);
	cbee__hist_json(&h, &j, NULL);
	UNIT_STR(out.data, "[]");
	cbee__buf_free(&out);
}

static int draw(void)
{
	struct cbee_buf out = { 0 };
	int err;

	cbee__hist_text(&h, &out, "nsecs");
	err = out.err;
	cbee__buf_free(&out);
	return err;
}

static void no_memory(void)
{
	int err = 0;

	clear();
	put(1000, 1);
	UNIT_EACH_ALLOC(err, -ENOMEM, err = draw());
	UNIT_EQ(err, 0);
}

static void terminals(void)
{
	struct cbee__look look = { .color = true, .width = 60 };
	struct cbee_buf out = { .look = &look };

	clear();
	put(1, 1);
	put(3000, 4321);
	cbee__hist_text(&h, &out, "nsecs");
	UNIT_EQ(out.err, 0);
	CU_ASSERT(!strncmp(out.data,
			   "\033[1m     nsecs               : count     distribution\033[0m\n"
			   "         0 -> 1          : 1        |                    |\n",
			   58 + 59));
	CU_ASSERT(strstr(out.data, "\n     2,048 -> 4,095      : 4,321    |\033[36m"
				   "********************\033[0m|\n") != NULL);
	cbee__buf_reset(&out);
	look = (struct cbee__look){ .width = 300 };
	put(UINT64_MAX, 12345678);
	cbee__hist_text(&h, &out, "nsecs");
	CU_ASSERT(strstr(out.data, "                2048 -> 4095                 : 4321     |  "
				   "                                                            "
				   "                  |\n") != NULL);
	CU_ASSERT(strstr(out.data, " 9223372036854775808 -> 18446744073709551615 : 12345678 |"
				   "****************************************"
				   "****************************************|\n") != NULL);
	cbee__buf_reset(&out);
	look.width = 10;
	clear();
	put(1, 1);
	cbee__hist_text(&h, &out, "nsecs");
	CU_ASSERT(strstr(out.data, "         0 -> 1          : 1        |********|\n") != NULL);
	cbee__buf_free(&out);
}

UNIT_MAIN("hist", { "terminals", terminals }, { "bounds", bounds },
	  { "bounds_match_slots", bounds_match_slots }, { "adds", adds },
	  { "percentiles_exact", percentiles_exact }, { "percentile_rank", percentile_rank },
	  { "percentiles_inside", percentiles_inside }, { "percentile_huge", percentile_huge },
	  { "text_empty", text_empty }, { "text_zero", text_zero }, { "text_rows", text_rows },
	  { "text_wide", text_wide }, { "text_huge_counts", text_huge_counts }, { "json", json },
	  { "no_memory", no_memory })
