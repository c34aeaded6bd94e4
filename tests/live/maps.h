/* SPDX-License-Identifier: Apache-2.0 */
/* What the programs that test maps share; each includes it once. */
#include <string.h>
#include <unistd.h>

#include "expect.h"

/* A text whose OPT(pid) is this process. */
static struct cbee *open_mine(const char *text)
{
	struct cbee *c = open_text(text, 0);

	cbee_const_set(c, "pid", (uint64_t)getpid());
	return c;
}

/* A call that must succeed; the sentence if it does not. */
__attribute__((unused)) static void fine(struct cbee_map *m, const char *what, int err)
{
	if (err) {
		printf("%s: %d, %s\n", what, err, cbee_map_error(m)->text);
		bad = 1;
	}
}

__attribute__((unused)) static struct cbee_map *create(uint32_t type, uint32_t key, uint32_t value,
						       uint32_t entries, uint32_t flags)
{
	struct cbee_map *m = NULL;

	EXPECT("new", cbee_map_new(&m), 0);
	fine(m, "create",
	     cbee_map_create(m, "cbee_test",
			     &(struct cbee_map_info){ type, key, value, entries, flags }, NULL));
	return m;
}

#define FILTER                                                 \
	"{\n"                                                  \
	"	if (bpf_get_current_pid_tgid() >> 32 != OPT(pid))\n" \
	"		return 0;\n"
