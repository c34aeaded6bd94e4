/* SPDX-License-Identifier: Apache-2.0 */
/* Small files of which the first line is all, as those of /proc and /sys. */
#include "plain/line.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int cbee__line_read(const char *path, char *line, size_t size)
{
	FILE *f = fopen(path, "re");

	if (!f)
		return -errno;
	if (!fgets(line, (int)size, f))
		line[0] = '\0';
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	return 0;
}
