/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the kinds of probes for the manual. */
#include <stdio.h>

#include "cbee.h"

/* Each kind as C programs call it. */
static const char *const names[] = {
#define NAME(kind) [kind] = #kind
	NAME(CBEE_KPROBE),     NAME(CBEE_KRETPROBE),
	NAME(CBEE_FENTRY),     NAME(CBEE_FEXIT),
	NAME(CBEE_UPROBE),     NAME(CBEE_URETPROBE),
	NAME(CBEE_TRACEPOINT), NAME(CBEE_RAW_TRACEPOINT),
	NAME(CBEE_PERF_EVENT), NAME(CBEE_FMOD_RET),
	NAME(CBEE_LSM),	       NAME(CBEE_XDP),
	NAME(CBEE_RAW_SOCKET), NAME(CBEE_OBJECT),
#undef NAME
};

/* What is there is followed by a tab, what is not is "-". */
static void add(const char *text)
{
	printf("%s\t", text ? text : "-");
}

int probes_write(void)
{
	struct cbee_probe_about about;

	for (unsigned int i = 0; !cbee_probe_about((enum cbee_probe_kind)i, &about); i++) {
		const struct cbee_opt *option = i < ASKED_KINDS ? &run_options[i] : NULL;

		add(about.name);
		add(i < sizeof(names) / sizeof(names[0]) ? names[i] : NULL);
		add(option ? option->name : NULL);
		add(option ? option->arg : NULL);
		add(about.automatic ? about.prefix : NULL);
		add(about.patterns ? "yes" : NULL);
		add(about.target);
		add(about.context);
		printf("%s\n", about.needs);
	}
	return fflush(stdout) ? 1 : 0;
}
