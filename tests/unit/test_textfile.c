/* SPDX-License-Identifier: Apache-2.0 */
/* Tests reading the file that a BPF text is in. */
#include "compile/textfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plain/err.h"
#include "unit.h"

static char dir[] = "/tmp/cbee-textfile.XXXXXX";

static int lowered, raised;
uint64_t __wrap_cbee__caps_as_user(void);
void __wrap_cbee__caps_raise(uint64_t caps);

uint64_t __wrap_cbee__caps_as_user(void)
{
	lowered++;
	return 6;
}

void __wrap_cbee__caps_raise(uint64_t caps)
{
	raised += caps == 6;
}

static void write_file(const char *path, const char *bytes, size_t len)
{
	FILE *f = fopen(path, "w");

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fwrite(bytes, 1, len, f);
	fclose(f);
}

static void a_file_is_read_with_its_folder(void)
{
	struct cbee__textfile t;
	struct cbee_err err = { 0 };
	char path[64];
	int e;

	snprintf(path, sizeof(path), "%s/a.c", dir);
	write_file(path, "int x;\n", 7);
	UNIT_EQ(cbee__textfile_read(&t, path, &err), 0);
	UNIT_STR(t.text.data, "int x;\n");
	UNIT_STR(t.dir, dir);
	cbee__textfile_free(&t);
	UNIT_EACH_ALLOC(e, -ENOMEM, {
		e = cbee__textfile_read(&t, path, &err);
		cbee__textfile_free(&t);
	});
	UNIT_EQ(e, 0);
	cbee__err_clear(&err);
}

static void files_are_opened_with_the_users_rights(void)
{
	struct cbee__textfile t;
	char path[64];

	lowered = raised = 0;
	snprintf(path, sizeof(path), "%s/a.c", dir);
	UNIT_EQ(cbee__textfile_read(&t, path, NULL), 0);
	cbee__textfile_free(&t);
	UNIT_EQ(lowered, 1);
	UNIT_EQ(cbee__textfile_read(&t, "/proc/self/none", NULL), -ENOENT);
	CU_ASSERT(lowered > 1);
	UNIT_EQ(lowered, raised);
}

static void one_that_is_not_here_may_be_beside_the_program(void)
{
	struct cbee__textfile t;
	struct cbee_err err = { 0 };
	char path[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 32);

	CU_ASSERT_FATAL(len > 0);
	path[len] = '\0';
	strcpy(strrchr(path, '/'), "/textfile-test.bpf.c");
	write_file(path, "y", 1);
	UNIT_EQ(chdir(dir), 0);
	UNIT_EQ(cbee__textfile_read(&t, "textfile-test.bpf.c", &err), 0);
	UNIT_STR(t.text.data, "y");
	CU_ASSERT(!strncmp(path, t.dir, strlen(t.dir)));
	cbee__textfile_free(&t);
	write_file("textfile-test.bpf.c", "z", 1);
	UNIT_EQ(cbee__textfile_read(&t, "textfile-test.bpf.c", &err), 0);
	UNIT_STR(t.text.data, "z");
	UNIT_STR(t.dir, ".");
	cbee__textfile_free(&t);
	unlink(path);
}

/* Makes @fd standard input while "-" is read. */
static int read_stdin(struct cbee__textfile *t, int fd, struct cbee_err *err)
{
	int saved = fcntl(0, F_DUPFD_CLOEXEC, 3), e;

	if (fd >= 0)
		dup2(fd, 0);
	else
		close(0);
	e = cbee__textfile_read(t, "-", err);
	if (saved >= 0)
		dup2(saved, 0);
	close(saved);
	return e;
}

static void standard_input_is_read(void)
{
	struct cbee__textfile t;
	struct cbee_err err = { 0 };
	int p[2], zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	UNIT_EQ(pipe2(p, O_CLOEXEC), 0);
	UNIT_EQ(write(p[1], "int x;", 6), 6);
	close(p[1]);
	UNIT_EQ(read_stdin(&t, p[0], &err), 0);
	UNIT_STR(t.text.data, "int x;");
	UNIT_STR(t.dir, ".");
	cbee__textfile_free(&t);
	UNIT_EQ(read_stdin(&t, p[0], &err), 0); /* nothing more */
	UNIT_STR(t.text.data, "");
	cbee__textfile_free(&t);
	close(p[0]);
	UNIT_EQ(read_stdin(&t, zero, &err), -EFBIG);
	UNIT_STR(err.text, "cannot read stdin: File too large");
	close(zero);
	UNIT_EQ(read_stdin(&t, -1, &err), -EBADF);
	cbee__err_clear(&err);
}

static void what_is_no_text_is_refused(void)
{
	struct cbee__textfile t;
	struct cbee_err err = { 0 };

	UNIT_EQ(chdir(dir), 0);
	UNIT_EQ(cbee__textfile_read(&t, "none.c", &err), -ENOENT);
	UNIT_STR(err.text, "cannot read none.c: No such file or directory");
	UNIT_EQ(cbee__textfile_read(&t, ".", &err), -EISDIR);
	write_file("nul.c", "a\0b", 3);
	UNIT_EQ(cbee__textfile_read(&t, "nul.c", &err), -EILSEQ);
	UNIT_STR(err.text, "cannot read nul.c: it is not a text");
	write_file("big.c", "", 0);
	UNIT_EQ(truncate("big.c", (16 << 20) + 1), 0);
	UNIT_EQ(cbee__textfile_read(&t, "big.c", &err), -EFBIG);
	UNIT_EQ(mkfifo("pipe.c", 0600), 0);
	UNIT_EQ(cbee__textfile_read(&t, "pipe.c", &err), 0); /* nobody writes: empty */
	cbee__textfile_free(&t);
	cbee__err_clear(&err);
}

static void in_a_folder(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
}

static void clean(void)
{
	char command[64];

	UNIT_EQ(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	UNIT_EQ(system(command), 0);
}

UNIT_MAIN("textfile", { "in a folder", in_a_folder },
	  { "a file is read with its folder", a_file_is_read_with_its_folder },
	  { "files are opened with the user's rights", files_are_opened_with_the_users_rights },
	  { "one that is not here may be beside the program",
	    one_that_is_not_here_may_be_beside_the_program },
	  { "standard input is read", standard_input_is_read },
	  { "what is no text is refused", what_is_no_text_is_refused }, { "clean", clean })
