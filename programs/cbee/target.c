/* SPDX-License-Identifier: Apache-2.0 */
/* Reads probes and constants as the options of cbee run spell them. */
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <string.h>

#include "cbee.h"

/* A whole number that is not negative, and nothing behind it. */
static bool number(const char *text, uint64_t *ret)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*ret = strtoull(text, &end, 0);
	return !errno && !*end;
}

/* Cuts "+OFFSET" off. False when it is not a number. */
static bool cut_offset(char *symbol, uint64_t *ret)
{
	char *plus = strrchr(symbol, '+');

	/* C++ has operators of that name */
	if (!plus || plus == symbol || plus[1] < '0' || plus[1] > '9')
		return true;
	*plus = '\0';
	return number(plus + 1, ret);
}

/* "PATH:SYMBOL", "PATH:SYMBOL+OFFSET" or "PATH:OFFSET"; C++ names have colons, paths seldom. */
static int user_target(char *text, struct cbee_probe_opts *o)
{
	char *colon = strchr(text, ':');

	if (!colon || colon == text || !colon[1])
		return -EINVAL;
	*colon = '\0';
	o->target = text;
	if (number(colon + 1, &o->offset))
		return 0;
	o->symbol = colon + 1;
	return cut_offset(colon + 1, &o->offset) ? 0 : -EINVAL;
}

/* "SYMBOL" or "SYMBOL+OFFSET" in the kernel. */
static int kernel_place(char *text, struct cbee_probe_opts *o)
{
	o->target = text;
	return !strchr(text, ':') && cut_offset(text, &o->offset) ? 0 : -EINVAL;
}

/* "SYMBOL" or "EVENT". */
static int kernel_name(char *text, struct cbee_probe_opts *o)
{
	o->target = text;
	return strchr(text, ':') ? -EINVAL : 0;
}

/* "CATEGORY:EVENT". */
static int tracepoint(char *text, struct cbee_probe_opts *o)
{
	const char *colon = strchr(text, ':');

	o->target = text;
	return colon && colon != text && colon[1] ? 0 : -EINVAL;
}

/* "HZ": so many times in a second of the CPU's clock, which every machine has. */
static int profile(char *text, struct cbee_probe_opts *o)
{
	o->perf_type = PERF_TYPE_SOFTWARE;
	o->perf_config = PERF_COUNT_SW_CPU_CLOCK;
	return number(text, &o->sample_freq) && o->sample_freq ? 0 : -EINVAL;
}

/* How what stands before the '=' is read. */
static int (*const readers[ASKED_KINDS])(char *text, struct cbee_probe_opts *o) = {
	[CBEE_KPROBE] = kernel_place,	[CBEE_KRETPROBE] = kernel_name,
	[CBEE_FENTRY] = kernel_name,	[CBEE_FEXIT] = kernel_name,
	[CBEE_UPROBE] = user_target,	[CBEE_URETPROBE] = user_target,
	[CBEE_TRACEPOINT] = tracepoint, [CBEE_RAW_TRACEPOINT] = kernel_name,
	[CBEE_PERF_EVENT] = profile,
};

static int cut(char *text, struct cbee_probe_opts *o)
{
	char *equals = strrchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return -EINVAL;
	*equals = '\0';
	o->fn = equals + 1;
	return readers[o->kind](text, o);
}

int target_parse(const char *text, enum cbee_probe_kind kind, struct target *ret)
{
	int err;

	*ret = (struct target){ .opts.kind = kind, .text = strdup(text) };
	if (!ret->text)
		return -ENOMEM;
	err = cut(ret->text, &ret->opts);
	if (err)
		target_free(ret);
	return err;
}

int usdt_parse(const char *text, struct usdt *ret)
{
	char *colon, *equals;

	*ret = (struct usdt){ .text = strdup(text) };
	if (!ret->text)
		return -ENOMEM;
	equals = strrchr(ret->text, '=');
	colon = strchr(ret->text, ':');
	if (equals && equals[1] && colon && colon + 1 < equals) {
		*equals = *colon = '\0';
		ret->opts = (struct cbee_usdt_opts){ .path = *ret->text ? ret->text : NULL,
						     .probe = colon + 1,
						     .fn = equals + 1 };
		return 0;
	}
	free(ret->text);
	ret->text = NULL;
	return -EINVAL;
}

void target_free(struct target *t)
{
	free(t->text);
	*t = (struct target){ 0 };
}

int const_parse(const char *text, char *name, size_t size, uint64_t *ret)
{
	const char *equals = strchr(text, '=');
	size_t len = equals ? (size_t)(equals - text) : 0;

	if (!len || len >= size || !number(equals + 1, ret))
		return -EINVAL;
	memcpy(name, text, len);
	name[len] = '\0';
	return 0;
}
