/* SPDX-License-Identifier: Apache-2.0 */
/* Notes what the compiler read besides what it was given. */
#include "inputs.h"

#include <link.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "plain/buf.h"

static struct cbee_buf tracepoints;

void cbee__cc_note(const char *path)
{
	const char *events = strstr(path, "/events/");
	size_t len = strlen(path);

	if (!events || len < 7 || strcmp(path + len - 7, "/format") != 0)
		return;
	events += strlen("/events/");
	cbee__buf_add(&tracepoints, events, (size_t)(path + len - 7 - events));
	cbee__buf_char(&tracepoints, '\0');
}

/* The program itself has no name there, and the kernel's vDSO no file. */
static int add_library(struct dl_phdr_info *info, size_t size, void *out)
{
	(void)size;
	if (info->dlpi_name && info->dlpi_name[0] == '/')
		cbee__buf_add(out, info->dlpi_name, strlen(info->dlpi_name) + 1);
	return 0;
}

void cbee__cc_inputs_begin(struct cbee_buf *out)
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len > 0) {
		exe[len] = '\0';
		cbee__buf_add(out, exe, (size_t)len + 1);
	}
}

void cbee__cc_inputs(struct cbee_buf *out)
{
	dl_iterate_phdr(add_library, out);
	cbee__buf_add(out, tracepoints.data, tracepoints.len);
}
