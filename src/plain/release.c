/* SPDX-License-Identifier: Apache-2.0 */
/* Which kernel runs. */
#include "plain/release.h"

#include <stdio.h>
#include <sys/utsname.h>

unsigned int cbee__release(char name[CBEE__RELEASE_SIZE])
{
	unsigned int major = 0, minor = 0;
	struct utsname un;
	int known = !uname(&un) && sscanf(un.release, "%u.%u", &major, &minor) == 2;

	if (name)
		snprintf(name, CBEE__RELEASE_SIZE, "%s", known ? un.release : "unknown");
	return known ? CBEE__RELEASE(major, minor) : 0;
}
