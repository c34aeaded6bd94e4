/* SPDX-License-Identifier: Apache-2.0 */
/* Tests what is found out about who reads, and what that changes in a text. */
#include "plain/look.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "plain/buf.h"
#include "pty.h"
#include "unit.h"

static struct cbee__look look;
static char ignored[64];

static void usual_environment(void)
{
	unsetenv("NO_COLOR");
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	setenv("TERM", "xterm", 1);
	setenv("LANG", "C.UTF-8", 1);
}

/* Looks at @fd and compares: c color, m moves, u utf8, in their order. */
static void sees(int fd, const char *when, const char *want, unsigned int width)
{
	char got[4];

	cbee__look_at(&look, fd, when);
	snprintf(got, sizeof(got), "%s%s%s", look.color ? "c" : "", look.moves ? "m" : "",
		 look.utf8 ? "u" : "");
	UNIT_STR(got, want);
	UNIT_EQ(look.width, width);
}

static void terminals(void)
{
	struct pty p = pty_open(100);

	usual_environment();
	sees(p.slave, NULL, "cmu", 100);
	sees(p.slave, "auto", "cmu", 100);
	sees(p.slave, "never", "mu", 100);
	pty_resize(&p, 40);
	sees(p.slave, NULL, "cmu", 40);
	pty_resize(&p, 0);
	sees(p.slave, NULL, "cmu", 80);
	setenv("NO_COLOR", "", 1);
	sees(p.slave, NULL, "cmu", 80);
	setenv("NO_COLOR", "1", 1);
	sees(p.slave, NULL, "mu", 80);
	sees(p.slave, "always", "cmu", 80);
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	sees(p.slave, NULL, "u", 80);
	unsetenv("TERM");
	sees(p.slave, NULL, "u", 80);
	pty_close(&p, ignored, sizeof(ignored));
	UNIT_STR(ignored, "");
}

static void files_and_pipes(void)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	usual_environment();
	sees(fd, NULL, "u", 0);
	sees(fd, "always", "cu", 0);
	sees(-1, NULL, "u", 0);
	setenv("LC_ALL", "C", 1);
	sees(fd, NULL, "", 0);
	setenv("LC_ALL", "", 1);
	setenv("LC_CTYPE", "de_DE.utf8", 1);
	setenv("LANG", "C", 1);
	sees(fd, NULL, "u", 0);
	usual_environment();
	close(fd);
}

static void number(uint64_t value, size_t room, const char *want)
{
	struct cbee__look terminal = { .width = 80 };
	struct cbee_buf out = { .look = &terminal };

	cbee__look_number(&out, value, room);
	UNIT_STR(out.data, want);
	cbee__buf_free(&out);
}

static void numbers(void)
{
	struct cbee_buf out = { 0 };

	number(0, 8, "0");
	number(999, 3, "999");
	number(1000, 5, "1,000");
	number(1000, 4, "1000");
	number(123456, 8, "123,456");
	number(1234567, 8, "1234567");
	number(1234567, 9, "1,234,567");
	number(UINT64_MAX, 26, "18,446,744,073,709,551,615");
	number(5, 0, "5");
	cbee__look_number(&out, 1234567, 20);
	UNIT_STR(out.data, "1234567");
	cbee__buf_free(&out);
}

static void marks(void)
{
	struct cbee__look colors = { .color = true };
	struct cbee_buf out = { .look = &colors };

	cbee_text_mark(&out, CBEE_MARK_HEAD, "h");
	cbee_text_mark(&out, CBEE_MARK_GOOD, "g");
	cbee_text_mark(&out, CBEE_MARK_WARN, "w");
	cbee_text_mark(&out, CBEE_MARK_BAD, "b");
	cbee_text_mark(&out, CBEE_MARK_BAR, "|");
	UNIT_STR(out.data, "\033[1mh\033[0m\033[32mg\033[0m\033[33mw\033[0m\033[31mb\033[0m"
			   "\033[36m|\033[0m");
	UNIT_EQ(cbee__look_columns(out.data, out.len), 5);
	cbee__buf_reset(&out);
	colors.color = false;
	cbee_text_mark(&out, CBEE_MARK_BAD, "b");
	UNIT_STR(out.data, "b");
	cbee__buf_free(&out);
	cbee_text_mark(&out, CBEE_MARK_BAD, "b");
	UNIT_STR(out.data, "b");
	cbee__buf_free(&out);
}

static void columns(void)
{
	UNIT_EQ(cbee__look_columns("", 0), 0);
	UNIT_EQ(cbee__look_columns("a\u00e4\u20acb", 7), 4);
	UNIT_EQ(cbee__look_bytes("a\u00e4\u20acb", 7, 0), 0);
	UNIT_EQ(cbee__look_bytes("a\u00e4\u20acb", 7, 2), 3);
	UNIT_EQ(cbee__look_bytes("a\u00e4\u20acb", 7, 3), 6);
	UNIT_EQ(cbee__look_bytes("a\u00e4\u20acb", 7, 9), 7);
}

UNIT_MAIN("look", { "terminals", terminals }, { "files and pipes", files_and_pipes },
	  { "numbers", numbers }, { "marks", marks }, { "columns", columns })
