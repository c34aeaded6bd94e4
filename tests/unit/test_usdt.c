/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the list of a binary's USDT probes, honest and hostile. */
#define _GNU_SOURCE
#include "symbols/usdt.h"

#include <errno.h>
#include <unistd.h>

#include "scratch.h"
#include "unit.h"

static const char source[] =
	"#include \"usdt.h\"\n"
	"SEMAPHORE(app_raised_semaphore);\n"
	"static int once = 5;\n"
	"int main(void)\n"
	"{\n"
	"	static int twice;\n"
	"	PROBE(\"app\", \"two\", \"0\", \"-4@%[a] 8@$3\", [a] \"r\"(1));\n"
	"	PROBE_AGAIN(\"app\", \"two\", \"0\", \"-4@$8\", \"r\"(0));\n"
	"	PROBE(\"app\", \"raised\", \"app_raised_semaphore\", \"\", \"r\"(0));\n"
	"	PROBE(\"app\", \"two\", \"0\", \"-4@$7\", \"r\"(0));\n"
	"	PROBE(\"app\", \"globals\", \"0\", \"-4@%[a] -4@%[b] 8@$once 8@$none\",\n"
	"	      [a] \"m\"(once), [b] \"m\"(twice));\n"
	"	PROBE(\"a b\", \"bad\", \"0\", \"\", \"r\"(0));\n"
	"	PROBE(\"a:b\", \"bad\", \"0\", \"\", \"r\"(0));\n"
	"	PROBE(\"\", \"bad\", \"0\", \"\", \"r\"(0));\n"
	"	PROBE(\"app\", \"apart\", \"0x7fffff\", \"\", \"r\"(0));\n"
	"	PROBE(\"app\", \"many\", \"0\", \"1@$1 1@$2 1@$3 1@$4 1@$5 1@$6 1@$7 1@$8 1@$9 \"\n"
	"	      \"1@$10 1@$11 1@$12 1@$13\", \"r\"(0));\n"
	"	return once + twice;\n"
	"}\n";

static const char second[] = "int f(void) { static int twice; return ++twice; }\n";

static void setup(void)
{
	scratch_make();
	scratch_put("app.c", "%s", source);
	scratch_put("second.c", "%s", second);
	scratch_run("gcc -O1 -fno-lto -I%s/tests app.c second.c -o app", CBEE_SOURCE_DIR);
	scratch_run("strip app -o stripped");
	scratch_run("gcc -O1 -no-pie -I%s/tests app.c second.c -o fixed", CBEE_SOURCE_DIR);
}

static const struct cbee_usdt *named(const struct cbee__usdt_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].pub.name, name))
			return &list->items[i].pub;
	CU_FAIL("a probe is missing");
	return NULL;
}

static void lists(void)
{
	struct cbee__usdt_list list = { 0 };
	struct cbee_err err = { 0 };
	const struct cbee_usdt *u;

	UNIT_EQ(cbee__usdt_read(&list, scratch_path("app"), &err), 0);
	UNIT_EQ(list.count, 5);
	UNIT_STR(list.items[0].pub.name, "apart");
	UNIT_STR(list.items[4].pub.name, "two");
	u = named(&list, "two");
	UNIT_STR(u->provider, "app");
	UNIT_STR(u->path, scratch_path("app"));
	UNIT_EQ(u->semaphore, 0);
	UNIT_EQ(u->location_count, 2);
	UNIT_EQ(u->arg_count, 2);
	CU_ASSERT(u->locations[0].address < u->locations[1].address);
	CU_ASSERT(u->locations[0].offset > 0);
	UNIT_EQ(u->locations[0].arg_count, 2);
	UNIT_EQ(u->locations[0].args[0].in, CBEE_USDT_REGISTER);
	UNIT_EQ(u->locations[0].args[1].value, 3);
	UNIT_EQ(u->locations[1].arg_count, 1);
	UNIT_STR(u->locations[1].args[0].text, "-4@$7");
	u = named(&list, "raised");
	CU_ASSERT(u->semaphore && u->semaphore_offset && u->semaphore_offset < u->semaphore);
	UNIT_EQ(u->arg_count, 0);
	u = named(&list, "apart"); /* its semaphore is nowhere */
	UNIT_EQ(u->semaphore_offset, 0);
	CU_ASSERT(u->semaphore);
	UNIT_EQ(named(&list, "many")->arg_count, 12);
	cbee__usdt_free(&list);
	cbee__usdt_free(&list);
}

/* A variable that is one is found; of two of a name neither is. */
static void variables(void)
{
	struct cbee__usdt_list list = { 0 };
	const struct cbee_usdt_arg *args;
	struct cbee_err err = { 0 };

	UNIT_EQ(cbee__usdt_read(&list, scratch_path("app"), &err), 0);
	args = named(&list, "globals")->locations[0].args;
	UNIT_EQ(args[0].in, CBEE_USDT_MEMORY);
	UNIT_STR(args[0].symbol, "once");
	CU_ASSERT(args[0].symbol_address);
	UNIT_EQ(args[2].in, CBEE_USDT_CONSTANT);
	UNIT_EQ(args[2].symbol_address, args[0].symbol_address);
	UNIT_EQ(args[3].in, CBEE_USDT_OTHER);
	UNIT_STR(args[3].text, "8@$none");
	CU_ASSERT_PTR_NULL(args[3].symbol);
	UNIT_EQ(args[3].size, 8);
	cbee__usdt_free(&list);
	UNIT_EQ(cbee__usdt_read(&list, scratch_path("stripped"), &err), 0);
	UNIT_EQ(named(&list, "globals")->locations[0].args[0].in, CBEE_USDT_OTHER);
	UNIT_EQ(named(&list, "two")->location_count, 2);
	cbee__usdt_free(&list);
	UNIT_EQ(cbee__usdt_read(&list, scratch_path("fixed"), &err), 0);
	UNIT_EQ(named(&list, "globals")->locations[0].args[0].in, CBEE_USDT_MEMORY);
	cbee__usdt_free(&list);
}

/* Several files in one list; files without probes, and that are none. */
static void files(void)
{
	struct cbee__usdt_list list = { 0 };
	struct cbee_err err = { 0 };

	UNIT_EQ(cbee__usdt_read(&list, scratch_path("app"), &err), 0);
	UNIT_EQ(cbee__usdt_read(&list, "/bin/true", &err), 0);
	UNIT_EQ(list.count, 5);
	UNIT_EQ(cbee__usdt_read(&list, scratch_path("fixed"), &err), 0);
	UNIT_EQ(list.count, 10);
	UNIT_STR(list.items[9].pub.path, scratch_path("fixed"));
	UNIT_EQ(cbee__usdt_read(&list, scratch_path("app.c"), &err), -ENOEXEC);
	UNIT_EQ(cbee__usdt_read(&list, scratch_path("none"), &err), -ENOENT);
	UNIT_EQ(list.count, 10);
	cbee__usdt_free(&list);
}

/* Bytes of the notes changed one by one: anything but harm. */
static void hostile(void)
{
	static unsigned char bytes[1 << 16];
	FILE *f = fopen(scratch_path("app"), "re");
	size_t len = f ? fread(bytes, 1, sizeof(bytes), f) : 0, notes;
	unsigned char *at;

	if (f)
		fclose(f);
	at = len ? memmem(bytes, len, "stapsdt", 8) : NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	notes = (size_t)(at - bytes) - 12;
	for (size_t i = 0; i < 130; i++) {
		struct cbee__usdt_list list = { 0 };
		struct cbee_err err = { 0 };
		unsigned char was = bytes[notes + i];

		bytes[notes + i] = i % 2 ? 0xff : (unsigned char)(was + 1);
		f = fopen(scratch_path("bent"), "we");
		if (f) {
			fwrite(bytes, 1, len, f);
			fclose(f);
		}
		CU_ASSERT(cbee__usdt_read(&list, scratch_path("bent"), &err) <= 0);
		cbee__usdt_free(&list);
		bytes[notes + i] = was;
	}
}

static void no_memory(void)
{
	struct cbee__usdt_list list = { 0 };
	struct cbee_err err = { 0 };
	int got = 0;

	UNIT_EACH_ALLOC(got, -ENOMEM, {
		cbee__usdt_free(&list);
		got = cbee__usdt_read(&list, scratch_path("app"), &err);
	});
	UNIT_EQ(got, 0);
	cbee__usdt_free(&list);
}

UNIT_MAIN("usdt", { "", setup }, { "lists", lists }, { "variables", variables }, { "files", files },
	  { "hostile", hostile }, { "no memory", no_memory }, { "", scratch_remove })
