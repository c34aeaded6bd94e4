/* SPDX-License-Identifier: Apache-2.0 */
/* Tests that an image is found again, and only while all that it was made from is the same. */
#include "cache/cache.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compile/source.h"
#include "plain/err.h"
#include "scratch.h"
#include "unit.h"

static char folder[64], tracefs[64];
static struct cbee_err err;

static const struct cbee__cache_input inputs[] = {
	{ CBEE_INPUT_KERNEL, "" },
	{ CBEE_INPUT_FILE, "/lib/l.so" },
	{ CBEE_INPUT_MODULE, "nfs" },
	{ CBEE_INPUT_TRACEPOINT, "c/e" },
};

static const char *const paths[] = { "/sys/kernel/notes", "/lib/l.so", "/sys/kernel/btf/nfs",
				     "/tracing/events/c/e/format" };

/* The cache of @text with one flag, as a compile begins that now has ended. */
static struct cbee__cache cache_of(const char *text, const char *flag)
{
	struct cbee__source source = { 0 };
	struct cbee__cache cache;

	cbee__buf_str(&source.text, text);
	CU_ASSERT(cbee__cache_init(&cache, &source, &flag, flag ? 1 : 0));
	cbee__buf_free(&source.text);
	cache.root = scratch;
	cache.tracefs = tracefs;
	cache.since += 60; /* what was made for this test is older */
	return cache;
}

static int put(const struct cbee__cache *cache, const char *bytes)
{
	struct cbee_buf image = { 0 };
	int code;

	cbee__buf_str(&image, bytes);
	code = cbee__cache_put(cache, "a.bpf.c", &image, inputs, 4, &err);
	cbee__buf_free(&image);
	return code;
}

static int get(const struct cbee__cache *cache, const char *want)
{
	struct cbee_buf image = { 0 };
	int code = cbee__cache_get(cache, &image, &err);

	if (!code)
		UNIT_STR(image.data, want);
	cbee__buf_free(&image);
	return code;
}

static void begin(void)
{
	scratch_make();
	snprintf(folder, sizeof(folder), "%s/cache", scratch);
	snprintf(tracefs, sizeof(tracefs), "%s/tracing", scratch);
	setenv("CBEE_CACHE", folder, 1);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		scratch_put(paths[i], "first");
}

static void an_image_is_found_again(void)
{
	struct cbee__cache one = cache_of("text", NULL), other = cache_of("texts", NULL);

	UNIT_EQ(get(&one, ""), -ENOENT);
	UNIT_EQ(put(&one, "image 1"), 0);
	UNIT_EQ(get(&one, "image 1"), 0);
	UNIT_EQ(get(&other, ""), -ENOENT);
	UNIT_EQ(put(&one, "image 2"), 0);
	UNIT_EQ(get(&one, "image 2"), 0);
}

static void flags_and_variables_make_another(void)
{
	struct cbee__cache one = cache_of("text", NULL), other = cache_of("text", "-DX=1");

	CU_ASSERT(strcmp(one.name, other.name) != 0);
	UNIT_STR(cache_of("text", "-DX=1").name, other.name);
	setenv("BCC_LINUX_VERSION_CODE", "1", 1);
	CU_ASSERT(strcmp(cache_of("text", NULL).name, one.name) != 0);
	unsetenv("BCC_LINUX_VERSION_CODE");
	UNIT_STR(cache_of("text", NULL).name, one.name);
}

static void flags_that_name_files_are_not_for_the_cache(void)
{
	static const char *const flags[] = {
		"-I/x", "-include", "x.h", "-D", "-isystem", "-Xclang"
	};
	static const char *const passes[] = { "-Xclang", "-disable-llvm-passes", "-O1" };
	static const char *const behind[] = { "-Xclang", "-include", "-Xclang", "x.h" };
	struct cbee__source source = { 0 };
	struct cbee__cache cache;

	cbee__buf_str(&source.text, "text");
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		CU_ASSERT(!cbee__cache_init(&cache, &source, &flags[i], 1));
	CU_ASSERT(cbee__cache_init(&cache, &source, passes, 3));
	CU_ASSERT(!cbee__cache_init(&cache, &source, behind, 4));
	cbee__buf_free(&source.text);
}

static void a_change_of_any_input_makes_it_stale(void)
{
	static const char *const sentences[] = { "the kernel is not what it was",
						 "file /lib/l.so is not what it was",
						 "kernel module nfs is not what it was",
						 "tracepoint c/e is not what it was" };
	struct cbee__cache cache = cache_of("text", NULL);

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		UNIT_EQ(put(&cache, "image"), 0);
		UNIT_EQ(get(&cache, "image"), 0);
		scratch_put(paths[i], "second one");
		UNIT_EQ(get(&cache, ""), -ESTALE);
		UNIT_STR(err.text, sentences[i]);
		UNIT_EQ(put(&cache, "image"), 0);
		UNIT_EQ(get(&cache, "image"), 0);
	}
	cache.tracefs = NULL;
	UNIT_EQ(get(&cache, ""), -ESTALE);
}

static void what_changed_meanwhile_is_not_kept(void)
{
	struct cbee__cache cache = cache_of("meanwhile", NULL);

	cache.since -= 120;
	UNIT_EQ(put(&cache, "image"), -ESTALE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "cannot keep it in the cache: file /lib/l.so"));
	UNIT_EQ(get(&cache, ""), -ENOENT);
}

static void what_is_damaged_is_not_used(void)
{
	struct cbee__cache cache = cache_of("text", NULL);
	char path[200];

	UNIT_EQ(put(&cache, "image"), 0);
	snprintf(path, sizeof(path), "%s/%s", folder, cache.name);
	UNIT_EQ(truncate(path, 20), 0);
	UNIT_EQ(get(&cache, ""), -EINVAL);
	UNIT_EQ(chmod(path, 0666), 0);
	UNIT_EQ(get(&cache, ""), -EPERM);
	UNIT_EQ(put(&cache, "image"), 0);
	UNIT_EQ(get(&cache, "image"), 0);
}

static void without_a_folder_nothing_is_kept(void)
{
	struct cbee__cache cache = cache_of("text", NULL);

	setenv("CBEE_CACHE", "", 1);
	UNIT_EQ(put(&cache, "image"), -ENOENT);
	UNIT_EQ(get(&cache, ""), -ENOENT);
	setenv("CBEE_CACHE", "/dev/null/x", 1);
	UNIT_EQ(put(&cache, "image"), -ENOTDIR);
	UNIT_EQ(get(&cache, ""), -ENOTDIR);
	setenv("CBEE_CACHE", folder, 1);
}

static void survives_failing_allocations(void)
{
	struct cbee__cache cache = cache_of("text", NULL);
	int code;

	UNIT_EACH_ALLOC(code, -ENOMEM, code = put(&cache, "image"));
	UNIT_EQ(code, 0);
	/* any error will do: the text is compiled then */
	UNIT_EACH_ALLOC(code, code ? code : -ENOMEM, code = get(&cache, "image"));
	UNIT_EQ(code, 0);
}

static void end(void)
{
	cbee__err_clear(&err);
	scratch_remove();
}

UNIT_MAIN("cache", { "begin", begin }, { "an image is found again", an_image_is_found_again },
	  { "flags and variables make another", flags_and_variables_make_another },
	  { "flags that name files are not for the cache",
	    flags_that_name_files_are_not_for_the_cache },
	  { "a change of any input makes it stale", a_change_of_any_input_makes_it_stale },
	  { "what changed meanwhile is not kept", what_changed_meanwhile_is_not_kept },
	  { "what is damaged is not used", what_is_damaged_is_not_used },
	  { "without a folder nothing is kept", without_a_folder_nothing_is_kept },
	  { "survives failing allocations", survives_failing_allocations }, { "end", end })
