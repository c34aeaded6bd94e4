/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of src/kconfig.c. */
#include "headers/kconfig.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <zlib.h>

#include "unit.h"

static const char text[] = "#\n# CONFIG_OFF is not set\nCONFIG_HZ=250\nCONFIG_NET_NS=y\n"
			   "CONFIG_MOD=m\nCONFIG_NET=n\nCONFIG_NAME=\"a b\"\nCONFIG_LAST=0x10";

static char folder[] = "/tmp/cbee-kconfig-XXXXXX";

static const char *in_folder(const char *name)
{
	static char path[512];

	if (folder[sizeof(folder) - 2] == 'X' && !mkdtemp(folder))
		abort();
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

/* Writes @len bytes of @data; compressed when @zip is set. */
static void write_file(const char *path, const char *data, size_t len, int zip)
{
	gzFile file = gzopen(path, zip ? "wb" : "wbT");

	CU_ASSERT_FATAL(file != NULL);
	gzwrite(file, data, (unsigned int)len);
	gzclose(file);
}

#define OPTION(n)                                                             \
	{                                                                     \
		.name = n " and more", .len = sizeof(n) - 1, .value = "stale" \
	}

static void check_values(const char *proc, const char *boot)
{
	struct cbee__kconfig o[] = { OPTION("CONFIG_HZ"),   OPTION("CONFIG_NET_NS"),
				     OPTION("CONFIG_MOD"),  OPTION("CONFIG_NET"),
				     OPTION("CONFIG_NAME"), OPTION("CONFIG_LAST"),
				     OPTION("CONFIG_OFF"),  OPTION("CONFIG_NE") };
	static const char *const want[] = { "250", "y", "m", "n", "\"a b\"", "0x10", "", "" };

	UNIT_EQ(cbee__kconfig_read(o, 8, proc, boot), 0);
	for (int i = 0; i < 8; i++)
		UNIT_STR(o[i].value, want[i]);
}

static void test_compressed(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s", in_folder("config.gz"));
	write_file(path, text, strlen(text), 1);
	check_values(path, "/nonexistent");
}

static void test_boot(void)
{
	struct utsname uts;
	char name[128];

	uname(&uts);
	snprintf(name, sizeof(name), "config-%s", uts.release);
	write_file(in_folder(name), text, strlen(text), 0);
	check_values("/nonexistent/config.gz", folder);
}

static void test_missing(void)
{
	struct cbee__kconfig o = OPTION("CONFIG_HZ");

	UNIT_EQ(cbee__kconfig_read(&o, 1, "/nonexistent/a", "/nonexistent"), -ENOENT);
	UNIT_STR(o.value, "");
}

static void test_long_lines(void)
{
	static char data[4096];
	struct cbee__kconfig o[] = { OPTION("CONFIG_A"), OPTION("CONFIG_B"), OPTION("CONFIG_C") };
	size_t len = 0;

	/* A value too long to keep, then a line so long that its end looks like a setting. */
	len += (size_t)sprintf(data, "CONFIG_A=%0100d\nCONFIG_X=", 1);
	memset(data + len, 'x', 511 - 9);
	len += 511 - 9;
	len += (size_t)sprintf(data + len, "CONFIG_B=y\nCONFIG_C=y\n");
	write_file(in_folder("long.gz"), data, len, 1);
	UNIT_EQ(cbee__kconfig_read(o, 3, in_folder("long.gz"), NULL), 0);
	UNIT_STR(o[0].value, "");
	UNIT_STR(o[1].value, "");
	UNIT_STR(o[2].value, "y");
}

static void test_damaged(void)
{
	struct cbee__kconfig o = OPTION("CONFIG_ZZ");
	static char data[2000];
	FILE *file;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * i >> 3);
	write_file(in_folder("cut.gz"), data, sizeof(data), 1);
	CU_ASSERT_EQUAL(truncate(in_folder("cut.gz"), 300), 0);
	UNIT_EQ(cbee__kconfig_read(&o, 1, in_folder("cut.gz"), NULL), -EIO);
	file = fopen(in_folder("cut.gz"), "r+b");
	CU_ASSERT_FATAL(file != NULL);
	fseek(file, 40, SEEK_SET);
	fputs("garbage garbage", file);
	fclose(file);
	UNIT_EQ(cbee__kconfig_read(&o, 1, in_folder("cut.gz"), NULL), -EIO);
}

static void end(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	UNIT_EQ(system(command), 0);
}

UNIT_MAIN("kconfig", { "compressed", test_compressed }, { "boot", test_boot },
	  { "missing", test_missing }, { "long lines", test_long_lines },
	  { "damaged", test_damaged }, { "end", end })
