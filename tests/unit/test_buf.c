/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the growable buffer. */
#include "plain/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#include "unit.h"

static void appends(void)
{
	struct cbee_buf b = { 0 };

	cbee__buf_str(&b, "a");
	cbee__buf_char(&b, 'b');
	cbee__buf_add(&b, "c\0d", 3);
	cbee__buf_add(&b, NULL, 0);
	cbee__buf_fmt(&b, "%d%s", 7, "");
	UNIT_EQ(b.err, 0);
	UNIT_EQ(b.len, 6);
	CU_ASSERT(!memcmp(b.data, "abc\0d7", 7));
	cbee__buf_free(&b);
	CU_ASSERT_PTR_NULL(b.data);
	cbee__buf_free(&b);
	cbee__buf_free(NULL);
}

static void grows(void)
{
	struct cbee_buf b = { 0 };
	int bad = 0;

	for (int i = 0; i < 10000; i++)
		cbee__buf_char(&b, (char)('a' + i % 26));
	UNIT_EQ(b.len, 10000);
	for (int i = 0; i < 10000; i++)
		bad += b.data[i] != 'a' + i % 26;
	UNIT_EQ(bad, 0);
	UNIT_EQ(b.data[10000], 0);
	cbee__buf_reset(&b);
	UNIT_EQ(b.len, 0);
	UNIT_STR(b.data, "");
	CU_ASSERT(b.cap >= 10001);
	cbee__buf_fmt(&b, "%0300d", 1);
	UNIT_EQ(b.len, 300);
	cbee__buf_free(&b);
}

static void zeroes(void)
{
	struct cbee_buf b = { 0 };

	cbee__buf_str(&b, "ab");
	UNIT_EQ(cbee__buf_zero(&b, 4), 2);
	UNIT_EQ(b.len, 6);
	CU_ASSERT(!memcmp(b.data, "ab\0\0\0\0", 7));
	cbee__buf_free(&b);
}

static void takes(void)
{
	struct cbee_buf b = { 0 };
	char *data;

	CU_ASSERT_PTR_NULL(cbee__buf_take(&b));
	cbee__buf_str(&b, "mine");
	data = cbee__buf_take(&b);
	UNIT_STR(data, "mine");
	CU_ASSERT_PTR_NULL(b.data);
	UNIT_EQ(b.len + b.cap, 0);
	free(data);
	cbee__buf_str(&b, "x");
	b.err = -ENOMEM;
	CU_ASSERT_PTR_NULL(cbee__buf_take(&b));
	UNIT_EQ(b.err, 0);
}

static void failure_sticks(void)
{
	struct cbee_buf b = { 0 };

	cbee__buf_str(&b, "kept");
	unit_fail_alloc(1);
	cbee__buf_fmt(&b, "%0500d", 1);
	unit_fail_alloc(0);
	UNIT_EQ(b.err, -ENOMEM);
	cbee__buf_str(&b, "ignored");
	UNIT_EQ(cbee__buf_zero(&b, 3), 0);
	UNIT_STR(b.data, "kept");
	UNIT_EQ(cbee__buf_read_file(&b, "/proc/self/stat"), -ENOMEM);
	cbee__buf_reset(&b);
	cbee__buf_str(&b, "again");
	UNIT_STR(b.data, "again");
	cbee__buf_add(&b, "", SIZE_MAX);
	UNIT_EQ(b.err, -ENOMEM);
	cbee__buf_free(&b);
}

/* What printf cannot write must not vanish unnoticed. */
static void unprintable(void)
{
	struct cbee_buf b = { 0 };

	cbee__buf_str(&b, "kept");
	cbee__buf_fmt(&b, "%ls", (const wchar_t[]){ 0xd800, 0 });
	UNIT_EQ(b.err, -EOVERFLOW);
	UNIT_STR(b.data, "kept");
	cbee__buf_free(&b);
}

static void reads(void)
{
	struct cbee_buf b = { 0 };
	char path[] = "/tmp/cbee_test_buf_XXXXXX", text[5000];
	int fd = mkstemp(path);

	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 10; i++)
		CU_ASSERT(write(fd, text, sizeof(text)) == sizeof(text));
	close(fd);
	cbee__buf_str(&b, "first ");
	UNIT_EQ(cbee__buf_read_file(&b, path), 0);
	UNIT_EQ(b.len, 6 + 50000);
	UNIT_EQ(strlen(b.data), b.len);
	CU_ASSERT(!strncmp(b.data, "first xxx", 9));
	unlink(path);
	cbee__buf_reset(&b);
	UNIT_EQ(cbee__buf_read_file(&b, "/proc/self/comm"), 0);
	CU_ASSERT(b.len > 1 && b.data[b.len - 1] == '\n');
	cbee__buf_reset(&b);
	UNIT_EQ(cbee__buf_read_file(&b, "/dev/null"), 0);
	UNIT_STR(b.data, "");
	cbee__buf_free(&b);
}

/* More than a pipe holds: it goes out bit by bit. */
static void writes(void)
{
	static char bytes[100000];
	struct cbee_buf b = { 0 };
	int ends[2], status;
	pid_t child;

	memset(bytes, 'w', sizeof(bytes));
	UNIT_EQ(pipe(ends), 0);
	child = fork();
	if (!child)
		_exit(cbee__fd_write(ends[1], bytes, sizeof(bytes)) != 0);
	close(ends[1]);
	UNIT_EQ(cbee__buf_read_fd(&b, ends[0]), 0);
	UNIT_EQ(waitpid(child, &status, 0), child);
	UNIT_EQ(status, 0);
	UNIT_EQ(b.len, sizeof(bytes));
	CU_ASSERT(!memcmp(b.data, bytes, sizeof(bytes)));
	UNIT_EQ(cbee__fd_write(ends[0], "x", 1), -EBADF);
	UNIT_EQ(cbee__fd_write(-1, NULL, 0), 0);
	close(ends[0]);
	cbee__buf_free(&b);
}

static void read_errors(void)
{
	struct cbee_buf b = { 0 };

	UNIT_EQ(cbee__buf_read_file(&b, "/nonexistent/x"), -ENOENT);
	UNIT_EQ(b.err, 0);
	UNIT_EQ(cbee__buf_read_file(&b, "/tmp"), -EISDIR);
	UNIT_EQ(b.err, -EISDIR);
	cbee__buf_free(&b);
	UNIT_EQ(cbee__buf_read_fd(&b, -1), -EBADF);
	cbee__buf_free(&b);
}

/* Memory runs out in the middle: what is there still ends in a NUL. */
static void read_without_memory(void)
{
	struct cbee_buf b = { 0 };
	int fds[2];
	char text[20000];

	memset(text, 'x', sizeof(text));
	CU_ASSERT_FATAL(!pipe2(fds, O_CLOEXEC));
	CU_ASSERT(write(fds[1], text, sizeof(text)) == sizeof(text));
	close(fds[1]);
	unit_fail_alloc(2);
	UNIT_EQ(cbee__buf_read_fd(&b, fds[0]), -ENOMEM);
	CU_ASSERT(unit_alloc_failed());
	unit_fail_alloc(0);
	CU_ASSERT(b.len > 0 && b.len < sizeof(text) + 1);
	UNIT_EQ(b.data[b.len], 0);
	close(fds[0]);
	cbee__buf_free(&b);
}

UNIT_MAIN("buf", { "appends", appends }, { "grows", grows }, { "zeroes", zeroes },
	  { "takes", takes }, { "failure_sticks", failure_sticks }, { "unprintable", unprintable },
	  { "reads", reads }, { "writes", writes }, { "read_errors", read_errors },
	  { "read_without_memory", read_without_memory })
