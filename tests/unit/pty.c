/* SPDX-License-Identifier: Apache-2.0 */
/* Terminals for tests: what is written to one is read back byte by byte. */
#include "pty.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "unit.h"

void pty_resize(const struct pty *p, unsigned int columns)
{
	struct winsize size = { .ws_row = 24, .ws_col = (unsigned short)columns };

	UNIT_EQ(ioctl(p->slave, TIOCSWINSZ, &size), 0);
}

struct pty pty_open(unsigned int columns)
{
	struct pty p = { .master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), .slave = -1 };
	struct termios how;

	if (p.master >= 0 && !grantpt(p.master) && !unlockpt(p.master))
		p.slave = open(ptsname(p.master), O_RDWR | O_NOCTTY | O_CLOEXEC);
	CU_ASSERT_FATAL(p.slave >= 0 && !tcgetattr(p.slave, &how));
	cfmakeraw(&how);
	UNIT_EQ(tcsetattr(p.slave, TCSANOW, &how), 0);
	pty_resize(&p, columns);
	return p;
}

void pty_close(struct pty *p, char *text, size_t size)
{
	size_t len = 0;
	ssize_t got;

	/* what is there can be read without the other end, and then there is an error */
	close(p->slave);
	while (len + 1 < size && (got = read(p->master, text + len, size - len - 1)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	close(p->master);
}
